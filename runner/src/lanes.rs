//! Lanes: several workers carry batches through the same phases, side by side.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use jobinsight_core::{Batch, EtlError, Outcome, Result, Role, RunContext};
use tokio::task::JoinSet;

use crate::attempt::{attempt, is_cancelled};
use crate::pipeline::Stage;

/// Runs the lanes until the queue is empty or one fails; the first real error stops the others.
pub(crate) async fn run(
    run: &Arc<RunContext>,
    stages: &Arc<Vec<Stage>>,
    index: usize,
) -> (Outcome, Result<()>) {
    let lanes = u64::from(run.settings.max_workers).min(run.counts().batches.max(1));
    let mut workers = JoinSet::new();
    for lane in 0..usize::try_from(lanes).unwrap_or(1) {
        let (run, stages) = (Arc::clone(run), Arc::clone(stages));
        workers.spawn(async move {
            let mut outcome = Outcome::default();
            let result = work(&run, &stages[index], lane, &mut outcome).await;
            if result.is_err() {
                run.cancel.cancel();
            }
            (outcome, result)
        });
    }
    let mut total = Outcome::default();
    let mut failure: Option<EtlError> = None;
    while let Some(joined) = workers.join_next().await {
        let result = match joined {
            Ok((outcome, result)) => {
                total.add(outcome);
                result
            }
            Err(error) => Err(EtlError::bug(format!("a lane ended unexpectedly: {error}"))),
        };
        if let Err(error) = result
            && failure.as_ref().is_none_or(is_cancelled)
        {
            failure = Some(error);
        }
    }
    (total, failure.map_or(Ok(()), Err))
}

async fn work(run: &RunContext, stage: &Stage, lane: usize, total: &mut Outcome) -> Result<()> {
    while let Some(outcome) = carry(run, stage, lane).await? {
        total.add(outcome);
    }
    Ok(())
}

/// Carries one batch from the queue to staging; `None` when the queue is empty.
async fn carry(run: &RunContext, stage: &Stage, lane: usize) -> Result<Option<Outcome>> {
    let mut batch: Option<Batch> = None;
    for step in stage.steps() {
        let metrics = &step.metrics;
        match (&step.role, batch.take()) {
            (Role::Load(load), _) => {
                let loaded =
                    attempt(run, step, lane, |cx| async move { load.load(&cx).await }).await?;
                let Some(loaded) = loaded else {
                    return Ok(None);
                };
                metrics.rows_in.fetch_add(loaded.expected, Relaxed);
                metrics.rows_out.fetch_add(loaded.rows(), Relaxed);
                batch = Some(loaded);
            }
            (Role::Process(process), Some(given)) => {
                let (rows, rejects) = (given.rows(), given.rejects.len() as u64);
                let made = attempt(run, step, lane, |cx| {
                    // A batch is a few counted buffers: a copy for another try costs nothing.
                    let given = given.clone();
                    async move { process.process(&cx, given).await }
                })
                .await?;
                metrics.rows_in.fetch_add(rows, Relaxed);
                metrics.rows_out.fetch_add(made.rows(), Relaxed);
                metrics
                    .rejected
                    .fetch_add((made.rejects.len() as u64).saturating_sub(rejects), Relaxed);
                batch = Some(made);
            }
            (Role::Save(save), Some(given)) => {
                let given = &given;
                let committed =
                    attempt(
                        run,
                        step,
                        lane,
                        |cx| async move { save.save(&cx, given).await },
                    )
                    .await?
                    .outcome();
                metrics.rows_in.fetch_add(given.rows(), Relaxed);
                metrics
                    .rows_out
                    .fetch_add(committed.new + committed.updated, Relaxed);
                metrics.rejected.fetch_add(
                    committed
                        .rejected
                        .saturating_sub(given.rejects.len() as u64),
                    Relaxed,
                );
                tracing::debug!(
                    batch = given.id,
                    lane,
                    new = committed.new,
                    updated = committed.updated,
                    unchanged = committed.unchanged,
                    rejected = committed.rejected,
                    "batch committed"
                );
                return Ok(Some(committed));
            }
            (Role::Process(_) | Role::Save(_), None) | (Role::Once(_), _) => {
                return Err(EtlError::bug(format!(
                    "phase {} stands at a place that was refused",
                    step.spec.name
                )));
            }
        }
    }
    Err(EtlError::bug("a lane ended without a saving phase"))
}
