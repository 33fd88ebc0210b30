//! The queue of a run: how a process opens it, and works until no batch is left.

use std::sync::Arc;
use std::time::Duration;

use jobinsight_core::state::RunState;
use jobinsight_core::{Code, EtlError, Kind, Outcome, Result, advice};

use super::active_run::ActiveRun;
use super::entry;
use super::lanes::{self, Done};
use super::repeat::is_cancelled;
use super::request::RUN_KEYS;
use crate::codes;
use crate::ledger;
use crate::pipeline::Stage;

/// The process that ends the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RunEnd {
    /// This process: it leads the run.
    Here,
    /// Another process: it leads the run, and this process had joined.
    Elsewhere,
}

/// The time between two checks whether the other processes are done.
const LOOK: Duration = Duration::from_millis(250);

/// Opens the queue: of the previous attempt, of the run that is joined or, with `needs_queue`, of the last plan. Returns the
/// sum of its published batches.
pub(super) async fn open(run: &ActiveRun, needs_queue: bool) -> Result<Outcome> {
    let (control, ledger) = (&run.control, &run.ledger);
    let leads = control.is_leader();
    if leads {
        entry::write_entry(run).await?;
    } else {
        control
            .write(|link| async move { ledger.enlist(&link).await })
            .await?;
        control.set_enlisted();
    }
    if needs_queue {
        return adopt(run).await;
    }
    if !control.is_enlisted() || !read_plan(run).await? {
        return Ok(Outcome::default());
    }
    if leads {
        reopen(run).await?;
    }
    let queue = control
        .write(|link| async move { ledger.queue(&link).await })
        .await?;
    Ok(queue.outcome)
}

/// Takes over the queue that the last plan left.
async fn adopt(run: &ActiveRun) -> Result<Outcome> {
    if !run.control.is_enlisted() {
        return Err(no_queue());
    }
    let adopted = run
        .control
        .write(|link| async move {
            run.ledger
                .check_last_plan(&link, &run.header.settings, &RUN_KEYS)
                .await?;
            run.ledger.adopt(&link, &run.context.settings).await
        })
        .await?;
    run.context.plan(adopted.ok_or_else(no_queue)?);
    Ok(Outcome::default())
}

/// Returns the unfinished batches of the previous attempt to the queue. Batches that were spilled are claimed by this
/// process instead, and resume from disk.
async fn reopen(run: &ActiveRun) -> Result<()> {
    let ids: &Vec<i64> = &run.spilled_ids();
    let claimant = &format!("{}/kept", run.context.process);
    let kept = run
        .control
        .write(|link| async move {
            run.ledger.reopen(&link, ids, claimant).await?;
            run.ledger.claimed_as(&link, claimant).await
        })
        .await?;
    run.keep_spilled(&kept);
    Ok(())
}

/// Reads the counts of the plan from the ledger; `false` if the run has no plan.
pub(super) async fn read_plan(run: &ActiveRun) -> Result<bool> {
    let counts = run
        .control
        .write(|link| async move { run.ledger.plan(&link, &run.context.settings).await })
        .await?;
    let is_planned = counts.is_some();
    if let Some(counts) = counts {
        run.context.plan(counts);
    }
    Ok(is_planned)
}

/// Works until the queue of the run is empty. Returns also the work that the lanes of this process did.
pub(super) async fn drain(
    run: &Arc<ActiveRun>,
    stages: &Arc<Vec<Stage>>,
    index: usize,
    outcome: &mut Outcome,
) -> (Done, Result<RunEnd>) {
    let mut done = Done::default();
    let result = work_until_drained(run, stages, index, outcome, &mut done).await;
    if let Err(error) = &result
        && !is_cancelled(error)
    {
        run.context.cancel.cancel();
    }
    (done, result)
}

async fn work_until_drained(
    run: &Arc<ActiveRun>,
    stages: &Arc<Vec<Stage>>,
    index: usize,
    outcome: &mut Outcome,
    total: &mut Done,
) -> Result<RunEnd> {
    loop {
        let (done, result) = lanes::run(run, stages, index).await;
        total.add(done);
        outcome.add(done.outcome);
        if let Err(error) = result {
            // The leader ended the run, so a process that joined may not publish any more.
            if !run.control.is_leader() && error.kind() == Kind::Locked {
                return ended_elsewhere(run).await?.ok_or(error);
            }
            return Err(error);
        }
        match after_lanes(run, outcome).await? {
            NextStep::End(end) => return Ok(end),
            NextStep::Work => continue,
            NextStep::Wait => {}
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            () = run.context.cancel.cancelled() => {
                return Err(EtlError::new(codes::RUN_CANCELLED, "waiting for other processes was stopped"));
            }
        }
    }
}

/// The next step of a process, after its lanes found no batch to claim.
enum NextStep {
    End(RunEnd),
    /// This process leads now: the batches of the former leader are claimed again.
    Work,
    /// Other processes still have batches.
    Wait,
}

async fn after_lanes(run: &ActiveRun, outcome: &mut Outcome) -> Result<NextStep> {
    let queue = run
        .control
        .write(|link| async move { run.ledger.queue(&link).await })
        .await?;
    if run.control.is_leader() {
        if queue.failed > 0 {
            return Err(failed_elsewhere(run).await?);
        }
        if queue.owed() == 0 {
            *outcome = queue.outcome;
            return Ok(NextStep::End(RunEnd::Here));
        }
        return Ok(NextStep::Wait);
    }
    if let Some(end) = ended_elsewhere(run).await? {
        return Ok(NextStep::End(end));
    }
    if !run.control.try_lead().await? {
        return Ok(NextStep::Wait);
    }
    // The leader may have ended the run just before it released the lock.
    if let Some(end) = ended_elsewhere(run).await? {
        return Ok(NextStep::End(end));
    }
    tracing::warn!("the process that led the run has ended; this process leads the run now");
    Ok(NextStep::Work)
}

/// Whether the leader ended the run: `None` while it is in progress, an error when it failed.
async fn ended_elsewhere(run: &ActiveRun) -> Result<Option<RunEnd>> {
    let id = run.context.run_id;
    let settings = &run.context.settings;
    let entry = run
        .control
        .write(|link| async move { ledger::runs(&link, settings, &id.to_string(), 1).await })
        .await?
        .pop();
    match entry {
        Some(entry) if entry.state == RunState::Running => Ok(None),
        Some(entry) if entry.state == RunState::Done => Ok(Some(RunEnd::Elsewhere)),
        entry => {
            let (code, message) =
                entry.map_or((None, None), |entry| (entry.error_code, entry.message));
            let message = format!(
                "run {id}, which this process had joined, failed: {}",
                message.unwrap_or_else(|| "the run was abandoned".to_owned())
            );
            let error = match code {
                Some(code) => error_of(&code, message),
                None => EtlError::new(codes::RUN_TAKEN_OVER, message),
            };
            Err(error.help(format!(
                "`{}` shows its phases and events",
                advice::command(format!("runs show {id}"))
            )))
        }
    }
}

async fn failed_elsewhere(run: &ActiveRun) -> Result<EtlError> {
    let failure = run
        .control
        .write(|link| async move { run.ledger.failure(&link).await })
        .await?;
    let (batch, code, message) = failure.unwrap_or_default();
    Ok(error_of(
        &code,
        format!("batch {batch} failed in another process: {message}"),
    ))
}

/// The error of another process, from its code and message. With it, all processes of a run have the same exit code.
fn error_of(code: &str, message: String) -> EtlError {
    match Code::named(code) {
        Some(code) => EtlError::new(*code, message),
        None => EtlError::new(
            codes::RUN_UNKNOWN_CODE,
            format!("{message} ({code}; this program has no such error code)"),
        ),
    }
}

fn no_queue() -> EtlError {
    EtlError::new(
        codes::RUN_NO_QUEUE,
        "the selected phases need the queue of an earlier run, but that queue is empty",
    )
    .help(format!(
        "select the phase that fills the queue as well (`{}` shows it); or run all phases: {}; to process the published rows again: {}",
        advice::command("phases"),
        advice::command("run"),
        advice::command("run --only-unprocessed=false")
    ))
}
