//! The counts of a run.

use std::time::Duration;

use jobinsight_core::plural::counted;
use jobinsight_core::{EtlError, Outcome, Result, RunCounts};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::codes;

/// The counts of a run. The first seven names come from the Python pipeline.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Stats {
    /// Raw rows.
    pub total_records: u64,
    /// Rows that went through the lanes.
    pub processed_records: u64,
    /// Raw rows whose current version is in staging.
    pub success_count: u64,
    /// Raw rows that are rejected.
    pub failure_count: u64,
    /// `success_count` of `total_records`, in percent.
    pub success_rate: f64,
    /// Wall time of the run, in seconds.
    pub duration_seconds: f64,
    /// Batches that the plan put into the queue.
    pub batch_count: u64,
    /// Rows that were not in staging before.
    pub new: u64,
    /// Rows that were in staging before, and changed.
    pub updated: u64,
    /// Rows in staging that are unchanged.
    pub unchanged: u64,
    /// Rejected rows, of this run or of an earlier run and unchanged since.
    pub rejected: u64,
    /// Rows that this run rejected.
    #[serde(default)]
    pub rejected_now: u64,
    /// Rows that an earlier run rejected, and that have not changed since.
    #[serde(default)]
    pub rejected_before: u64,
    /// Rows that are left for the next run, because they changed during this run or exceeded the limit.
    pub left: u64,
}

impl Stats {
    /// The counts of a run. `waiting` counts rows that are planned, but that no phase of this run had to publish.
    #[allow(clippy::cast_precision_loss)] // a share in percent
    pub fn of(counts: &RunCounts, outcome: &Outcome, waiting: u64, duration: Duration) -> Self {
        let unchanged = counts.unchanged + outcome.unchanged;
        let success = outcome.new + outcome.updated + unchanged;
        let rejected = counts.rejected_before + outcome.rejected;
        Self {
            total_records: counts.raw,
            processed_records: outcome.total() - outcome.left,
            success_count: success,
            failure_count: rejected,
            success_rate: if counts.raw == 0 {
                100.0
            } else {
                success as f64 / counts.raw as f64 * 100.0
            },
            duration_seconds: seconds(duration),
            batch_count: counts.batches,
            new: outcome.new,
            updated: outcome.updated,
            unchanged,
            rejected,
            rejected_now: outcome.rejected,
            rejected_before: counts.rejected_before,
            left: counts.left + outcome.left + waiting,
        }
    }

    /// Sets the duration, also for a run that failed before it had other results.
    pub(crate) fn lasted(&mut self, duration: Duration) {
        self.duration_seconds = seconds(duration);
    }

    /// Checks that `raw = new + updated + unchanged + rejected + left`, where `left` is left for the next run.
    ///
    /// # Errors
    /// `jobinsight::quality::unaccounted` when the rows do not add up.
    pub fn check(&self) -> Result<()> {
        let known = self.new + self.updated + self.unchanged + self.rejected + self.left;
        if known == self.total_records {
            return Ok(());
        }
        Err(EtlError::new(
            codes::QUALITY_UNACCOUNTED,
            format!(
                "{}, but {} new + {} updated + {} unchanged + {} rejected + {} left = {known}",
                counted(self.total_records, "raw row"), self.new, self.updated, self.unchanged, self.rejected, self.left
            ),
        )
        .help("the lanes did not process every planned row; check that `pipeline` has a loading phase and a saving phase"))
    }
}

/// A length of time in seconds, to the millisecond.
pub(crate) fn seconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1000.0).round() / 1000.0
}

/// The middle value; `None` without values. Of two middle values, the larger one.
pub(crate) fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}
