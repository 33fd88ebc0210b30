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

/// The derived values of a row, see [`derived_schema`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct DerivedRow<'a> {
    pub(crate) title: CleanTitle<'a>,
    pub(crate) company: DerivedCompany<'a>,
    pub(crate) places: DerivedPlaces<'a>,
    pub(crate) warnings: Warnings,
}

/// The derived company of a row.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct DerivedCompany<'a> {
    pub(crate) name: Option<&'a str>,
    pub(crate) key: Option<&'a str>,
}

/// The array literal without a value.
pub(super) const EMPTY: &str = "{}";

/// The derived places of a row.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct DerivedPlaces<'a> {
    pub(crate) location: Option<&'a str>,
    /// A JSON array.
    pub(crate) pairs: Option<&'a str>,
    /// An array literal of PostgreSQL.
    pub(crate) codes: &'a str,
    /// An array literal of PostgreSQL.
    pub(crate) province_codes: Option<&'a str>,
    /// A JSON array.
    pub(crate) places: Option<&'a str>,
    pub(crate) warnings: Warnings,
}

/// A text without U+0000, which PostgreSQL cannot store.
pub(super) fn without_nul(text: &str, warnings: &mut Warnings) -> String {
    let (clean, dropped) = text::without_nul(text);
    if dropped {
        *warnings |= Warnings::NUL_DROPPED;
    }
    clean.into_owned()
}
