//! The plan of a run: finds the rows that the run must process, and cuts them into batches.
//!
//! Each batch is a range of blocks of the raw table if all of these conditions are true: the run must process every raw row
//! (nothing was published yet, or the user asked for all rows), there is no limit and no `window_days`, and the raw table is
//! a plain table with at least `ranges_from` rows. The plan then writes no entry for a single row, and a batch is read in
//! the order of the disk. Otherwise, the plan compares the rows to find the new and changed ones, and writes them to `etl_work`.

use std::time::{Duration, SystemTime};

use jobinsight_core::{EtlError, PhaseContext, Result, RunCounts, Settings};
use jobinsight_sql::plan::AUTOMATIC_BATCH_SIZE;
use jobinsight_sql::scripts::{
    ANALYZE_WORK, CLEAR_WORK, COUNT_RAW, LIST_FOREIGN, PLAN_ALL_TEXTS, PLAN_BATCHES, PLAN_EXTENT,
    PLAN_RANGES, PLAN_ROWS, PLAN_TEXTS, PLAN_WORK, SETTLE_FOREIGN,
};
use tokio_postgres::Transaction;
use tokio_postgres::types::ToSql;

use crate::SqlProceduresSettings;
use crate::unchanged_horizon::Horizon;

/// A plan that is written in the transaction.
pub(crate) struct Planned {
    pub(crate) counts: RunCounts,
    /// Whether nothing was published or rejected before.
    pub(crate) first: bool,
}

/// The numbers of rows that a plan found.
struct Found {
    raw: i64,
    planned: i64,
    unchanged: i64,
    rejected_before: i64,
}

/// Finds the rows to process and cuts them into batches, in one transaction.
pub(crate) async fn plan(
    cx: &PhaseContext<'_>,
    tx: &Transaction<'_>,
    own: &SqlProceduresSettings,
) -> Result<Planned> {
    let settings = cx.settings();
    let clear = CLEAR_WORK.render(settings);
    tx.batch_execute(clear.sql())
        .await
        .map_err(|error| clear.error(error, "clearing the work tables"))?;
    let (first, blocks) = extent(tx, settings).await?;
    let rule_set = own.rule_set(cx.run.rules(), settings.rules);
    list_foreign(tx, settings).await?;
    let (removed, changed) = settle_foreign(cx, tx, &rule_set).await?;
    let horizon = Horizon::read(tx, settings, &rule_set, blocks.is_some()).await?;
    let whole = settings.limit.is_none() && own.window_days.is_none();
    let all = (first || !settings.only_unprocessed) && whole;
    let ranges = match blocks {
        Some(blocks) if all && blocks > 0 => {
            ranges(cx, tx, own.ranges_from, (blocks, &rule_set, first)).await?
        }
        _ => None,
    };
    let found = match ranges {
        Some(found) => found,
        None => rows(cx, tx, own, &rule_set, &horizon).await?,
    };
    read_texts(tx, settings, &rule_set).await?;

    let Found {
        raw,
        planned,
        unchanged,
        rejected_before,
    } = found;
    let left = raw - planned - unchanged - rejected_before;
    let batches = PLAN_BATCHES.render(settings);
    let values: [&(dyn ToSql + Sync); 13] = [
        &cx.run.run_id,
        &rule_set,
        &raw,
        &planned,
        &unchanged,
        &rejected_before,
        &left,
        &first,
        &horizon.oldest,
        &horizon.bound_to,
        &whole,
        &removed,
        &changed,
    ];
    let queued: i64 = tx
        .query_one(batches.sql(), &values)
        .await
        .map_err(|error| batches.error(error, "filling the queue"))?
        .get(0);
    Ok(Planned {
        counts: [raw, planned, unchanged, rejected_before, left, queued].into(),
        first,
    })
}

/// Whether nothing was published or rejected before, and the blocks of the raw table if ranges of them can be read.
pub(crate) async fn extent(
    tx: &Transaction<'_>,
    settings: &Settings,
) -> Result<(bool, Option<i64>)> {
    let extent = PLAN_EXTENT.render(settings);
    let row = tx
        .query_one(extent.sql(), &[&settings.raw.schema, &settings.raw.table])
        .await
        .map_err(|error| extent.error(error, "reading the size of the raw table"))?;
    Ok((row.get(0), row.get(1)))
}

/// Lists the rows of staging that another program inserted or changed, in the temporary table `etl_foreign`.
pub(crate) async fn list_foreign(tx: &Transaction<'_>, settings: &Settings) -> Result<()> {
    let list = LIST_FOREIGN.render(settings);
    tx.batch_execute(list.sql())
        .await
        .map_err(|error| list.error(error, "listing the rows of other programs"))
}

/// Deletes the rows of other programs whose raw rows are rejected. Returns the number of deleted and of changed rows.
async fn settle_foreign(
    cx: &PhaseContext<'_>,
    tx: &Transaction<'_>,
    rule_set: &str,
) -> Result<(i64, i64)> {
    let settle = SETTLE_FOREIGN.render(cx.settings());
    let row = tx
        .query_one(settle.sql(), &[&rule_set, &cx.run.run_id])
        .await
        .map_err(|error| settle.error(error, "deleting rejected rows of other programs"))?;
    Ok((row.get(0), row.get(1)))
}

/// Parses the salaries and deadlines of the work, and collects the statistics of the work tables.
async fn read_texts(tx: &Transaction<'_>, settings: &Settings, rule_set: &str) -> Result<()> {
    let texts = PLAN_TEXTS.render(settings);
    tx.execute(texts.sql(), &[&settings.rules.name(), &rule_set])
        .await
        .map_err(|error| texts.error(error, "parsing salaries and deadlines"))?;
    let analyze = ANALYZE_WORK.render(settings);
    tx.batch_execute(analyze.sql())
        .await
        .map_err(|error| analyze.error(error, "analyzing the work tables"))
}

/// Plans all raw rows as ranges of blocks. Returns `None` if there are few rows, or if the ranges cannot be as small as
/// the batch size.
async fn ranges(
    cx: &PhaseContext<'_>,
    tx: &Transaction<'_>,
    ranges_from: u64,
    (blocks, rule_set, first): (i64, &str, bool),
) -> Result<Option<Found>> {
    let settings = cx.settings();
    let wanted = i64::from(settings.batch_size.unwrap_or(AUTOMATIC_BATCH_SIZE));
    let fail = |error| EtlError::database(error, "counting the raw table");
    let count = COUNT_RAW.render(settings);
    let rows = tx.query_one(count.sql(), &[]).await.map_err(fail)?;
    let rows: i64 = rows.get(0);
    if rows == 0 || rows.cast_unsigned() < ranges_from {
        return Ok(None);
    }
    // Most blocks have nearly the same number of rows, so a range slightly below the average usually fits at once.
    let mut step = (blocks * wanted / rows * 19 / 20).max(1);
    let plan = PLAN_RANGES.render(settings);
    // A batch size that the user set is a strict limit. The automatic one is only a target.
    let evenly = settings.batch_size.is_none().then_some(rows);
    if evenly.is_some() {
        let lanes = u64::from(settings.max_workers);
        step = shared_evenly(blocks.cast_unsigned(), step.cast_unsigned(), lanes).cast_signed();
    }
    let found = loop {
        tx.batch_execute("SAVEPOINT ranges").await.map_err(fail)?;
        let row = tx
            .query_one(
                plan.sql(),
                &[&cx.run.run_id, &rule_set, &blocks, &step, &first, &evenly],
            )
            .await
            .map_err(|error| plan.error(error, "cutting the raw table into ranges"))?;
        let [raw, planned, largest] = [0, 1, 2].map(|index| row.get::<_, i64>(index));
        // If the ranges do not contain every row, the table has no ordinary blocks, although it looks like a plain table.
        if raw == planned && largest <= wanted {
            break Found {
                raw,
                planned,
                unchanged: 0,
                rejected_before: 0,
            };
        }
        tx.batch_execute("ROLLBACK TO SAVEPOINT ranges")
            .await
            .map_err(fail)?;
        if raw != planned || step == 1 {
            return Ok(None);
        }
        step -= (step / 8).max(1);
    };
    let texts = PLAN_ALL_TEXTS.render(settings);
    tx.batch_execute(texts.sql())
        .await
        .map_err(|error| texts.error(error, "parsing salaries and deadlines"))?;
    Ok(Some(found))
}

/// The blocks per batch, so that each lane of this process has the same number of batches. Otherwise, one lane would have
/// one batch more, and the other lanes would wait for it.
fn shared_evenly(blocks: u64, step: u64, lanes: u64) -> u64 {
    let batches = blocks.div_ceil(step);
    blocks.div_ceil(batches.next_multiple_of(lanes.min(batches)))
}

/// Compares the rows to find those that the run must process, and writes them to `etl_work`.
async fn rows(
    cx: &PhaseContext<'_>,
    tx: &Transaction<'_>,
    own: &SqlProceduresSettings,
    rule_set: &str,
    horizon: &Horizon,
) -> Result<Found> {
    let settings = cx.settings();
    compare(tx, settings, own, cx.run.as_of, (rule_set, horizon)).await?;
    let rows = PLAN_ROWS.render(settings);
    let limit = settings
        .limit
        .map(|rows| i64::try_from(rows).unwrap_or(i64::MAX));
    let batch_size = i64::from(settings.batch_size.unwrap_or(AUTOMATIC_BATCH_SIZE));
    let only = settings.only_unprocessed;
    let row = tx
        .query_one(rows.sql(), &[&cx.run.run_id, &only, &limit, &batch_size])
        .await
        .map_err(|error| rows.error(error, "writing the work"))?;
    let [raw, planned, unchanged, rejected_before] = [0, 1, 2, 3].map(|i| row.get::<_, i64>(i));
    Ok(Found {
        raw,
        planned,
        unchanged,
        rejected_before,
    })
}

/// Compares the rows. The rows that the run must process go to the temporary table `etl_found`.
pub(crate) async fn compare(
    tx: &Transaction<'_>,
    settings: &Settings,
    own: &SqlProceduresSettings,
    as_of: SystemTime,
    (rule_set, horizon): (&str, &Horizon),
) -> Result<()> {
    let since = since(as_of, own.window_days);
    // A plan with a window uses the index on the time of the crawl instead.
    let has_candidates = since.is_none()
        && settings.only_unprocessed
        && !own.compare_all
        && horizon.find_candidates(tx, settings).await?;
    let work = PLAN_WORK.render_with(settings, &[("has_candidates", has_candidates.into())]);
    let until = since.map(|_| as_of);
    let only = settings.only_unprocessed;
    tx.execute(work.sql(), &[&rule_set, &only, &since, &until])
        .await
        .map(|_| ())
        .map_err(|error| work.error(error, "finding the work"))
}

/// The start of the window that ends at the clock of the run. No posting is older than 1970, and PostgreSQL has no time that
/// is millions of years old.
fn since(as_of: SystemTime, window_days: Option<u32>) -> Option<SystemTime> {
    let days = Duration::from_secs(u64::from(window_days?) * 86_400);
    let start = as_of.checked_sub(days).unwrap_or(SystemTime::UNIX_EPOCH);
    Some(start.max(SystemTime::UNIX_EPOCH))
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
