//! The result of the first look at a title.

use super::token::{self, TitleFlags};

/// The result of a first look at a title.
#[derive(Clone, Copy)]
pub(super) enum FirstLook {
    /// The title is clean, and no rule applies.
    Unchanged,
    /// The title is clean, and its tokens are read.
    Read(TitleFlags),
    /// The title must be cleaned first.
    Unclean,
}

impl FirstLook {
    /// Whether the title has a digit.
    pub(super) fn has_digit(self, title: &str) -> bool {
        match self {
            Self::Read(flags) => flags.has_digit,
            Self::Unchanged | Self::Unclean => token::has_digit(title),
        }
    }
}
