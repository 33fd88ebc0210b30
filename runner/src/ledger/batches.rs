//! The ledger entries that the transaction of a batch writes.

use jobinsight_core::{
    EtlError, Judged, Outcome, Result, RunLedger, Settings, advice, async_trait, heartbeat,
};
use jobinsight_sql::Rendered;
use jobinsight_sql::scripts::{CLOSE_BATCH, COUNT_REJECTED, FENCE_RUN, HAS_WORK};
use tokio_postgres::Transaction;
use uuid::Uuid;

use crate::codes;

/// The ledger of one run, for the transactions of one process.
pub(crate) struct Batches {
    run: Uuid,
    process: Uuid,
    close: Rendered,
    fence: Rendered,
    count: Rendered,
    work: Rendered,
}

impl Batches {
    pub(crate) fn new(settings: &Settings, run: Uuid, process: Uuid) -> Self {
        Self {
            run,
            process,
            close: CLOSE_BATCH.render(settings),
            fence: FENCE_RUN.render(settings),
            count: COUNT_REJECTED.render(settings),
            work: HAS_WORK.render(settings),
        }
    }
}

#[async_trait]
impl RunLedger for Batches {
    async fn fence(&self, tx: &Transaction<'_>) -> Result<()> {
        tx.query_opt(self.fence.sql(), &[&self.run])
            .await
            .map_err(|error| {
                self.fence
                    .error(error, "checking that the run is still in progress")
            })?
            .map(|_| ())
            .ok_or_else(taken_over)
    }

    async fn count_rejected(
        &self,
        tx: &Transaction<'_>,
        batch: i64,
        keys: &[&str],
    ) -> Result<Judged> {
        let row = tx
            .query_one(self.count.sql(), &[&self.run, &batch, &keys])
            .await
            .map_err(|error| self.count.error(error, "counting rejected rows"))?;
        let count = |index: usize| row.get::<_, i64>(index).cast_unsigned();
        Ok(Judged {
            rows: count(0),
            rejected: count(1),
            rows_before: count(2),
            rejected_before: count(3),
            raw: count(4),
            rejected_elsewhere: count(5),
        })
    }

    async fn close(&self, tx: &Transaction<'_>, batch: i64, outcome: &Outcome) -> Result<()> {
        // Unpublished rows may have changed meanwhile. After a crash of the server, the work table is empty.
        if outcome.left > 0 {
            let row = tx
                .query_one(self.work.sql(), &[&self.run, &Some(batch)])
                .await
                .map_err(|error| self.work.error(error, "checking the work of a batch"))?;
            if !row.get::<_, bool>(0) {
                return Err(work_lost());
            }
        }
        let [new, updated, unchanged, rejected, left] = [
            outcome.new,
            outcome.updated,
            outcome.unchanged,
            outcome.rejected,
            outcome.left,
        ]
        .map(u64::cast_signed);
        let row = tx
            .query_one(
                self.close.sql(),
                &[
                    &self.run,
                    &batch,
                    &self.process,
                    &new,
                    &updated,
                    &unchanged,
                    &rejected,
                    &left,
                ],
            )
            .await
            .map_err(|error| self.close.error(error, "closing a batch"))?;
        match (row.get::<_, i64>(0), row.get::<_, i64>(1)) {
            (0, _) => Err(taken_over()),
            (_, 0) => Err(EtlError::batch_lost(batch)),
            _ => Ok(()),
        }
    }
}

/// Whether an error says that another process has the batch now. The lane then drops the batch, and the run continues.
pub(crate) fn is_lost(error: &EtlError) -> bool {
    error.code() == codes::BATCH_LOST
}

/// Whether an error says that the work of the run is lost and must be planned again.
pub(crate) fn is_work_lost(error: &EtlError) -> bool {
    error.code() == codes::RUN_WORK_LOST
}

fn work_lost() -> EtlError {
    EtlError::new(
        codes::RUN_WORK_LOST,
        "the server crashed, and the crash emptied the table etl_work, which is unlogged; published batches stay",
    )
    .help(format!("`{}`, which finds the remaining work", advice::command("retry")))
}

pub(crate) fn taken_over() -> EtlError {
    EtlError::new(
        codes::RUN_TAKEN_OVER,
        format!(
            "another run took over, because this one sent no heartbeat for {} s; this run publishes nothing more, and its committed batches stay",
            heartbeat::LEASE.as_secs()
        ),
    )
}
