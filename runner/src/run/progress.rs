//! The progress of a run, as its results show it.

use std::time::Instant;

use jobinsight_core::plural::{are, counted};
use jobinsight_core::state::PhaseState;
use jobinsight_core::{EtlError, Outcome, RunContext, clock};

use crate::pipeline::Stage;
use crate::pipeline::selection::PhaseChoice;
use crate::report::results::{ErrorResult, PhaseResult, RunResults, SCHEMA_VERSION, Stats};

/// The progress of a run.
pub(crate) struct Progress {
    started: Instant,
    pub(crate) results: RunResults,
    pub(crate) choices: Vec<PhaseChoice>,
    /// The sum of the published batches, including earlier attempts and other processes.
    pub(crate) outcome: Outcome,
    /// Stages that are done.
    pub(crate) finished: usize,
    /// Whether no run began, because a retry found nothing to do.
    pub(crate) is_idle: bool,
}

impl Progress {
    pub(crate) fn new(run: String) -> Self {
        Self {
            started: Instant::now(),
            results: RunResults {
                schema_version: SCHEMA_VERSION,
                run_id: run,
                started_at: clock::now(),
                attempt: 1,
                ..RunResults::default()
            },
            choices: Vec::new(),
            outcome: Outcome::default(),
            finished: 0,
            is_idle: false,
        }
    }

    /// The rows that the published batches have written.
    pub(crate) fn written(&self) -> u64 {
        self.outcome.new + self.outcome.updated
    }

    /// Updates the results.
    pub(crate) fn describe(
        &mut self,
        run: &RunContext,
        stages: &[Stage],
        error: Option<&EtlError>,
    ) {
        self.results.phases = self
            .choices
            .iter()
            .map(|choice| {
                let found = stages.iter().enumerate().find_map(|(index, stage)| {
                    let step = stage
                        .steps()
                        .iter()
                        .find(|step| step.spec.name == choice.name)?;
                    Some((index, step))
                });
                match (found, &choice.skipped) {
                    (Some((index, step)), _) => {
                        PhaseResult::of(step, self.status(index, choice.name, error))
                    }
                    (None, why) => PhaseResult {
                        name: choice.name.to_owned(),
                        status: PhaseState::Skipped,
                        why: why.clone(),
                        ..PhaseResult::default()
                    },
                }
            })
            .collect();
        self.results.planned |= run.planned().is_some();
        // Planned rows of a run without lanes. A later run with lanes publishes them.
        let lanes = stages.iter().any(|stage| matches!(stage, Stage::Lane(_)));
        let counts = run.counts();
        let waiting = if lanes {
            0
        } else {
            counts.planned.saturating_sub(self.outcome.total())
        };
        self.results.stats = Stats::of(&counts, &self.outcome, waiting, self.started.elapsed());
        self.results.rules = run.rules().to_owned();
        self.results.notes = run.notes();
    }

    fn status(&self, stage: usize, phase: &str, error: Option<&EtlError>) -> PhaseState {
        match (stage.cmp(&self.finished), error) {
            (std::cmp::Ordering::Less, _) => PhaseState::Done,
            (std::cmp::Ordering::Equal, None) => PhaseState::Running,
            (std::cmp::Ordering::Equal, Some(error)) if error.phase() == Some(phase) => {
                PhaseState::Failed
            }
            (std::cmp::Ordering::Greater, None) => PhaseState::Pending,
            (_, Some(_)) => PhaseState::Stopped,
        }
    }

    /// Writes the end of the run into the results.
    pub(crate) fn end(&mut self, error: Option<&EtlError>) {
        let results = &mut self.results;
        results.stats.lasted(self.started.elapsed());
        results.ended_at = Some(clock::now());
        results.success = error.is_none();
        match error {
            Some(error) => {
                results.message = error.message().to_owned();
                results.error = Some(ErrorResult::from(error));
            }
            None => {
                results.error = None;
                if results.message.is_empty() {
                    results.message = match &results.fills {
                        Some(phase) => sentence_of_fill(phase, &results.stats),
                        None if results.planned => sentence(&results.stats),
                        None => sentence_without_plan(&results.phases),
                    };
                }
            }
        }
    }
}

/// All rows that a fill processed count as unchanged.
fn sentence_of_fill(phase: &str, stats: &Stats) -> String {
    use std::fmt::Write;
    let mut text = format!(
        "`{phase}` is filled for {}",
        counted(stats.unchanged, "published row")
    );
    if stats.left > 0 {
        let _ = write!(
            text,
            "; {} {} not filled, because a run has to process them",
            counted(stats.left, "raw row"),
            are(stats.left)
        );
    }
    text
}

/// The sentence of a run that planned no rows and took over no plan.
fn sentence_without_plan(phases: &[PhaseResult]) -> String {
    let done = phases
        .iter()
        .filter(|phase| phase.status == PhaseState::Done);
    let names: Vec<&str> = done.map(|phase| phase.name.as_str()).collect();
    format!(
        "no rows were planned or processed; phases that worked: {}",
        names.join(", ")
    )
}

fn sentence(stats: &Stats) -> String {
    use std::fmt::Write;
    if stats.total_records == 0 {
        return "nothing to do: no raw rows were found".into();
    }
    if stats.new + stats.updated + stats.left == 0 && stats.processed_records == 0 {
        return format!(
            "nothing to do: {} {} unchanged",
            counted(stats.unchanged, "row"),
            are(stats.unchanged)
        );
    }
    let mut text = format!(
        "{}: {} new, {} updated, {} unchanged, {} rejected",
        counted(stats.total_records, "raw row"),
        stats.new,
        stats.updated,
        stats.unchanged,
        stats.rejected
    );
    if stats.left > 0 {
        let _ = write!(
            text,
            "; {} {} left for the next run",
            stats.left,
            are(stats.left)
        );
    }
    text
}
