//! Lanes carry batches through the same phases in parallel.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use jobinsight_core::batch_contract::BatchContract;
use jobinsight_core::{Batch, EtlError, Kind, Outcome, Process, Result, Role, Save};
use tokio::task::JoinSet;

use crate::ledger::is_lost;
use crate::log_context;
use crate::pipeline::{Stage, Step};
use crate::run::active_run::ActiveRun;
use crate::run::repeat::{is_cancelled, with_repeats};
use crate::run::wal_waker;

/// The work that the lanes of this process did.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Done {
    /// Batches that the lanes published.
    pub(crate) batches: u64,
    /// The sum of the outcomes of these batches.
    pub(crate) outcome: Outcome,
}

impl Done {
    /// Adds what other lanes did.
    pub(crate) fn add(&mut self, other: Self) {
        self.batches += other.batches;
        self.outcome.add(other.outcome);
    }
}

/// Runs the lanes until the queue is empty or one fails. Every error cancels the other lanes. If several
/// lanes fail, the run gets one error: the first that cannot be repeated, else the first repeatable one, else "cancelled".
pub(crate) async fn run(
    running: &Arc<ActiveRun>,
    stages: &Arc<Vec<Stage>>,
    index: usize,
) -> (Done, Result<()>) {
    let run = &running.context;
    let lanes = u64::from(run.settings.max_workers).min(run.counts().batches.max(1));
    let mut tasks = JoinSet::new();
    for lane in 0..usize::try_from(lanes).unwrap_or(1) {
        let (running, stages) = (Arc::clone(running), Arc::clone(stages));
        tasks.spawn(async move {
            let mut done = Done::default();
            let result = work(&running, &stages[index], lane, &mut done).await;
            running.tracks.leave(lane);
            if result.is_err() {
                running.context.cancel.cancel();
            }
            (done, result)
        });
    }
    let mut total = Done::default();
    let mut failure: Option<EtlError> = None;
    let mut awake = pin!(wal_waker::keep(&running.control, &running.savers, lanes));
    loop {
        let joined = tokio::select! {
            joined = tasks.join_next() => joined,
            never = &mut awake => match never {},
        };
        let Some(joined) = joined else {
            break;
        };
        let result = match joined {
            Ok((done, result)) => {
                total.add(done);
                result
            }
            Err(error) => Err(EtlError::bug(format!(
                "the task of a lane ended unexpectedly: {error}"
            ))),
        };
        if let Err(error) = result
            && failure.as_ref().is_none_or(|first| {
                is_cancelled(first)
                    || (first.kind().is_repeatable()
                        && !error.kind().is_repeatable()
                        && !is_cancelled(&error))
            })
        {
            failure = Some(error);
        }
    }
    (total, failure.map_or(Ok(()), Err))
}

async fn work(running: &ActiveRun, stage: &Stage, lane: usize, done: &mut Done) -> Result<()> {
    loop {
        let (from, batch) = match running.next_spilled() {
            Some(spilled) => {
                tracing::info!(
                    batch = spilled.batch.id,
                    phase = spilled.phase,
                    "resuming a spilled batch"
                );
                pass_until(running, stage, &spilled.phase, spilled.batch.expected);
                (spilled.phase, spilled.batch)
            }
            None => match load(running, stage, lane).await? {
                Some(loaded) => loaded,
                None => return Ok(()),
            },
        };
        let id = batch.id;
        match log_context::in_batch(id, carry(running, stage, lane, &from, batch)).await {
            Ok(outcome) => {
                done.batches += 1;
                done.outcome.add(outcome);
            }
            Err(error) if is_lost(&error) => tracing::warn!(batch = id, lane, "{error}"),
            Err(error) => return Err(error),
        }
    }
}

/// Claims the next batch of the queue, and says which phase comes next; `None` when the queue is empty.
async fn load(running: &ActiveRun, stage: &Stage, lane: usize) -> Result<Option<(String, Batch)>> {
    let [step, next, ..] = stage.steps() else {
        return Err(EtlError::bug("a lane has only one phase"));
    };
    let Role::Load(load) = &step.role else {
        return Err(misplaced(step));
    };
    running.tracks.enter(lane, step.spec.name, None);
    let loaded = with_repeats(running, step, lane, |cx| async move {
        let loaded = load.load(&cx).await?;
        if let Some(batch) = &loaded {
            BatchContract::of_loading(step.spec, cx.run.needed()).check(batch)?;
        }
        Ok(loaded)
    })
    .await?;
    Ok(loaded.map(|batch| {
        step.metrics.rows_in.fetch_add(batch.expected, Relaxed);
        step.metrics.rows_out.fetch_add(batch.rows(), Relaxed);
        pass(running, step, batch.expected);
        (next.spec.name.to_owned(), batch)
    }))
}

/// Carries one batch from a phase of the lane to staging.
async fn carry(
    running: &ActiveRun,
    stage: &Stage,
    lane: usize,
    from: &str,
    mut batch: Batch,
) -> Result<Outcome> {
    let steps = stage
        .steps()
        .iter()
        .skip_while(|step| step.spec.name != from);
    for step in steps {
        running.tracks.enter(lane, step.spec.name, Some(batch.id));
        let expected = batch.expected;
        let result = match &step.role {
            Role::Process(process) => {
                let made = run_process(running, step, &**process, lane, &batch).await;
                made.map(Carried::Batch)
            }
            Role::Save(save) => {
                let committed = run_save(running, step, &**save, lane, &batch).await;
                committed.map(Carried::Committed)
            }
            Role::Load(_) | Role::Once(_) => Err(misplaced(step)),
        };
        if result.is_ok() {
            pass(running, step, expected);
        }
        match result {
            Ok(Carried::Batch(made)) => batch = made,
            Ok(Carried::Committed(outcome)) => return Ok(outcome),
            Err(error) => {
                // A lane that is cancelled during its first try leaves its batch to the closing run, which returns it to the
                // queue. A lane that lost its claim has no batch to return. A lane that failed spills its batch for the retry.
                if !is_cancelled(&error) && error.kind() != Kind::Locked {
                    running.give_up(step.spec.name, &batch, &error).await;
                }
                return Err(error);
            }
        }
    }
    Err(EtlError::bug("a lane ended without a saving phase"))
}

/// Tells the display that the batch of these planned rows has passed a phase.
fn pass(running: &ActiveRun, step: &Step, rows: u64) {
    if let Some(track) = running.tracks.phase(step.spec.name) {
        track.pass(rows);
    }
}

/// A batch that resumes at a phase has passed those before it.
fn pass_until(running: &ActiveRun, stage: &Stage, phase: &str, rows: u64) {
    let steps = stage.steps().iter();
    for step in steps.take_while(|step| step.spec.name != phase) {
        pass(running, step, rows);
    }
}

/// The batch after a phase.
enum Carried {
    Batch(Batch),
    Committed(Outcome),
}

/// Runs a processing phase on a batch, checks the batch contract, and counts the rows.
async fn run_process(
    running: &ActiveRun,
    step: &Step,
    process: &dyn Process,
    lane: usize,
    batch: &Batch,
) -> Result<Batch> {
    let contract = &BatchContract::of_processing(step.spec, batch);
    let made = with_repeats(running, step, lane, |cx| {
        // A batch consists of reference-counted buffers, so the copy for the next try costs almost nothing.
        let given = batch.clone();
        async move {
            let made = process.process(&cx, given).await?;
            contract.check(&made).map(|()| made)
        }
    })
    .await?;
    let metrics = &step.metrics;
    metrics.rows_in.fetch_add(batch.rows(), Relaxed);
    metrics.rows_out.fetch_add(made.rows(), Relaxed);
    let rejected = made.rejects.len().saturating_sub(batch.rejects.len());
    metrics.rejected.fetch_add(rejected as u64, Relaxed);
    Ok(made)
}

/// Runs the saving phase on a batch, and counts the rows.
async fn run_save(
    running: &ActiveRun,
    step: &Step,
    save: &dyn Save,
    lane: usize,
    batch: &Batch,
) -> Result<Outcome> {
    let _saving = running.savers.saving();
    let committed = with_repeats(running, step, lane, |cx| async move {
        save.save(&cx, batch).await
    })
    .await?;
    let outcome = committed.outcome();
    count_saved(step, lane, batch, &outcome);
    Ok(outcome)
}

fn count_saved(step: &Step, lane: usize, batch: &Batch, outcome: &Outcome) {
    let metrics = &step.metrics;
    metrics.rows_in.fetch_add(batch.rows(), Relaxed);
    metrics
        .rows_out
        .fetch_add(outcome.new + outcome.updated, Relaxed);
    let rejected = outcome.rejected.saturating_sub(batch.rejects.len() as u64);
    metrics.rejected.fetch_add(rejected, Relaxed);
    tracing::debug!(
        batch = batch.id,
        lane,
        new = outcome.new,
        updated = outcome.updated,
        unchanged = outcome.unchanged,
        rejected = outcome.rejected,
        "batch committed"
    );
}

fn misplaced(step: &Step) -> EtlError {
    EtlError::bug(format!(
        "phase {} has a place in the pipeline that the check of the pipeline refuses",
        step.spec.name
    ))
}
