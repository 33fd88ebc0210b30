//! The explanation of a posting, as people read it.

use jobinsight_core::advice;
use std::fmt::Write;

use jobinsight_core::explain::{Field, Step};
use serde_json::Value;

use super::told::{OtherProgram, Told};

/// The whole explanation.
pub(super) fn text(told: &Told) -> String {
    let mut text = String::new();
    let _ = match &told.job_id {
        Some(key) => writeln!(text, "Row {key}, rules: {}\n", told.rules),
        None => writeln!(text, "Rules: {}\n", told.rules),
    };
    let stories = || told.phases.iter().filter_map(|phase| phase.story.as_ref());
    for field in stories().flat_map(|story| &story.fields) {
        describe(field, &mut text);
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
        write_stored_row(told, &mut text);
    }
    text
}

/// A value as people read it. Invisible characters of a text are escaped.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::String(text) => format!("{text:?}"),
        other => other.to_string(),
    }
}

fn describe(field: &Field, text: &mut String) {
    let _ = writeln!(text, "{}: {}", field.field, shown(&field.given));
    for step in &field.steps {
        let Step {
            rule,
            lines,
            before,
            after,
        } = step;
        let _ = match after.as_str() {
            _ if before == after => writeln!(text, "  - {rule}"),
            "" => writeln!(text, "  - {before:?} is removed: {rule}"),
            _ => writeln!(text, "  - {before:?} → {after:?}: {rule}"),
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
        let _ = writeln!(text, "  = {column}: {}", shown(value));
    }
    for warning in &field.warnings {
        let _ = writeln!(text, "  ! {warning}");
    }
    text.push('\n');
}

/// Writes what earlier runs stored for the posting: a row in staging, or a rejected row.
fn write_stored_row(told: &Told, text: &mut String) {
    let plain = |value: &Value| value.as_str().map_or_else(|| shown(value), str::to_owned);
    // Why the stored row may differ from what the phases produce now.
    let why = |rule_set: &Value, current: bool| {
        let by = rule_set.as_str().and_then(|rules| rules.split('/').next());
        if !current {
            "; the raw row has changed since then, or is marked for replay, so the next run processes it"
        } else if by != Some(&*told.rules) {
            "; the rules have changed since then, so the next run processes it again"
        } else {
            ""
        }
    };
    if let Some(row) = &told.staging {
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
        let _ = match row.other_program {
            None => writeln!(
                text,
                "In staging: {same}, written by run {} with the rules {} at {}{}",
                plain(&row.run_id),
                plain(&row.rule_set),
                plain(&row.processed_at),
                why(&row.rule_set, row.current)
            ),
            Some(OtherProgram::Inserted) => {
                writeln!(
                    text,
                    "In staging: {same}, inserted by another program; {next}"
                )
            }
            Some(OtherProgram::Changed) => writeln!(
                text,
                "In staging: {same}, written by run {} at {} and changed by another program since then; {next}",
                plain(&row.run_id),
                plain(&row.processed_at)
            ),
        };
        for differs in &row.differs {
            let (column, stands, made) = (&differs.column, &differs.stands, &differs.made);
            let _ = writeln!(
                text,
                "  {column}: {} in staging, {} now",
                shown(stands),
                shown(made)
            );
        }
    }
    if let Some(row) = &told.reject {
        let _ = writeln!(
            text,
            "Rejected for {} of {}, by {} in run {} with the rules {}{}",
            plain(&row.reason),
            plain(&row.field),
            plain(&row.phase),
            plain(&row.run_id),
            plain(&row.rule_set),
            why(&row.rule_set, row.current)
        );
        if !row.removed_at.is_null() {
            let _ = writeln!(
                text,
                "Another program had inserted a row of it into staging; a run deleted that row at {}",
                plain(&row.removed_at)
            );
        }
    }
    if told.staging.is_none() && told.reject.is_none() {
        let _ = writeln!(
            text,
            "The row is neither in staging nor rejected: {}",
            advice::command("run")
        );
    }
}
