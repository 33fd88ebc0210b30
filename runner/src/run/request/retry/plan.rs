//! Decides which phases a retry has to do. There is no I/O here.

use std::collections::BTreeMap;

use jobinsight_core::RoleKind;
use jobinsight_core::plural::{are, counted};

use crate::pipeline::ListedPhase;
use crate::pipeline::selection::PhaseChoice;

/// The facts of the previous attempts that a retry depends on.
#[derive(Debug, Clone, Default)]
pub(super) struct RetryState {
    /// Phases that are done, each with the attempt that did it.
    pub(super) done: BTreeMap<String, i32>,
    /// Whether the run filled its queue.
    pub(super) is_planned: bool,
    /// Batches of the queue that are not published.
    pub(super) unpublished: i64,
    /// Batches of the queue that are published.
    pub(super) published: i64,
    /// Batches of the queue that the plan of a later run replaced.
    pub(super) superseded: i64,
    /// Whether the run failed because the raw table had too few rows when it planned. Nothing is published then.
    pub(super) had_too_few_rows: bool,
    /// Whether the work table still has the rows of all unpublished batches.
    pub(super) work_is_complete: bool,
    /// Settings that differ from those that the run recorded.
    pub(super) changed: Vec<String>,
}

/// The work of a retry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RetryPlan {
    /// Resume the run: each phase works, or is skipped for a reason.
    Resume(Vec<PhaseChoice>),
    /// Plan the work again in a new run, for this reason.
    StartAgain(String),
    /// Do nothing, because a later run planned the work.
    Superseded,
}

impl RetryPlan {
    /// Decides what a retry does.
    ///
    /// 1. If a later run planned the work, the run is not resumed.
    /// 2. If settings differ from the recorded ones, or the raw table had too few rows, or the work table is empty, the work is
    ///    planned again.
    /// 3. Otherwise the run is resumed. A phase that works once and is done is skipped. The phases of a lane are skipped
    ///    together, when every batch is published and the saving phase has finished.
    pub(super) fn of(list: &[ListedPhase], state: &RetryState) -> Self {
        if state.superseded > 0 {
            return Self::Superseded;
        }
        if !state.changed.is_empty() {
            return Self::StartAgain(format!(
                "these settings differ from those that the run recorded: {}",
                state.changed.join(", ")
            ));
        }
        if state.had_too_few_rows {
            return Self::StartAgain("the raw table had too few rows for the plan".to_owned());
        }
        if state.is_planned && !state.work_is_complete {
            return Self::StartAgain(
                "the table etl_work has lost its rows, as after a crash of the server".to_owned(),
            );
        }
        let is_in_lane = |phase: &ListedPhase| phase.role != RoleKind::Once;
        // A saving phase has work to do after the last batch, so a lane is not done when all batches are published.
        let lanes_have_ended = state.is_planned
            && state.unpublished == 0
            && list
                .iter()
                .filter(|phase| is_in_lane(phase))
                .all(|phase| state.done.contains_key(phase.name));
        let choices = list.iter().map(|phase| PhaseChoice {
            name: phase.name,
            skipped: match state.done.get(phase.name) {
                Some(_) if is_in_lane(phase) => {
                    lanes_have_ended.then(|| all_published(state.published))
                }
                Some(attempt) => Some(format!("done in attempt {attempt}")),
                None => None,
            },
        });
        Self::Resume(choices.collect())
    }
}
/// Why lanes have no work left.
fn all_published<N: Copy + std::fmt::Display>(batches: N) -> String {
    match counted(batches, "batch") {
        one if are(batches) == "is" => format!("its {one} is published"),
        many => format!("all {many} are published"),
    }
}
