//! The places of a row.

use std::sync::Arc;

use jobinsight_core::RuleSet;
use memchr::memchr2_iter;

use super::reject::{RowError, check_length};
use super::row::{DerivedPlaces, without_nul};
use crate::cache::{Cache, Cached};
use crate::standard::place::{self, Provinces};
use crate::{Warnings, v1};

/// The most characters that the column `location` can store.
const LONGEST: usize = 200;

/// Derives `location`, `location_pairs` and `location_codes`.
pub(super) struct PlaceColumns {
    /// `None` for the rule set v1.
    engine: Option<place::Places>,
    details: Cache<DetailColumns>,
    locations: Cache<LocationColumns>,
    /// The location of the current row, if it depends on the pairs of the row.
    of_pairs: LocationColumns,
}

/// The result for a `location_detail`.
struct DetailColumns {
    pairs: Vec<Arc<str>>,
    /// The pairs as a JSON array.
    json: String,
    warnings: Warnings,
}

impl Cached for DetailColumns {
    fn heap_bytes(&self) -> usize {
        let pairs = self.pairs.iter();
        self.json.len() + pairs.map(|pair| pair.len()).sum::<usize>()
    }
}

impl DetailColumns {
    fn read(detail: &str, engine: Option<&mut place::Places>) -> Self {
        let mut warnings = Warnings::NONE;
        let (json, pairs) = match engine {
            Some(places) => {
                let place::Detail { pairs, nul_dropped } = places.detail(detail);
                if nul_dropped {
                    warnings |= Warnings::NUL_DROPPED;
                }
                (json(&pairs), pairs)
            }
            None => {
                let pairs = v1::extract_location_info(detail);
                let clean = |pair: &String| without_nul(pair, &mut warnings);
                let texts: Vec<String> = pairs.iter().map(clean).collect();
                (
                    serde_json::Value::from(texts).to_string(),
                    pairs.into_iter().map(Arc::from).collect(),
                )
            }
        };
        Self {
            pairs,
            json,
            warnings,
        }
    }
}

/// The result for a location.
#[derive(Default)]
struct LocationColumns {
    text: String,
    codes: String,
    stands_for_several: bool,
}

impl Cached for LocationColumns {
    fn heap_bytes(&self) -> usize {
        self.text.len() + self.codes.len()
    }
}

impl From<place::Location> for LocationColumns {
    fn from(location: place::Location) -> Self {
        Self {
            text: location.text,
            // A code consists of letters, digits and dashes, so it needs no quotes in the literal.
            codes: ["{", &location.codes, "}"].concat(),
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
            of_pairs: LocationColumns::default(),
        }
    }

    #[inline]
    pub(super) fn derive(
        &mut self,
        given: Option<&str>,
        detail: Option<&str>,
    ) -> Result<DerivedPlaces<'_>, RowError> {
        let (location, detail) = (given.unwrap_or_default(), detail.unwrap_or_default());
        let engine = &mut self.engine;
        let read = || DetailColumns::read(detail, engine.as_mut());
        let detail = self.details.get_or_make(detail, read);
        let mut warnings = detail.warnings;
        let (location, codes) = match engine {
            Some(places) => {
                let known = &mut self.locations;
                let mut made = known.get_or_make(location, || places.location(location).into());
                if made.stands_for_several
                    && let Some(named) = places.location_of_pairs(&detail.pairs)
                {
                    self.of_pairs = named.into();
                    made = &self.of_pairs;
                }
                (&*made.text, &*made.codes)
            }
            None => {
                let refined = v1::refine_location(location, &detail.pairs);
                self.of_pairs.text = without_nul(&refined, &mut warnings);
                (&*self.of_pairs.text, "{}")
            }
        };
        check_length("location", location, LONGEST)?;
        Ok(DerivedPlaces {
            location: given.map(|_| location),
            pairs: &detail.json,
            codes,
            warnings,
        })
    }
}

/// Pairs as a JSON array. A pair is clean, so only two characters need to be escaped.
fn json(pairs: &[Arc<str>]) -> String {
    let bytes: usize = pairs.iter().map(|pair| pair.len() + "\"\",".len()).sum();
    let mut out = String::with_capacity(bytes + "[]".len());
    out.push('[');
    for pair in pairs {
        if out.len() > 1 {
            out.push(',');
        }
        out.push('"');
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
    out
}
