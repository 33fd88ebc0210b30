//! A run: its stages, its end, its results.

pub(crate) mod active_run;
pub(crate) mod attempt;
pub(crate) mod failure;
mod lanes;
mod progress;
mod queue;
pub(crate) mod request;
mod spill;
mod wal_waker;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use jobinsight_core::database::{self, Target};
use jobinsight_core::metrics::Monitor;
use jobinsight_core::{EtlError, Kind, Loaded, Result, Role, RuleSet, RunContext, clock, fault};
use uuid::Uuid;

use crate::ledger::{Batches, host, is_work_lost};
use crate::pipeline::selection::{self, Flags};
use crate::pipeline::{self, Stage};
use crate::report::results::{PhaseResult, RunResults, check_state_dir};
use crate::run::active_run::Running;
use crate::run::attempt::attempt;
use crate::run::lanes::Done;
use crate::run::progress::Progress;
use crate::run::request::{Asked, Begin, Begun, begin};
use crate::run::wal_waker::Savers;
use crate::session::control_connection::Control;
use crate::session::run_lock;
use crate::session::shutdown::Stop;

/// How a run ended: its results, and the error if it failed.
pub struct Ended {
    /// For machines.
    pub results: RunResults,
    /// For the exit code and for people.
    pub error: Option<EtlError>,
}

/// Runs the configured phases, with signals and the timeout watched.
pub async fn run(loaded: &Loaded, target: &Target) -> Ended {
    let stop = Stop::on_signals();
    run_until(loaded, target, &stop, &Begin::Run(Flags::default())).await
}

/// How many crashes of the server one run outlives.
const CRASHES: u32 = 3;

pub(crate) async fn run_until(
    loaded: &Loaded,
    target: &Target,
    stop: &Stop,
    asked: &Begin,
) -> Ended {
    let timeout = stop.after(loaded.settings.timeout);
    let run_id = Uuid::now_v7();
    let mut progress = Progress::new(run_id.to_string());
    let mut error = prepare_and_run(loaded, target, stop, asked, run_id, &mut progress)
        .await
        .err();
    // A server that crashed is waited for like one that was restarted: what is left is planned anew.
    for _ in 0..CRASHES {
        let Some(lost) = error.as_ref().filter(|error| is_work_lost(error)) else {
            break;
        };
        if !asked.plans() || stop.token.is_cancelled() {
            break;
        }
        tracing::warn!("{lost}; planning it anew");
        let again = Begin::Retry(Some(progress.results.run_id.clone()));
        let run_id = Uuid::now_v7();
        progress = Progress::new(run_id.to_string());
        error = prepare_and_run(loaded, target, stop, &again, run_id, &mut progress)
            .await
            .err();
    }
    drop(timeout);
    progress.end(error.as_ref());
    let results = progress.results;
    // Who joined leaves the file to who leads: they may share the directory.
    if !matches!(asked, Begin::Join)
        && let Err(error) = results.write(&loaded.settings.state_dir())
    {
        tracing::warn!("{error}");
    }
    Ended { results, error }
}

async fn prepare_and_run(
    loaded: &Loaded,
    target: &Target,
    stop: &Stop,
    asked: &Begin,
    run_id: Uuid,
    progress: &mut Progress,
) -> Result<()> {
    let settings = &loaded.settings;
    let monitor = Monitor::start();
    let prepared = async {
        check_state_dir(&settings.state_dir())?;
        let specs = pipeline::checked(loaded, &asked.flags())?;
        let list = pipeline::listed(&specs);
        let asked = begin(loaded, target, stop, &list, asked, run_id).await?;
        let stages = match &asked {
            Asked::Begun(begun) => pipeline::build(loaded, &specs, &begun.choices, &monitor)?,
            Asked::Nothing(_) => Vec::new(),
        };
        Ok((list, asked, stages))
    };
    let (list, begun, stages) = match prepared.await {
        Ok((list, Asked::Begun(begun), stages)) => (list, *begun, Arc::new(stages)),
        Ok((_, Asked::Nothing(why), _)) => {
            progress.results.message = why;
            return Ok(());
        }
        Err(error) => {
            progress.end(Some(&error));
            queue::write_refusal(loaded, target, run_id, &progress.results).await;
            return Err(error);
        }
    };
    let needs_queue =
        selection::needs_queue(&list, &begun.choices) && matches!(asked, Begin::Run(_));
    progress.choices.clone_from(&begun.choices);
    progress.results.run_id = begun.ledger.run.to_string();
    progress.results.attempt = begun.ledger.attempt;

    let running = Arc::new(start(loaded, target, stop, begun).await?);
    let run = &running.context;
    let mut result = Box::pin(async {
        fault::point("run/locked");
        progress.outcome = queue::stand(&running, needs_queue).await?;
        walk(&running, &stages, progress).await
    })
    .await;
    if let Ok(true) = result {
        result = progress.results.stats.check().map(|()| true);
    }
    if let Err(error) = result {
        result = Err(failure::settle(&running, &stages, stop, error).await);
    }
    let leads = running.control.leads();
    if running.control.is_known() {
        let queue = running
            .control
            .write_last(|link| {
                let (ledger, settings) = (&running.ledger, &run.settings);
                async move {
                    ledger.release(&link).await?;
                    let queue = ledger.queue(&link).await?;
                    Ok((queue, ledger.warnings(&link, settings).await?))
                }
            })
            .await;
        if let Ok((queue, warnings)) = queue {
            progress.outcome = queue.outcome;
            progress.results.warnings = warnings;
        }
    }
    progress.describe(run, &stages, result.as_ref().err());
    progress.end(result.as_ref().err());
    fault::point("run/before_close");
    let closed = end(&running, leads, progress).await;
    match (result, closed) {
        (Ok(_), Err(error)) => Err(error),
        (Err(error), Err(closing)) => {
            tracing::warn!("{closing}");
            Err(error)
        }
        (result, Ok(())) => result.map(|_| ()),
    }
}

/// Makes all that the run works with.
async fn start(loaded: &Loaded, target: &Target, stop: &Stop, begun: Begun) -> Result<Running> {
    let settings = Arc::new(loaded.settings.clone());
    let Begun {
        link,
        ledger,
        beginning,
        leads,
        spilled,
        notes,
        ..
    } = begun;
    let pool = database::pool(target, &settings, &ledger.name).await?;
    let process = format!("{}/{}", host(), std::process::id());
    let context = RunContext::new(
        ledger.run,
        (ledger.worker, process),
        Arc::clone(&settings),
        pool.clone(),
        stop.token.child_token(),
        clock::parse(&beginning.as_of)?,
        Box::new(Batches::new(&settings, ledger.run, ledger.worker)),
    );
    for note in notes {
        context.note(note);
    }
    if settings.rules == RuleSet::V1 && settings.own_rules.digest().is_some() {
        context.note("the tables of rules_dir extend the rules `standard`; under rules = \"v1\" they are not looked at");
    }
    let running = Running {
        control: Control::watch(target, &settings, &ledger, &pool, stop, link, leads),
        context: Arc::new(context),
        savers: Savers::default(),
        ledger,
        state_dir: settings.state_dir(),
        spilled: Mutex::new(spilled.into()),
        beginning,
    };
    Ok(running)
}

/// Takes the stages in order; `false` where another process ends the run.
async fn walk(
    running: &Arc<Running>,
    stages: &Arc<Vec<Stage>>,
    progress: &mut Progress,
) -> Result<bool> {
    let (run, leads) = (&running.context, running.control.leads());
    for (index, stage) in stages.iter().enumerate() {
        if !leads && matches!(stage, Stage::Once(_)) && !running.control.leads() {
            // Who joined does the work of lanes; the rest is for who leads.
            progress.finished = index + 1;
            continue;
        }
        progress.finished = index;
        progress.describe(run, stages, None);
        show(running, progress).await?;
        match stage {
            Stage::Once(step) => {
                let Role::Once(phase) = &step.role else {
                    return Err(EtlError::bug(format!(
                        "phase {} is not what its spec says",
                        step.spec.name
                    )));
                };
                attempt(running, step, 0, |cx| async move { phase.run(&cx).await }).await?;
                queue::begin_entry(running, &running.control).await?;
                too_few(run).map_err(|error| error.in_phase(step.spec.name))?;
            }
            Stage::Lane(_) => {
                spill::sweep(&running.state_dir, Some(run.run_id));
                let (Done { batches, .. }, result) =
                    queue::drain(running, stages, index, &mut progress.outcome).await;
                if !leads {
                    run.note(format!("this process published {batches} batches"));
                }
                if !result? {
                    progress.results.message =
                        format!("run {} ended in the process that leads it", run.run_id);
                    return Ok(false);
                }
                finish(running, stage).await?;
            }
        }
        progress.finished = index + 1;
        for step in stage.steps() {
            let done = PhaseResult::of(step, "done");
            tracing::info!(
                phase = done.name, rows_in = done.rows_in, rows_out = done.rows_out, rejected = done.rejected,
                duration_s = done.duration_s, busy_s = done.busy_s, cpu_s = done.cpu_s,
                rss_mb = %format_args!("{}→{} (peak {})", done.rss_before_mb, done.rss_after_mb, done.rss_peak_mb),
                "phase done"
            );
        }
    }
    progress.describe(run, stages, None);
    show(running, progress).await?;
    Ok(running.control.leads())
}

/// Ends a lane whose batches are all published.
async fn finish(running: &Running, stage: &Stage) -> Result<()> {
    if let Some(step) = stage.steps().last()
        && let Role::Save(save) = &step.role
    {
        attempt(running, step, 0, |cx| async move { save.finish(&cx).await }).await?;
    }
    // Where the crawler wrote meanwhile, the lanes know better than the plan how many rows there are.
    queue::read_plan(running).await
}

/// Shows where the run stands: in the file, and in the ledger.
async fn show(running: &Running, progress: &Progress) -> Result<()> {
    if !running.control.leads() {
        return Ok(());
    }
    progress.results.write(&running.state_dir)?;
    queue::write_phases(running, &progress.results).await
}

/// The raw table of a crawl that failed must not pass for the world.
fn too_few(run: &RunContext) -> Result<()> {
    let (Some(counts), Some(wanted)) = (run.planned(), run.settings.upstream.min_rows) else {
        return Ok(());
    };
    if counts.raw >= wanted {
        return Ok(());
    }
    Err(EtlError::new(
        Kind::Quality,
        "jobinsight::quality::too_few_rows",
        format!(
            "the raw table has {} rows, and upstream.min_rows = {wanted}; nothing is published",
            counts.raw
        ),
    )
    .help("look at the crawl; when it is right: ETL_UPSTREAM__MIN_ROWS=0 jobinsight retry"))
}

/// Writes how the run ended, and tells downstream.
async fn end(running: &Running, leads: bool, progress: &Progress) -> Result<()> {
    let results = &progress.results;
    if !leads {
        return running
            .control
            .write_last(|link| async move { running.ledger.retire(&link).await })
            .await;
    }
    if results.success {
        spill::sweep(&running.state_dir, None);
    }
    queue::begin_entry(running, &running.control).await?;
    if !running.control.is_known() {
        return Ok(());
    }
    queue::write_phases(running, results).await?;
    let settings = &running.context.settings;
    running
        .control
        .write_last(|link| async move {
            running.ledger.close(&link, results).await?;
            if results.success && results.stats.new + results.stats.updated > 0 {
                let message = serde_json::json!({
                    "run_id": results.run_id, "new": results.stats.new, "updated": results.stats.updated
                });
                link.execute("SELECT pg_notify('jobinsight_staging_ready', $1)", &[&message.to_string()])
                    .await
                    .map_err(|error| EtlError::database(error, "telling downstream"))?;
            }
            Ok(())
        })
        .await?;
    if results.success
        && let Err(error) = running
            .control
            .write_last(|link| async move { running.ledger.forget(&link, settings).await })
            .await
    {
        // The run has ended well: what is too old goes with the next.
        tracing::warn!("{error}");
    }
    running
        .control
        .write_last(|link| async move {
            // Before the connection goes: who joined may ask for it at once.
            run_lock::release(&link, settings).await
        })
        .await
}

/// How often a process looks whether the others are done.
pub(crate) const LOOK: Duration = Duration::from_millis(250);
