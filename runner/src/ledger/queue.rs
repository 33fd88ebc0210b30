//! The queue of a run: its unfinished batches, and the counts of its published batches.

use jobinsight_core::{EtlError, Outcome, Result, RunCounts, Settings, advice};
use jobinsight_sql::scripts::{
    ADOPT_QUEUE, COUNT_BATCHES, COUNT_KEPT, FAIL_BATCH, FIND_UNFINISHED, HAS_WORK, LIST_CLAIMED,
    READ_FIRST_FAILURE, READ_LAST_PLAN, RELEASE_BATCHES, REOPEN_BATCHES, SUM_WARNINGS,
};
use tokio_postgres::Client;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::handle::Ledger;
use crate::codes;
use crate::report::results::{ForeignRows, Warnings};

/// The batches of a run, by state.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
pub(crate) struct Queue {
    /// Batches that no lane has claimed.
    pub(crate) queued: i64,
    /// Batches that a lane has claimed.
    pub(crate) claimed: i64,
    /// Batches that failed for good.
    pub(crate) failed: i64,
    /// Batches that are published.
    pub(crate) done: i64,
    /// Batches that a later plan took over.
    pub(crate) superseded: i64,
    /// The sum of the published batches.
    pub(crate) outcome: Outcome,
    /// The rows of other programs that the plan and the batches found.
    pub(crate) other_programs: ForeignRows,
}

impl Queue {
    /// Batches that this run must still publish.
    pub(crate) fn owed(&self) -> i64 {
        self.queued + self.claimed + self.failed
    }
}

impl Ledger {
    /// The state of the queue.
    pub(crate) async fn queue(&self, client: &Client) -> Result<Queue> {
        let row = self.query_one(client, COUNT_BATCHES, &[&self.run]).await?;
        let count = |index: usize| row.get::<_, i64>(index);
        let rows = |index: usize| row.get::<_, i64>(index).cast_unsigned();
        Ok(Queue {
            queued: count(0),
            claimed: count(1),
            failed: count(2),
            done: count(3),
            superseded: count(4),
            outcome: Outcome {
                new: rows(5),
                updated: rows(6),
                unchanged: rows(7),
                rejected: rows(8),
                left: rows(9),
            },
            other_programs: ForeignRows {
                inserted_and_rejected: rows(10),
                published_and_rejected: rows(11),
                changed: rows(12),
            },
        })
    }

    /// The number of published rows with a warning, by field and warning.
    pub(crate) async fn warnings(&self, client: &Client) -> Result<Warnings> {
        let rows = self.query(client, SUM_WARNINGS, &[&self.run]).await?;
        let mut warnings = Warnings::new();
        for row in rows {
            let kinds = warnings.entry(row.get(0)).or_default();
            kinds.insert(row.get(1), row.get::<_, i64>(2).cast_unsigned());
        }
        Ok(warnings)
    }

    /// The number of rejected rows that had to stay in staging.
    pub(crate) async fn kept_in_staging(&self, client: &Client) -> Result<u64> {
        let row = self.query_one(client, COUNT_KEPT, &[]).await?;
        Ok(row.get::<_, i64>(0).cast_unsigned())
    }

    /// The counts of the plan; `None` if the run has no plan.
    pub(crate) async fn plan(
        &self,
        client: &Client,
        settings: &Settings,
    ) -> Result<Option<RunCounts>> {
        jobinsight_sql::plan::read(client, settings, self.run).await
    }

    /// Takes over the unfinished batches of the last plan; `None` if there are none.
    pub(crate) async fn adopt(
        &self,
        client: &Client,
        settings: &Settings,
    ) -> Result<Option<RunCounts>> {
        self.write(client, ADOPT_QUEUE, &[&self.run]).await?;
        self.plan(client, settings).await
    }

    /// Whether the work table still has the rows of every unpublished batch. The table is not logged, so it is empty
    /// after a crash of the server.
    pub(crate) async fn work_is_whole(&self, client: &Client) -> Result<bool> {
        self.has_work(client, self.run).await
    }

    async fn has_work(&self, client: &Client, run: Uuid) -> Result<bool> {
        let every_batch = None::<i64>;
        self.query_one(client, HAS_WORK, &[&run, &every_batch])
            .await
            .map(|row| row.get(0))
    }

    /// Returns the unfinished batches of the previous attempt to the queue, except the batches that this process resumes
    /// from a spill.
    pub(crate) async fn reopen(
        &self,
        client: &Client,
        spilled: &[i64],
        claimant: &str,
    ) -> Result<()> {
        self.write(
            client,
            REOPEN_BATCHES,
            &[&self.run, &spilled, &self.process, &claimant],
        )
        .await
    }

    /// The batches of this process that `claimant` has claimed.
    pub(crate) async fn claimed_as(&self, client: &Client, claimant: &str) -> Result<Vec<i64>> {
        let values: [&(dyn ToSql + Sync); 3] = [&self.run, &self.process, &claimant];
        let rows = self.query(client, LIST_CLAIMED, &values).await?;
        Ok(rows.into_iter().map(|row| row.get(0)).collect())
    }

    /// The latest run with unpublished batches that is not a fill, and the number of these batches.
    pub(crate) async fn unfinished(&self, client: &Client) -> Result<Option<(Uuid, i64)>> {
        let rows = self.query(client, FIND_UNFINISHED, &[]).await?;
        Ok(rows.first().map(|row| (row.get(0), row.get(1))))
    }

    /// Checks that the queue of the last plan can be used with these settings. Those in `ignored` may differ.
    pub(crate) async fn check_last_plan(
        &self,
        client: &Client,
        settings: &serde_json::Value,
        ignored: &[&str],
    ) -> Result<()> {
        let rows = self
            .query(client, READ_LAST_PLAN, &[&settings, &ignored])
            .await?;
        let Some(plan) = rows.first() else {
            return Ok(());
        };
        let has_work = self.has_work(client, plan.get(0)).await?;
        let useless = |why: &str| {
            Err(EtlError::new(
                codes::RUN_NO_QUEUE,
                format!("the queue of the last plan cannot be used: {why}"),
            )
            .help(format!(
                "select the phase that fills the queue as well: {}",
                advice::command("run")
            )))
        };
        match (plan.get::<_, Option<bool>>(1), has_work) {
            (Some(true), true) => Ok(()),
            (_, true) => useless("the run that filled it had other settings"),
            (_, false) => {
                useless("the table etl_work has lost its rows, as after a crash of the server")
            }
        }
    }

    /// Returns the batches that this process claimed and will not finish.
    pub(crate) async fn release(&self, client: &Client) -> Result<()> {
        self.write(client, RELEASE_BATCHES, &[&self.run, &self.process])
            .await
    }

    /// Writes that a batch failed for good, and the path of its spill.
    pub(crate) async fn fail_batch(
        &self,
        client: &Client,
        batch: i64,
        phase: &str,
        error: &EtlError,
        spilled_to: Option<&str>,
    ) -> Result<()> {
        self.write(
            client,
            FAIL_BATCH,
            &[
                &self.run,
                &batch,
                &self.process,
                &phase,
                &error.code().name(),
                &error.message(),
                &spilled_to,
            ],
        )
        .await?;
        self.event(
            client,
            "batch failed",
            Some(phase),
            Some(batch),
            Some(error.message()),
        )
        .await
    }

    /// The error of the first batch that failed, for the processes that did not fail themselves.
    pub(crate) async fn failure(&self, client: &Client) -> Result<Option<(i64, String, String)>> {
        let rows = self.query(client, READ_FIRST_FAILURE, &[&self.run]).await?;
        Ok(rows.first().map(|row| (row.get(0), row.get(1), row.get(2))))
    }
}
