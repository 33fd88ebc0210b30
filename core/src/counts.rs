//! The numbers of a plan.

/// The plan of a run in numbers.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct RunCounts {
    /// Raw rows in the snapshot of the plan.
    pub raw: u64,
    /// Rows that go through the lanes.
    pub planned: u64,
    /// Rows that need no work.
    pub unchanged: u64,
    /// Rows that were rejected by an earlier run and have not changed since.
    pub rejected_before: u64,
    /// Rows that need work but exceed the limit of this run.
    pub left: u64,
    /// Batches in the queue.
    pub batches: u64,
}

impl From<[i64; 6]> for RunCounts {
    /// From numbers in the order of the fields, as `sql/plan/read_plan.sql` returns them.
    fn from(row: [i64; 6]) -> Self {
        let [raw, planned, unchanged, rejected_before, left, batches] = row.map(i64::cast_unsigned);
        Self {
            raw,
            planned,
            unchanged,
            rejected_before,
            left,
            batches,
        }
    }
}

/// The plan that a run would make now.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct PlanForecast {
    /// The plan in numbers.
    pub counts: RunCounts,
    /// Planned rows that are not in staging.
    pub new: u64,
    /// Planned rows that are in staging, and whose raw row has changed since.
    pub changed: u64,
    /// Planned rows that other rules produced in staging, from the same raw row.
    pub remade: u64,
}

impl PlanForecast {
    /// Planned rows that are none of these: rows that another program changed, and rows that the rules of the run produced
    /// already, if all rows are planned.
    pub fn repeated(&self) -> u64 {
        self.counts.planned - self.new - self.changed - self.remade
    }
}
