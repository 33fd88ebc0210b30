//! A batch is the unit that a lane claims, retries and publishes in one transaction.

use arrow_array::RecordBatch;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Rows that one lane carries from loading to saving.
#[derive(Debug, Clone)]
pub struct Batch {
    /// Number in the queue, unique within the run.
    pub id: i64,
    /// Rows of the batch according to the queue. A row that is neither in `records` nor in `rejects` in the end is left
    /// for the next run.
    pub expected: u64,
    /// The rows, column by column.
    pub records: RecordBatch,
    /// Rows that a phase rejected, each with a reason. The transaction that publishes the batch stores them, too.
    pub rejects: Vec<Reject>,
}

impl Batch {
    /// The batch column with the key of each row.
    pub const KEY: &'static str = "job_id";
    /// The batch column with a number that says whether the raw row is still the version that was loaded: the fingerprint
    /// or, in a batch that is a range of blocks, the transaction that wrote the row. It means nothing outside the batch.
    pub const ROW_VERSION: &'static str = "row_version";
    /// The batch column with the fingerprint of the raw row, if a phase of the run needs it.
    pub const SOURCE_HASH: &'static str = "source_hash";

    /// The number of rows that are not rejected.
    pub fn rows(&self) -> u64 {
        self.records.num_rows() as u64
    }
}

/// A rejected row, and the reason. It can be listed, and it is processed again when its raw row changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reject {
    /// The key of the row in the raw table.
    pub key: String,
    /// The value of the batch column `row_version`. The saving phase finds the fingerprint of the rejected row by it, so a
    /// row that changes later is processed again.
    pub row_version: i64,
    /// The phase that rejected it.
    pub phase: String,
    /// The column with the value that was refused.
    pub field: String,
    /// A stable word, such as `title_missing` or `too_long`.
    pub reason: String,
    /// The value of the column, cut to a readable length.
    pub value: Option<String>,
}

impl Reject {
    /// The most characters of a value that are stored.
    const LONGEST_VALUE: usize = 300;

    /// The field of a row that was refused as a whole: [`Reject::value`] then says why.
    pub const WHOLE_ROW: &str = "(row)";

    /// A text for [`Reject::value`], cut to the length that is stored.
    pub fn stored_value(value: &str) -> String {
        value.chars().take(Self::LONGEST_VALUE).collect()
    }
}

/// A warning that a phase may attach to a row: [`Batch::warn`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Warning {
    /// The word that is stored with the row, such as `title_kept`.
    pub word: &'static str,
    /// The field that it is about: a column of the raw table.
    pub field: &'static str,
}

/// The result of saving one batch, in rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Outcome {
    /// Rows that staging did not have before.
    pub new: u64,
    /// Rows that staging had with other values.
    pub updated: u64,
    /// Rows that staging had with the same values.
    pub unchanged: u64,
    /// Rejected rows.
    pub rejected: u64,
    /// Rows whose raw row changed or disappeared during the run. The next run processes them.
    pub left: u64,
}

impl Outcome {
    /// Adds the outcome of another batch.
    pub fn add(&mut self, other: Self) {
        self.new += other.new;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
        self.rejected += other.rejected;
        self.left += other.left;
    }

    /// The sum of all rows.
    pub fn total(&self) -> u64 {
        self.new + self.updated + self.unchanged + self.rejected + self.left
    }
}
