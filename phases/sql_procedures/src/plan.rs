//! The plan of a run: what is to do, cut into batches.
//!
//! Where every raw row is to do (nothing was published yet, or all is asked for), the batches are ranges of the raw
//! table's blocks: nothing is written down row by row, and each batch is read in the order in which it lies on disk.
//! Elsewhere the rows that are new or changed are found by comparing, and written to `etl_work`.

use std::time::{Duration, SystemTime};

use jobinsight_core::{EtlError, PhaseContext, Result, RunCounts, Settings};
use jobinsight_sql::scripts::{
    ANALYZE_WORK, CLEAR_WORK, COUNT_RAW, PLAN_ALL_TEXTS, PLAN_BATCHES, PLAN_EXTENT, PLAN_RANGES,
    PLAN_ROWS, PLAN_TEXTS, PLAN_WORK,
};
use tokio_postgres::Transaction;
use tokio_postgres::types::ToSql;

use crate::SqlProceduresSettings;
use crate::unchanged_horizon::Horizon;

/// Rows a transaction when `batch_size` is not set: large enough that a transaction's cost is nothing beside its
/// rows, small enough that lanes × batch stays small in memory.
const AUTOMATIC_BATCH_SIZE: u32 = 20_000;

/// A plan that stands in the transaction.
pub(crate) struct Planned {
    pub(crate) counts: RunCounts,
    /// Nothing had been published or rejected before.
    pub(crate) first: bool,
}

/// How many rows of which fate a plan found.
struct Found {
    raw: i64,
    planned: i64,
    unchanged: i64,
    rejected_before: i64,
}

/// Finds the work and cuts it into batches, in one transaction.
pub(crate) async fn plan(
    cx: &PhaseContext<'_>,
    tx: &Transaction<'_>,
    own: &SqlProceduresSettings,
    rate: &str,
) -> Result<Planned> {
    let settings = cx.settings();
    let clear = CLEAR_WORK.render(settings);
    tx.batch_execute(clear.sql())
        .await
        .map_err(|error| clear.error(error, "clearing the work tables"))?;
    let extent = PLAN_EXTENT.render(settings);
    let row = tx
        .query_one(extent.sql(), &[&settings.raw.schema, &settings.raw.table])
        .await
        .map_err(|error| extent.error(error, "looking at the raw table"))?;
    let (first, blocks): (bool, Option<i64>) = (row.get(0), row.get(1));

    let rule_set = rule_set(settings, rate);
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

    let texts = PLAN_TEXTS.render(settings);
    tx.execute(texts.sql(), &[&settings.rules.name(), &rate])
        .await
        .map_err(|error| texts.error(error, "reading salaries and deadlines"))?;
    let analyze = ANALYZE_WORK.render(settings);
    tx.batch_execute(analyze.sql())
        .await
        .map_err(|error| analyze.error(error, "analyzing the work tables"))?;

    let Found {
        raw,
        planned,
        unchanged,
        rejected_before,
    } = found;
    let left = raw - planned - unchanged - rejected_before;
    let batches = PLAN_BATCHES.render(settings);
    let values: [&(dyn ToSql + Sync); 11] = [
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

/// Plans all raw rows by ranges of blocks; `None` where there are few, or where ranges can't hold to the batch size.
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
    // Rows lie as densely everywhere, nearly: a little less than the average keeps to the batch size mostly at once.
    let mut step = (blocks * wanted / rows * 19 / 20).max(1);
    let plan = PLAN_RANGES.render(settings);
    // A batch size that somebody chose is kept to, row by row; ours is only meant.
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
        // Rows that lie in no block are those of a table that only looks like a plain one.
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
        .map_err(|error| texts.error(error, "reading salaries and deadlines"))?;
    Ok(Some(found))
}

/// Blocks a batch, so that the lanes of this process have as many batches each, nearly: where one is left over, the others
/// wait for who has it.
fn shared_evenly(blocks: u64, step: u64, lanes: u64) -> u64 {
    let batches = blocks.div_ceil(step);
    blocks.div_ceil(batches.next_multiple_of(lanes.min(batches)))
}

/// Finds the rows that are to do by comparing, and writes them down.
async fn rows(
    cx: &PhaseContext<'_>,
    tx: &Transaction<'_>,
    own: &SqlProceduresSettings,
    rule_set: &str,
    horizon: &Horizon,
) -> Result<Found> {
    let settings = cx.settings();
    let since = since(cx.run.as_of, own.window_days);
    // A window has an index of its own.
    let has_candidates = since.is_none()
        && settings.only_unprocessed
        && !own.compare_all
        && horizon.find_candidates(tx, settings).await?;
    let work = PLAN_WORK.render_with(settings, &[("has_candidates", has_candidates.into())]);
    let rows = PLAN_ROWS.render(settings);
    tx.execute(work.sql(), &[&rule_set, &settings.only_unprocessed, &since])
        .await
        .map_err(|error| work.error(error, "finding the work"))?;
    let limit = settings.limit.map(u64::cast_signed);
    let batch_size = i64::from(settings.batch_size.unwrap_or(AUTOMATIC_BATCH_SIZE));
    let row = tx
        .query_one(
            rows.sql(),
            &[&settings.only_unprocessed, &limit, &batch_size],
        )
        .await
        .map_err(|error| rows.error(error, "writing the work down"))?;
    let [raw, planned, unchanged, rejected_before] = [0, 1, 2, 3].map(|i| row.get::<_, i64>(i));
    Ok(Found {
        raw,
        planned,
        unchanged,
        rejected_before,
    })
}

/// The first moment of the window that ends at the run's clock.
fn since(as_of: SystemTime, window_days: Option<u32>) -> Option<SystemTime> {
    let days = Duration::from_secs(u64::from(window_days?) * 86_400);
    Some(as_of.checked_sub(days).unwrap_or(SystemTime::UNIX_EPOCH))
}

/// The name that rows carry of the rules they were made by.
fn rule_set(settings: &Settings, rate: &str) -> String {
    format!("{}/{rate}", settings.rules_name())
}

#[cfg(test)]
mod tests {
    use super::shared_evenly;

    #[test]
    fn lanes_have_as_many_batches_each() {
        for (blocks, wanted) in [(76_000, 1_444), (7_600, 1_444), (4_000, 1_444)] {
            for lanes in 1..=16 {
                let step = shared_evenly(blocks, wanted, lanes);
                let batches = blocks.div_ceil(step);
                let case = format!("{blocks} blocks, {lanes} lanes: {batches} of {step}");
                assert!(step <= wanted, "{case}");
                assert_eq!(batches % lanes.min(batches), 0, "{case}");
            }
        }
        // Of a block or a few the rest can't be shared.
        assert_eq!(
            (shared_evenly(5, 1, 4), shared_evenly(4_000, 3, 16)),
            (1, 3)
        );
    }
}
