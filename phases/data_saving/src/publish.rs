//! Publishes the rows of a batch: `sql/publish/insert_raw_to_staging.sql` writes each row once and whole.
//!
//! # Steps
//! 1. `create_derived.sql` and two COPYs bring the derived columns into temporary tables ([`crate::derived`]).
//! 2. `parse_title_salaries.sql` parses the pay that titles name, unless an earlier batch of the connection had the text.
//!    The statement joins the derived columns with the raw rows by key, with the salaries and deadlines that the plan
//!    parsed and, if a salary is negotiable, with the pay of the title.
//! 3. It takes a row only if the raw row is still the version that was loaded (`row_version`): the same fingerprint or, in a
//!    batch that is a range of blocks, the same writing transaction. A row that changed since is left for the next run.
//! 4. It inserts new rows and updates rows of which a fact changed. Unchanged rows are not written.
//! 5. When PostgreSQL or a trigger of others refuses a row for its data, the savepoint undoes the statement. Each half of the
//!    batch is then published separately. A half that is refused is halved again, until the refused row is alone. This row
//!    becomes a rejected row.
//!
//! If staging is a partitioned or a distributed table, step 4 is an `UPDATE` and an `INSERT` in one statement, because the key of such a table may
//! have a second column, and because an upsert does not say there which rows are new. An update may move a row to another
//! partition. A row without a partition is rejected, and each run sends it again.
//!
//! A batch that was planned while staging and the rejected rows were empty is first published by a plain `INSERT`, which is
//! faster. If PostgreSQL refuses that `INSERT`, the batch is published by steps 4 and 5.
//!
//! # Example
//! The column `salary` has at most 100 characters in staging, and the type `text` in this raw table. A batch has the rows 0
//! to 3. The salary of row 2 has 101 characters, and row 3 changed after it was loaded.
//!
//! | rows | result |
//! |---|---|
//! | 0 to 3 | refused: value too long |
//! | 0 and 1 | published: 2 new rows |
//! | 2 and 3 | refused |
//! | 2 | refused: rejected with the reason `too_long` |
//! | 3 | published: no row, because the version differs |
//!
//! Outcome: 2 new, 1 rejected, 1 left.

use std::ops::Range;

use jobinsight_core::{EtlError, Kind, Outcome, PhaseContext, Reject, Result, is_raised_by_user};
use jobinsight_sql::scripts::INSERT_RAW_TO_STAGING;
use jobinsight_sql::{BlockRange, Rendered};
use tokio_postgres::error::SqlState;
use tokio_postgres::{Row, Transaction};

use crate::derived::Derived;
use crate::partitions::Storage;
use crate::reason::reason;
use crate::warnings::Warnings;

/// Settings for the statement that publishes a range. A range is read once and in order, and has as many derived rows as raw
/// rows, so joins that look up each row would take 20 % longer. The planner does not know this, because it has no statistics
/// of the derived columns.
const READ_IN_ORDER: &str = "SET LOCAL enable_nestloop = off; SET LOCAL enable_mergejoin = off";
/// Settings for the statements after it, which look up a few rows.
const LOOK_UP: &str = "SET LOCAL enable_nestloop = DEFAULT; SET LOCAL enable_mergejoin = DEFAULT";

/// The number of rejected rows of a batch at which the quality gate is checked first, while the batch is split.
const FIRST_CHECK: usize = 16;

/// A batch as the queue describes it.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) batch: i64,
    pub(crate) rule_set: String,
    /// Whether staging and the rejected rows were empty when the batch was planned.
    pub(crate) is_new: bool,
    /// How staging stores its rows.
    pub(crate) storage: Storage,
    /// The blocks, for a batch that is a range of blocks.
    pub(crate) range: Option<BlockRange>,
}

impl Entry {
    pub(crate) fn is_range(&self) -> bool {
        self.range.is_some()
    }

    fn is_plain(&self) -> bool {
        self.storage == Storage::Plain
    }
}

/// An error that the data of a row caused.
struct Refusal {
    error: EtlError,
    reason: &'static str,
    /// Whether another row has the key.
    is_taken: bool,
}

/// Publishes the rows of one batch.
pub(crate) struct Publisher<'a> {
    cx: &'a PhaseContext<'a>,
    derived: &'a Derived<'a>,
    entry: &'a Entry,
    warnings: Warnings,
}

impl<'a> Publisher<'a> {
    pub(crate) fn new(
        cx: &'a PhaseContext<'a>,
        derived: &'a Derived<'a>,
        entry: &'a Entry,
    ) -> Self {
        Self {
            cx,
            derived,
            entry,
            warnings: Warnings::default(),
        }
    }

    /// The warnings of the published rows.
    pub(crate) fn warnings(&self) -> &Warnings {
        &self.warnings
    }

    /// Publishes the batch, and adds the rows that PostgreSQL refuses to `rejects`.
    pub(crate) async fn run(
        &mut self,
        tx: &mut Transaction<'_>,
        rejects: &mut Vec<Reject>,
    ) -> Result<Outcome> {
        self.plan_for(tx, READ_IN_ORDER).await?;
        let outcome = match self.publish_as_new(tx).await? {
            Some(outcome) => outcome,
            None => {
                // Existing rows of a partitioned table are joined, and must not be found by reading the whole table.
                if !self.entry.is_plain() {
                    self.plan_for(tx, LOOK_UP).await?;
                }
                self.publish_in_parts(tx, rejects).await?
            }
        };
        self.plan_for(tx, LOOK_UP).await?;
        Ok(outcome)
    }

    async fn plan_for(&self, tx: &Transaction<'_>, settings: &str) -> Result<()> {
        if !self.entry.is_range() {
            return Ok(());
        }
        tx.batch_execute(settings)
            .await
            .map_err(|error| EtlError::database(error, "publishing a batch"))
    }

    /// Publishes a batch of new rows. Publishes nothing and returns `None` if the batch may have other rows, or if PostgreSQL
    /// refuses a row.
    async fn publish_as_new(&mut self, tx: &mut Transaction<'_>) -> Result<Option<Outcome>> {
        if !self.entry.is_new {
            return Ok(None);
        }
        match self.publish(tx, true, 0..self.derived.rows()).await? {
            Ok(outcome) => Ok(Some(outcome)),
            Err(Refusal { error, .. }) => {
                tracing::debug!("a batch of new rows is published in parts: {error}");
                Ok(None)
            }
        }
    }

    /// Publishes all rows, and halves a part that PostgreSQL refuses until the refused row is alone.
    async fn publish_in_parts(
        &mut self,
        tx: &mut Transaction<'_>,
        rejects: &mut Vec<Reject>,
    ) -> Result<Outcome> {
        let mut outcome = Outcome::default();
        let mut parts: Vec<_> = std::iter::once(0..self.derived.rows()).collect();
        while let Some(part) = parts.pop() {
            if part.is_empty() {
                continue;
            }
            match self.publish(tx, false, part.clone()).await? {
                Ok(published) => outcome.add(published),
                Err(Refusal { error, reason, .. }) if part.len() == 1 => {
                    let (batch, row) = (self.entry.batch, part.start);
                    tracing::warn!(batch, key = self.derived.key(row), "rejected: {error}");
                    rejects.push(
                        self.derived
                            .reject(row, self.cx.phase, reason, error.message()),
                    );
                    // A constraint of others may refuse every row, so a batch that cannot pass is not split to its end.
                    if rejects.len() >= FIRST_CHECK && rejects.len().is_power_of_two() {
                        self.cx.check_quality_gate(tx, batch, rejects).await?;
                    }
                }
                Err(_) => {
                    let middle = part.start + (part.end - part.start) / 2;
                    parts.push(middle..part.end);
                    parts.push(part.start..middle);
                }
            }
        }
        Ok(outcome)
    }

    /// Publishes a part of the batch in a savepoint: either all rows of the part or none.
    async fn publish(
        &mut self,
        tx: &mut Transaction<'_>,
        is_new: bool,
        rows: Range<i32>,
    ) -> Result<std::result::Result<Outcome, Refusal>> {
        let published = self.publish_once(tx, is_new, rows.clone()).await?;
        // Another lane may have inserted an older version of a row that moved, after this statement had looked for it.
        match published {
            Err(Refusal { is_taken: true, .. }) if !is_new && !self.entry.is_plain() => {
                self.publish_once(tx, is_new, rows).await
            }
            published => Ok(published),
        }
    }

    async fn publish_once(
        &mut self,
        tx: &mut Transaction<'_>,
        is_new: bool,
        rows: Range<i32>,
    ) -> Result<std::result::Result<Outcome, Refusal>> {
        let (run, entry) = (&self.cx.run, self.entry);
        let statement = self.statement(is_new);
        let savepoint = tx
            .transaction()
            .await
            .map_err(|error| EtlError::database(error, "setting a savepoint"))?;
        let result = savepoint
            .query_one(
                statement.sql(),
                &[
                    &entry.rule_set,
                    &run.run_id,
                    &run.as_of,
                    &rows.start,
                    &rows.end,
                ],
            )
            .await;
        match result {
            Ok(row) => {
                savepoint
                    .commit()
                    .await
                    .map_err(|error| EtlError::database(error, "releasing a savepoint"))?;
                self.warnings.add(row.get(3));
                Ok(Ok(outcome(&row)))
            }
            Err(error) => {
                let is_taken = error.code() == Some(&SqlState::UNIQUE_VIOLATION);
                let reason = reason(&error);
                let is_raised = is_raised_by_user(&error);
                let error = statement.error(error, "publishing a batch");
                let is_of_row = is_raised || error.kind() == Kind::Data || (is_new && is_taken);
                if !is_of_row {
                    return Err(error);
                }
                savepoint
                    .rollback()
                    .await
                    .map_err(|error| EtlError::database(error, "going back to a savepoint"))?;
                Ok(Err(Refusal {
                    error,
                    reason,
                    is_taken,
                }))
            }
        }
    }

    /// The statement that publishes rows of this batch.
    fn statement(&self, is_new: bool) -> Rendered {
        let mut values = BlockRange::values(self.entry.range.as_ref());
        values.extend([
            ("is_new", is_new.into()),
            ("is_plain", self.entry.is_plain().into()),
            (
                "is_joined",
                (!is_new && self.entry.storage == Storage::Distributed).into(),
            ),
        ]);
        INSERT_RAW_TO_STAGING.render_with(self.cx.settings(), &values)
    }
}

/// The outcome from the first three columns of the statement: rows that were still the loaded version, new rows, updated rows.
fn outcome(row: &Row) -> Outcome {
    let [matched, new, updated] = [0, 1, 2].map(|index| row.get::<_, i64>(index).cast_unsigned());
    Outcome {
        new,
        updated,
        unchanged: matched - new - updated,
        ..Outcome::default()
    }
}
