//! The plan of a run: finds the rows that the run must process, and cuts them into batches.
//!
//! If all rows must be processed, each batch may be a range of blocks: see [`ranges`](crate::ranges). Otherwise, the plan compares
//! the rows to find the new and changed ones, and writes them to `etl_work`.

use std::time::{Duration, SystemTime};

use jobinsight_core::{PhaseContext, Result, RunCounts, Settings};
use jobinsight_sql::scripts::{
    ANALYZE_WORK, CLEAR_WORK, LIST_FOREIGN, PLAN_ALL_TEXTS, PLAN_BATCHES, PLAN_ROWS, PLAN_TEXTS,
    PLAN_WORK, SETTLE_FOREIGN,
};
use tokio_postgres::Transaction;
use tokio_postgres::types::ToSql;

use crate::SqlProceduresSettings;
use crate::ranges::{Extent, Found, batch_size, is_whole, ranges};
use crate::unchanged_horizon::Horizon;

/// A plan that is written in the transaction.
pub(crate) struct Planned {
    pub(crate) counts: RunCounts,
    /// Whether nothing was published or rejected before.
    pub(crate) first: bool,
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
    let extent = Extent::read(tx, settings, true).await?;
    let first = extent.is_first;
    let rule_set = own.rule_set(cx.run.rules(), settings.rules);
    list_foreign(tx, settings).await?;
    let (removed, changed) = settle_foreign(cx, tx, &rule_set).await?;
    let horizon = Horizon::read(tx, settings, &rule_set, extent.shows_writers()).await?;
    let whole = is_whole(settings, own);
    let ranges = match extent.parts_of_ranges(settings, own) {
        Some(parts) => {
            cx.doing("cutting the raw table into batches");
            let queue = Some((cx, &*rule_set, first));
            ranges(tx, settings, own.ranges_from, parts, queue).await?
        }
        None => None,
    };
    let found = match ranges {
        Some((found, _)) => {
            plan_all_texts(tx, settings).await?;
            found
        }
        None => rows(cx, tx, own, &rule_set, (&horizon, extent.has_places())).await?,
    };
    cx.doing("parsing salaries and deadlines");
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

/// Lists the rows of staging that another program inserted or changed, in the temporary table `etl_foreign`.
async fn list_foreign(tx: &Transaction<'_>, settings: &Settings) -> Result<()> {
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

/// Collects the salaries and deadlines of all raw rows.
async fn plan_all_texts(tx: &Transaction<'_>, settings: &Settings) -> Result<()> {
    let texts = PLAN_ALL_TEXTS.render(settings);
    tx.batch_execute(texts.sql())
        .await
        .map_err(|error| texts.error(error, "parsing salaries and deadlines"))
}

/// The most rows of a run.
pub(crate) fn limit(settings: &Settings) -> Option<i64> {
    let limit = settings.limit?;
    Some(i64::try_from(limit).unwrap_or(i64::MAX))
}

/// Compares the rows to find those that the run must process, and writes them to `etl_work`.
async fn rows(
    cx: &PhaseContext<'_>,
    tx: &Transaction<'_>,
    own: &SqlProceduresSettings,
    rule_set: &str,
    (horizon, has_places): (&Horizon, bool),
) -> Result<Found> {
    cx.doing("comparing the raw rows with staging");
    let settings = cx.settings();
    let rows_and_rules = (rule_set, horizon, has_places);
    compare(tx, settings, own, cx.run.as_of, rows_and_rules).await?;
    let rows = PLAN_ROWS.render(settings);
    let (limit, batch_size) = (limit(settings), batch_size(settings));
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
async fn compare(
    tx: &Transaction<'_>,
    settings: &Settings,
    own: &SqlProceduresSettings,
    as_of: SystemTime,
    (rule_set, horizon, has_places): (&str, &Horizon, bool),
) -> Result<()> {
    let (since, until) = window(as_of, own);
    let has_candidates =
        may_use_horizon(settings, own) && horizon.find_candidates(tx, settings).await?;
    let work = PLAN_WORK.render_with(
        settings,
        &[
            ("has_candidates", has_candidates.into()),
            ("has_places", has_places.into()),
        ],
    );
    let only = settings.only_unprocessed;
    tx.execute(work.sql(), &[&rule_set, &only, &since, &until])
        .await
        .map(|_| ())
        .map_err(|error| work.error(error, "finding the work"))
}

/// Whether rows that no transaction wrote since the last complete run may be skipped. A plan with a window uses the index on
/// the time of the crawl instead.
pub(crate) fn may_use_horizon(settings: &Settings, own: &SqlProceduresSettings) -> bool {
    own.window_days.is_none() && settings.only_unprocessed && !own.compare_all
}

/// The start and the end of the window; two times `None` if all rows are compared.
pub(crate) fn window(
    as_of: SystemTime,
    own: &SqlProceduresSettings,
) -> (Option<SystemTime>, Option<SystemTime>) {
    let since = since(as_of, own.window_days);
    (since, since.map(|_| as_of))
}

/// The start of the window that ends at the clock of the run. No posting is older than 1970, and PostgreSQL has no time that
/// is millions of years old.
fn since(as_of: SystemTime, window_days: Option<u32>) -> Option<SystemTime> {
    let days = Duration::from_secs(u64::from(window_days?) * 86_400);
    let start = as_of.checked_sub(days).unwrap_or(SystemTime::UNIX_EPOCH);
    Some(start.max(SystemTime::UNIX_EPOCH))
}
