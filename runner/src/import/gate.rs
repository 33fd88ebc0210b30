//! The quality gate of an import: how many records of a file may be rejected.

use std::collections::BTreeMap;

use jobinsight_core::plural::{are, counted};
use jobinsight_core::quality_gate::allowed;
use jobinsight_core::{EtlError, Result, advice, settings};

use super::record::{BadLine, Cause};
use crate::codes;

/// How many records of a file may be rejected. The gate stops an import if the share of rejected records exceeds the
/// threshold, and if they are many: at least `min_rejects`, or more than half of the file, or more than a tenth of the file in
/// another encoding. A threshold of 1 allows no rejected record, as for a run.
#[derive(Clone, Copy, Debug)]
pub struct Gate {
    /// Share of the records that must not be rejected.
    pub threshold: f64,
    /// Fewest rejected records that stop the import.
    pub min_rejects: u64,
}

/// The part of a file, as one in so many records, from which records in another encoding stop the import, however few they
/// are. The other records of such a file are in that encoding, too, and only happen to be ASCII.
const MOST_NOT_TEXT: u64 = 10;

impl From<&settings::Import> for Gate {
    fn from(import: &settings::Import) -> Self {
        Self {
            threshold: import.integrity_threshold,
            min_rejects: import.integrity_min_rejects,
        }
    }
}

impl Gate {
    fn passes(self, read: u64, rejected: u64, not_text: u64) -> bool {
        let is_few = self.threshold < 1.0 && rejected < self.min_rejects && rejected * 2 <= read;
        rejected <= allowed(read, self.threshold) || (is_few && not_text * MOST_NOT_TEXT <= read)
    }

    /// Lets the import pass, or returns the error that stops it.
    pub(super) fn pass(self, origin: &str, read: u64, rejected: &Rejected) -> Result<()> {
        let not_text = rejected.causes.get(&Cause::NotText);
        let not_text = not_text.map_or(0, |(count, _)| *count);
        if self.passes(read, rejected.count, not_text) {
            return Ok(());
        }
        let mut causes: Vec<_> = rejected.causes.iter().collect();
        causes.sort_by_key(|(_, (count, _))| std::cmp::Reverse(*count));
        let parts: Vec<String> = causes
            .iter()
            .map(|(cause, (count, first))| {
                format!(
                    "{count} × {}, such as line {}: {}",
                    cause.name(),
                    first.line,
                    first.reason
                )
            })
            .collect();
        let message = format!(
            "{} of {} of {origin} {} rejected, and import.integrity_threshold = {} allows {}; nothing of the file was imported: {}",
            rejected.count,
            counted(read, "record"),
            are(rejected.count),
            self.threshold,
            allowed(read, self.threshold),
            parts.join("; ")
        );
        let fix = causes.first().and_then(|(cause, _)| fix(**cause, origin));
        let accept = format!(
            "to import the other records: ETL_IMPORT__INTEGRITY_THRESHOLD=0 {}",
            advice::command_again()
        );
        Err(
            EtlError::new(codes::IMPORT_QUALITY, message).help(fix.map_or_else(
                || format!("fix the file and import it again; {accept}"),
                |fix| format!("{fix}; {accept}"),
            )),
        )
    }
}

/// The rejected records of a file, by cause.
#[derive(Default)]
pub(super) struct Rejected {
    pub(super) count: u64,
    /// For each cause, the number of records, and the first of them.
    causes: BTreeMap<Cause, (u64, BadLine)>,
}

impl Rejected {
    pub(super) fn add(&mut self, bad: &BadLine) {
        self.count += 1;
        let first = || (0, bad.clone());
        self.causes.entry(bad.cause).or_insert_with(first).0 += 1;
    }
}

/// The fix if most records are rejected for this cause.
fn fix(cause: Cause, origin: &str) -> Option<String> {
    let import =
        |options: &str| advice::command(format!("import {options} {}", advice::quoted(origin)));
    Some(match cause {
        Cause::NotText => format!(
            "name the encoding of the file; for a Vietnamese file of Windows: {}; or convert it: iconv -f windows-1258 -t utf-8 FILE | {}",
            import("--encoding windows-1258"),
            advice::command("import -"),
        ),
        Cause::NotJson => format!(
            "look at the lines: jq . FILE; if the file is CSV: {}",
            import("--input-format csv")
        ),
        Cause::NotObject | Cause::MissingKey => format!(
            "give each record a value for the key; if the records are inside of another JSON value, take them out: jq -c '.NAME[]' FILE | {}",
            advice::command("import --input-format jsonl -")
        ),
        Cause::FieldCount => format!(
            "if the separator is another character: {}",
            import("--delimiter ';'")
        ),
        Cause::NotDate => {
            "write dates and times as d/m/yyyy, yyyy-mm-dd or 2025-11-05T10:00:00+07:00".to_owned()
        }
        Cause::ChangedKey => "export the file again, with the key as text".to_owned(),
        Cause::Quote
        | Cause::TooLong
        | Cause::RepeatedHeader
        | Cause::RepeatedName
        | Cause::MissingValue
        | Cause::Refused => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_bad_records_of_a_small_file_pass_and_most_of_any_file_do_not() {
        let gate = Gate::from(&settings::Import::default());
        for (read, rejected, passes) in [
            (0, 0, true),
            (1, 1, false),
            (2, 1, true),
            (3, 1, true),
            (3, 2, false),
            (20, 9, true),
            (20, 10, false),
            (500, 10, true),
            (500, 11, false),
            (499, 10, false),
        ] {
            assert_eq!(
                gate.passes(read, rejected, 0),
                passes,
                "{rejected} of {read}"
            );
        }
        let all = Gate {
            threshold: 0.0,
            ..gate
        };
        assert!(all.passes(10, 10, 10));
        let strict = Gate {
            threshold: 1.0,
            ..gate
        };
        assert!(strict.passes(10, 0, 0) && !strict.passes(1_000, 1, 0));
        assert!(!gate.passes(4, 2, 2) && !gate.passes(9, 1, 1) && gate.passes(10, 1, 1));
    }
}
