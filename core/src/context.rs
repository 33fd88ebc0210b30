//! The part of a run that phases see.

use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use tokio_postgres::Transaction;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::database::{Client, Pool};
use crate::metrics::{self, PhaseMetrics};
use crate::plural::{are, counted};
use crate::quality_gate;
use crate::run_ledger::{Committed, RunLedger};
use crate::{
    Batch, EtlError, NeededColumns, Outcome, Reject, Result, RunCounts, Settings, codes, failpoints,
};

/// The state that all phases and lanes of a run share.
pub struct RunContext {
    /// The id of the run in ledger, logs and results (UUID v7, so ids sort by time).
    pub run_id: Uuid,
    /// The id of this process in the ledger. Several processes may work on one queue.
    pub worker: Uuid,
    /// The place of this process, for people: `host/pid`.
    pub process: String,
    /// The common settings.
    pub settings: Arc<Settings>,
    /// The pool, with `max_workers + 2` connections.
    pub pool: Pool,
    /// Cancelled by a signal, by the timeout of the run, and when a phase failed.
    pub cancel: CancellationToken,
    /// The clock of the run: one fixed time for the whole run.
    pub as_of: SystemTime,
    needed: NeededColumns,
    rules: String,
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
            rules: settings.rules_name(),
            settings,
            pool,
            cancel,
            as_of,
            needed: NeededColumns::all(),
            ledger,
            counts: Mutex::default(),
            notes: Mutex::default(),
        }
    }

    /// Sets the batch columns that the phases of the run need, and the name of the rules. Without this call, every column
    /// counts as needed, and the name is [`Settings::rules_name`].
    #[must_use]
    pub fn with_phases(mut self, needed: NeededColumns, rules: String) -> Self {
        (self.needed, self.rules) = (needed, rules);
        self
    }

    /// The name of the rules and of the phases that decide the content of staging.
    pub fn rules(&self) -> &str {
        &self.rules
    }

    /// The batch columns that the phases of the run need.
    pub fn needed(&self) -> &NeededColumns {
        &self.needed
    }

    /// The row counts of the plan; zeros before a plan exists.
    pub fn counts(&self) -> RunCounts {
        self.planned().unwrap_or_default()
    }

    /// The row counts of the plan; `None` before the phase that fills the queue reported them.
    pub fn planned(&self) -> Option<RunCounts> {
        self.counts.lock().ok().and_then(|counts| *counts)
    }

    /// Adds a note: a fact for people that is not an error.
    pub fn note(&self, text: impl Into<String>) {
        let text = text.into();
        tracing::info!("{text}");
        if let Ok(mut notes) = self.notes.lock() {
            notes.push(text);
        }
    }

    /// Sets the row counts of the plan.
    pub fn plan(&self, counts: RunCounts) {
        if let Ok(mut slot) = self.counts.lock() {
            *slot = Some(counts);
        }
    }

    /// All notes.
    pub fn notes(&self) -> Vec<String> {
        let notes = self.notes.lock();
        notes.map(|notes| notes.clone()).unwrap_or_default()
    }
}

/// The view of one phase in one lane.
pub struct PhaseContext<'a> {
    /// The run.
    pub run: &'a RunContext,
    /// The name of the phase.
    pub phase: &'a str,
    /// The lane, from 0. Phases that work once are in lane 0.
    pub lane: usize,
    metrics: &'a Arc<PhaseMetrics>,
}

impl<'a> PhaseContext<'a> {
    /// A view of one phase in one lane.
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

    /// The common settings.
    pub fn settings(&self) -> &Settings {
        &self.run.settings
    }

    /// Whether a phase of the run lists the batch column in its [`NEEDS`](crate::Plugin::NEEDS). A loading phase may leave
    /// out a column of its [`GIVES`](crate::Plugin::GIVES) that no phase needs.
    pub fn is_needed(&self, column: &str) -> bool {
        self.run.needed.contains(column)
    }

    /// A connection of the pool. Drop it before the phase ends.
    ///
    /// # Errors
    /// [`Kind::Away`](crate::Kind::Away) when the server does not answer in time.
    pub async fn client(&self) -> Result<Client<'a>> {
        crate::database::client(&self.run.pool).await
    }

    /// Runs a CPU-heavy closure outside the async threads, and measures it for this phase. A panic of the closure is a
    /// panic of the phase.
    ///
    /// # Errors
    /// The program ends.
    pub async fn compute<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        metrics::compute(self.metrics, work)
            .await
            .map_err(|error| EtlError::bug(format!("a computation did not run: {error}")))
    }

    /// Reports the row counts of the plan. The phase that fills the queue calls this once.
    pub fn plan(&self, counts: RunCounts) {
        self.run.plan(counts);
    }

    /// Prevents another process from taking over the run until this transaction ends. Fails unless the run is still in
    /// progress. A transaction that changes the queue needs this.
    ///
    /// # Errors
    /// `jobinsight::run::taken_over`; a database error.
    pub async fn fence(&self, tx: &Transaction<'_>) -> Result<()> {
        self.run.ledger.fence(tx).await
    }

    /// Reports two numbers of a phase with the role `Once`: the rows that it received and the rows that it returned.
    pub fn count_rows(&self, rows_in: u64, rows_out: u64) {
        self.metrics.rows_in.fetch_add(rows_in, SeqCst);
        self.metrics.rows_out.fetch_add(rows_out, SeqCst);
    }

    /// Adds a note: a fact for people that is not an error.
    pub fn note(&self, text: impl Into<String>) {
        self.run.note(text);
    }

    /// Says in a few words what the phase does now, such as "creating the indexes". The progress of the run shows the words
    /// until the next call or the end of the try. Only work that takes seconds, and that no count of rows describes, needs
    /// them.
    pub fn doing(&self, work: &'static str) {
        self.metrics.set_doing(work);
    }

    /// Publishes a batch: checks that every row is accounted for, checks the quality gate, closes the batch in queue and
    /// ledger, commits. After an error, nothing is committed.
    ///
    /// # Errors
    /// `jobinsight::quality::unaccounted`; `jobinsight::quality::integrity` when the run has more rejects than
    /// `integrity_threshold` allows; `jobinsight::run::taken_over`, `jobinsight::run::work_lost` and
    /// `jobinsight::batch::lost` when the batch cannot be closed; a database error.
    pub async fn commit(
        &self,
        tx: Transaction<'_>,
        batch: &Batch,
        outcome: Outcome,
        rejects: &[Reject],
    ) -> Result<Committed> {
        if outcome.total() != batch.expected {
            return Err(EtlError::new(
                codes::QUALITY_UNACCOUNTED,
                format!(
                    "batch {} has {}, but {} {} accounted for",
                    batch.id,
                    counted(batch.expected, "row"),
                    outcome.total(),
                    are(outcome.total())
                ),
            ));
        }
        self.pass_quality_gate(&tx, batch.id, rejects).await?;
        self.run.ledger.close(&tx, batch.id, &outcome).await?;
        failpoints::point(failpoints::COMMIT_BEFORE);
        tx.commit()
            .await
            .map_err(|error| EtlError::database(error, "committing a batch"))?;
        failpoints::point(failpoints::COMMIT_AFTER);
        Ok(Committed(outcome))
    }

    /// Handles a batch that the process `worker` has committed already. If `worker` is this process, an earlier try committed
    /// the batch, but the answer of the server was lost.
    ///
    /// # Errors
    /// `jobinsight::batch::lost` when another process committed it: the lane drops the batch.
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

    /// Checks the quality gate and counts nothing, so that a phase can stop early in a batch that cannot pass.
    ///
    /// # Errors
    /// `jobinsight::quality::integrity`; a database error.
    pub async fn check_quality_gate(
        &self,
        tx: &mut Transaction<'_>,
        batch: i64,
        rejects: &[Reject],
    ) -> Result<()> {
        let fail = |error| EtlError::database(error, "checking the quality gate");
        let savepoint = tx.transaction().await.map_err(fail)?;
        self.pass_quality_gate(&savepoint, batch, rejects).await?;
        savepoint.rollback().await.map_err(fail)
    }

    /// The count comes from the ledger, because other processes reject rows of the same run as well.
    async fn pass_quality_gate(
        &self,
        tx: &Transaction<'_>,
        batch: i64,
        rejects: &[Reject],
    ) -> Result<()> {
        let keys: Vec<&str> = rejects.iter().map(|reject| reject.key.as_str()).collect();
        if keys.is_empty() {
            return Ok(());
        }
        let judged = self.run.ledger.count_rejected(tx, batch, &keys).await?;
        quality_gate::pass(&judged, self.settings(), rejects)
    }
}
