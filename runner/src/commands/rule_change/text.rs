//! The changes of the published rows, as people read them.

use std::fmt::Write;

use jobinsight_core::plural::counted;

use super::change::RuleChange;
use super::names::NameChange;
use crate::report::table::TextTable;

/// The number of examples for each column.
const EXAMPLES: usize = 3;

/// The whole text.
pub(super) fn text(change: &RuleChange) -> String {
    let mut text = summary(change);
    let mut columns = TextTable::new(&["column", "rows that change"]);
    columns.align_right(1);
    let changed = change.columns.iter().filter(|(_, rows)| *rows > 0);
    for (column, rows) in changed {
        columns.add_row([column, &rows.to_string()]);
    }
    if change.changed > 0 {
        let _ = writeln!(text, "\n{columns}");
    }
    let mut names = TextTable::new(&["names in staging", "before", "after", "disappear", "appear"]);
    names.align_right(1);
    let mut examples = String::new();
    for (column, counts) in change.names() {
        let Some(counts) = counts else {
            names.add_row([column, "too many", "", "", ""]);
            continue;
        };
        let numbers = [counts.before, counts.after, counts.disappear, counts.appear];
        let cells = numbers.map(|number| number.to_string());
        names.add_row(std::iter::once(column.to_owned()).chain(cells));
        if !counts.examples.is_empty() {
            let _ = writeln!(examples, "\n{}", changes(column, counts.examples));
        }
    }
    let _ = writeln!(text, "\n{names}");
    text + &examples
}

/// The changes of a column that have the most rows.
fn changes(column: &str, changes: Vec<NameChange>) -> TextTable {
    let mut table = TextTable::new(&["rows", &format!("{column} before"), "after"]);
    for change in changes.into_iter().take(EXAMPLES) {
        let name = |name: Option<String>| name.unwrap_or_else(|| "NULL".to_owned());
        table.add_row([
            change.rows.to_string(),
            name(change.before),
            name(change.after),
        ]);
    }
    table
}

/// The number of rows, in sentences.
fn summary(change: &RuleChange) -> String {
    let rejected = change.rejected_rows();
    let mut text = format!(
        "Compared with the rule set {}: {} of {} would change, {} would stay equal, {rejected} would be rejected and leave staging.\n",
        change.rule_set,
        change.changed,
        counted(change.rows(), "published row"),
        change.unchanged,
    );
    for ((field, reason), rows) in &change.rejected {
        let _ = writeln!(text, "  rejected for {field}, {reason}: {rows}");
    }
    if change.raw_changed > 0 {
        let _ = writeln!(
            text,
            "The raw rows of {} have changed since they were published, so a part of their changes does not come from the rules.",
            counted(change.raw_changed, "published row")
        );
    }
    if change.without_raw > 0 {
        let _ = writeln!(
            text,
            "{} of other rules would stay as before, because the raw table does not have these postings any more.",
            counted(change.without_raw, "published row")
        );
    }
    text
}
