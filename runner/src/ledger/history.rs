//! The entries of past runs, read from the ledger.

use std::collections::BTreeMap;

use jobinsight_core::plural::counted;
use jobinsight_core::state::{PhaseState, RunState};
use jobinsight_core::{EtlError, Result, Settings};
use jobinsight_sql::scripts::{
    COUNT_FILLABLE, COUNT_PENDING, FORGET_RUNS, LIST_DONE_PHASES, LIST_EVENTS, LIST_PHASES,
    LIST_RUNS, LIST_WORKERS,
};
use schemars::JsonSchema;
use serde::Serialize;
use tokio_postgres::{Client, Row};
use uuid::Uuid;

use super::handle::{Ledger, exists};
use crate::codes;
use crate::report::results::{PhaseResult, RunResults};
use crate::report::stored;

/// A run's entry.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct RunEntry {
    /// The id of the run.
    #[schemars(with = "String", extend("format" = "uuid"))]
    pub(crate) run_id: Uuid,
    /// The state of the run.
    pub(crate) state: RunState,
    /// The number of the last attempt, from 1.
    pub(crate) attempt: i32,
    /// When the first attempt started, in RFC 3339.
    #[schemars(extend("format" = "date-time"))]
    pub(crate) started_at: String,
    /// When the last attempt ended, in RFC 3339; null while it works.
    #[schemars(extend("format" = "date-time"))]
    pub(crate) finished_at: Option<String>,
    /// The clock of the run, in RFC 3339; null if the run did not begin.
    #[schemars(extend("format" = "date-time"))]
    pub(crate) as_of: Option<String>,
    /// The machine of the last attempt.
    pub(crate) host: String,
    /// The process of the last attempt.
    pub(crate) pid: i32,
    /// The run that this run retries; null if it is not a retry.
    #[schemars(with = "Option<String>", extend("format" = "uuid"))]
    pub(crate) retry_of: Option<Uuid>,
    /// The phase that the run fills; null if the run is not a fill.
    pub(crate) fills: Option<String>,
    /// The code of the error; null if the run did not fail.
    pub(crate) error_code: Option<String>,
    /// A summary, or the error, in one sentence; null while the run works.
    pub(crate) message: Option<String>,
    #[serde(skip)]
    pub(crate) settings: Option<serde_json::Value>,
    /// The results, as the version of the program that ran wrote them; null while the run works.
    #[schemars(schema_with = "stored::<RunResults>")]
    pub(crate) results: Option<serde_json::Value>,
}

impl RunEntry {
    /// Whether the run has ended and says something about the data. A run that found another one in progress does not.
    pub(crate) fn is_verdict(&self) -> bool {
        self.state != RunState::Running
            && self.error_code.as_deref() != Some(codes::RUN_LOCKED.name())
    }

    /// The word for a batch of the run that is done.
    pub(crate) fn batch_verb(&self) -> &'static str {
        if self.fills.is_some() {
            "filled"
        } else {
            "published"
        }
    }
}

impl TryFrom<Row> for RunEntry {
    type Error = EtlError;

    fn try_from(row: Row) -> Result<Self> {
        Ok(Self {
            run_id: row.get(0),
            state: row.get::<_, &str>(1).parse()?,
            attempt: row.get(2),
            started_at: row.get(3),
            finished_at: row.get(4),
            as_of: row.get(5),
            host: row.get(6),
            pid: row.get(7),
            retry_of: row.get(8),
            error_code: row.get(9),
            message: row.get(10),
            settings: row.get(11),
            results: row.get(12),
            fills: row.get(13),
        })
    }
}

/// The runs with an id that starts with `name`, the latest first.
pub(crate) async fn runs(
    client: &Client,
    settings: &Settings,
    name: &str,
    limit: i64,
) -> Result<Vec<RunEntry>> {
    let script = LIST_RUNS.render(settings);
    let rows = client
        .query(script.sql(), &[&name, &limit])
        .await
        .map_err(|error| script.error(error, "reading the ledger"))?;
    rows.into_iter().map(RunEntry::try_from).collect()
}

/// The number of rows that a fill would process; zero if nothing was published yet.
pub(crate) async fn fillable(client: &Client, settings: &Settings) -> Result<u64> {
    if !exists(client, &settings.staging_schema()).await? {
        return Ok(0);
    }
    let script = COUNT_FILLABLE.render(settings);
    client
        .query_one(script.sql(), &[])
        .await
        .map(|row| row.get::<_, i64>(0).cast_unsigned())
        .map_err(|error| script.error(error, "counting the published rows"))
}

/// The queue that the last plan left.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct PendingQueue {
    /// The run that planned the batches.
    #[schemars(with = "String", extend("format" = "uuid"))]
    pub(crate) run_id: Uuid,
    /// Batches that are not published.
    pub(crate) batches: i64,
    /// The rows of these batches.
    pub(crate) rows: u64,
}

/// The unpublished batches of the last plan; `None` if there are none.
pub(crate) async fn pending(client: &Client, settings: &Settings) -> Result<Option<PendingQueue>> {
    if !exists(client, &settings.staging_schema()).await? {
        return Ok(None);
    }
    let script = COUNT_PENDING.render(settings);
    let row = client
        .query_opt(script.sql(), &[])
        .await
        .map_err(|error| script.error(error, "reading the queue"))?;
    let queue = row.map(|row| PendingQueue {
        run_id: row.get(0),
        batches: row.get(1),
        rows: row.get::<_, i64>(2).cast_unsigned(),
    });
    Ok(queue.filter(|queue| queue.batches > 0))
}

impl Ledger {
    /// The phases that earlier attempts finished, each with the number of the attempt.
    pub(crate) async fn done_phases(&self, client: &Client) -> Result<BTreeMap<String, i32>> {
        let rows = self.query(client, LIST_DONE_PHASES, &[&self.run]).await?;
        Ok(rows
            .into_iter()
            .map(|row| (row.get(0), row.get(1)))
            .collect())
    }
}

/// The largest number of old runs that one run removes, so that a long ledger does not delay it.
const FORGET: i64 = 100;

impl Ledger {
    /// Removes runs that are older than `ledger.keep_days`.
    pub(crate) async fn forget(&self, client: &Client, settings: &Settings) -> Result<()> {
        let days = settings.ledger.keep_days.cast_signed();
        if days == 0 {
            return Ok(());
        }
        let gone = self
            .count_written(client, FORGET_RUNS, &[&self.run, &days, &FORGET])
            .await?;
        if gone > 0 {
            tracing::info!(
                "removed {} older than {} from the ledger",
                counted(gone, "run"),
                counted(days, "day")
            );
        }
        Ok(())
    }
}

/// A phase of an attempt.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct PhaseEntry {
    /// The number of the attempt, from 1.
    pub(crate) attempt: i32,
    /// The name of the phase.
    pub(crate) phase: String,
    /// The state of the phase in this attempt.
    pub(crate) state: PhaseState,
    /// Why it was skipped; null if it was not.
    pub(crate) why: Option<String>,
    /// The work of the phase, as the version of the program that ran wrote it; null if the phase has not ended.
    #[schemars(schema_with = "stored::<PhaseResult>")]
    pub(crate) results: Option<serde_json::Value>,
}

/// A change of state.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Event {
    /// The time, in RFC 3339.
    #[schemars(extend("format" = "date-time"))]
    pub(crate) at: String,
    /// The number of the attempt, from 1.
    pub(crate) attempt: i32,
    /// The event, such as `run done` or `phase failed`.
    pub(crate) event: String,
    /// The phase; null if the event is not about a phase.
    pub(crate) phase: Option<String>,
    /// The number of the batch; null if the event is not about a batch.
    pub(crate) batch: Option<i64>,
    /// More about the event, such as the error.
    pub(crate) detail: Option<String>,
}

/// A process that worked on a run.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct ProcessEntry {
    /// The machine.
    pub(crate) host: String,
    /// The number of the process on this machine.
    pub(crate) pid: i32,
    /// When it sent its last heartbeat, in RFC 3339.
    #[schemars(extend("format" = "date-time"))]
    pub(crate) heartbeat_at: String,
    /// Whether it has ended its work.
    pub(crate) ended: bool,
    /// The batches that it published.
    pub(crate) batches: i64,
}

impl Ledger {
    /// The phases of all attempts.
    pub(crate) async fn phases(&self, client: &Client) -> Result<Vec<PhaseEntry>> {
        let rows = self.query(client, LIST_PHASES, &[&self.run]).await?;
        rows.into_iter()
            .map(|row| {
                Ok(PhaseEntry {
                    attempt: row.get(0),
                    phase: row.get(1),
                    state: row.get::<_, &str>(2).parse()?,
                    why: row.get(3),
                    results: row.get(4),
                })
            })
            .collect()
    }

    /// All changes of state, in order.
    pub(crate) async fn events(&self, client: &Client) -> Result<Vec<Event>> {
        let rows = self.query(client, LIST_EVENTS, &[&self.run]).await?;
        Ok(rows
            .into_iter()
            .map(|row| Event {
                at: row.get(0),
                attempt: row.get(1),
                event: row.get(2),
                phase: row.get(3),
                batch: row.get(4),
                detail: row.get(5),
            })
            .collect())
    }

    /// The processes that worked on the run, and how many batches each published.
    pub(crate) async fn processes(&self, client: &Client) -> Result<Vec<ProcessEntry>> {
        let rows = self.query(client, LIST_WORKERS, &[&self.run]).await?;
        Ok(rows
            .into_iter()
            .map(|row| ProcessEntry {
                host: row.get(0),
                pid: row.get(1),
                heartbeat_at: row.get(2),
                ended: row.get(3),
                batches: row.get(4),
            })
            .collect())
    }
}
