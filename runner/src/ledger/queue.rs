//! The queue of a run: what is left of it, and what its batches came to.

use jobinsight_core::{EtlError, Outcome, Result, RunCounts, Settings};
use jobinsight_sql::scripts::{ADOPT_QUEUE, SUM_WARNINGS};
use tokio_postgres::Client;

use super::handle::Ledger;
use crate::codes;
use crate::report::results::Warnings;

/// The batches of a run, by state.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
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
}

impl Queue {
    /// Batches that this run still owes.
    pub(crate) fn owed(&self) -> i64 {
        self.queued + self.claimed + self.failed
    }
}

impl Ledger {
    /// The state of the queue.
    pub(crate) async fn queue(&self, client: &Client) -> Result<Queue> {
        let sql = format!(
            "SELECT count(*) FILTER (WHERE state = 'queued'), count(*) FILTER (WHERE state = 'claimed'),
                    count(*) FILTER (WHERE state = 'failed'), count(*) FILTER (WHERE state = 'done'),
                    count(*) FILTER (WHERE state = 'superseded'),
                    coalesce(sum(new), 0)::bigint, coalesce(sum(updated), 0)::bigint, coalesce(sum(unchanged), 0)::bigint,
                    coalesce(sum(rejected), 0)::bigint, coalesce(sum(left_rows), 0)::bigint
               FROM {}.etl_batches WHERE run_id = $1",
            self.schema
        );
        let row = client
            .query_one(&sql, &[&self.run])
            .await
            .map_err(|error| EtlError::database(error, "reading the queue"))?;
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
        })
    }

    /// The warnings of what is published, by field and kind.
    pub(crate) async fn warnings(&self, client: &Client, settings: &Settings) -> Result<Warnings> {
        let sum = SUM_WARNINGS.render(settings);
        let rows = client
            .query(sum.sql(), &[&self.run])
            .await
            .map_err(|error| sum.error(error, "counting warnings"))?;
        let mut warnings = Warnings::new();
        for row in rows {
            let kinds = warnings.entry(row.get(0)).or_default();
            kinds.insert(row.get(1), row.get::<_, i64>(2).cast_unsigned());
        }
        Ok(warnings)
    }

    /// The counts of the plan; `None` if the run has no plan.
    pub(crate) async fn plan(
        &self,
        client: &Client,
        settings: &Settings,
    ) -> Result<Option<RunCounts>> {
        jobinsight_sql::plan::read(client, settings, self.run).await
    }

    /// Takes over what the last plan left in the queue; `None` when it left nothing.
    pub(crate) async fn adopt(
        &self,
        client: &Client,
        settings: &Settings,
    ) -> Result<Option<RunCounts>> {
        let adopt = ADOPT_QUEUE.render(settings);
        client
            .execute(adopt.sql(), &[&self.run])
            .await
            .map_err(|error| adopt.error(error, "taking over the queue"))?;
        self.plan(client, settings).await
    }

    /// Whether the work of every batch that is owed is there: the work table is not logged, and empty after a crash
    /// of the server.
    pub(crate) async fn work_is_whole(&self, client: &Client) -> Result<bool> {
        let sql = format!(
            "SELECT NOT EXISTS (
                SELECT FROM {0}.etl_batches b
                 WHERE b.run_id = $1 AND b.state IN ('queued', 'claimed', 'failed') AND b.first_block IS NULL
                   AND b.row_count <> (SELECT count(*) FROM {0}.etl_work w WHERE w.batch_no = b.batch_no))",
            self.schema
        );
        client
            .query_one(&sql, &[&self.run])
            .await
            .map(|row| row.get(0))
            .map_err(|error| EtlError::database(error, "looking at the work that is left"))
    }

    /// Puts back what the attempt before did not finish, but for the batches that this process has from a spill.
    pub(crate) async fn reopen(
        &self,
        client: &Client,
        spilled: &[i64],
        claimant: &str,
    ) -> Result<()> {
        let sql = format!(
            "UPDATE {}.etl_batches
                SET state = CASE WHEN batch_no = ANY($2) THEN 'claimed' ELSE 'queued' END,
                    worker = CASE WHEN batch_no = ANY($2) THEN $3::uuid END,
                    claimed_by = CASE WHEN batch_no = ANY($2) THEN $4::text END,
                    claimed_at = CASE WHEN batch_no = ANY($2) THEN clock_timestamp() END,
                    failed_phase = NULL, error_code = NULL, message = NULL, spilled_to = NULL
              WHERE run_id = $1 AND state IN ('claimed', 'failed')",
            self.schema
        );
        self.write(
            client,
            &sql,
            &[&self.run, &spilled, &self.process, &claimant],
        )
        .await
    }

    /// The batches that are claimed under that name.
    pub(crate) async fn claimed_as(&self, client: &Client, claimant: &str) -> Result<Vec<i64>> {
        let sql = format!(
            "SELECT batch_no FROM {}.etl_batches WHERE run_id = $1 AND state = 'claimed' AND worker = $2 AND claimed_by = $3",
            self.schema
        );
        let rows = client
            .query(&sql, &[&self.run, &self.process, &claimant])
            .await
            .map_err(|error| EtlError::database(error, "reading the queue"))?;
        Ok(rows.into_iter().map(|row| row.get(0)).collect())
    }

    /// Checks that the queue of the last plan can be used with these settings.
    pub(crate) async fn standing(
        &self,
        client: &Client,
        settings: &serde_json::Value,
    ) -> Result<()> {
        let sql = format!(
            "SELECT r.settings = $1, NOT EXISTS (
                SELECT FROM {0}.etl_batches b
                 WHERE b.run_id = p.run_id AND b.state IN ('queued', 'claimed', 'failed') AND b.first_block IS NULL
                   AND b.row_count <> (SELECT count(*) FROM {0}.etl_work w WHERE w.batch_no = b.batch_no))
               FROM {0}.etl_plans p JOIN {0}.etl_runs r USING (run_id) ORDER BY p.planned_at DESC LIMIT 1",
            self.schema
        );
        let row = client
            .query_opt(&sql, &[&settings])
            .await
            .map_err(|error| EtlError::database(error, "looking at the queue"))?;
        let Some(row) = row else { return Ok(()) };
        let useless = |why: &str| {
            Err(EtlError::new(
                codes::RUN_NO_QUEUE,
                format!("the queue of the last plan cannot be used: {why}"),
            )
            .help("let the phase that fills it work too: jobinsight run"))
        };
        match (row.get::<_, Option<bool>>(0), row.get::<_, bool>(1)) {
            (Some(true), true) => Ok(()),
            (_, true) => useless("it was filled under other settings"),
            (_, false) => useless("its work is gone, as after a crash of the server"),
        }
    }

    /// Returns the batches that this process claimed and will not finish.
    pub(crate) async fn release(&self, client: &Client) -> Result<()> {
        let sql = format!(
            "UPDATE {}.etl_batches SET state = 'queued', worker = NULL, claimed_by = NULL, claimed_at = NULL
              WHERE run_id = $1 AND worker = $2 AND state = 'claimed'",
            self.schema
        );
        self.write(client, &sql, &[&self.run, &self.process]).await
    }

    /// Writes that a batch failed for good, and where it is spilled.
    pub(crate) async fn fail_batch(
        &self,
        client: &Client,
        batch: i64,
        phase: &str,
        error: &EtlError,
        spilled_to: Option<&str>,
    ) -> Result<()> {
        let sql = format!(
            "UPDATE {}.etl_batches SET state = 'failed', failed_phase = $4, error_code = $5, message = $6, spilled_to = $7
              WHERE run_id = $1 AND batch_no = $2 AND worker = $3 AND state = 'claimed'",
            self.schema
        );
        self.write(
            client,
            &sql,
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
        let sql = format!(
            "SELECT batch_no, coalesce(error_code, ''), coalesce(message, '') FROM {}.etl_batches
              WHERE run_id = $1 AND state = 'failed' ORDER BY batch_no LIMIT 1",
            self.schema
        );
        let row = client
            .query_opt(&sql, &[&self.run])
            .await
            .map_err(|error| EtlError::database(error, "reading the queue"))?;
        Ok(row.map(|row| (row.get(0), row.get(1), row.get(2))))
    }
}
