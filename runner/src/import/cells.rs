//! Checks the values of a record before PostgreSQL gets them: the key, words for a missing value, dates and times, U+0000.

use jiff::tz::TimeZone;

use super::catalog::Placed;
use super::date_time::Times;
use super::insert::content;
use super::key;
use super::nul_bytes::drop_nul;
use super::record::{BadLine, Cause, Record};

/// Words that programs write for a missing value, in lower case: pandas writes `NaN`, `NaT` and `<NA>`, Python writes
/// `None`, JavaScript writes `undefined`, databases write `NULL`, `(null)` and `\N`.
const MISSING: [&str; 11] = [
    "nan",
    "-nan",
    "nat",
    "<na>",
    "none",
    "null",
    "(null)",
    "\\n",
    "n/a",
    "#n/a",
    "undefined",
];

/// The word of R for a missing value. In a column of texts it may be a name, so it stays there.
const MISSING_IN_R: &str = "NA";

/// Types that cut a long text without an error, and the bytes that they keep.
const CUT_BY_CASTS: [(&str, usize); 2] = [("name", 63), ("\"char\"", 1)];

/// The values that [`Cells::check`] changed.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Changed {
    /// Characters U+0000 that were removed.
    pub(super) nul_dropped: u64,
    /// Words for a missing value that became NULL.
    pub(super) missing_words: u64,
}

/// The check of the records of one file.
pub(super) struct Cells {
    columns: Vec<Placed>,
    /// The places of the columns whose texts are JSON.
    json: Vec<usize>,
    times: Times,
    pub(super) changed: Changed,
}

impl Cells {
    pub(super) fn new(columns: Vec<Placed>, zone: TimeZone) -> Self {
        let json = columns
            .iter()
            .filter(|(_, column)| matches!(column.kind.as_str(), "json" | "jsonb"));
        Self {
            json: json.map(|(at, _)| *at).collect(),
            times: Times::new(&columns, zone),
            columns,
            changed: Changed::default(),
        }
    }

    /// Returns the record as PostgreSQL gets it, or the reason for which it is rejected.
    pub(super) fn check(&mut self, mut record: Record) -> Result<Record, BadLine> {
        self.changed.nul_dropped += drop_nul(&mut record, &self.json);
        for placed in &self.columns {
            if placed.1.key
                && let Some(value) = &mut record.values[placed.0]
            {
                let key = key::trimmed(value);
                if key.len() < value.len() {
                    *value = key.to_owned();
                }
            }
            match problem(&record, placed) {
                Finding::Value => {}
                Finding::Blank => record.values[placed.0] = None,
                Finding::MissingWord => {
                    record.values[placed.0] = None;
                    self.changed.missing_words += 1;
                }
                Finding::Bad(cause, reason) => {
                    let text = content(&record, &self.columns);
                    return Err(BadLine::new(record.line, &text, reason).of(cause));
                }
            }
        }
        match self.times.read(&mut record) {
            Ok(()) => Ok(record),
            Err(reason) => {
                let text = content(&record, &self.columns);
                Err(BadLine::new(record.line, &text, reason).of(Cause::NotDate))
            }
        }
    }
}

enum Finding {
    Value,
    /// Nothing but blanks, in a column whose type has no blank value.
    Blank,
    /// A word for a missing value, in a column that may be NULL.
    MissingWord,
    Bad(Cause, String),
}

fn problem(record: &Record, (at, column): &Placed) -> Finding {
    let name = &column.name;
    let Some(value) = &record.values[*at] else {
        if !column.key {
            return Finding::Value;
        }
        let reason = if record.absent.contains(at) {
            format!("has no column {name}")
        } else {
            format!("{name} is empty")
        };
        return Finding::Bad(Cause::MissingKey, reason);
    };
    let trimmed = value.trim();
    if is_missing(trimmed, is_text(&column.kind)) {
        if !column.required {
            return Finding::MissingWord;
        }
        let reason = format!("{name} is `{trimmed}`, which is a word for a missing value");
        return Finding::Bad(Cause::MissingValue, reason);
    }
    if column.key
        && let Some((cause, reason)) = key::problem(name, value)
    {
        return Finding::Bad(cause, reason);
    }
    if trimmed.is_empty() && !is_text(&column.kind) {
        return Finding::Blank;
    }
    if let Some((_, most)) = CUT_BY_CASTS.iter().find(|(kind, _)| *kind == column.kind)
        && value.len() > *most
    {
        let reason = format!("{name} is too long for type {} ({most} bytes)", column.kind);
        return Finding::Bad(Cause::Refused, reason);
    }
    Finding::Value
}

fn is_text(kind: &str) -> bool {
    matches!(
        kind,
        "text" | "character varying" | "character" | "bpchar" | "citext" | "name"
    )
}

fn is_missing(value: &str, is_text: bool) -> bool {
    MISSING.iter().any(|word| value.eq_ignore_ascii_case(word))
        || (!is_text && value == MISSING_IN_R)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_a_missing_value_are_whole_values() {
        for word in [
            "NaN",
            "None",
            "NULL",
            "N/A",
            "#N/A",
            "NaT",
            "<NA>",
            "\\N",
            "(null)",
            "undefined",
        ] {
            assert!(is_missing(word, true), "{word}");
        }
        for value in ["", "Nan Hotel", "Non", "NA", "0", "-", "N", "\\"] {
            assert!(!is_missing(value, true), "{value}");
        }
        assert!(is_missing("NA", false));
    }
}
