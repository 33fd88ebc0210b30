//! The entry of a batch in the queue, as the transaction that closes the batch reads it.

use jobinsight_core::state::BatchState;
use jobinsight_core::{Outcome, Result, Settings};
use tokio_postgres::Transaction;
use uuid::Uuid;

use crate::BlockRange;
use crate::scripts::LOCK_BATCH;

/// The entry of a batch.
#[derive(Debug, Clone)]
pub struct BatchEntry {
    /// The state: [`BatchState::Done`] if an earlier transaction published the batch.
    pub state: BatchState,
    /// The name of the rules and the exchange rate, which each published row records.
    pub rule_set: String,
    /// The outcome of a batch that is published.
    pub outcome: Outcome,
    /// The blocks of the batch; `None` if it is not a range.
    pub range: Option<BlockRange>,
    /// Whether none of the rows of the batch was published before.
    pub is_new: bool,
    /// The process that claimed the batch.
    pub worker: Option<Uuid>,
}

impl BatchEntry {
    /// Reads the entry, and locks it until the end of the transaction.
    ///
    /// # Errors
    /// A database error; `jobinsight::run::partition_gone`.
    pub async fn lock(
        tx: &Transaction<'_>,
        settings: &Settings,
        run: Uuid,
        batch: i64,
    ) -> Result<Self> {
        let script = LOCK_BATCH.render(settings);
        let row = tx
            .query_one(script.sql(), &[&run, &batch])
            .await
            .map_err(|error| script.error(error, "locking a batch"))?;
        let count = |name: &str| row.get::<_, i64>(name).cast_unsigned();
        Ok(Self {
            state: row.get::<_, &str>("state").parse()?,
            rule_set: row.get("rule_set"),
            outcome: Outcome {
                new: count("new"),
                updated: count("updated"),
                unchanged: count("unchanged"),
                rejected: count("rejected"),
                left: count("left_rows"),
            },
            range: BlockRange::read(
                &row,
                [
                    "first_block",
                    "end_block",
                    "has_partition",
                    "partition_name",
                ],
            )?,
            is_new: row.get("is_new"),
            worker: row.get("worker"),
        })
    }
}
