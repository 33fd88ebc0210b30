//! The result of a cleaning.

use crate::Warnings;

/// A cleaned title, as a `Cleaner` returns it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CleanTitle<'a> {
    /// The title.
    pub text: &'a str,
    /// The pay that the title named and that was dropped, as written: `Lương 10-15 Triệu`.
    pub pay: Option<&'a str>,
    /// Details that a person should check.
    pub warnings: Warnings,
}

impl<'a> CleanTitle<'a> {
    /// A title that stays as it is.
    pub(crate) fn unchanged(text: &'a str) -> Self {
        Self {
            text,
            pay: None,
            warnings: Warnings::NONE,
        }
    }
}

/// A cleaned title and its warnings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cleaned {
    /// The title.
    pub text: String,
    /// The pay that the title named: [`CleanTitle::pay`].
    pub pay: Option<String>,
    /// Details that a person should check.
    pub warnings: Warnings,
}
