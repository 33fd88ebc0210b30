//! `jobinsight explain-row`.

use std::fmt::Write;

use jobinsight_core::database::{self, Connection};
use jobinsight_core::explain::{Field, Posting, Step, Story};
use jobinsight_core::{EtlError, Loaded, Result};
use jobinsight_sql::scripts::{EXPLAIN_ROW, EXPLAIN_STANDS};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::cli::args::{ExplainRowArgs, Global, OutputFormat};
use crate::cli::io;
use crate::codes;
use crate::pipeline::selection::PhaseSelection;
use crate::{ledger, pipeline};

/// All that is told of a posting.
#[derive(Serialize)]
struct Told {
    /// Its key; nothing where it was given by hand.
    job_id: Option<String>,
    /// The rules by name: see [`jobinsight_core::Settings::rules_name`].
    rules: String,
    /// The phases of the list, in order; nothing of those that tell nothing.
    phases: Vec<Phase>,
    /// Where it stands in staging.
    staging: Option<Stands>,
    /// Where it stands among the rejects.
    reject: Option<Reject>,
}

#[derive(Serialize)]
struct Phase {
    phase: &'static str,
    story: Option<Story>,
}

/// The row that stands in staging.
#[derive(Serialize)]
struct Stands {
    rule_set: Value,
    run_id: Value,
    processed_at: Value,
    /// The raw row is the same since.
    current: bool,
    /// It is what is made now.
    same: bool,
    differs: Vec<Differs>,
}

#[derive(Serialize)]
struct Differs {
    column: String,
    stands: Value,
    made: Value,
}

/// The row that stands among the rejects.
#[derive(Serialize)]
struct Reject {
    field: Value,
    reason: Value,
    value: Value,
    phase: Value,
    rule_set: Value,
    run_id: Value,
    rejected_at: Value,
    /// The raw row is the same since.
    current: bool,
}

pub(crate) async fn explain_row(global: &Global, args: &ExplainRowArgs) -> Result<u8> {
    let loaded = io::open(global, Vec::new())?;
    let told = match &args.job_id {
        None => {
            let raw = args.given();
            let (phases, _) = phases(&loaded, &raw, None).await?;
            Told::new(None, &loaded, phases)
        }
        Some(key) => {
            let target = io::target(global, &loaded)?;
            let client = database::connect(&target, "jobinsight explain-row").await?;
            stored(&loaded, &client, key).await?
        }
    };
    match global.format {
        OutputFormat::Json => io::print_json(&told),
        OutputFormat::Text => io::print(&text(&told)),
    }
    Ok(0)
}

impl Told {
    fn new(job_id: Option<String>, loaded: &Loaded, phases: Vec<Phase>) -> Self {
        Self {
            job_id,
            rules: loaded.settings.rules_name(),
            phases,
            staging: None,
            reject: None,
        }
    }
}

/// Asks the phases of the list one after another; gives what they tell, and the columns that they make.
async fn phases(
    loaded: &Loaded,
    raw: &Map<String, Value>,
    client: Option<&Connection>,
) -> Result<(Vec<Phase>, Map<String, Value>)> {
    let (mut told, mut made) = (Vec::new(), Map::new());
    for spec in pipeline::checked(loaded, &PhaseSelection::default())? {
        let story = match spec.explain {
            None => None,
            Some(explain) => {
                let posting = Posting {
                    raw,
                    made: &made,
                    loaded,
                    client: client.map(|client| &**client),
                };
                let story = explain(&posting)
                    .await
                    .map_err(|error| error.in_phase(spec.name))?;
                Some(story)
            }
        };
        for field in story.iter().flat_map(|story| &story.fields) {
            made.extend(field.made.clone());
        }
        let kept_out = story.as_ref().is_some_and(|story| story.rejected.is_some());
        told.push(Phase {
            phase: spec.name,
            story,
        });
        // What is kept out goes no further.
        if kept_out {
            break;
        }
    }
    Ok((told, made))
}

/// A posting of the raw table, and where it stands.
async fn stored(loaded: &Loaded, client: &Connection, key: &str) -> Result<Told> {
    let settings = &loaded.settings;
    let script = EXPLAIN_ROW.render(settings);
    let row = client
        .query_opt(script.sql(), &[&key])
        .await
        .map_err(|error| script.error(error, "reading the raw row"))?;
    let raw = row.as_ref().map(|row| row.get::<_, Value>(0));
    let hash = row.as_ref().map(|row| row.get::<_, i64>(1));
    let stands = if ledger::stands(client, &settings.staging_schema()).await? {
        let script = EXPLAIN_STANDS.render(settings);
        let row = client.query_one(script.sql(), &[&key, &hash]).await;
        Some(row.map_err(|error| script.error(error, "reading where it stands"))?)
    } else {
        None
    };
    let column = |at: usize| {
        stands
            .as_ref()
            .and_then(|row| row.get::<_, Option<Value>>(at))
    };
    let current = |at: usize| {
        let same = stands
            .as_ref()
            .and_then(|row| row.get::<_, Option<bool>>(at));
        same.unwrap_or(false)
    };
    let (staging, reject) = (column(0), column(2));
    let Some(Value::Object(raw)) = raw else {
        return Err(unknown(loaded, key, staging.is_some() || reject.is_some()));
    };
    let (phases, made) = phases(loaded, &raw, Some(client)).await?;
    let rejected = phases.iter().any(|phase| {
        phase
            .story
            .as_ref()
            .is_some_and(|story| story.rejected.is_some())
    });
    let mut told = Told::new(Some(key.to_owned()), loaded, phases);
    told.staging = staging.map(|row| {
        let differs: Vec<Differs> = made
            .into_iter()
            .filter_map(|(column, made)| {
                let stands = row.get(&column)?.clone();
                (stands != made).then_some(Differs {
                    column,
                    stands,
                    made,
                })
            })
            .collect();
        Stands {
            rule_set: row["rule_set"].clone(),
            run_id: row["run_id"].clone(),
            processed_at: row["processed_at"].clone(),
            current: current(1),
            same: differs.is_empty() && !rejected,
            differs,
        }
    });
    told.reject = reject.map(|row| Reject {
        field: row["field"].clone(),
        reason: row["reason"].clone(),
        value: row["value"].clone(),
        phase: row["phase"].clone(),
        rule_set: row["rule_set"].clone(),
        run_id: row["run_id"].clone(),
        rejected_at: row["rejected_at"].clone(),
        current: current(3),
    });
    Ok(told)
}

fn unknown(loaded: &Loaded, key: &str, published: bool) -> EtlError {
    let raw = loaded.settings.raw_table();
    let error = EtlError::new(
        codes::EXPLAIN_ROW_UNKNOWN,
        format!("no row of {raw} has the key {key}"),
    );
    let error = if published {
        error.and("what an earlier run made of it still stands")
    } else {
        error
    };
    error.help(format!(
        "see which there are: SELECT job_id FROM {raw} LIMIT 10; or give the texts: jobinsight explain-row --title TEXT"
    ))
}

/// All of it, for people.
fn text(told: &Told) -> String {
    let mut text = String::new();
    let _ = match &told.job_id {
        Some(key) => writeln!(text, "Row {key}, by the rules {}\n", told.rules),
        None => writeln!(text, "By the rules {}\n", told.rules),
    };
    let stories = || told.phases.iter().filter_map(|phase| phase.story.as_ref());
    for field in stories().flat_map(|story| &story.fields) {
        describe(field, &mut text);
    }
    for rejected in stories().filter_map(|story| story.rejected.as_ref()) {
        let _ = writeln!(
            text,
            "It is kept out: {}, {}\n",
            rejected.field, rejected.reason
        );
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
            "Of single rows these phases tell nothing: {}",
            silent.join(", ")
        );
    }
    if told.job_id.is_some() {
        stands(told, &mut text);
    }
    text
}

/// A value as people read it; what can't be seen in a text is spelled out.
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
            "" => writeln!(text, "  - {before:?} goes: {rule}"),
            _ if before == after => writeln!(text, "  - {rule}"),
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

fn stands(told: &Told, text: &mut String) {
    let plain = |value: &Value| value.as_str().map_or_else(|| shown(value), str::to_owned);
    // Why what stands may be another than what is made now.
    let why = |rule_set: &Value, current: bool| {
        let by = rule_set.as_str().and_then(|rules| rules.split('/').next());
        if !current {
            "; its raw row changed since, or is to be tried again: the next run takes it"
        } else if by != Some(&*told.rules) {
            "; by other rules: the next run makes it anew"
        } else {
            ""
        }
    };
    if let Some(row) = &told.staging {
        let same = if row.same { "the same" } else { "another" };
        let _ = writeln!(
            text,
            "In staging stands {same}, made by run {} by the rules {} at {}{}",
            plain(&row.run_id),
            plain(&row.rule_set),
            plain(&row.processed_at),
            why(&row.rule_set, row.current)
        );
        for differs in &row.differs {
            let (column, stands, made) = (&differs.column, &differs.stands, &differs.made);
            let _ = writeln!(
                text,
                "  {column}: {} stands, {} is made now",
                shown(stands),
                shown(made)
            );
        }
    }
    if let Some(row) = &told.reject {
        let _ = writeln!(
            text,
            "Among the rejects it stands for {} of {}, kept out by {} in run {} by the rules {}{}",
            plain(&row.reason),
            plain(&row.field),
            plain(&row.phase),
            plain(&row.run_id),
            plain(&row.rule_set),
            why(&row.rule_set, row.current)
        );
    }
    if told.staging.is_none() && told.reject.is_none() {
        text.push_str("It stands neither in staging nor among the rejects: jobinsight run\n");
    }
}
