//! The queue of a run in the hands of its processes: taken up, worked off, handed over, closed.

use std::sync::Arc;
use std::time::Duration;

use jobinsight_core::database::{self, Target};
use jobinsight_core::{EtlError, Kind, Loaded, Outcome, Result};
use uuid::Uuid;

use crate::ledger::{self, Ledger};
use crate::pipeline::Stage;
use crate::report::results::RunResults;
use crate::run::LOOK;
use crate::run::active_run::Running;
use crate::run::attempt::is_cancelled;
use crate::run::lanes::{self, Done};
use crate::session::control_connection::Control;

/// Takes up the queue as it stands: that of the attempt before, of the run that is joined, or, where no phase of this
/// run fills it, what the last plan left. Gives what was published before.
pub(crate) async fn stand(running: &Running, needs_queue: bool) -> Result<Outcome> {
    let leads = running.control.leads();
    let (run, control, ledger) = (&running.context, &running.control, &running.ledger);
    let settings = &run.settings;
    if leads {
        begin_entry(running, control).await?;
    } else {
        control
            .write(|link| async move { ledger.enlist(&link).await })
            .await?;
        control.known();
    }
    if !control.is_known() {
        return if needs_queue {
            Err(no_queue())
        } else {
            Ok(Outcome::default())
        };
    }
    if needs_queue {
        let adopted = control
            .write(|link| async move {
                ledger.standing(&link, &running.beginning.settings).await?;
                ledger.adopt(&link, settings).await
            })
            .await?;
        run.plan(adopted.ok_or_else(no_queue)?);
        return Ok(Outcome::default());
    }
    let Some(counts) = control
        .write(|link| async move { ledger.plan(&link, settings).await })
        .await?
    else {
        return Ok(Outcome::default());
    };
    run.plan(counts);
    if leads {
        let ids: Vec<i64> = running.spilled_ids();
        let claimant = format!("{}/kept", run.process);
        let (ids, claimant) = (&ids, &claimant);
        let kept = control
            .write(|link| async move {
                ledger.reopen(&link, ids, claimant).await?;
                ledger.claimed_as(&link, claimant).await
            })
            .await?;
        running.keep_spilled(&kept);
    }
    let queue = control
        .write(|link| async move { ledger.queue(&link).await })
        .await?;
    Ok(queue.outcome)
}

/// Reads once more what is planned.
pub(crate) async fn read_plan(running: &Running) -> Result<()> {
    let (ledger, settings) = (&running.ledger, &running.context.settings);
    let counts = running
        .control
        .write(|link| async move { ledger.plan(&link, settings).await })
        .await?;
    if let Some(counts) = counts {
        running.context.plan(counts);
    }
    Ok(())
}

/// Writes the run's entry where the ledger stands, once.
pub(crate) async fn begin_entry(running: &Running, control: &Control) -> Result<()> {
    if control.is_known() {
        return Ok(());
    }
    let ledger = &running.ledger;
    let begun = control
        .write(|link| async move {
            if !ledger.stands(&link).await? {
                return Ok(false);
            }
            ledger.begin(&link, &running.beginning).await?;
            Ok(true)
        })
        .await?;
    if begun {
        control.known();
    }
    Ok(())
}

/// Writes where the phases stand.
pub(crate) async fn write_phases(running: &Running, results: &RunResults) -> Result<()> {
    if !running.control.is_known() {
        return Ok(());
    }
    running
        .control
        .write_last(|link| async move {
            for (seq, phase) in results.phases.iter().enumerate() {
                running.ledger.phase(&link, seq, phase).await?;
            }
            Ok(())
        })
        .await
}

/// Works until no batch of the run is left, in whichever process; `false` where another process ended the run.
pub(crate) async fn drain(
    running: &Arc<Running>,
    stages: &Arc<Vec<Stage>>,
    index: usize,
    outcome: &mut Outcome,
) -> (Done, Result<bool>) {
    let mut mine = Done::default();
    let result = async {
        loop {
            let (done, result) = lanes::run(running, stages, index).await;
            mine.batches += done.batches;
            mine.outcome.add(done.outcome);
            outcome.add(done.outcome);
            if let Err(error) = result {
                // The fence tells who joined that the run ended without it.
                if !running.control.leads() && error.kind() == Kind::Locked {
                    return ended_elsewhere(running).await?.ok_or(error);
                }
                return Err(error);
            }
            let ledger = &running.ledger;
            let queue = running
                .control
                .write(|link| async move { ledger.queue(&link).await })
                .await?;
            if queue.failed > 0 && running.control.leads() {
                return Err(failed_elsewhere(running).await?);
            }
            if queue.owed() == 0 && running.control.leads() {
                *outcome = queue.outcome;
                return Ok(true);
            }
            if !running.control.leads() {
                if let Some(ended) = ended_elsewhere(running).await? {
                    return Ok(ended);
                }
                if running.control.try_lead().await? {
                    if let Some(ended) = ended_elsewhere(running).await? {
                        return Ok(ended);
                    }
                    tracing::warn!("the process that led the run is gone: this one leads it now");
                    continue;
                }
            }
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                () = running.context.cancel.cancelled() => {
                    return Err(EtlError::new(Kind::Operator, "jobinsight::run::cancelled", "waiting for other processes was stopped"));
                }
            }
        }
    }
    .await;
    if let Err(error) = &result
        && !is_cancelled(error)
    {
        running.context.cancel.cancel();
    }
    (mine, result)
}

/// Whether the run has ended: `Some(false)` when it ended well, an error when it did not.
async fn ended_elsewhere(running: &Running) -> Result<Option<bool>> {
    let run = running.context.run_id;
    let settings = &running.context.settings;
    let entry = running
        .control
        .write(|link| async move { ledger::runs(&link, settings, &run.to_string(), 1).await })
        .await?
        .pop();
    match entry {
        Some(entry) if entry.state == "running" => Ok(None),
        Some(entry) if entry.state == "done" => Ok(Some(false)),
        entry => {
            let (code, message) =
                entry.map_or((None, None), |entry| (entry.error_code, entry.message));
            let code = code.unwrap_or_else(|| "jobinsight::run::taken_over".to_owned());
            Err(EtlError::new(
                kind_of(&code),
                code,
                format!(
                    "run {run}, which this process had joined, failed: {}",
                    message.unwrap_or_else(|| "it was abandoned".to_owned())
                ),
            )
            .help(format!("jobinsight runs show {run}")))
        }
    }
}

async fn failed_elsewhere(running: &Running) -> Result<EtlError> {
    let ledger = &running.ledger;
    let failure = running
        .control
        .write(|link| async move { ledger.failure(&link).await })
        .await?;
    let (batch, code, message) = failure.unwrap_or_default();
    Ok(EtlError::new(
        kind_of(&code),
        code,
        format!("batch {batch} failed in another process: {message}"),
    )
    .help("having mended it: jobinsight retry"))
}

/// The kind of an error that only its code is known of, so that all processes of a run exit alike.
fn kind_of(code: &str) -> Kind {
    match code {
        code if code.starts_with("jobinsight::quality::") => Kind::Quality,
        code if code.starts_with("jobinsight::contract::") => Kind::Contract,
        "jobinsight::run::taken_over" | "jobinsight::batch::lost" => Kind::Locked,
        "jobinsight::database::connection"
        | "jobinsight::database::restarting"
        | "jobinsight::database::silent" => Kind::Away,
        "jobinsight::database::conflict"
        | "jobinsight::database::too_many_connections"
        | "jobinsight::run::work_lost" => Kind::Passing,
        _ => Kind::Operator,
    }
}

pub(crate) fn no_queue() -> EtlError {
    EtlError::new(
        Kind::Usage,
        "jobinsight::run::no_queue",
        "the chosen phases work on a queue that is filled already, and nothing is left in it",
    )
    .help("let the phase that fills it work too: jobinsight phases; or take all: jobinsight run")
}

/// Writes a run that ended before it could begin into the ledger, where one stands and can be reached soon.
pub(crate) async fn write_refusal(
    loaded: &Loaded,
    target: &Target,
    run: Uuid,
    results: &RunResults,
) {
    let settings = &loaded.settings;
    let write = async {
        let ledger = Ledger::new(settings, run, 1, run);
        let link = database::connect(target, "jobinsight").await?;
        if ledger.stands(&link).await? {
            ledger.refuse(&link, results).await?;
        }
        Ok::<_, EtlError>(())
    };
    match tokio::time::timeout(Duration::from_millis(500), write).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!("{error}"),
        Err(_) => tracing::debug!("the ledger could not be reached"),
    }
}
