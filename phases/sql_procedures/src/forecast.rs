//! The numbers of the plan that a run would make now. Its statements share their parts with the statements of
//! [`plan`](crate::plan). They create no temporary table, so nothing is written.

use std::pin::Pin;
use std::time::SystemTime;

use jobinsight_core::{EtlError, Loaded, PlanForecast, Result, clock};
use jobinsight_sql::scripts::{COUNT_FOUND, COUNT_WINDOW};
use jobinsight_sql::{Value, tables};
use tokio_postgres::Transaction;

use crate::plan::{limit, may_use_horizon, window};
use crate::ranges::{Extent, batch_size, ranges};
use crate::settings::{NAME, SqlProceduresSettings};
use crate::unchanged_horizon::Horizon;

/// See [`jobinsight_core::Plugin::FORECAST`].
pub(crate) fn forecast<'a>(
    tx: &'a Transaction<'a>,
    loaded: &'a Loaded,
    rules: &'a str,
) -> Pin<Box<dyn Future<Output = Result<PlanForecast>> + Send + 'a>> {
    Box::pin(count(tx, loaded, rules))
}

/// The rows that a plan would find, in the order of `count_found.sql`: raw, planned, unchanged, rejected before, new, changed,
/// remade.
type Counted = [i64; 7];

async fn count(tx: &Transaction<'_>, loaded: &Loaded, rules: &str) -> Result<PlanForecast> {
    let settings = &loaded.settings;
    let own: SqlProceduresSettings = loaded.phase(NAME)?;
    let as_of = match &settings.as_of {
        Some(text) => clock::parse(text)?,
        None => SystemTime::now(),
    };
    let table = format!("{}.staging_jobs", settings.staging_schema());
    let has_staging = tables::exists(tx, &table)
        .await
        .map_err(|error| EtlError::database(error, "looking for staging"))?;
    let extent = Extent::read(tx, settings, has_staging).await?;
    let [
        raw,
        planned,
        unchanged,
        rejected_before,
        new,
        changed,
        remade,
    ] = if has_staging {
        let rule_set = own.rule_set(rules, settings.rules);
        let horizon = Horizon::read(tx, settings, &rule_set, extent.shows_writers()).await?;
        found(tx, loaded, &own, (as_of, &rule_set), (&horizon, &extent)).await?
    } else {
        all_new(tx, loaded, &own, as_of).await?
    };
    let ranges = match extent.parts_of_ranges(settings, &own) {
        Some(parts) => ranges(tx, settings, own.ranges_from, parts, None).await?,
        None => None,
    };
    let batches = match ranges {
        Some((_, batches)) => batches,
        None => {
            let size = batch_size(settings);
            (planned + size - 1) / size
        }
    };
    let left = raw - planned - unchanged - rejected_before;
    Ok(PlanForecast {
        counts: [raw, planned, unchanged, rejected_before, left, batches].into(),
        new: new.cast_unsigned(),
        changed: changed.cast_unsigned(),
        remade: remade.cast_unsigned(),
    })
}

/// The rows before the first run, which creates the tables of staging.
async fn all_new(
    tx: &Transaction<'_>,
    loaded: &Loaded,
    own: &SqlProceduresSettings,
    as_of: SystemTime,
) -> Result<Counted> {
    let script = COUNT_WINDOW.render(&loaded.settings);
    let (since, until) = window(as_of, own);
    let row = tx
        .query_one(script.sql(), &[&since, &until])
        .await
        .map_err(|error| script.error(error, "counting the raw table"))?;
    let raw: i64 = row.get(0);
    let planned = limit(&loaded.settings).map_or(raw, |limit| raw.min(limit));
    Ok([raw, planned, 0, 0, planned, 0, 0])
}

/// Compares the raw rows with staging, as a plan does.
async fn found(
    tx: &Transaction<'_>,
    loaded: &Loaded,
    own: &SqlProceduresSettings,
    (as_of, rule_set): (SystemTime, &str),
    (horizon, extent): (&Horizon, &Extent),
) -> Result<Counted> {
    let settings = &loaded.settings;
    let last_complete = horizon
        .last_complete
        .filter(|_| may_use_horizon(settings, own));
    let values: [(&str, Value); 3] = [
        ("has_places", extent.has_places().into()),
        ("has_candidates", last_complete.is_some().into()),
        ("horizon", last_complete.unwrap_or_default().into()),
    ];
    let script = COUNT_FOUND.render_with(settings, &values);
    let (since, until) = window(as_of, own);
    let only = settings.only_unprocessed;
    let row = tx
        .query_one(
            script.sql(),
            &[&rule_set, &only, &since, &until, &limit(settings)],
        )
        .await
        .map_err(|error| script.error(error, "counting the rows to process"))?;
    Ok([0, 1, 2, 3, 4, 5, 6].map(|index| row.get(index)))
}
