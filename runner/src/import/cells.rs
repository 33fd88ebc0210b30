//! Checks the values of a record before PostgreSQL gets them: the key, words for a missing value, dates and times, U+0000.

use jiff::tz::TimeZone;

use super::catalog::Placed;
use super::date_time::Times;
use super::insert::content;
use super::nul::drop_nul;
use super::record::{BadLine, Cause, Record};

/// Words that programs write for a missing value, in lower case: pandas writes `NaN`, `NaT` and `<NA>`, Python writes
/// `None`, databases write `NULL`.
const MISSING: [&str; 7] = ["nan", "nat", "<na>", "none", "null", "n/a", "#n/a"];

/// The word of R for a missing value. In a column of texts it may be a name, so it stays there.
const MISSING_IN_R: &str = "NA";

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
            match problem(&record, placed) {
                Finding::Value => {}
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
    if column.key && is_changed_by_spreadsheet(trimmed) {
        let reason = format!(
            "{name} is `{trimmed}`: a spreadsheet or a data frame has changed the number; export the column as text"
        );
        return Finding::Bad(Cause::ChangedKey, reason);
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

/// Whether a number has the form that a spreadsheet or a data frame writes and that no id has: `1.23E+09`, `1828250.0`.
fn is_changed_by_spreadsheet(value: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_zeros = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte == b'0');
    if let Some((mantissa, exponent)) = value.split_once("E+").or_else(|| value.split_once("e+")) {
        let (whole, decimals) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, "0"));
        return is_number(whole) && is_number(decimals) && is_number(exponent);
    }
    value
        .split_once(['.', ','])
        .is_some_and(|(whole, decimals)| is_number(whole) && is_zeros(decimals))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_that_a_program_rewrote_are_changed_keys() {
        for changed in [
            "1.23E+09",
            "1,23E+09",
            "1E+10",
            "1.5e+20",
            "1828250.0",
            "1828250,00",
        ] {
            assert!(is_changed_by_spreadsheet(changed), "{changed}");
        }
        for id in [
            "1828250", "12E4", "v1.0", "1.5", "a.0", "1E+x", "E+09", ".0", "1.", "1.2.0",
        ] {
            assert!(!is_changed_by_spreadsheet(id), "{id}");
        }
    }

    #[test]
    fn words_for_a_missing_value_are_whole_values() {
        for word in ["NaN", "None", "NULL", "N/A", "#N/A", "NaT", "<NA>"] {
            assert!(is_missing(word, true), "{word}");
        }
        for value in ["", "Nan Hotel", "Non", "NA", "0", "-"] {
            assert!(!is_missing(value, true), "{value}");
        }
        assert!(is_missing("NA", false));
    }
}
