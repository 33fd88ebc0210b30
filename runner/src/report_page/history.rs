//! The run among the runs before it.

use jobinsight_core::state::RunState;
use jobinsight_core::{Result, Settings};
use jobinsight_sql::scripts::LIST_RUNS_UNTIL;
use schemars::JsonSchema;
use serde::Serialize;
use tokio_postgres::Client;
use uuid::Uuid;

use super::figures::rounded;
use crate::codes;
use crate::ledger::RunEntry;
use crate::report::results::RunResults;
use crate::report::stats::median;

/// How many runs are compared, with this run.
const RUNS: i64 = 30;

/// The run among the runs before it.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct RunHistory {
    /// The runs, this one last.
    pub(super) runs: Vec<PastRun>,
    /// Successful runs before this one, from which the medians are computed.
    compared: u64,
    /// The figures that are compared.
    pub(super) figures: Vec<ComparedFigure>,
}

/// A run.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct PastRun {
    /// The id of the run.
    #[schemars(with = "String", extend("format" = "uuid"))]
    run_id: Uuid,
    /// When it started, in RFC 3339.
    #[schemars(extend("format" = "date-time"))]
    pub(super) started_at: String,
    /// The state.
    pub(super) state: RunState,
    /// The code of the error; null if it did not fail.
    error_code: Option<String>,
}

/// A figure of this run, and the same of the runs before it.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ComparedFigure {
    /// The name.
    pub(super) name: &'static str,
    /// The unit.
    pub(super) unit: &'static str,
    /// The value of this run; null if it has none.
    this_run: Option<f64>,
    /// The median of the successful runs before this one; null if there are none.
    pub(super) median: Option<f64>,
    /// The values of all runs in the order of `runs`; null where a run has none.
    pub(super) values: Vec<Option<f64>>,
}

/// A figure of the results.
type Figure = fn(&RunResults) -> Option<f64>;

/// The figures, each with its name and unit.
#[allow(clippy::cast_precision_loss)] // counts of rows
const FIGURES: [(&str, &str, Figure); 6] = [
    ("duration", "s", |run| Some(run.stats.duration_seconds)),
    ("raw rows", "rows", |run| {
        Some(run.stats.total_records as f64)
    }),
    ("new and updated rows", "rows", |run| {
        Some((run.stats.new + run.stats.updated) as f64)
    }),
    ("rejected rows", "rows", |run| {
        Some(run.stats.rejected as f64)
    }),
    ("processed rows per second", "rows/s", rows_per_second),
    ("peak memory", "MB", |run| {
        let peaks = run.phases.iter().map(|phase| phase.rss_peak_mb);
        peaks.reduce(f64::max).filter(|peak| *peak > 0.0)
    }),
];

/// The processed rows for each second of the run; `None` if it processed none.
#[allow(clippy::cast_precision_loss)] // counts of rows
pub(super) fn rows_per_second(run: &RunResults) -> Option<f64> {
    let (rows, seconds) = (run.stats.processed_records, run.stats.duration_seconds);
    (rows > 0 && seconds > 0.0).then(|| rounded(rows as f64 / seconds, 0))
}

impl RunHistory {
    /// Reads the runs. `this` has its state as it is shown, which the ledger of a killed run does not have yet.
    pub(super) async fn read(
        client: &Client,
        settings: &Settings,
        this: &RunEntry,
    ) -> Result<Self> {
        let script = LIST_RUNS_UNTIL.render(settings);
        let locked = codes::RUN_LOCKED.name();
        let rows = client
            .query(script.sql(), &[&this.run_id, &RUNS, &locked])
            .await
            .map_err(|error| script.error(error, "reading the ledger"))?;
        let runs = rows.into_iter().map(RunEntry::try_from);
        let mut runs: Vec<RunEntry> = runs.collect::<Result<_>>()?;
        runs.reverse();
        if let Some(last) = runs.last_mut() {
            last.state = this.state;
        }
        Ok(Self::of(&runs))
    }

    fn of(runs: &[RunEntry]) -> Self {
        let results: Vec<Option<RunResults>> = runs
            .iter()
            .map(|run| serde_json::from_value(run.results.clone()?).ok())
            .collect();
        let before = runs.len().saturating_sub(1);
        let is_compared = |index: usize| index < before && runs[index].state == RunState::Done;
        let figures = FIGURES.map(|(name, unit, figure)| {
            let values: Vec<Option<f64>> = results
                .iter()
                .map(|results| results.as_ref().and_then(figure))
                .collect();
            let compared = values
                .iter()
                .enumerate()
                .filter(|(index, _)| is_compared(*index));
            ComparedFigure {
                name,
                unit,
                this_run: values.last().copied().flatten(),
                median: median(compared.filter_map(|(_, value)| *value).collect()),
                values,
            }
        });
        Self {
            runs: runs.iter().map(PastRun::from).collect(),
            compared: (0..before).filter(|index| is_compared(*index)).count() as u64,
            figures: figures.into(),
        }
    }
}

impl From<&RunEntry> for PastRun {
    fn from(run: &RunEntry) -> Self {
        Self {
            run_id: run.run_id,
            started_at: run.started_at.clone(),
            state: run.state,
            error_code: run.error_code.clone(),
        }
    }
}
