//! The places of a row.

use std::sync::Arc;

use super::row::DerivedPlaces;
use super::standard_places::StandardPlaces;
use super::v1_places::V1Places;
use crate::Warnings;
use crate::rule_set::RuleSet;
use crate::standard::place::PlaceRules;

/// The most bytes of `location`. The index on the column stores at most 2,704 bytes with its header. The names of all 63
/// provinces together have fewer than 1,000 bytes.
const LONGEST: usize = 2_600;

/// Derives the columns of places.
pub(super) enum PlaceColumns {
    Standard(Box<StandardPlaces>),
    V1(V1Places),
}

impl PlaceColumns {
    pub(super) fn new(rules: RuleSet, places: &Arc<PlaceRules>) -> Self {
        match rules {
            RuleSet::Standard => Self::Standard(Box::new(StandardPlaces::new(places))),
            RuleSet::V1 => Self::V1(V1Places::new()),
        }
    }

    #[inline]
    pub(super) fn derive(
        &mut self,
        given: Option<&str>,
        detail: Option<&str>,
    ) -> DerivedPlaces<'_> {
        let mut made = match self {
            Self::Standard(places) => places.derive(given, detail),
            Self::V1(places) => places.derive(given, detail),
        };
        if let Some(location) = made.location
            && location.len() > LONGEST
        {
            let mut ends = (0..=LONGEST).rev();
            let end = ends.find(|end| location.is_char_boundary(*end));
            made.location = Some(&location[..end.unwrap_or_default()]);
            made.warnings |= Warnings::LOCATION_CUT;
        }
        made
    }
}
