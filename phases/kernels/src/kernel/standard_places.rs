//! The places of a row by the rule set `standard`.
//!
//! Locations and details repeat in most rows, so two caches remember what was derived from them: one the texts of each
//! location, one the texts of each detail. Only the column `places` may depend on both, for two reasons. An address that names
//! no province is in the province of the location. A place of the location that no pair names is added.
//! A third cache remembers the places of such rows, by both texts.

use std::sync::Arc;

use super::row::{DerivedPlaces, EMPTY};
use crate::Warnings;
use crate::cache::{Cache, Cached};
use crate::standard::place::{self, Location, Pair, PlaceRules, ProvinceSet};

/// The result for a `location_detail`, apart from its texts: the pairs and the places as JSON arrays, and the codes as array
/// literals.
#[derive(Default)]
struct DetailColumns {
    pairs: Vec<Arc<Pair>>,
    warnings: Warnings,
    provinces: ProvinceSet,
    /// Where each text after the first starts.
    starts: [u32; 3],
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
        write_list(&pairs, out, |pair, out| out.push_str(pair.quoted()));
        made.starts[0] = length(base, out);
        write_list(&pairs, out, |pair, out| out.push_str(pair.json()));
        made.starts[1] = length(base, out);
        let named = pairs.iter().flat_map(|pair| pair.places());
        let (provinces, set) = ProvinceSet::of(named);
        made.provinces = set;
        write_literal(out, |out| places.write_codes(&provinces, out));
        made.starts[2] = length(base, out);
        write_literal(out, |out| places.write_province_codes(&provinces, out));
        made.is_open = pairs.iter().any(|pair| pair.is_open);
        made.is_known = pairs.iter().any(|pair| pair.is_known);
        made.pairs = pairs;
        made
    }
}

/// The result for a location, apart from its texts: the location, its codes as array literals, and its places as a JSON
/// array.
struct LocationColumns {
    /// Only a row whose places depend on both texts needs it.
    location: Box<Location>,
    is_known: bool,
    stands_for_several: bool,
    provinces: ProvinceSet,
    /// Where each text after the first starts.
    starts: [u32; 3],
}

impl Cached for LocationColumns {
    fn heap_bytes(&self) -> usize {
        size_of::<Location>() + self.location.heap_bytes()
    }
}

impl LocationColumns {
    /// Adds the texts of a location to `out`.
    fn write(location: &str, places: &mut place::Places, out: &mut String) -> Self {
        let location = places.location(location);
        let base = out.len();
        let mut starts = [0; 3];
        out.push_str(&location.text);
        starts[0] = length(base, out);
        write_literal(out, |out| places.write_codes(&location.provinces, out));
        starts[1] = length(base, out);
        write_literal(out, |out| {
            places.write_province_codes(&location.provinces, out);
        });
        starts[2] = length(base, out);
        write_list(&location.places, out, |place, out| {
            place.write_json(places.rules(), out);
        });
        let (_, provinces) = ProvinceSet::of(location.places.iter());
        Self {
            provinces,
            starts,
            is_known: location.is_known,
            stands_for_several: location.stands_for_several,
            location: Box::new(location),
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
    /// The places that depend on both texts, by a key of both.
    together: Cache<()>,
    /// The key of the current row.
    key: String,
}

impl StandardPlaces {
    pub(super) fn new(rules: &Arc<PlaceRules>) -> Self {
        Self {
            engine: place::Places::new(Arc::clone(rules)),
            details: Cache::new(),
            locations: Cache::small(),
            named: None,
            together: Cache::small(),
            key: String::new(),
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
        let [pairs, places, codes, province_codes] = split(texts, of_detail.starts);

        let write = |out: &mut String| LocationColumns::write(location, engine, out);
        let (mut own, mut of_location) = self.locations.get_or_make(location, write);
        if of_location.stands_for_several {
            let named = place::location_of_pairs(&of_detail.pairs);
            if !named.is_empty() {
                let write = |out: &mut String| LocationColumns::write(&named, engine, out);
                let known = self.named.get_or_insert_with(Cache::small);
                (own, of_location) = known.get_or_make(&named, write);
            }
        }
        let given_location = location;
        let [location, own_codes, own_province_codes, own_places] = split(own, of_location.starts);

        let mut warnings = of_detail.warnings;
        let has_pairs = !of_detail.pairs.is_empty();
        let (mut codes, mut province_codes) = (codes, province_codes);
        if own_codes != EMPTY || !has_pairs {
            (codes, province_codes) = (own_codes, own_province_codes);
        }
        if codes == EMPTY
            && (has_pairs || !location.is_empty())
            && !(of_location.is_known || location.is_empty() && of_detail.is_known)
        {
            warnings |= Warnings::LOCATION_UNCODED;
        }
        let places = if !has_pairs {
            own_places
        } else if !of_detail.is_open
            && !of_location.is_known
            && of_detail.provinces.contains(&of_location.provinces)
        {
            places
        } else {
            // The places of the pairs and of the location together.
            write_key(given_location, detail, &mut self.key);
            let (places, ()) = self.together.get_or_make(&self.key, |out| {
                let together = engine.places(&of_location.location, &of_detail.pairs);
                write_list(&together, out, |place, out| {
                    place.write_json(engine.rules(), out);
                });
            });
            places
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

/// The length of a text from a position on. The texts of one result have far less than 4 GiB.
fn length(from: usize, text: &str) -> u32 {
    u32::try_from(text.len() - from).unwrap_or(u32::MAX)
}

/// The parts of a text that start at the given positions, the first one at its beginning.
#[inline]
fn split<const STARTS: usize, const PARTS: usize>(
    text: &str,
    starts: [u32; STARTS],
) -> [&str; PARTS] {
    let mut parts = [""; PARTS];
    let mut start = 0;
    let ends = starts.into_iter().map(|start| start as usize);
    let ends = ends.chain([text.len()]);
    for (part, end) in parts.iter_mut().zip(ends) {
        *part = &text[start..end];
        start = end;
    }
    parts
}

/// Writes a key of a location and a detail. It begins with the length of the location, so that two keys are equal only if
/// both texts are.
fn write_key(location: &str, detail: &str, key: &mut String) {
    key.clear();
    // A key with a longer location is too long for the cache.
    key.extend(u32::try_from(location.len()).ok().and_then(char::from_u32));
    key.push_str(location);
    key.push_str(detail);
}

/// Adds codes as an array literal. A code consists of letters, digits and dashes, so it needs no quotes.
fn write_literal(out: &mut String, write_codes: impl FnOnce(&mut String)) {
    out.push('{');
    write_codes(out);
    out.push('}');
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
