//! What a batch's transaction writes to the ledger.

use jobinsight_core::{EtlError, Kind, Outcome, Result, RunLedger, Settings, async_trait};
use jobinsight_sql::Rendered;
use jobinsight_sql::scripts::{CLOSE_BATCH, COUNT_REJECTED, FENCE_RUN};
use tokio_postgres::Transaction;
use uuid::Uuid;

/// The ledger of one run, as one of its processes writes it.
pub(crate) struct Batches {
    run: Uuid,
    worker: Uuid,
    close: Rendered,
    fence: Rendered,
    count: Rendered,
}

impl Batches {
    pub(crate) fn new(settings: &Settings, run: Uuid, worker: Uuid) -> Self {
        Self {
            run,
            worker,
            close: CLOSE_BATCH.render(settings),
            fence: FENCE_RUN.render(settings),
            count: COUNT_REJECTED.render(settings),
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
                    .error(error, "looking whether the run is still on")
            })?
            .map(|_| ())
            .ok_or_else(taken_over)
    }

    async fn count_rejected(&self, tx: &Transaction<'_>, rejected: u64) -> Result<u64> {
        let row = tx
            .query_one(self.count.sql(), &[&self.run, &rejected.cast_signed()])
            .await
            .map_err(|error| self.count.error(error, "counting rejected rows"))?;
        Ok(row.get::<_, i64>(0).cast_unsigned())
    }

    async fn close(&self, tx: &Transaction<'_>, batch: i64, outcome: &Outcome) -> Result<()> {
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
                    &self.worker,
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
            (_, 0) => Err(EtlError::new(
                Kind::Locked,
                LOST,
                format!(
                    "batch {batch} was given to another process, as this one gave no sign of life"
                ),
            )),
            _ => Ok(()),
        }
    }
}

const LOST: &str = "jobinsight::batch::lost";

/// Whether an error says that another process has the batch now: the lane lets go of it, and the run goes on.
pub(crate) fn is_lost(error: &EtlError) -> bool {
    error.stable_code() == LOST
}

pub(crate) fn taken_over() -> EtlError {
    EtlError::new(
        Kind::Locked,
        "jobinsight::run::taken_over",
        "another run took over, as this one gave no sign of life; what it had not committed is not published by it",
    )
    .help("see what became of it: jobinsight runs list")
}
