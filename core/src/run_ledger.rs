//! The part of the ledger that a phase's transaction writes.

use async_trait::async_trait;
use tokio_postgres::Transaction;

use crate::quality_gate::Judged;
use crate::{Outcome, Result};

/// The part of the ledger that a phase's transaction writes. It commits together with the rows of the phase.
#[async_trait]
pub trait RunLedger: Send + Sync {
    /// Fails unless the run is still in progress, and prevents a takeover until the transaction ends.
    async fn fence(&self, tx: &Transaction<'_>) -> Result<()>;

    /// Counts the rejected rows of a batch, which have these keys, as rejected rows of the run. Returns the numbers that the
    /// quality gate judges. They include the rows of all lanes and processes of the run.
    async fn count_rejected(
        &self,
        tx: &Transaction<'_>,
        batch: i64,
        keys: &[&str],
    ) -> Result<Judged>;

    /// Marks the batch as done. Fails unless this process has the claim, and the run is in progress.
    async fn close(&self, tx: &Transaction<'_>, batch: i64, outcome: &Outcome) -> Result<()>;
}

/// Proof that the rows of a batch, and its entries in queue and ledger, committed together. Only
/// [`PhaseContext::commit`](crate::PhaseContext::commit) and
/// [`PhaseContext::committed_before`](crate::PhaseContext::committed_before) return one.
#[derive(Debug, Clone, Copy)]
pub struct Committed(pub(crate) Outcome);

impl Committed {
    /// The outcome of the batch.
    pub fn outcome(&self) -> Outcome {
        self.0
    }
}
