//! The explanation of a posting, as people read it.

use std::collections::HashSet;
use std::fmt::Write;

use jobinsight_core::advice;
use jobinsight_core::explain::{Field, Step};
use serde_json::Value;

use super::told::{OtherProgram, Reject, Stands, Told};

/// The whole explanation.
pub(super) fn text(told: &Told) -> String {
    let (mut text, mut written) = (String::new(), Written::default());
    let _ = match &told.job_id {
        Some(key) => writeln!(text, "Row {key}, rules: {}\n", told.rules),
        None => writeln!(text, "Rules: {}\n", told.rules),
    };
    let stories = || told.phases.iter().filter_map(|phase| phase.story.as_ref());
    for field in stories().flat_map(|story| &story.fields) {
        describe(field, &mut written, &mut text);
    }
    for rejected in stories().filter_map(|story| story.rejected.as_ref()) {
        let _ = writeln!(text, "Rejected: {}, {}\n", rejected.field, rejected.reason);
    }
    for note in stories().flat_map(|story| &story.notes) {
        let _ = writeln!(text, "Note: {note}");
    }
    let silent: Vec<&str> = told
        .phases
        .iter()
        .filter(|phase| phase.story.is_none())
        .map(|phase| phase.phase)
        .collect();
    if !silent.is_empty() {
        let _ = writeln!(
            text,
            "These phases cannot explain a single row: {}",
            silent.join(", ")
        );
    }
    if told.job_id.is_some() {
        write_stored_row(told, &mut written, &mut text);
    }
    text
}

/// The values that were written so far. A long value is written once; after that, only its beginning is.
#[derive(Default)]
struct Written(HashSet<String>);

/// The longest value, in characters, that is repeated in full.
const SHORT: usize = 60;
/// The characters of a longer value that are written again.
const BEGINNING: usize = 30;

impl Written {
    /// A value as people read it. Invisible characters of a text are escaped.
    fn value(&mut self, value: &Value) -> String {
        match value {
            Value::Null => "nothing".to_owned(),
            Value::String(text) => self.text(text),
            other => self.once(other.to_string(), ""),
        }
    }

    /// A text in quotes.
    fn text(&mut self, text: &str) -> String {
        self.once(format!("{text:?}"), "\"")
    }

    /// The value, or its beginning with the end `close` if the value is long and was written before.
    fn once(&mut self, shown: String, close: &str) -> String {
        if shown.chars().count() <= SHORT || self.0.insert(shown.clone()) {
            return shown;
        }
        let beginning: String = shown.chars().take(BEGINNING).collect();
        format!("{beginning}…{close}")
    }
}

fn describe(field: &Field, written: &mut Written, text: &mut String) {
    let _ = writeln!(text, "{}: {}", field.field, written.value(&field.given));
    for step in &field.steps {
        let Step {
            rule,
            lines,
            before,
            after,
        } = step;
        let _ = match after.as_str() {
            _ if before == after => writeln!(text, "  - {rule}"),
            "" => writeln!(text, "  - {} is removed: {rule}", written.text(before)),
            _ => {
                let (before, after) = (written.text(before), written.text(after));
                writeln!(text, "  - {before} → {after}: {rule}")
            }
        };
        for line in lines {
            let _ = writeln!(
                text,
                "      {}, line {}: {}",
                line.table, line.line, line.text
            );
        }
    }
    for (column, value) in &field.made {
        let _ = writeln!(text, "  = {column}: {}", written.value(value));
    }
    for warning in &field.warnings {
        let _ = writeln!(text, "  ! {warning}");
    }
    text.push('\n');
}

/// Writes what earlier runs stored for the posting: a row in staging, or a rejected row.
fn write_stored_row(told: &Told, written: &mut Written, text: &mut String) {
    if let Some(row) = &told.staging {
        write_published(row, told, text);
        write_differences(row, written, text);
    }
    if let Some(row) = &told.reject {
        write_rejected(row, told, text);
    }
    if told.staging.is_none() && told.reject.is_none() {
        let _ = writeln!(
            text,
            "The row is neither in staging nor rejected: {}",
            advice::command("run")
        );
    }
}

/// Writes which program wrote the row in staging, and whether the next run replaces it.
fn write_published(row: &Stands, told: &Told, text: &mut String) {
    let same = if row.same {
        "the same values"
    } else {
        "other values"
    };
    let next = if told.is_rejected() {
        "the next run deletes it, because the posting is rejected"
    } else {
        "the next run processes it again"
    };
    let (run, time) = (plain(&row.run_id), plain(&row.processed_at));
    let _ = match row.other_program {
        None => writeln!(
            text,
            "In staging: {same}, written by run {run} with the rules {} at {time}{}",
            plain(&row.rule_set),
            if told.is_in_both() {
                format!("; it is among the rejected rows as well, so {next}")
            } else {
                why_outdated(&row.rule_set, row.current, told).to_owned()
            }
        ),
        Some(OtherProgram::Inserted) => {
            writeln!(
                text,
                "In staging: {same}, inserted by another program; {next}"
            )
        }
        Some(OtherProgram::Changed) => writeln!(
            text,
            "In staging: {same}, written by run {run} at {time} and changed by another program since then; {next}"
        ),
    };
}

/// Writes each column whose value in staging differs from the value that the phases produce now.
fn write_differences(row: &Stands, written: &mut Written, text: &mut String) {
    for differs in &row.differs {
        let (column, stored, now) = (&differs.column, &differs.stands, &differs.made);
        let _ = writeln!(
            text,
            "  {column}: {} in staging, {} now",
            written.value(stored),
            written.value(now)
        );
    }
}

/// Writes why an earlier run rejected the posting.
fn write_rejected(row: &Reject, told: &Told, text: &mut String) {
    let _ = writeln!(
        text,
        "Rejected for {} of {}, by {} in run {} with the rules {}{}",
        plain(&row.reason),
        plain(&row.field),
        plain(&row.phase),
        plain(&row.run_id),
        plain(&row.rule_set),
        why_outdated(&row.rule_set, row.current, told)
    );
    if !row.removed_at.is_null() {
        let _ = writeln!(
            text,
            "Another program had inserted a row of it into staging; a run deleted that row at {}",
            plain(&row.removed_at)
        );
    }
}

/// Why the stored row may differ from what the phases produce now.
fn why_outdated(rule_set: &Value, is_current: bool, told: &Told) -> &'static str {
    let by = rule_set.as_str().and_then(|rules| rules.split('/').next());
    if rule_set == "kept_in_staging" {
        ". It stays in staging, because a foreign key or a trigger does not let it go; each run tries again"
    } else if !is_current {
        "; the raw row has changed since then, or is marked for replay, so the next run processes it"
    } else if by != Some(&*told.rules) {
        "; the rules have changed since then, so the next run processes it again"
    } else {
        ""
    }
}

/// A text without quotes.
fn plain(value: &Value) -> &str {
    value.as_str().unwrap_or("nothing")
}
