//! One row: the posting that is read, and the values that are derived from it.

use crate::standard::title::CleanTitle;
use crate::{Warnings, text};

/// The columns of a crawled posting that the kernel reads.
#[derive(Debug, Clone, Copy, Default)]
pub struct RawPosting<'a> {
    /// `title`.
    pub title: Option<&'a str>,
    /// `company_name`.
    pub company: Option<&'a str>,
    /// `location`.
    pub location: Option<&'a str>,
    /// `location_detail`.
    pub detail: Option<&'a str>,
}

/// The derived values of a row, see [`derived_schema`](super::derived_schema).
#[derive(Debug, Clone, Copy)]
pub struct DerivedRow<'a> {
    /// The clean title.
    pub title: CleanTitle<'a>,
    /// The company.
    pub company: DerivedCompany<'a>,
    /// The places.
    pub places: DerivedPlaces<'a>,
    /// The warnings of all fields.
    pub warnings: Warnings,
}

/// The derived company of a row.
#[derive(Debug, Clone, Copy, Default)]
pub struct DerivedCompany<'a> {
    /// `company_name_standardized`.
    pub name: Option<&'a str>,
    /// `company_key`.
    pub key: Option<&'a str>,
}

/// The array literal without a value.
pub(super) const EMPTY: &str = "{}";

/// The derived places of a row.
#[derive(Debug, Clone, Copy, Default)]
pub struct DerivedPlaces<'a> {
    /// `location`.
    pub location: Option<&'a str>,
    /// `location_pairs`, a JSON array.
    pub pairs: Option<&'a str>,
    /// `location_codes`, an array literal of PostgreSQL.
    pub codes: &'a str,
    /// `province_codes`, an array literal of PostgreSQL.
    pub province_codes: Option<&'a str>,
    /// `places`, a JSON array.
    pub places: Option<&'a str>,
    /// The warnings of the places.
    pub warnings: Warnings,
}

/// A text without U+0000, which PostgreSQL cannot store.
pub(super) fn without_nul(text: &str, warnings: &mut Warnings) -> String {
    let (clean, dropped) = text::without_nul(text);
    if dropped {
        *warnings |= Warnings::NUL_DROPPED;
    }
    clean.into_owned()
}
