//! `jobinsight explain-row`: asks each phase what it does to one posting, and compares that with staging.

mod earlier;
mod text;
mod told;

use jobinsight_core::database::{self, Connection};
use jobinsight_core::explain::Posting;
use jobinsight_core::{EtlError, Loaded, Result, advice};
use jobinsight_sql::scripts::EXPLAIN_ROW;
use serde_json::{Map, Value};

use self::earlier::Earlier;
pub(super) use self::told::Told;
use self::told::{Phase, Reject, Stands};
use crate::cli::args::{ExplainRowArgs, Global, OutputFormat};
use crate::cli::io;
use crate::codes;
use crate::pipeline;
use crate::pipeline::selection::PhaseSelection;

pub(crate) async fn explain_row(global: &Global, args: &ExplainRowArgs) -> Result<u8> {
    let loaded = io::open_with(global, Vec::new(), &args.more.with)?;
    let told = match &args.job_id {
        None => {
            let raw = args.given();
            let (phases, _) = phases(&loaded, &raw, None).await?;
            Told::new(None, &loaded, phases)
        }
        Some(key) => {
            let target = io::target(global, &loaded)?;
            let client = database::connect_for(&target, "explain-row", &loaded.settings).await?;
            stored(&loaded, &client, key).await?
        }
    };
    match global.format {
        OutputFormat::Json => io::print_json(&told),
        OutputFormat::Text => io::print_text(&text::text(&told)),
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
                let story = pipeline::guarded(spec, async || explain(&posting).await)
                    .await
                    .map_err(|error| error.in_phase(spec.name))?;
                Some(story)
            }
        };
        for field in story.iter().flat_map(|story| &story.fields) {
            made.extend(field.made.clone());
        }
        let phase = Phase {
            phase: spec.name,
            story,
        };
        let is_rejected = phase.is_rejected();
        told.push(phase);
        // A rejected posting does not reach the later phases.
        if is_rejected {
            break;
        }
    }
    Ok((told, made))
}

/// A posting of the raw table, with the results of earlier runs.
async fn stored(loaded: &Loaded, client: &Connection, key: &str) -> Result<Told> {
    let script = EXPLAIN_ROW.render(&loaded.settings);
    let row = client
        .query_opt(script.sql(), &[&key])
        .await
        .map_err(|error| script.error(error, "reading the raw row"))?;
    let hash = row.as_ref().map(|row| row.get::<_, i64>(1));
    let earlier = Earlier::read(loaded, client, key, hash).await?;
    let Some(Value::Object(raw)) = row.map(|row| row.get(0)) else {
        let published = earlier.staging.is_some() || earlier.reject.is_some();
        return Err(unknown(loaded, key, published));
    };
    let (phases, made) = phases(loaded, &raw, Some(client)).await?;
    let mut told = Told::new(Some(key.to_owned()), loaded, phases);
    let is_rejected = told.is_rejected();
    told.staging = earlier
        .staging
        .map(|row| Stands::compared(&row, made, is_rejected));
    told.reject = earlier.reject.map(|row| Reject::of(&row));
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
        "list keys: SELECT job_id FROM {raw} LIMIT 10; or pass the texts: {}",
        advice::command("explain-row --title TEXT")
    ))
}
