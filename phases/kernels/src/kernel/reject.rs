//! Why a row is rejected.

/// Why a row cannot be stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RejectReason {
    /// The title is NULL, or has no visible character.
    TitleMissing,
    /// A text has more characters than its column can store.
    TooLong,
}

impl RejectReason {
    /// The word under which the reason is stored and counted.
    pub const fn word(self) -> &'static str {
        match self {
            Self::TitleMissing => "title_missing",
            Self::TooLong => "too_long",
        }
    }
}

/// A row of a batch that cannot be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedRow {
    /// The index of the row in the batch.
    pub row: usize,
    /// The column that is the reason.
    pub column: &'static str,
    /// The reason.
    pub reason: RejectReason,
    /// The whole value of the column.
    pub value: Option<String>,
}

/// The reason why one row cannot be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    /// The column that is the reason.
    pub column: &'static str,
    /// The reason.
    pub reason: RejectReason,
    /// The whole value of the column.
    pub value: Option<String>,
}

/// Checks that a text fits its column.
#[inline]
pub(super) fn check_length(
    column: &'static str,
    text: &str,
    longest: usize,
) -> Result<(), RowError> {
    // A text has at least as many bytes as characters, so most texts need not be counted.
    if text.len() > longest && text.chars().count() > longest {
        return Err(RowError {
            column,
            reason: RejectReason::TooLong,
            value: Some(text.to_owned()),
        });
    }
    Ok(())
}
