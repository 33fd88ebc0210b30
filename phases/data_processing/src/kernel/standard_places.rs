//! The places of a row by the rule set `standard`.
//!
//! Locations and details repeat in most rows, so two caches remember what was derived from them: one the texts of each
//! location, one the texts of each detail. Only the column `places` may depend on both, for two reasons. An address that names
//! no province is in the province of the location. A place of the location that no pair names is added.

use std::sync::Arc;

use super::row::{DerivedPlaces, EMPTY};
use crate::Warnings;
use crate::cache::{Cache, Cached};
use crate::standard::place::{self, Location, Pair, Place, PlaceRules, ProvinceSet};

/// The result for a `location_detail`, apart from its texts: the pairs and the places as JSON arrays, the codes as array
/// literals, and the location that the pairs name.
#[derive(Default)]
struct DetailColumns {
    pairs: Vec<Arc<Pair>>,
    warnings: Warnings,
    provinces: ProvinceSet,
    /// Where each text after the first starts.
    starts: [usize; 4],
    /// Whether an address names no province, so that its place depends on the location.
    is_open: bool,
    is_known: bool,
}

impl Cached for DetailColumns {
    fn heap_bytes(&self) -> usize {
        self.pairs.len() * size_of::<Arc<Pair>>()
    }
}

impl DetailColumns {
    /// Reads a detail, and adds its texts to `out`.
    fn read(detail: &str, places: &mut place::Places, out: &mut String) -> Self {
        let place::Detail { pairs, nul_dropped } = places.detail(detail);
        let base = out.len();
        let mut made = Self::default();
        if nul_dropped {
            made.warnings |= Warnings::NUL_DROPPED;
        }
        write_list(&pairs, out, |pair, out| out.push_str(&pair.quoted));
        made.starts[0] = out.len() - base;
        write_list(&pairs, out, |pair, out| out.push_str(&pair.json));
        made.starts[1] = out.len() - base;
        let all;
        let (codes, province_codes) = match pairs.as_slice() {
            [pair] => &pair.codes,
            _ => {
                all = places.codes_of_pairs(&pairs);
                &all
            }
        };
        write_literal(codes, out);
        made.starts[2] = out.len() - base;
        write_literal(province_codes, out);
        made.starts[3] = out.len() - base;
        out.push_str(&place::location_of_pairs(&pairs));
        made.provinces = ProvinceSet::of(pairs.iter().flat_map(|pair| pair.places()));
        made.is_open = pairs.iter().any(|pair| pair.is_open());
        made.is_known = pairs.iter().any(|pair| pair.is_known);
        made.pairs = pairs;
        made
    }
}

/// The result for a location, apart from its texts: the location, its codes as array literals, and its places as a JSON
/// array.
struct LocationColumns {
    location: Location,
    provinces: ProvinceSet,
    /// Where each text after the first starts.
    starts: [usize; 3],
}

impl Cached for LocationColumns {
    fn heap_bytes(&self) -> usize {
        self.location.heap_bytes()
    }
}

impl LocationColumns {
    /// Adds the texts of a location to `out`.
    fn write(location: Location, out: &mut String) -> Self {
        let base = out.len();
        let mut starts = [0; 3];
        out.push_str(&location.text);
        starts[0] = out.len() - base;
        write_literal(&location.codes, out);
        starts[1] = out.len() - base;
        write_literal(&location.province_codes, out);
        starts[2] = out.len() - base;
        write_list(&location.places, out, Place::write_json);
        Self {
            provinces: ProvinceSet::of(location.places.iter()),
            starts,
            location,
        }
    }
}

/// Derives the columns of places.
pub(super) struct StandardPlaces {
    engine: place::Places,
    details: Cache<DetailColumns>,
    locations: Cache<LocationColumns>,
    /// The locations that the pairs of a detail name together. Few batches need them.
    named: Option<Cache<LocationColumns>>,
    /// The places of the current row, if they depend on both texts.
    of_row: String,
}

impl StandardPlaces {
    pub(super) fn new(rules: &Arc<PlaceRules>) -> Self {
        Self {
            engine: place::Places::new(Arc::clone(rules)),
            details: Cache::new(),
            locations: Cache::new(),
            named: None,
            of_row: String::new(),
        }
    }

    #[inline]
    pub(super) fn derive(
        &mut self,
        given: Option<&str>,
        detail: Option<&str>,
    ) -> DerivedPlaces<'_> {
        let (location, detail) = (given.unwrap_or_default(), detail.unwrap_or_default());
        let engine = &mut self.engine;
        let read = |out: &mut String| DetailColumns::read(detail, engine, out);
        let (texts, of_detail) = self.details.get_or_make(detail, read);
        let [pairs, places, codes, province_codes, named] = split(texts, of_detail.starts);

        let write = |out: &mut String| LocationColumns::write(engine.location(location), out);
        let (mut own, mut of_location) = self.locations.get_or_make(location, write);
        if of_location.location.stands_for_several && !named.is_empty() {
            let write = |out: &mut String| LocationColumns::write(engine.location(named), out);
            let known = self.named.get_or_insert_with(Cache::new);
            (own, of_location) = known.get_or_make(named, write);
        }
        let [location, own_codes, own_province_codes, own_places] = split(own, of_location.starts);

        let mut warnings = of_detail.warnings;
        let has_pairs = !of_detail.pairs.is_empty();
        let (mut codes, mut province_codes) = (codes, province_codes);
        if own_codes != EMPTY || !has_pairs {
            (codes, province_codes) = (own_codes, own_province_codes);
        }
        if codes == EMPTY
            && (has_pairs || !location.is_empty())
            && !(of_location.location.is_known || location.is_empty() && of_detail.is_known)
        {
            warnings |= Warnings::LOCATION_UNCODED;
        }
        let places = if !has_pairs {
            own_places
        } else if !of_detail.is_open
            && !of_location.location.is_known
            && of_detail.provinces.contains(&of_location.provinces)
        {
            places
        } else {
            // The places of the pairs and of the location together.
            let together = engine.places(&of_location.location, &of_detail.pairs);
            self.of_row.clear();
            write_list(&together, &mut self.of_row, |place, out| {
                place.write_json(out);
            });
            &self.of_row
        };
        DerivedPlaces {
            location: given.map(|_| location),
            pairs: has_pairs.then_some(pairs),
            codes,
            province_codes: (province_codes != EMPTY).then_some(province_codes),
            places: (places.len() > "[]".len()).then_some(places),
            warnings,
        }
    }
}

/// The parts of a text that start at the given positions, the first one at its beginning.
#[inline]
fn split<const STARTS: usize, const PARTS: usize>(
    text: &str,
    starts: [usize; STARTS],
) -> [&str; PARTS] {
    let mut parts = [""; PARTS];
    let mut start = 0;
    let ends = starts.into_iter().chain([text.len()]);
    for (part, end) in parts.iter_mut().zip(ends) {
        *part = &text[start..end];
        start = end;
    }
    parts
}

/// Adds codes as an array literal. A code consists of letters, digits and dashes, so it needs no quotes.
fn write_literal(codes: &str, out: &mut String) {
    for text in ["{", codes, "}"] {
        out.push_str(text);
    }
}

/// Adds values as a JSON array.
fn write_list<T>(values: &[T], out: &mut String, write: impl Fn(&T, &mut String)) {
    out.push('[');
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write(value, out);
    }
    out.push(']');
}
