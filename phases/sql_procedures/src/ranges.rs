//! Ranges of blocks of the raw table, or of its partitions.
//!
//! Each batch is a range of blocks if all of these conditions are true:
//!
//! 1. The run must process every raw row, because nothing was published yet, or because the user asked for all rows.
//! 2. The settings have neither a limit nor `window_days`.
//! 3. The raw table is a plain or a partitioned table with at least `ranges_from` rows. The role may read each partition.
//! 4. Neither the raw table nor staging is distributed (Citus): their rows are on other servers, where blocks and transactions have
//!    other numbers, and a statement cannot correct rows that moved.
//!
//! The plan then writes no entry for a single row, and a batch is read in the order of the disk.

use jobinsight_core::{EtlError, PhaseContext, Result, Settings};
use jobinsight_sql::plan::AUTOMATIC_BATCH_SIZE;
use jobinsight_sql::scripts::{COUNT_RAW, PLAN_EXTENT, PLAN_RANGES};
use jobinsight_sql::tables;
use tokio_postgres::Transaction;
use tokio_postgres::types::ToSql;

use crate::settings::SqlProceduresSettings;

/// The numbers of rows that a plan found.
pub(crate) struct Found {
    pub(crate) raw: i64,
    pub(crate) planned: i64,
    pub(crate) unchanged: i64,
    pub(crate) rejected_before: i64,
}

/// A plain raw table, or a partition of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    /// The partition; `None` for a plain table.
    partition: Option<u32>,
    blocks: i64,
}

/// Facts that decide how the rows are planned.
pub(crate) struct Extent {
    /// Whether nothing was published or rejected before.
    pub(crate) is_first: bool,
    /// Whether the rows of the raw table or of staging are on other servers. Then no statement may ask for the place of a row, or
    /// for the transaction that wrote it: these numbers belong to the other servers.
    is_distributed: bool,
    /// The parts of the raw table; empty if ranges of their blocks cannot be read.
    parts: Vec<Part>,
}

impl Extent {
    pub(crate) async fn read(
        tx: &Transaction<'_>,
        settings: &Settings,
        has_staging: bool,
    ) -> Result<Self> {
        let extent = PLAN_EXTENT.render_with(settings, &[("has_staging", has_staging.into())]);
        let rows = tx
            .query(extent.sql(), &[&settings.raw.schema, &settings.raw.table])
            .await
            .map_err(|error| extent.error(error, "reading the size of the raw table"))?;
        let knows_distributed = rows.first().is_some_and(|row| row.get(3));
        let is_distributed = knows_distributed && is_distributed(tx, settings).await?;
        let parts = rows.iter().filter_map(|row| {
            let blocks: Option<i64> = row.get(2);
            Some(Part {
                partition: row.get(1),
                blocks: blocks.filter(|_| !is_distributed)?,
            })
        });
        Ok(Self {
            is_first: rows.first().is_some_and(|row| row.get(0)),
            is_distributed,
            parts: parts.collect(),
        })
    }

    /// Whether each raw row has a place on the disk of this server.
    pub(crate) fn has_places(&self) -> bool {
        !self.is_distributed
    }

    /// Whether each raw row shows which transaction of this server wrote it. The rows of a view, of a foreign table and of a
    /// distributed table do not.
    pub(crate) fn shows_writers(&self) -> bool {
        !self.parts.is_empty()
    }

    /// The parts of the raw table, if the plan may consist of ranges of their blocks.
    pub(crate) fn parts_of_ranges(
        &self,
        settings: &Settings,
        own: &SqlProceduresSettings,
    ) -> Option<&[Part]> {
        let all = (self.is_first || !settings.only_unprocessed) && is_whole(settings, own);
        let has_rows = self.parts.iter().any(|part| part.blocks > 0);
        (all && has_rows).then_some(&self.parts)
    }
}

/// Whether the rows of the raw table or of staging are on other servers.
async fn is_distributed(tx: &Transaction<'_>, settings: &Settings) -> Result<bool> {
    let staging = format!("{}.staging_jobs", settings.staging_schema());
    tables::any_distributed(tx, &[&settings.raw_table(), &staging])
        .await
        .map_err(|error| EtlError::database(error, "looking for distributed tables"))
}

/// Whether the plan covers all raw rows.
pub(crate) fn is_whole(settings: &Settings, own: &SqlProceduresSettings) -> bool {
    settings.limit.is_none() && own.window_days.is_none()
}

/// Plans all raw rows as ranges of blocks. Returns the rows and the number of ranges; `None` if there are few rows, or if the
/// ranges cannot be as small as the batch size. `queue` has the run whose queue gets the ranges, their rule set, and whether
/// nothing was published before; without it, nothing is written.
pub(crate) async fn ranges(
    tx: &Transaction<'_>,
    settings: &Settings,
    ranges_from: u64,
    parts: &[Part],
    queue: Option<(&PhaseContext<'_>, &str, bool)>,
) -> Result<Option<(Found, i64)>> {
    let wanted = batch_size(settings);
    let fail = |error| EtlError::database(error, "counting the raw table");
    let count = COUNT_RAW.render(settings);
    let rows = tx.query_one(count.sql(), &[]).await.map_err(fail)?;
    let rows: i64 = rows.get(0);
    if rows == 0 || rows.cast_unsigned() < ranges_from {
        return Ok(None);
    }
    let blocks = parts.iter().map(|part| part.blocks).sum::<i64>();
    // Most blocks have nearly the same number of rows, so a range slightly below the average usually fits at once.
    let mut step = (blocks * wanted / rows * 19 / 20).max(1);
    let is_partitioned = parts.iter().any(|part| part.partition.is_some());
    let flags = [
        ("is_forecast", queue.is_none().into()),
        ("is_partitioned", is_partitioned.into()),
    ];
    let plan = PLAN_RANGES.render_with(settings, &flags);
    let partitions: Vec<Option<u32>> = parts.iter().map(|part| part.partition).collect();
    let sizes: Vec<i64> = parts.iter().map(|part| part.blocks).collect();
    // A batch size that the user set is a strict limit. The automatic one is only a target.
    let evenly = settings.batch_size.is_none().then_some(rows);
    if evenly.is_some() {
        let lanes = u64::from(settings.max_workers);
        step = shared_evenly(blocks.cast_unsigned(), step.cast_unsigned(), lanes).cast_signed();
    }
    loop {
        tx.batch_execute("SAVEPOINT ranges").await.map_err(fail)?;
        let mut values: Vec<&(dyn ToSql + Sync)> = vec![&partitions, &sizes, &step, &evenly];
        if let Some((cx, rule_set, is_first)) = &queue {
            values.extend([&cx.run.run_id as &(dyn ToSql + Sync), rule_set, is_first]);
        }
        let row = tx
            .query_one(plan.sql(), &values)
            .await
            .map_err(|error| plan.error(error, "cutting the raw table into ranges"))?;
        let [raw, planned, largest, count] = [0, 1, 2, 3].map(|index| row.get::<_, i64>(index));
        // If the ranges do not contain every row, the table has no ordinary blocks, although it looks like a plain table.
        if raw == planned && largest <= wanted {
            let found = Found {
                raw,
                planned,
                unchanged: 0,
                rejected_before: 0,
            };
            return Ok(Some((found, count)));
        }
        tx.batch_execute("ROLLBACK TO SAVEPOINT ranges")
            .await
            .map_err(fail)?;
        if raw != planned || step == 1 {
            return Ok(None);
        }
        step -= (step / 8).max(1);
    }
}

/// Rows per batch.
pub(crate) fn batch_size(settings: &Settings) -> i64 {
    i64::from(settings.batch_size.unwrap_or(AUTOMATIC_BATCH_SIZE))
}

/// The blocks per batch, so that each lane of this process has the same number of batches. Otherwise, one lane would have
/// one batch more, and the other lanes would wait for it.
fn shared_evenly(blocks: u64, step: u64, lanes: u64) -> u64 {
    let batches = blocks.div_ceil(step);
    blocks.div_ceil(batches.next_multiple_of(lanes.min(batches)))
}

#[cfg(test)]
mod tests {
    use super::shared_evenly;

    #[test]
    fn each_lane_has_the_same_number_of_batches() {
        for (blocks, wanted) in [(76_000, 1_444), (7_600, 1_444), (4_000, 1_444)] {
            for lanes in 1..=16 {
                let step = shared_evenly(blocks, wanted, lanes);
                let batches = blocks.div_ceil(step);
                let case = format!("{blocks} blocks, {lanes} lanes: {batches} of {step}");
                assert!(step <= wanted, "{case}");
                assert_eq!(batches % lanes.min(batches), 0, "{case}");
            }
        }
        // With one block, or a few blocks per batch, the remaining blocks cannot be shared evenly.
        assert_eq!(
            (shared_evenly(5, 1, 4), shared_evenly(4_000, 3, 16)),
            (1, 3)
        );
    }
}
