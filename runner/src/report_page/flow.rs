//! Where the raw rows went.

use jobinsight_core::RunCounts;
use schemars::JsonSchema;
use serde::Serialize;

use crate::ledger::Queue;
use crate::report::results::{RunResults, Stats};

/// Raw rows by what became of them. The seven parts add up to `raw`.
#[derive(Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct RowFlow {
    /// Raw rows when the run planned.
    pub(super) raw: u64,
    /// Rows that were not in staging before.
    pub(super) new: u64,
    /// Rows that were in staging before, and changed.
    pub(super) updated: u64,
    /// Rows in staging that are unchanged.
    pub(super) unchanged: u64,
    /// Rows that this run rejected.
    pub(super) rejected_now: u64,
    /// Rows that an earlier run rejected, and that have not changed since.
    pub(super) rejected_before: u64,
    /// Rows that are left for the next run, because they changed during the run or exceeded its limit.
    pub(super) left: u64,
    /// Rows that the run planned and did not process, because it did not end well or is in progress.
    pub(super) unprocessed: u64,
}

impl RowFlow {
    /// The rows of a run that planned: from its results, or from the plan and the queue if it has none. `None` if it did not
    /// plan.
    pub(super) fn of(
        results: Option<&RunResults>,
        plan: Option<&RunCounts>,
        queue: &Queue,
    ) -> Option<Self> {
        let plan = plan?;
        let stats = match results {
            Some(results) => results.stats.clone(),
            None => Stats::of(plan, &queue.outcome, 0, std::time::Duration::ZERO),
        };
        Some(Self::from(&stats))
    }
}

impl From<&Stats> for RowFlow {
    fn from(stats: &Stats) -> Self {
        // An earlier version counted the rejected rows together.
        let rejected_before = stats.rejected.saturating_sub(stats.rejected_now);
        let known = stats.new + stats.updated + stats.unchanged + stats.rejected + stats.left;
        Self {
            raw: stats.total_records,
            new: stats.new,
            updated: stats.updated,
            unchanged: stats.unchanged,
            rejected_now: stats.rejected_now,
            rejected_before,
            left: stats.left,
            unprocessed: stats.total_records.saturating_sub(known),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_parts_add_up_to_the_raw_rows() {
        let stats = Stats {
            total_records: 100,
            new: 10,
            updated: 20,
            unchanged: 30,
            rejected: 9,
            rejected_now: 4,
            left: 1,
            ..Stats::default()
        };
        let flow = RowFlow::from(&stats);
        assert_eq!((flow.rejected_before, flow.unprocessed), (5, 30));
        let parts = flow.new + flow.updated + flow.unchanged + flow.rejected_now;
        let rest = flow.rejected_before + flow.left + flow.unprocessed;
        assert_eq!(parts + rest, flow.raw);
    }
}
