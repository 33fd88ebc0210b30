//! Does the stages of a run, in order.

use std::sync::Arc;

use jobinsight_core::plural::counted;
use jobinsight_core::state::PhaseState;
use jobinsight_core::{EtlError, Resource, Result, Role};

use super::active_run::ActiveRun;
use super::progress::Progress;
use super::queue::{self, RunEnd};
use super::repeat::with_repeats;
use super::{entry, index_builds, pending, spill, upstream};
use crate::display;
use crate::lineage::RunLineage;
use crate::pipeline::{Stage, Step};
use crate::report::results::PhaseResult;

/// Does the stages in order, and reports the progress after each.
pub(super) async fn walk(
    run: &Arc<ActiveRun>,
    stages: &Arc<Vec<Stage>>,
    progress: &mut Progress,
    lineage: &RunLineage,
) -> Result<RunEnd> {
    let joined = !run.control.is_leader();
    // A fill publishes nothing, so an old crawl does no harm.
    let mut is_fresh = joined || run.header.fills.is_some();
    for (index, stage) in stages.iter().enumerate() {
        if joined && matches!(stage, Stage::Once(_)) && !run.control.is_leader() {
            // A process that joined does the work of lanes only.
            progress.finished = index + 1;
            continue;
        }
        progress.finished = index;
        progress.describe(&run.context, stages, None);
        show(run, progress).await?;
        if !is_fresh && !gives_schema(stage) {
            upstream::check_crawl(run).await?;
            is_fresh = true;
        }
        if run.control.is_leader() {
            lineage.start_phases(stage.steps());
        }
        match stage {
            Stage::Once(step) => work_once(run, step).await?,
            Stage::Lane(_) => {
                pending::announce(run, stage, progress);
                spill::sweep(&run.state_dir, Some(run.context.run_id));
                begin_rows(run, stage, progress, joined);
                let (done, end) = queue::drain(run, stages, index, &mut progress.outcome).await;
                if joined {
                    let batches = done.batches;
                    run.context.note(format!(
                        "this process published {}",
                        counted(batches, "batch")
                    ));
                }
                if end? == RunEnd::Elsewhere {
                    progress.results.message = format!(
                        "run {} ended in the process that leads it",
                        run.context.run_id
                    );
                    return Ok(RunEnd::Elsewhere);
                }
                finish(run, stage).await?;
            }
        }
        progress.finished = index + 1;
        if run.control.is_leader() {
            lineage.complete_phases(stage.steps(), progress.written());
        }
        for step in stage.steps() {
            if let Some(track) = run.tracks.phase(step.spec.name) {
                track.end();
            }
            log_done(step);
        }
    }
    pending::note(run, stages, progress);
    progress.describe(&run.context, stages, None);
    show(run, progress).await?;
    Ok(if run.control.is_leader() {
        RunEnd::Here
    } else {
        RunEnd::Elsewhere
    })
}

/// Does a phase that works once. Such a phase may create the ledger or fill the queue, so the entry of the run is written
/// and the number of raw rows is checked after each of them.
async fn work_once(run: &ActiveRun, step: &Step) -> Result<()> {
    let name = step.spec.name;
    let Role::Once(phase) = &step.role else {
        return Err(EtlError::bug(format!(
            "the role of phase {name} differs from its spec"
        )));
    };
    if let Some(track) = run.tracks.phase(name) {
        track.begin_once();
    }
    with_repeats(run, step, 0, |cx| async move { phase.run(&cx).await }).await?;
    entry::write_entry(run).await?;
    if run.header.fills.is_some() {
        // A fill publishes nothing, so a failed crawl does no harm.
        return Ok(());
    }
    upstream::check_rows(&run.context).map_err(|error| error.in_phase(name))
}

/// Tells the display that lanes begin to carry rows. A process that joined does not know how many rows it will get.
fn begin_rows(run: &ActiveRun, stage: &Stage, progress: &Progress, joined: bool) {
    let planned = run.context.planned().filter(|_| !joined);
    let before = progress.outcome.total();
    for step in stage.steps() {
        if let Some(track) = run.tracks.phase(step.spec.name) {
            let before = if joined { 0 } else { before };
            track.begin_rows(before, planned.map(|counts| counts.planned));
        }
    }
}

/// Ends a stage of lanes after all its batches are published. The saving phase is first, because the others may read what it
/// completes.
async fn finish(run: &ActiveRun, stage: &Stage) -> Result<()> {
    for step in stage.steps() {
        if let Some(track) = run.tracks.phase(step.spec.name) {
            track.begin_finishing();
        }
    }
    for step in stage.steps() {
        if let Role::Save(save) = &step.role {
            let work = with_repeats(run, step, 0, |cx| async move { save.finish(&cx).await });
            index_builds::shown(run, step.spec.name, work).await?;
        }
    }
    for step in stage.steps() {
        if let Role::Process(process) = &step.role {
            let work = |cx| async move { process.finish(&cx).await };
            let work = with_repeats(run, step, 0, work);
            index_builds::shown(run, step.spec.name, work).await?;
        }
    }
    // If the crawler wrote rows meanwhile, the counts of the plan have changed.
    queue::read_plan(run).await.map(|_| ())
}

/// Writes the progress of the run to its results file and to the ledger.
async fn show(run: &ActiveRun, progress: &Progress) -> Result<()> {
    if !run.control.is_leader() {
        return Ok(());
    }
    progress.results.write(&run.state_dir)?;
    entry::write_phases(run, &progress.results).await
}

/// Whether a stage prepares the schema, and reads no raw row.
fn gives_schema(stage: &Stage) -> bool {
    let mut steps = stage.steps().iter();
    steps.any(|step| step.spec.gives.contains(&Resource::Schema))
}

/// Logs the figures of a phase that is done. On a terminal, the progress shows them, and then the summary.
fn log_done(step: &Step) {
    if display::is_on_terminal() {
        return;
    }
    let done = PhaseResult::of(step, PhaseState::Done);
    tracing::info!(
        phase = done.name, rows_in = done.rows_in, rows_out = done.rows_out, rejected = done.rejected,
        duration_s = done.duration_s, busy_s = done.busy_s, cpu_s = done.cpu_s,
        rss_mb = %format_args!("{}→{} (peak {})", done.rss_before_mb, done.rss_after_mb, done.rss_peak_mb),
        "phase done"
    );
}
