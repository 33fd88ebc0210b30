//! The texts that people read: the results of a run, tables, errors.

use std::cmp::Ordering;
use std::fmt::Write;
use std::io::Write as _;

use jobinsight_core::EtlError;
use jobinsight_core::plural::{counted, plural};
use jobinsight_sql::indexes::Missing;
use jobinsight_sql::schema::VERSION;
use serde_json::Value;

use crate::display::screen;
use crate::report::results::{ForeignRows, RunResults, Warnings};
use crate::report::table::TextTable;

/// The summary of a run: numbers, phases, warnings, notes.
pub(crate) fn summary(results: &RunResults) -> String {
    let mut text = String::new();
    let stats = &results.stats;
    let head = if results.success { "Done" } else { "Failed" };
    if results.phases.is_empty() && results.success {
        let _ = writeln!(text, "{}", results.message);
    } else {
        let _ = writeln!(
            text,
            "{head} in {:.2} s: {}",
            stats.duration_seconds, results.message
        );
    }
    if !results.phases.is_empty() {
        let mut table = table(&[
            "phase", "status", "seconds", "busy", "cpu", "peak MB", "rows in", "rows out",
            "rejected",
        ]);
        for phase in &results.phases {
            table.add_row([
                phase.name.clone(),
                phase.status.to_string(),
                format!("{:.3}", phase.duration_s),
                format!("{:.3}", phase.busy_s),
                format!("{:.3}", phase.cpu_s),
                format!("{:.1}", phase.rss_peak_mb),
                phase.rows_in.to_string(),
                phase.rows_out.to_string(),
                phase.rejected.to_string(),
            ]);
        }
        table.align_right(2);
        let _ = writeln!(text, "{table}");
    }
    if !results.warnings.is_empty() {
        let _ = writeln!(text, "{}", warnings(&results.warnings));
    }
    text.push_str(&other_programs(&results.other_programs));
    text.push_str(&kept_in_staging(results.kept_in_staging));
    for note in &results.notes {
        let _ = writeln!(text, "Note: {note}");
    }
    text
}

/// The rows of other programs that a run found, one kind per line; empty if there are none.
pub(crate) fn other_programs(found: &ForeignRows) -> String {
    let lines = [
        (
            found.inserted_and_rejected,
            "row",
            "was inserted although it is rejected, and is deleted",
            "were inserted although they are rejected, and are deleted",
        ),
        (
            found.published_and_rejected,
            "row",
            "was published and is rejected now, and is deleted",
            "were published and are rejected now, and are deleted",
        ),
        (
            found.changed,
            "row",
            "was changed, and is processed again",
            "were changed, and are processed again",
        ),
    ];
    let mut text = String::new();
    for (rows, noun, one, many) in lines.into_iter().filter(|(rows, ..)| *rows > 0) {
        let what = if rows == 1 { one } else { many };
        let _ = writeln!(
            text,
            "Another program wrote to staging: {} {what}",
            counted(rows, noun)
        );
    }
    text
}

/// The line about rejected rows that stay in staging; empty if there are none.
pub(crate) fn kept_in_staging(rows: u64) -> String {
    match rows {
        0 => String::new(),
        1 => "1 rejected row stays in staging, because a foreign key or a trigger does not let it go; each run tries again\n"
            .to_owned(),
        rows => format!(
            "{rows} rejected rows stay in staging, because a foreign key or a trigger does not let them go; each run tries again\n"
        ),
    }
}

/// The number of rows with each warning, one warning per line.
pub(crate) fn warnings(warnings: &Warnings) -> TextTable {
    let mut table = table(&["warning on", "kind", "rows"]);
    for (field, kinds) in warnings {
        for (kind, rows) in kinds {
            table.add_row([field.clone(), kind.clone(), rows.to_string()]);
        }
    }
    table.align_right(2);
    table
}

/// The names of indexes, for people.
pub(crate) fn index_names(missing: &[Missing]) -> String {
    let names: Vec<&str> = missing.iter().map(|index| index.name.as_str()).collect();
    let noun = if names.len() == 1 {
        "index".to_owned()
    } else {
        plural("index")
    };
    format!("its {noun} {}", names.join(", "))
}

/// Shows an error on stderr.
pub(crate) fn show_error(error: EtlError) {
    super::wrapping::install();
    let error = miette::Report::new(error);
    let _ = screen::above(|| writeln!(std::io::stderr().lock(), "Error: {error:?}"));
}

/// An empty table, in the style that all commands use.
pub(crate) fn table(header: &[&str]) -> TextTable {
    TextTable::new(header)
}

/// The value of a setting, for people.
pub(crate) fn setting(value: &Value) -> String {
    match value {
        Value::Null => "(none)".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(setting).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// The sentence about a schema whose version is not the version of this program. Returns `None` if the versions are equal, or if
/// there is no schema.
pub(crate) fn schema_difference(found: i32) -> Option<String> {
    match found.cmp(&VERSION) {
        Ordering::Equal => None,
        Ordering::Less if found == 0 => None,
        Ordering::Less => Some(format!(
            "version {found}; the next run upgrades it to version {VERSION}"
        )),
        Ordering::Greater => Some(format!(
            "version {found}, and this program knows only version {VERSION}: run the program that upgraded it"
        )),
    }
}
