//! The rows that a run would work on.

use std::fmt::Write;

use jobinsight_core::plural::counted;
use jobinsight_core::{EtlError, PlanForecast};
use schemars::JsonSchema;
use serde::Serialize;

use crate::ledger::PendingQueue;
use crate::pipeline::selection::Selected;
use crate::run::pending;

/// The rows that a run would work on, as JSON.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum RowsOutput {
    /// A phase would plan.
    Planned {
        /// Raw rows.
        raw: u64,
        /// Rows to process: the sum of `new`, `changed`, `remade` and `repeated`.
        planned: u64,
        /// Rows to process that are not in staging.
        new: u64,
        /// Rows to process that are in staging, and whose raw row has changed since.
        changed: u64,
        /// Rows to process that other rules produced in staging, from the same raw row.
        remade: u64,
        /// Rows to process that another program changed in staging, or that the same rules produced already.
        repeated: u64,
        /// Rows that are unchanged.
        unchanged: u64,
        /// Rows that an earlier run rejected, and that have not changed since.
        rejected_before: u64,
        /// Rows beyond the limit.
        left: u64,
        /// Batches of the plan. Loading splits a batch whose texts are too large for the memory of a lane.
        batches: u64,
    },
    /// The run would take over a queue.
    Queue {
        /// The queue; null without a queue, so that the run would be refused.
        queue: Option<PendingQueue>,
    },
    /// No phase would plan or process rows.
    Nothing {
        /// Always 0.
        planned: u64,
    },
}

/// The rows that a run would work on.
pub(super) enum Rows {
    /// A selected phase plans these.
    Planned(PlanForecast),
    /// The run takes over this queue; `None` if there is none.
    Queue(Option<PendingQueue>),
    /// The selected phases neither plan rows nor take over a queue.
    Nothing,
    /// The rows were not counted, because nobody named a database.
    Unknown(EtlError),
}

impl Rows {
    pub(super) fn output(&self) -> Option<RowsOutput> {
        Some(match self {
            Self::Planned(forecast) => RowsOutput::Planned {
                raw: forecast.counts.raw,
                planned: forecast.counts.planned,
                new: forecast.new,
                changed: forecast.changed,
                remade: forecast.remade,
                repeated: forecast.repeated(),
                unchanged: forecast.counts.unchanged,
                rejected_before: forecast.counts.rejected_before,
                left: forecast.counts.left,
                batches: forecast.counts.batches,
            },
            Self::Queue(queue) => RowsOutput::Queue {
                queue: queue.clone(),
            },
            Self::Nothing => RowsOutput::Nothing { planned: 0 },
            Self::Unknown(_) => return None,
        })
    }

    /// The number of rows that the lanes would process; `None` if the run would not process or plan rows.
    pub(super) fn to_process(&self) -> Option<u64> {
        match self {
            Self::Planned(forecast) => Some(forecast.counts.planned),
            Self::Queue(queue) => queue.as_ref().map(|queue| queue.rows),
            Self::Nothing | Self::Unknown(_) => None,
        }
    }

    /// Says how many rows the phases of a lane would process, and how many would stay pending.
    pub(super) fn sentence(&self, lane: &[&str], selected: &Selected) -> String {
        match self {
            Self::Planned(forecast) => planned(forecast, lane, selected),
            Self::Queue(Some(queue)) => format!(
                "{}, from {} that run {} left. Raw rows that were written later stay pending, because no phase that plans is selected.\n",
                pending::sentence(queue.rows, lane),
                counted(queue.batches, "batch"),
                queue.run_id
            ),
            Self::Queue(None) => {
                "No rows are pending, so a run would refuse this selection: it needs the queue that an earlier run filled.\n"
                    .to_owned()
            }
            Self::Nothing => "No rows would be planned or processed.\n".to_owned(),
            Self::Unknown(error) => {
                format!("The rows were not counted: {error}. To count them, {}.\n", error.help_text())
            }
        }
    }
}

fn planned(forecast: &PlanForecast, lane: &[&str], selected: &Selected) -> String {
    let counts = &forecast.counts;
    let mut text = format!(
        "{}: {} to process, {} unchanged, {} rejected before and unchanged since, {} beyond the limit.\n",
        counted(counts.raw, "raw row"),
        counts.planned,
        counts.unchanged,
        counts.rejected_before,
        counts.left
    );
    if counts.planned > 0 {
        let _ = writeln!(
            text,
            "To process, in {}: {} new, {} changed, {} made by other rules, {} repeated.",
            counted(counts.batches, "batch"),
            forecast.new,
            forecast.changed,
            forecast.remade,
            forecast.repeated()
        );
    }
    let skipped = pending::skipped_lane(&selected.choices);
    let next = match pending::pending(counts.planned, &skipped) {
        Some(next) if lane.is_empty() => next,
        _ => pending::sentence(counts.planned, lane),
    };
    text.push_str(&next);
    text + ".\n"
}
