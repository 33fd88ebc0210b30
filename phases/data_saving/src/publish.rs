//! The statements that publish a batch.

use jobinsight_core::{EtlError, Kind, Outcome, PhaseContext, Reject, Result};
use jobinsight_sql::scripts::{INSERT_NEW, INSERT_RAW_TO_STAGING};
use jobinsight_sql::{Rendered, Script};
use tokio_postgres::Transaction;
use tokio_postgres::error::SqlState;

use crate::derived::Derived;
use crate::warnings::Warnings;

/// A range is read once, in order, and its derived columns are as many as its rows: joins that look up each row would
/// cost a fifth more. The planner can't know, as it has no statistics of the derived columns.
const READ_IN_ORDER: &str = "SET LOCAL enable_nestloop = off; SET LOCAL enable_mergejoin = off";
/// What follows in the transaction looks up a few rows.
const AS_BEFORE: &str = "SET LOCAL enable_nestloop = DEFAULT; SET LOCAL enable_mergejoin = DEFAULT";

/// A batch that is published whole has them all.
const ALL_PLACES: &str = "true";
/// A part of a batch must not fail for what only other rows have.
const PLACES_OF_ROWS: &str = "EXISTS (SELECT FROM etl_derived o WHERE o.place = e.n AND o.n >= $4::integer AND o.n < $5::integer)";

/// Where the rows of a batch lie in the raw table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extent {
    first_block: i64,
    end_block: i64,
    is_range: bool,
}

impl Extent {
    /// What tells a version of a raw row from the next, in the statements that publish: its fingerprint, which was made
    /// when the work was found; in a range, of which no row was looked at before, the transaction that wrote it.
    pub(crate) fn expressions(self) -> &'static [(&'static str, &'static str)] {
        if self.is_range {
            &[
                ("row_version", "r.xmin::text::bigint"),
                // Of a bare column the planner knows that it has a million keys, and so expects next to none of them here.
                ("raw_key", "coalesce(r.job_id, '')"),
                ("row_hash", ":fingerprint"),
                (
                    "reject_hash",
                    "coalesce((SELECT :fingerprint FROM :\"raw\" r WHERE r.job_id = bad.job_id AND r.xmin::text::bigint = bad.source_hash), 0)",
                ),
            ]
        } else {
            &[
                ("row_version", ":fingerprint"),
                ("raw_key", "r.job_id"),
                ("row_hash", "d.source_hash"),
                ("reject_hash", "bad.source_hash"),
            ]
        }
    }

    /// A range of blocks; without one, the whole table.
    pub(crate) fn of(first_block: Option<i64>, end_block: Option<i64>) -> Self {
        Self {
            first_block: first_block.unwrap_or(0),
            end_block: end_block.unwrap_or(i64::from(u32::MAX)),
            is_range: first_block.is_some(),
        }
    }
}

/// Publishes the rows of one batch.
pub(crate) struct Publisher<'a> {
    cx: &'a PhaseContext<'a>,
    derived: &'a Derived<'a>,
    rule_set: &'a str,
    extent: Extent,
    warnings: Warnings,
}

impl<'a> Publisher<'a> {
    pub(crate) fn new(
        cx: &'a PhaseContext<'a>,
        derived: &'a Derived<'a>,
        rule_set: &'a str,
        extent: Extent,
    ) -> Self {
        Self {
            cx,
            derived,
            rule_set,
            extent,
            warnings: Warnings::default(),
        }
    }

    /// The warnings of what was published.
    pub(crate) fn warnings(&self) -> &Warnings {
        &self.warnings
    }

    /// Publishes the batch; what PostgreSQL refuses of it is added to `rejects`.
    pub(crate) async fn run(
        &mut self,
        tx: &mut Transaction<'_>,
        (batch, is_new): (i64, bool),
        rejects: &mut Vec<Reject>,
    ) -> Result<Outcome> {
        self.plan_as(tx, READ_IN_ORDER).await?;
        let as_new = if is_new {
            self.publish_new(tx).await?
        } else {
            None
        };
        let outcome = match as_new {
            Some(outcome) => outcome,
            None => self.publish(tx, batch, rejects).await?,
        };
        self.plan_as(tx, AS_BEFORE).await?;
        Ok(outcome)
    }

    async fn plan_as(&self, tx: &Transaction<'_>, means: &str) -> Result<()> {
        if !self.extent.is_range {
            return Ok(());
        }
        tx.batch_execute(means)
            .await
            .map_err(|error| EtlError::database(error, "publishing a batch"))
    }

    /// Publishes rows of which none stands yet; `None`, with nothing done, where PostgreSQL refuses one of them.
    async fn publish_new(&mut self, tx: &mut Transaction<'_>) -> Result<Option<Outcome>> {
        let statement = self.render(INSERT_NEW, ALL_PLACES);
        let savepoint = savepoint(tx).await?;
        let (rows, cx) = (self.derived.rows(), self.cx);
        let result = savepoint
            .query_one(
                statement.sql(),
                &[&self.rule_set, &cx.run.run_id, &cx.run.as_of, &0, &rows],
            )
            .await;
        match result {
            Ok(row) => {
                release(savepoint).await?;
                let new = row.get::<_, i64>(0).cast_unsigned();
                self.warnings.add(row.get(1));
                Ok(Some(Outcome {
                    new,
                    ..Outcome::default()
                }))
            }
            Err(error) => {
                let taken = error.code() == Some(&SqlState::UNIQUE_VIOLATION);
                let error = statement.error(error, "publishing a batch");
                if !taken && error.kind() != Kind::Data {
                    return Err(error);
                }
                tracing::debug!("published with care: {error}");
                go_back(savepoint).await?;
                Ok(None)
            }
        }
    }

    /// Publishes all rows; halves what fails for its data until the bad rows stand alone.
    async fn publish(
        &mut self,
        tx: &mut Transaction<'_>,
        batch: i64,
        rejects: &mut Vec<Reject>,
    ) -> Result<Outcome> {
        let statement = self.render(INSERT_RAW_TO_STAGING, PLACES_OF_ROWS);
        let (derived, cx) = (self.derived, self.cx);
        let mut outcome = Outcome::default();
        let mut ranges = vec![(0, derived.rows())];
        while let Some((from, before)) = ranges.pop() {
            if from == before {
                continue;
            }
            let savepoint = savepoint(tx).await?;
            let result = savepoint
                .query_one(
                    statement.sql(),
                    &[
                        &self.rule_set,
                        &cx.run.run_id,
                        &cx.run.as_of,
                        &from,
                        &before,
                    ],
                )
                .await;
            match result {
                Ok(row) => {
                    release(savepoint).await?;
                    let count = |index: usize| row.get::<_, i64>(index).cast_unsigned();
                    let (matched, new, updated) = (count(0), count(1), count(2));
                    self.warnings.add(row.get(3));
                    outcome.add(Outcome {
                        new,
                        updated,
                        unchanged: matched - new - updated,
                        ..Outcome::default()
                    });
                }
                Err(error) => {
                    let reason = reason(&error);
                    let error = statement.error(error, "publishing a batch");
                    if error.kind() != Kind::Data {
                        return Err(error);
                    }
                    go_back(savepoint).await?;
                    if before - from == 1 {
                        tracing::warn!(batch, key = derived.key(from), "rejected: {error}");
                        rejects.push(derived.reject(from, cx.phase, reason, error.message()));
                    } else {
                        let middle = from + (before - from) / 2;
                        ranges.push((middle, before));
                        ranges.push((from, middle));
                    }
                }
            }
        }
        Ok(outcome)
    }

    fn render(&self, script: Script, places: &'static str) -> Rendered {
        let Extent {
            first_block,
            end_block,
            ..
        } = self.extent;
        let mut expressions = self.extent.expressions().to_vec();
        expressions.push(("places_wanted", places));
        script.render_as(
            self.cx.settings(),
            &[("first_block", first_block), ("end_block", end_block)],
            &expressions,
        )
    }
}

async fn savepoint<'a>(tx: &'a mut Transaction<'_>) -> Result<Transaction<'a>> {
    tx.transaction()
        .await
        .map_err(|error| EtlError::database(error, "setting a savepoint"))
}

async fn release(savepoint: Transaction<'_>) -> Result<()> {
    savepoint
        .commit()
        .await
        .map_err(|error| EtlError::database(error, "releasing a savepoint"))
}

async fn go_back(savepoint: Transaction<'_>) -> Result<()> {
    savepoint
        .rollback()
        .await
        .map_err(|error| EtlError::database(error, "going back to a savepoint"))
}

/// A stable word for what PostgreSQL says of a row.
fn reason(error: &tokio_postgres::Error) -> &'static str {
    match error.code().map(SqlState::code) {
        Some("22001") => "too_long",
        Some("23502") => "value_missing",
        Some("22P05" | "22021") => "bad_character",
        _ => "refused_by_database",
    }
}
