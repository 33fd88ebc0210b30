//! `jobinsight metrics`: the figures of the ledger and of the tables, for Prometheus.

use std::collections::BTreeMap;

use jobinsight_core::state::RunState;
use jobinsight_core::{Result, database};
use schemars::JsonSchema;
use serde::Serialize;

use super::runs::last;
use crate::cli::args::{Global, OutputFormat};
use crate::cli::io;
use crate::ledger::{RunEntry, last_success};
use crate::report::metrics::{self, Figures, LastRun, TableFigures, epoch};

/// The metrics, as JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct MetricList {
    /// The metrics, ordered by name.
    metrics: Vec<Metric>,
}

/// A metric, as JSON.
#[derive(Serialize, JsonSchema)]
struct Metric {
    /// The name.
    name: String,
    /// The meaning.
    help: String,
    /// The values.
    samples: Vec<Sample>,
}

/// A value of a metric, as JSON.
#[derive(Serialize, JsonSchema)]
struct Sample {
    /// The labels by name; empty if the metric has none.
    labels: BTreeMap<String, String>,
    /// The value.
    value: f64,
}

/// How many of the last runs are read.
const RUNS: i64 = 100;

/// Prints the metrics.
pub(crate) async fn metrics(global: &Global) -> Result<u8> {
    let loaded = io::open(global, Vec::new())?;
    let settings = &loaded.settings;
    let client = database::connect_for(&io::target(global, &loaded)?, "metrics", settings).await?;
    let runs = last(&client, &loaded, "", RUNS).await?;
    let ended = runs.iter().find(|run| run.is_verdict());
    let figures = Figures {
        last_run: ended.and_then(last_run),
        last_success: last_success(&client, settings).await?,
        tables: Some(TableFigures::read(&client, settings).await?),
    };
    match global.format {
        OutputFormat::Json => io::print_json(&list(&figures)?),
        OutputFormat::Text => io::print(&metrics::text(&figures)?),
    }
    Ok(0)
}

/// The figures of a run that ended. A run that was killed has no end, so its start counts.
fn last_run(run: &RunEntry) -> Option<LastRun> {
    let ended = run.finished_at.as_ref().unwrap_or(&run.started_at);
    Some(LastRun {
        ended: epoch(ended)?,
        success: run.state == RunState::Done,
        error_code: run.error_code.clone(),
        results: run
            .results
            .clone()
            .and_then(|results| serde_json::from_value(results).ok()),
    })
}

fn list(figures: &Figures) -> Result<MetricList> {
    let families = metrics::families(figures)?;
    let metrics = families.iter().map(|family| Metric {
        name: family.name().to_owned(),
        help: family.help().to_owned(),
        samples: family.get_metric().iter().map(sample).collect(),
    });
    Ok(MetricList {
        metrics: metrics.collect(),
    })
}

fn sample(sample: &prometheus::proto::Metric) -> Sample {
    let labels = sample.get_label().iter();
    Sample {
        labels: labels
            .map(|label| (label.name().to_owned(), label.value().to_owned()))
            .collect(),
        value: sample.get_gauge().get_value(),
    }
}
