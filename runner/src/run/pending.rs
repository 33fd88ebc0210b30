//! The rows that a run is about to process, and those that stay pending because their phases are skipped.

use jobinsight_core::{PhaseSpec, RoleKind, advice, registry};

use super::active_run::ActiveRun;
use super::progress::Progress;
use crate::pipeline::Stage;
use crate::pipeline::selection::PhaseChoice;

/// Logs how many rows the lanes of this run have to process.
pub(super) fn announce(run: &ActiveRun, stage: &Stage, progress: &Progress) {
    let Some(rows) = rows(run, progress).filter(|rows| *rows > 0 && run.control.is_leader()) else {
        return;
    };
    let names: Vec<&str> = stage.steps().iter().map(|step| step.spec.name).collect();
    tracing::info!("{}", sentence(rows, &names));
}

/// Notes how many planned rows stay pending, if no lane works in this run.
pub(super) fn note(run: &ActiveRun, stages: &[Stage], progress: &Progress) {
    if stages.iter().any(|stage| matches!(stage, Stage::Lane(_))) {
        return;
    }
    if let Some(rows) = rows(run, progress).filter(|rows| *rows > 0)
        && let Some(note) = pending(rows, &skipped_lane(&progress.choices))
    {
        run.context.note(note);
    }
}

/// The planned rows that are not processed yet; `None` if the run has no plan.
fn rows(run: &ActiveRun, progress: &Progress) -> Option<u64> {
    let planned = run.context.planned()?.planned;
    Some(planned.saturating_sub(progress.outcome.total()))
}

/// Says through which phases the rows go.
pub(crate) fn sentence(rows: u64, phases: &[&str]) -> String {
    let noun = if rows == 1 { "row goes" } else { "rows go" };
    format!("{rows} {noun} through {}", phases.join(", "))
}

/// The phases that would carry the rows in batches, but are skipped.
pub(crate) fn skipped_lane(choices: &[PhaseChoice]) -> Vec<&'static PhaseSpec> {
    let skipped = choices.iter().filter(|choice| choice.skipped.is_some());
    let specs = skipped.filter_map(|choice| registry::find(choice.name));
    specs.filter(|spec| spec.role != RoleKind::Once).collect()
}

/// Says how many rows stay pending, why, and how to process them. `None` if no phase that would process them is skipped.
pub(crate) fn pending(rows: u64, skipped: &[&PhaseSpec]) -> Option<String> {
    let load = skipped.iter().find(|spec| spec.role == RoleKind::Load)?;
    let names: Vec<&str> = skipped.iter().map(|spec| spec.name).collect();
    let verb = if names.len() == 1 { "is" } else { "are" };
    let (noun, them) = if rows == 1 {
        ("row stays", "it")
    } else {
        ("rows stay", "them")
    };
    Some(format!(
        "{rows} {noun} pending, because {} {verb} skipped; to process {them}: {}",
        names.join(", "),
        advice::command(format!("run --from {}", load.name))
    ))
}
