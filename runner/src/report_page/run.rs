//! The run of a report, and where it worked.

use jobinsight_core::state::RunState;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::ledger::RunEntry;
use crate::report::place::RunPlace;
use crate::report::results::RunResults;

/// The run.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ReportedRun {
    /// The id of the run.
    #[schemars(with = "String", extend("format" = "uuid"))]
    run_id: Uuid,
    /// The state of the run.
    pub(super) state: RunState,
    /// The number of the last attempt, from 1.
    attempt: i32,
    /// When the first attempt started, in RFC 3339.
    #[schemars(extend("format" = "date-time"))]
    started_at: String,
    /// When the last attempt ended, in RFC 3339; null if it has no end.
    #[schemars(extend("format" = "date-time"))]
    finished_at: Option<String>,
    /// The clock of the run, in RFC 3339; null if the run did not begin.
    #[schemars(extend("format" = "date-time"))]
    as_of: Option<String>,
    /// Wall time of the last attempt in seconds; null if it has no results.
    pub(super) duration_s: Option<f64>,
    /// The phase that the run filled; null if the run was not a fill.
    fills: Option<String>,
    /// The run that this run retries; null if it is not a retry.
    #[schemars(with = "Option<String>", extend("format" = "uuid"))]
    retry_of: Option<Uuid>,
    /// The rules; null if the run has no results.
    rules: Option<String>,
    /// The machine of the last attempt.
    host: String,
    /// The process of the last attempt.
    pid: i32,
    /// Program, machine, server and tables; null if the run has no results.
    place: Option<RunPlace>,
}

impl ReportedRun {
    pub(super) fn of(run: &RunEntry, results: Option<&RunResults>) -> Self {
        Self {
            run_id: run.run_id,
            state: run.state,
            attempt: run.attempt,
            started_at: run.started_at.clone(),
            finished_at: run.finished_at.clone(),
            as_of: run.as_of.clone(),
            duration_s: results.map(|results| results.stats.duration_seconds),
            fills: run.fills.clone(),
            retry_of: run.retry_of,
            rules: results
                .map(|results| results.rules.clone())
                .filter(|rules| !rules.is_empty()),
            host: run.host.clone(),
            pid: run.pid,
            place: results.map(|results| results.place.clone()),
        }
    }
}
