//! Records, and lines that cannot be read: the output of every reader.

use std::io;

use schemars::JsonSchema;
use serde::Serialize;

/// The smallest integer that a floating-point number of 64 bits cannot represent exactly. A larger key may have lost digits.
pub(super) const EXACT: f64 = 9_007_199_254_740_992.0;

/// One record as text, ready for PostgreSQL to convert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The number of its first line in the file, from 1 (in a Parquet file, of the row).
    pub line: u64,
    /// A value for each of the reader's columns; `None` is NULL.
    pub values: Vec<Option<String>>,
    /// The positions of the columns that this record does not mention, in ascending order. Such a column is not NULL: it
    /// keeps its value or takes its default. Only JSON Lines has such columns.
    pub absent: Vec<usize>,
}

/// The kind of problem of a rejected record, as one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The bytes are not text in the encoding of the file.
    NotText,
    /// The text is not JSON.
    NotJson,
    /// The text is JSON, but not an object.
    NotObject,
    /// An object has two names for one column.
    RepeatedName,
    /// The record has more or fewer fields than the header.
    FieldCount,
    /// A quote is not closed, text follows a closing quote, or a blank is before the quote of a field.
    Quote,
    /// The record is the header again.
    RepeatedHeader,
    /// The record is too long.
    TooLong,
    /// The record has no value for a column of the primary key.
    MissingKey,
    /// A spreadsheet has changed the key.
    ChangedKey,
    /// A column that must have a value has a word for a missing value.
    MissingValue,
    /// A text is not a date or a time with one certain meaning.
    NotDate,
    /// The table does not accept the record.
    Refused,
}

impl Cause {
    /// The word in the table of rejects.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotText => "not_text",
            Self::NotJson => "not_json",
            Self::NotObject => "not_object",
            Self::RepeatedName => "repeated_name",
            Self::FieldCount => "field_count",
            Self::Quote => "quote",
            Self::RepeatedHeader => "repeated_header",
            Self::TooLong => "too_long",
            Self::MissingKey => "missing_key",
            Self::ChangedKey => "changed_key",
            Self::MissingValue => "missing_value",
            Self::NotDate => "not_date",
            Self::Refused => "refused",
        }
    }
}

/// A line that could not be read, or a record that the database refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct BadLine {
    /// The number of its first line in the file, from 1 (in a Parquet file, of the row).
    pub line: u64,
    /// The text of the line, or the values of the record as JSON if PostgreSQL refused it; cut to a readable length.
    pub text: String,
    /// The kind of problem.
    pub cause: Cause,
    /// Why it was rejected.
    pub reason: String,
}

impl BadLine {
    /// How much of a bad line is kept, in characters: enough to find and to understand it.
    const KEPT: usize = 2_000;

    /// A record that the table does not accept; [`BadLine::of`] says another cause.
    pub(super) fn new(line: u64, text: &str, reason: impl Into<String>) -> Self {
        // PostgreSQL cannot store U+0000. The text of a reject must always be storable.
        let clean = |text: &str| -> String {
            text.chars()
                .map(|c| {
                    if c == '\0' {
                        char::REPLACEMENT_CHARACTER
                    } else {
                        c
                    }
                })
                .collect()
        };
        let mut kept: String = text.chars().take(Self::KEPT).collect();
        if kept.len() < text.len() {
            kept.push('…');
        }
        Self {
            line,
            text: clean(&kept),
            cause: Cause::Refused,
            reason: clean(&reason.into()),
        }
    }

    /// Replaces the cause.
    pub(super) fn of(self, cause: Cause) -> Self {
        Self { cause, ..self }
    }
}

/// A record, or the line that could not be read.
pub type Line = Result<Record, BadLine>;

/// Reads records one after the other. The memory that it needs does not depend on the length of the file.
pub trait RecordReader: Send {
    /// The names that [`Record::values`] belong to, in order.
    fn columns(&self) -> &[String];

    /// Receives the columns of the target. A format that names the columns in each record uses them. A format with a
    /// header or a schema ignores them.
    fn bind(&mut self, _target: &[String]) {}

    /// Receives the places of the columns that the table has. A reader may leave out the values of all other columns.
    fn select(&mut self, _places: &[usize]) {}

    /// The names in the records that are not columns of the target.
    fn unknown(&self) -> Vec<String> {
        Vec::new()
    }

    /// The number of lines that are not records by the rules of the format.
    fn skipped(&self) -> u64 {
        0
    }

    /// The next record, or the next bad line; `None` at the end.
    ///
    /// # Errors
    /// When reading itself fails. The error must not be mistaken for the end of the file, because half a file would then
    /// be imported.
    fn next(&mut self) -> io::Result<Option<Line>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_text_is_cut_and_storable() {
        let bad = BadLine::new(1, &"é\0".repeat(5_000), "because");
        assert_eq!(bad.text.chars().count(), BadLine::KEPT + 1);
        assert!(!bad.text.contains('\0') && bad.text.ends_with('…'));
    }
}
