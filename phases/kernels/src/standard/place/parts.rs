//! A place in its parts, as the column `places` stores it.

use std::sync::Arc;

use hashbrown::HashSet;

use super::finder::ProvinceFinder;
use super::scan::{Found, Mention};
use crate::rules::place::PlaceRules;
use crate::rules::place::districts::Districts;
use crate::text::json::write_json_text;

/// A set of provinces, by their numbers.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct ProvinceSet([u64; 4]);

impl ProvinceSet {
    /// The provinces of some places: in order and without repeats, and as a set.
    pub(crate) fn of<'a>(places: impl Iterator<Item = &'a Place>) -> (Vec<u8>, Self) {
        let (mut provinces, mut set) = (Vec::new(), Self::default());
        places.filter_map(Place::number).for_each(|number| {
            if set.insert(number) {
                provinces.push(number);
            }
        });
        (provinces, set)
    }

    /// Adds a province. Returns false if it was in the set.
    pub(super) fn insert(&mut self, number: u8) -> bool {
        let (part, bit) = (&mut self.0[usize::from(number / 64)], 1 << (number % 64));
        let is_new = *part & bit == 0;
        *part |= bit;
        is_new
    }

    /// Whether all provinces of another set are in this one.
    pub(crate) fn contains(&self, other: &Self) -> bool {
        let mut parts = self.0.iter().zip(other.0);
        parts.all(|(own, other)| other & !own == 0)
    }
}

/// A place in its parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The province as `location` spells it; for another place, its text. `None`: only an address is known.
    pub name: Option<Arc<str>>,
    /// The code of the province in ISO 3166-2:VN.
    pub code: Option<Arc<str>>,
    /// The two-digit code of the province that contains it since July 2025.
    pub province: Option<Arc<str>>,
    /// The district, as the table of districts spells it.
    pub district: Option<Arc<str>>,
    /// The address, as it was written.
    pub address: Option<String>,
    /// The number of the province.
    pub(super) number: Option<u8>,
    /// Whether its province may be the one of the location: it names none, and is not a known place.
    pub(super) is_open: bool,
}

impl Place {
    /// The number of the province.
    pub(crate) fn number(&self) -> Option<u8> {
        self.number
    }

    /// A place that is not a province.
    pub(super) fn other(name: &str) -> Self {
        Self {
            name: Some(name.into()),
            ..Self::default()
        }
    }

    /// A place in a province.
    pub(super) fn within(province: u8, district: Option<u16>, finder: &ProvinceFinder) -> Self {
        let mut place = Self::default();
        place.locate(province, district, finder);
        place
    }

    /// Writes the province and the district.
    pub(super) fn locate(&mut self, province: u8, district: Option<u16>, finder: &ProvinceFinder) {
        let rules = finder.rules();
        let known = rules.provinces.province(province);
        self.name = Some(Arc::clone(&known.name));
        self.code = Some(Arc::clone(&known.code));
        self.province = Some(Arc::clone(&known.code_since_2025));
        self.district = district.map(|number| Arc::clone(&rules.districts.district(number).name));
        self.number = Some(province);
        self.is_open = false;
    }

    /// Adds the place as a JSON object.
    pub(crate) fn write_json(&self, rules: &PlaceRules, out: &mut String) {
        let text_or_null = |value: Option<&str>, out: &mut String| match value {
            Some(value) => write_json_text(value, out),
            None => out.push_str("null"),
        };
        if let Some(number) = self.number {
            out.push_str(&rules.provinces.province(number).json);
        } else {
            // Only a place in a province has codes.
            out.push_str("{\"name\":");
            text_or_null(self.name.as_deref(), out);
            out.push_str(",\"code\":null,\"province\":null,\"district\":");
        }
        text_or_null(self.district.as_deref(), out);
        out.push_str(",\"address\":");
        text_or_null(self.address.as_deref(), out);
        out.push('}');
    }
}

/// The places of a location. A district belongs to the province before it (`Hà Nội: Cầu Giấy`) or to the next one (`Biên
/// Hòa, Đồng Nai`), whichever has a district of that name. If no province is named, a district whose name exists in one
/// province alone names it.
pub(super) fn of_location(text: &str, all: &[Found], finder: &ProvinceFinder) -> Vec<Place> {
    let mut places: Vec<Place> = Vec::with_capacity(all.len().max(1));
    let mut waiting: Vec<&[u16]> = Vec::new();
    let districts = &finder.rules().districts;
    let within = |numbers: &[u16], province: u8| {
        let mut numbers = numbers.iter().copied();
        numbers.find(|number| districts.district(*number).province == province)
    };
    let has_province = |found: &Found| matches!(found.mention, Mention::Province(_));
    let has_province = all.iter().any(has_province);
    for found in all {
        match &found.mention {
            Mention::Province(province) => {
                let before = places.len();
                for numbers in waiting.drain(..) {
                    if let Some(district) = within(numbers, *province) {
                        places.push(Place::within(*province, Some(district), finder));
                    }
                }
                if places.len() == before {
                    places.push(Place::within(*province, None, finder));
                }
            }
            Mention::CityOf(province) => {
                let city = Some(Arc::clone(finder.name(*province)));
                add_district(&mut places, *province, city, finder);
            }
            Mention::District(numbers) => {
                let last = places.last().and_then(|place| place.number);
                let of_last = last.and_then(|last| Some((last, within(numbers, last)?)));
                if let Some((province, district)) = of_last {
                    let name = Arc::clone(&districts.district(district).name);
                    add_district(&mut places, province, Some(name), finder);
                } else if has_province {
                    waiting.push(numbers);
                } else if let Some(province) = only_province(numbers, districts) {
                    places.push(Place::within(province, within(numbers, province), finder));
                }
            }
            Mention::Known => places.push(Place::other(&text[found.start..found.end])),
            Mention::Country | Mention::NoPlace => {}
        }
    }
    if places.is_empty() && !text.is_empty() {
        places.push(Place::other(text));
    }
    drop_repeats(&mut places);
    places
}

/// Up to this number of places, it is faster to compare each with the others than to hash them.
const FEW: usize = 16;

/// Drops places that were named before, and a province of which a more exact place is named too: `Hà Nội, Hà Nội`.
fn drop_repeats(places: &mut Vec<Place>) {
    if places.len() < 2 {
        return;
    }
    if places.len() <= FEW {
        let is_within = |place: &Place| {
            let is_exact = |other: &Place| other.number == place.number && other.district.is_some();
            place.number.is_some() && place.district.is_none() && places.iter().any(is_exact)
        };
        let is_repeat = |at: usize| {
            let place = &places[at];
            // A province has one name.
            let is_same = |other: &Place| {
                other.number == place.number
                    && (place.number.is_some() || other.name == place.name)
                    && other.district == place.district
            };
            is_within(place)
                || places[..at]
                    .iter()
                    .any(|other| is_same(other) && !is_within(other))
        };
        let is_repeat =
            std::array::from_fn::<bool, FEW, _>(|at| at < places.len() && is_repeat(at));
        let mut is_repeat = is_repeat.into_iter();
        places.retain(|_| is_repeat.next() == Some(false));
        return;
    }
    let with_district = places.iter().filter(|place| place.district.is_some());
    let exact: HashSet<u8> = with_district.filter_map(Place::number).collect();
    let mut known = HashSet::new();
    let is_new: Vec<bool> = places
        .iter()
        .map(|place| {
            let is_within = |number: &u8| place.district.is_none() && exact.contains(number);
            !place.number.as_ref().is_some_and(is_within)
                && known.insert((&place.name, &place.district))
        })
        .collect();
    drop(known);
    let mut is_new = is_new.into_iter();
    places.retain(|_| is_new.next() == Some(true));
}

/// Adds a district to the last place, or a place with it after the last one, which has a district already.
fn add_district(
    places: &mut Vec<Place>,
    province: u8,
    district: Option<Arc<str>>,
    finder: &ProvinceFinder,
) {
    match places.last_mut() {
        Some(last) if last.number == Some(province) && last.district.is_none() => {
            last.district = district;
        }
        _ => {
            let mut place = Place::within(province, None, finder);
            place.district = district;
            places.push(place);
        }
    }
}

/// The province of some districts of one name, if it is one.
pub(super) fn only_province(numbers: &[u16], districts: &Districts) -> Option<u8> {
    let mut provinces = numbers
        .iter()
        .map(|number| districts.district(*number).province);
    let first = provinces.next()?;
    provinces.all(|other| other == first).then_some(first)
}
