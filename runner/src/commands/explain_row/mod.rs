//! `jobinsight explain-row`: asks each phase what it does to one posting, and compares that with staging.

mod text;
mod told;

use jobinsight_core::database::{self, Connection};
use jobinsight_core::explain::Posting;
use jobinsight_core::{EtlError, Loaded, Result};
use jobinsight_sql::scripts::{EXPLAIN_RESULT, EXPLAIN_ROW};
use serde_json::{Map, Value};

use self::told::{Differs, Phase, Reject, Stands, Told};
use crate::cli::args::{ExplainRowArgs, Global, OutputFormat};
use crate::cli::io;
use crate::codes;
use crate::pipeline::selection::PhaseSelection;
use crate::{ledger, pipeline};

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
        OutputFormat::Text => io::print(&text::text(&told)),
    }
    Ok(0)
}

/// Asks the phases of the list in order. Returns their explanations and the columns that they produce.
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
        // A rejected posting does not reach the later phases.
        if kept_out {
            break;
        }
    }
    Ok((told, made))
}

/// A posting of the raw table, with the results of earlier runs.
async fn stored(loaded: &Loaded, client: &Connection, key: &str) -> Result<Told> {
    let settings = &loaded.settings;
    let script = EXPLAIN_ROW.render(settings);
    let row = client
        .query_opt(script.sql(), &[&key])
        .await
        .map_err(|error| script.error(error, "reading the raw row"))?;
    let raw = row.as_ref().map(|row| row.get::<_, Value>(0));
    let hash = row.as_ref().map(|row| row.get::<_, i64>(1));
    let earlier = if ledger::exists(client, &settings.staging_schema()).await? {
        let script = EXPLAIN_RESULT.render(settings);
        let row = client.query_one(script.sql(), &[&key, &hash]).await;
        Some(row.map_err(|error| script.error(error, "reading the results of earlier runs"))?)
    } else {
        None
    };
    let column = |at: usize| {
        earlier
            .as_ref()
            .and_then(|row| row.get::<_, Option<Value>>(at))
    };
    let current = |at: usize| {
        let same = earlier
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
        error.and("the result of an earlier run still exists")
    } else {
        error
    };
    error.help(format!(
        "list keys: SELECT job_id FROM {raw} LIMIT 10; or pass the texts: jobinsight explain-row --title TEXT"
    ))
}
