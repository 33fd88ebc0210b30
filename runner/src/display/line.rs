//! One line of the progress, as the work describes it.

use std::time::Duration;

/// The unit that a line counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CountedUnit {
    /// Rows.
    Rows,
    /// Bytes of a file.
    Bytes,
}

/// How far countable work is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Amount {
    pub(super) unit: CountedUnit,
    /// The part that this process has done.
    pub(super) done: u64,
    /// The part that an earlier attempt did.
    pub(super) before: u64,
    /// Everything, including what was done before; `None` if nobody knows.
    pub(super) total: Option<u64>,
}

impl Amount {
    /// The part that is done, also by an earlier attempt.
    pub(super) fn all_done(&self) -> u64 {
        let done = self.before.saturating_add(self.done);
        self.total.map_or(done, |total| done.min(total))
    }

    /// The part for this process.
    pub(super) fn own_total(&self) -> Option<u64> {
        Some(self.total?.saturating_sub(self.before))
    }
}

/// Where the work of a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineState {
    /// The work has not begun.
    Pending,
    /// The work is in progress.
    Working,
    /// The work is done.
    Done,
}

/// One line of the progress.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ShownLine {
    /// The phase, the lane or the file.
    pub(super) name: String,
    pub(super) state: LineState,
    /// `None` if the work cannot be counted.
    pub(super) amount: Option<Amount>,
    /// The work at this moment, in words; may be empty.
    pub(super) doing: String,
    /// How long this takes already, or took.
    pub(super) elapsed: Duration,
    /// Whether the line belongs to a lane.
    pub(super) is_lane: bool,
}

/// Work that can be shown.
pub(crate) trait Tracked: Send + Sync {
    /// The lines at this moment. The number of lines does not change while the work is shown.
    fn lines(&self, has_lanes: bool) -> Vec<ShownLine>;
}
