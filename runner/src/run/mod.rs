//! A run: from the request to its results.
//!
//! 1. `request` claims a run: fresh, retried or joined. `prepare` then opens everything that the run works with.
//! 2. `stages` does the phases in order. A stage of lanes drains the `queue`: `lanes` carry batches through the phases,
//!    and `repeat` measures a phase, repeats its work and catches its panics.
//! 3. `failure` decides which error is the error of the run. `close` writes the end of the run into the ledger.

pub(crate) mod active_run;
mod blocking;
mod close;
mod entry;
pub(crate) mod failure;
mod index_builds;
mod lanes;
mod metrics_file;
pub(crate) mod pending;
mod prepare;
mod progress;
mod queue;
mod rare_log;
mod repeat;
pub(crate) mod request;
mod spill;
mod stages;
mod thresholds;
pub(crate) mod upstream;
mod wal_waker;

use std::sync::Arc;

use jobinsight_core::database::Target;
use jobinsight_core::{EtlError, Loaded, Result, failpoints};
use uuid::Uuid;

use self::prepare::{Prepared, PreparedRun, prepare};
use self::progress::Progress;
use self::queue::RunEnd;
use self::request::{RetryRequest, RunRequest};
use crate::display;
use crate::ledger::{LateReader, host, is_work_lost};
use crate::lineage::Lineage;
use crate::pipeline::Stage;
use crate::pipeline::selection::PhaseSelection;
use crate::report::place::RunPlace;
use crate::report::results::RunResults;
use crate::session::shutdown::Stop;
use crate::{codes, log_context, notify};

/// How a run ended: its results, and the error if it failed.
pub struct Ended {
    /// The results, for machines.
    pub results: RunResults,
    /// The error, for the exit code and for people.
    pub error: Option<EtlError>,
}

/// Runs the configured phases, and watches for signals and for the timeout.
pub async fn run(loaded: &Loaded, target: &Target) -> Ended {
    let stop = Stop::on_signals();
    let request = RunRequest::Fresh(PhaseSelection::default());
    run_until(loaded, target, &stop, &request).await
}

/// Fills a phase of the pipeline: computes its values for the rows that are published already, and publishes nothing, as
/// `jobinsight run --fill PHASE` does.
pub async fn fill(loaded: &Loaded, target: &Target, phase: &str) -> Ended {
    let stop = Stop::on_signals();
    let request = RunRequest::Fill(phase.to_owned());
    run_until(loaded, target, &stop, &request).await
}

/// The number of crashes of the server that one run survives.
const CRASHES: u32 = 3;

/// Answers a request for a run, until it ends or `stop` stops it.
pub(crate) async fn run_until(
    loaded: &Loaded,
    target: &Target,
    stop: &Stop,
    request: &RunRequest,
) -> Ended {
    let timeout = stop.after(loaded.settings.timeout);
    let lineage = Lineage::open(&loaded.settings.openlineage);
    let (mut progress, mut error) =
        Box::pin(run_once(loaded, target, stop, request, &lineage)).await;
    // After a crash of the server, the work table is empty, so the remaining work is planned again.
    for _ in 0..CRASHES {
        let Some(lost) = error.as_ref().filter(|error| is_work_lost(error)) else {
            break;
        };
        if !request.may_plan() || stop.token.is_cancelled() {
            break;
        }
        tracing::warn!("{lost}; planning the remaining work again");
        let again = RunRequest::Retry(RetryRequest {
            name: Some(progress.results.run_id),
            current_settings: false,
        });
        (progress, error) = Box::pin(run_once(loaded, target, stop, &again, &lineage)).await;
    }
    drop(timeout);
    progress.end(error.as_ref());
    let Progress {
        results, is_idle, ..
    } = progress;
    // A process that joined may share the directory with the one that leads, and must not overwrite its file.
    if !matches!(request, RunRequest::Join) {
        if let Err(error) = results.write(&loaded.settings.state_dir()) {
            tracing::warn!("{error}");
        }
        if !is_idle {
            let reader = LateReader::new(loaded, target);
            metrics_file::write(loaded, &reader, &results).await;
            notify::ended(loaded, &reader, &results).await;
        }
    }
    lineage.close().await;
    Ended { results, error }
}

async fn run_once(
    loaded: &Loaded,
    target: &Target,
    stop: &Stop,
    request: &RunRequest,
    lineage: &Lineage,
) -> (Progress, Option<EtlError>) {
    let run_id = Uuid::now_v7();
    let mut progress = Progress::new(run_id.to_string());
    progress.results.place = RunPlace::of(&loaded.settings, target, host());
    if matches!(request, RunRequest::Fresh(_) | RunRequest::Fill(_)) {
        log_context::set_run(&progress.results.run_id);
    }
    tracing::info!("running on {} (from {})", target.display(), target.origin);
    let result = match prepare(loaded, target, stop, request, run_id, &mut progress).await {
        Ok(Prepared::Run(prepared)) => work(*prepared, stop, &mut progress, lineage).await,
        Ok(Prepared::NothingToDo(why)) => {
            progress.results.message = why;
            progress.is_idle = true;
            Ok(())
        }
        Err(error) => {
            // The run in progress sends its own events.
            if error.code() != codes::RUN_LOCKED && !matches!(request, RunRequest::Join) {
                let refused = lineage.of_run(loaded, &progress.results, &[]);
                refused.start();
                refused.end(&progress.results, Some(&error));
            }
            Err(error)
        }
    };
    (progress, result.err())
}

/// Does the stages of the run, and closes it.
async fn work(
    prepared: PreparedRun,
    stop: &Stop,
    progress: &mut Progress,
    lineage: &Lineage,
) -> Result<()> {
    let PreparedRun {
        run,
        loaded,
        stages,
        needs_queue,
    } = prepared;
    let steps = stages.iter().flat_map(Stage::steps);
    let phases: Vec<_> = steps.map(|step| step.spec).collect();
    let lineage = lineage.of_run(&loaded, &progress.results, &phases);
    let (run, stages) = (Arc::new(run), Arc::new(stages));
    if run.control.is_leader() {
        lineage.start();
    }
    let shown = display::show(&run.tracks);
    let mut result = Box::pin(async {
        failpoints::point(failpoints::RUN_LOCKED);
        progress.outcome = queue::open(&run, needs_queue).await?;
        lineage.leave_out(progress.written());
        stages::walk(&run, &stages, progress, &lineage).await
    })
    .await;
    if let Ok(RunEnd::Here) = result {
        result = progress.results.stats.check().map(|()| RunEnd::Here);
    }
    if let Err(error) = result {
        result = Err(failure::settle(&run, &stages, stop, error).await);
    }
    drop(shown);
    let leads = run.control.is_leader();
    close::read_outcome(&run, progress).await;
    progress.describe(&run.context, &stages, result.as_ref().err());
    progress.end(result.as_ref().err());
    if leads {
        thresholds::note(&run, progress).await;
    }
    failpoints::point(failpoints::RUN_BEFORE_CLOSE);
    let closed = close::close(&run, leads, progress).await;
    let ended = match (result, closed) {
        (Ok(_), closed) => closed,
        (Err(error), Ok(())) => Err(error),
        (Err(error), Err(closing)) => {
            tracing::warn!("{closing}");
            Err(error)
        }
    };
    if leads {
        lineage.end(&progress.results, ended.as_ref().err());
    }
    ended
}
