//! The places of a row.

use std::sync::Arc;

use jobinsight_core::RuleSet;
use memchr::memchr2_iter;

use super::row::{DerivedPlaces, without_nul};
use crate::cache::{Cache, Cached};
use crate::standard::place::{self, Provinces};
use crate::{Warnings, v1};

/// The most bytes of `location`. The index on the column stores at most 2,704 bytes with its header. The names of all 63
/// provinces together have fewer than 1,000 bytes.
const LONGEST: usize = 2_600;

/// Derives `location`, `location_pairs` and `location_codes`.
pub(super) struct PlaceColumns {
    /// `None` for the rule set v1.
    engine: Option<place::Places>,
    details: Cache<DetailColumns>,
    locations: Cache<LocationColumns>,
    /// The location and the codes of the current row, if they depend on the pairs of the row.
    of_pairs: String,
}

/// The result for a `location_detail`, apart from its text: the pairs as a JSON array.
struct DetailColumns {
    pairs: Vec<Arc<str>>,
    warnings: Warnings,
}

impl Cached for DetailColumns {
    fn heap_bytes(&self) -> usize {
        let pairs = self.pairs.iter();
        pairs.map(|pair| pair.len() + size_of::<Arc<str>>()).sum()
    }
}

impl DetailColumns {
    /// Reads a detail, and adds its pairs to `json`.
    fn read(detail: &str, engine: Option<&mut place::Places>, json: &mut String) -> Self {
        let mut warnings = Warnings::NONE;
        let pairs = match engine {
            Some(places) => {
                let place::Detail { pairs, nul_dropped } = places.detail(detail);
                if nul_dropped {
                    warnings |= Warnings::NUL_DROPPED;
                }
                write_json(&pairs, json);
                pairs
            }
            None => {
                let pairs = v1::extract_location_info(detail);
                let clean = |pair: &String| without_nul(pair, &mut warnings);
                let texts: Vec<String> = pairs.iter().map(clean).collect();
                json.push_str(&serde_json::Value::from(texts).to_string());
                pairs.into_iter().map(Arc::from).collect()
            }
        };
        Self { pairs, warnings }
    }
}

/// The result for a location, apart from its text: the location, followed by its codes as an array literal.
#[derive(Default, Clone, Copy)]
struct LocationColumns {
    /// Where the codes start in the text.
    codes: usize,
    stands_for_several: bool,
}

impl Cached for LocationColumns {}

impl LocationColumns {
    /// Adds a location and its codes to `out`.
    fn write(location: &place::Location, out: &mut String) -> Self {
        out.push_str(&location.text);
        // A code consists of letters, digits and dashes, so it needs no quotes in the literal.
        for text in ["{", &location.codes, "}"] {
            out.push_str(text);
        }
        Self {
            codes: location.text.len(),
            stands_for_several: location.stands_for_several,
        }
    }
}

impl PlaceColumns {
    pub(super) fn new(rules: RuleSet, provinces: &Arc<Provinces>) -> Self {
        Self {
            engine: match rules {
                RuleSet::Standard => Some(place::Places::new(Arc::clone(provinces))),
                RuleSet::V1 => None,
            },
            details: Cache::new(),
            locations: Cache::new(),
            of_pairs: String::new(),
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
        let read = |json: &mut String| DetailColumns::read(detail, engine.as_mut(), json);
        let (json, detail) = self.details.get_or_make(detail, read);
        let mut warnings = detail.warnings;
        let of_pairs = &mut self.of_pairs;
        let (location, codes) = match engine {
            Some(places) => {
                let known = &mut self.locations;
                let (mut text, made) = known.get_or_make(location, |out| {
                    LocationColumns::write(&places.location(location), out)
                });
                let mut codes = made.codes;
                if made.stands_for_several
                    && let Some(named) = places.location_of_pairs(&detail.pairs)
                {
                    of_pairs.clear();
                    codes = LocationColumns::write(&named, of_pairs).codes;
                    text = of_pairs;
                }
                text.split_at(codes)
            }
            None => {
                let refined = v1::refine_location(location, &detail.pairs);
                *of_pairs = without_nul(&refined, &mut warnings);
                (&**of_pairs, "{}")
            }
        };
        let (location, is_cut) = cut(location);
        if is_cut {
            warnings |= Warnings::LOCATION_CUT;
        }
        DerivedPlaces {
            location: given.map(|_| location),
            pairs: json,
            codes,
            province_codes: None,
            places: None,
            warnings,
        }
    }
}

/// The first characters of a location that fit into [`LONGEST`] bytes, and whether it has more.
#[inline]
fn cut(location: &str) -> (&str, bool) {
    if location.len() <= LONGEST {
        return (location, false);
    }
    (&location[..location.floor_char_boundary(LONGEST)], true)
}

/// Adds pairs as a JSON array. A pair is clean, so only two characters need to be escaped.
fn write_json(pairs: &[Arc<str>], out: &mut String) {
    out.push('[');
    for (index, pair) in pairs.iter().enumerate() {
        out.push_str(if index == 0 { "\"" } else { ",\"" });
        let mut start = 0;
        for at in memchr2_iter(b'"', b'\\', pair.as_bytes()) {
            out.push_str(&pair[start..at]);
            out.push('\\');
            start = at;
        }
        out.push_str(&pair[start..]);
        out.push('"');
    }
    out.push(']');
}
