//! The unit of claim, retry, transaction and measure.

use arrow_array::RecordBatch;
use serde::{Deserialize, Serialize};

/// Rows that one lane carries from loading to saving.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Number in the queue, unique within the run.
    pub id: i64,
    /// Rows that the queue promised. What is not among `records` or `rejects` in the end stays for the next run.
    pub expected: u64,
    /// The rows, column by column.
    pub records: RecordBatch,
    /// Rows that a phase kept out, each with its reason; they are stored in the transaction that publishes the rest.
    pub rejects: Vec<Reject>,
}

impl Batch {
    /// Rows that are still on their way to be published.
    pub fn rows(&self) -> u64 {
        self.records.num_rows() as u64
    }
}

/// A row that was kept out, and why. Never lost: it can be listed, and comes back when its source changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reject {
    /// The row's key in the raw table.
    pub key: String,
    /// What tells the raw row that was read from its next version, as the phase that loads gave it, so that a changed row
    /// is tried again.
    pub source_hash: i64,
    /// The phase that rejected it.
    pub phase: String,
    /// The column that is at fault.
    pub field: String,
    /// A stable word, such as `title_missing` or `too_long`.
    pub reason: String,
    /// What stood in the column, cut to a length that a person can read.
    pub value: Option<String>,
}

/// What saving one batch came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// Rows that were not there before.
    pub new: u64,
    /// Rows that were there and differ now.
    pub updated: u64,
    /// Rows that were there and are the same.
    pub unchanged: u64,
    /// Rows kept out with a reason.
    pub rejected: u64,
    /// Rows whose source changed or went while we worked: the next run takes them.
    pub left: u64,
}

impl Outcome {
    /// Adds another batch's outcome.
    pub fn add(&mut self, other: Self) {
        self.new += other.new;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.rejected += other.rejected;
        self.left += other.left;
    }

    /// All rows that the outcome speaks of.
    pub fn total(&self) -> u64 {
        self.new + self.updated + self.unchanged + self.rejected + self.left
    }
}
