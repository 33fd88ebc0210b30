//! What a phase sees of the run.

use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use async_trait::async_trait;
use tokio_postgres::Transaction;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::database::{Client, Pool};
use crate::gate::{self, Judged};
use crate::metrics::{self, PhaseMetrics};
use crate::{Batch, EtlError, Kind, Outcome, Reject, Result, Settings, fault};

/// What a transaction of a phase writes to the run's ledger: it commits with the phase's rows, or not at all.
#[async_trait]
pub trait RunLedger: Send + Sync {
    /// Fails unless the run is still on, and keeps it from being taken over until the transaction ends.
    async fn fence(&self, tx: &Transaction<'_>) -> Result<()>;

    /// Adds to the run's rejected rows, over all lanes and processes; gives what the gate judges with these.
    async fn count_rejected(&self, tx: &Transaction<'_>, rejected: u64) -> Result<Judged>;

    /// Marks the batch done with its outcome; fails unless it is still this process's, and the run still on.
    async fn close(&self, tx: &Transaction<'_>, batch: i64, outcome: &Outcome) -> Result<()>;
}

/// Proof that a batch's rows and its entry in queue and ledger committed together. Only [`PhaseContext::commit`]
/// and [`PhaseContext::committed_before`] make one.
#[derive(Debug, Clone, Copy)]
pub struct Committed(Outcome);

impl Committed {
    /// What the batch came to.
    pub fn outcome(&self) -> Outcome {
        self.0
    }
}

/// How many raw rows the run found, and what it plans for them.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct RunCounts {
    /// Raw rows in the snapshot in which the work was found.
    pub raw: u64,
    /// Rows that go through the lanes.
    pub planned: u64,
    /// Rows that need nothing.
    pub unchanged: u64,
    /// Rows that were rejected by an earlier run and have not changed since.
    pub rejected_before: u64,
    /// Rows that need work but are over the limit of this run.
    pub left: u64,
    /// Batches in the queue.
    pub batches: u64,
}

impl From<[i64; 6]> for RunCounts {
    /// In the order of the fields, as `sql/plan/read_plan.sql` gives them.
    fn from(row: [i64; 6]) -> Self {
        let [raw, planned, unchanged, rejected_before, left, batches] = row.map(i64::cast_unsigned);
        Self {
            raw,
            planned,
            unchanged,
            rejected_before,
            left,
            batches,
        }
    }
}

/// What is shared by all phases and lanes of a run.
pub struct RunContext {
    /// The run's name in ledger, logs and results (UUID v7: sorts by time).
    pub run_id: Uuid,
    /// This process's name in the ledger: several may work on one queue.
    pub worker: Uuid,
    /// Where this process is, for people: `host/pid`.
    pub process: String,
    /// Settings that are not a phase's own.
    pub settings: Arc<Settings>,
    /// The pool: at least `max_workers + 2` connections.
    pub pool: Pool,
    /// Cancelled on a signal, on the run's timeout, and when a phase failed.
    pub cancel: CancellationToken,
    /// The run's clock: all of a run sees one time.
    pub as_of: SystemTime,
    ledger: Box<dyn RunLedger>,
    counts: Mutex<Option<RunCounts>>,
    notes: Mutex<Vec<String>>,
}

impl RunContext {
    /// A context for a run.
    pub fn new(
        run_id: Uuid,
        (worker, process): (Uuid, String),
        settings: Arc<Settings>,
        pool: Pool,
        cancel: CancellationToken,
        as_of: SystemTime,
        ledger: Box<dyn RunLedger>,
    ) -> Self {
        Self {
            run_id,
            worker,
            process,
            settings,
            pool,
            cancel,
            as_of,
            ledger,
            counts: Mutex::default(),
            notes: Mutex::default(),
        }
    }

    /// What was planned, as far as it is known.
    pub fn counts(&self) -> RunCounts {
        self.planned().unwrap_or_default()
    }

    /// What was planned; `None` before the queue's phase said so.
    pub fn planned(&self) -> Option<RunCounts> {
        self.counts.lock().ok().and_then(|counts| *counts)
    }

    /// Something worth telling that is no error.
    pub fn note(&self, text: impl Into<String>) {
        let text = text.into();
        tracing::info!("{text}");
        if let Ok(mut notes) = self.notes.lock() {
            notes.push(text);
        }
    }

    /// Says what is planned.
    pub fn plan(&self, counts: RunCounts) {
        if let Ok(mut slot) = self.counts.lock() {
            *slot = Some(counts);
        }
    }

    /// Things worth telling that are no errors.
    pub fn notes(&self) -> Vec<String> {
        self.notes
            .lock()
            .map(|notes| notes.clone())
            .unwrap_or_default()
    }
}

/// A phase's view of the run, in one lane.
pub struct PhaseContext<'a> {
    /// The run.
    pub run: &'a RunContext,
    /// The phase's name.
    pub phase: &'a str,
    /// The lane, from 0; run phases are in lane 0.
    pub lane: usize,
    metrics: &'a Arc<PhaseMetrics>,
}

impl<'a> PhaseContext<'a> {
    /// A view for one phase in one lane.
    pub fn new(
        run: &'a RunContext,
        phase: &'a str,
        lane: usize,
        metrics: &'a Arc<PhaseMetrics>,
    ) -> Self {
        Self {
            run,
            phase,
            lane,
            metrics,
        }
    }

    /// Settings that are not the phase's own.
    pub fn settings(&self) -> &Settings {
        &self.run.settings
    }

    /// A connection. Give it back (drop it) before the phase ends.
    ///
    /// # Errors
    /// A passing error when the server can't be reached in time.
    pub async fn client(&self) -> Result<Client<'a>> {
        crate::database::client(&self.run.pool).await
    }

    /// Runs a CPU-heavy closure off the async threads, counted as this phase's.
    ///
    /// # Errors
    /// A bug that names the phase when the closure panics.
    pub async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        metrics::compute(self.metrics, work).await.map_err(|error| {
            EtlError::bug(format!(
                "phase {} panicked while computing: {error}",
                self.phase
            ))
        })
    }

    /// Says what the run found to do. The queue's phase calls it once.
    pub fn plan(&self, counts: RunCounts) {
        self.run.plan(counts);
    }

    /// Makes a transaction that changes the queue safe from a run that was taken over meanwhile: it fails unless this
    /// run is still on, and who would take it over waits until the transaction ends.
    ///
    /// # Errors
    /// `jobinsight::run::taken_over`; a database error.
    pub async fn fence(&self, tx: &Transaction<'_>) -> Result<()> {
        self.run.ledger.fence(tx).await
    }

    /// Says how many rows a run phase took and gave.
    pub fn count_rows(&self, rows_in: u64, rows_out: u64) {
        self.metrics.rows_in.fetch_add(rows_in, SeqCst);
        self.metrics.rows_out.fetch_add(rows_out, SeqCst);
    }

    /// Something worth telling that is no error.
    pub fn note(&self, text: impl Into<String>) {
        self.run.note(text);
    }

    /// Ends a batch well: checks the quality gate, closes the batch in queue and ledger, commits.
    ///
    /// # Errors
    /// A quality failure when the run's rejects pass what `integrity_threshold` allows (nothing is committed);
    /// a database error.
    pub async fn commit(
        &self,
        tx: Transaction<'_>,
        batch: &Batch,
        outcome: Outcome,
        rejects: &[Reject],
    ) -> Result<Committed> {
        if outcome.total() != batch.expected {
            return Err(EtlError::new(
                Kind::Quality,
                "jobinsight::quality::unaccounted",
                format!(
                    "batch {} has {} rows, and {} are accounted for",
                    batch.id,
                    batch.expected,
                    outcome.total()
                ),
            ));
        }
        self.pass_gate(&tx, rejects).await?;
        self.run.ledger.close(&tx, batch.id, &outcome).await?;
        fault::point("commit/before");
        tx.commit()
            .await
            .map_err(|error| EtlError::database(error, "committing a batch"))?;
        fault::point("commit/after");
        Ok(Committed(outcome))
    }

    /// A batch that turns out to be committed, by that worker: by an attempt of ours whose answer was lost, or by
    /// another process, whose work it counts as.
    ///
    /// # Errors
    /// `jobinsight::batch::lost` where it was another: the lane lets go of the batch.
    pub fn committed_before(
        &self,
        batch: &Batch,
        worker: Option<Uuid>,
        outcome: Outcome,
    ) -> Result<Committed> {
        if worker == Some(self.run.worker) {
            Ok(Committed(outcome))
        } else {
            Err(EtlError::batch_lost(batch.id))
        }
    }

    /// The count stands in the ledger: lanes of other processes reject rows of the same run.
    async fn pass_gate(&self, tx: &Transaction<'_>, rejects: &[Reject]) -> Result<()> {
        if rejects.is_empty() {
            return Ok(());
        }
        let judged = self
            .run
            .ledger
            .count_rejected(tx, rejects.len() as u64)
            .await?;
        gate::pass(&judged, self.settings().integrity_threshold, rejects)
    }
}
