//! The places of a row by the rule set `v1`, which has no codes.

use super::row::{DerivedPlaces, EMPTY, without_nul};
use crate::cache::{Cache, Cached};
use crate::{Warnings, v1};

/// Derives the columns of places.
pub(super) struct V1Places {
    details: Cache<V1Detail>,
    /// The location of the current row.
    location: String,
}

/// The result for a `location_detail`, apart from its pairs as a JSON array.
struct V1Detail {
    pairs: Vec<String>,
    warnings: Warnings,
}

impl Cached for V1Detail {
    fn heap_bytes(&self) -> usize {
        let pairs = self.pairs.iter();
        pairs.map(|pair| pair.len() + size_of::<String>()).sum()
    }
}

impl V1Places {
    pub(super) fn new() -> Self {
        Self {
            details: Cache::new(),
            location: String::new(),
        }
    }

    #[inline]
    pub(super) fn derive(
        &mut self,
        given: Option<&str>,
        detail: Option<&str>,
    ) -> DerivedPlaces<'_> {
        let detail = detail.unwrap_or_default();
        let (json, detail) = self.details.get_or_make(detail, |json| {
            let mut warnings = Warnings::NONE;
            let pairs = v1::extract_location_info(detail);
            let clean = |pair: &String| without_nul(pair, &mut warnings);
            let texts: Vec<String> = pairs.iter().map(clean).collect();
            json.push_str(&serde_json::Value::from(texts).to_string());
            V1Detail { pairs, warnings }
        });
        let mut warnings = detail.warnings;
        let location = v1::refine_location(given.unwrap_or_default(), &detail.pairs);
        self.location = without_nul(&location, &mut warnings);
        DerivedPlaces {
            location: given.map(|_| self.location.as_str()),
            pairs: Some(json),
            codes: EMPTY,
            warnings,
            ..DerivedPlaces::default()
        }
    }
}
