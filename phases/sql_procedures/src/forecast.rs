//! The numbers of the plan that a run would make now. Nothing is changed.

use std::pin::Pin;
use std::time::SystemTime;

use jobinsight_core::{EtlError, Loaded, Result, RunCounts, clock};
use jobinsight_sql::plan::AUTOMATIC_BATCH_SIZE;
use jobinsight_sql::scripts::{COUNT_FOUND, COUNT_RAW};
use tokio_postgres::{Client, Transaction};

use crate::plan::{compare, extent, list_foreign};
use crate::settings::{NAME, SqlProceduresSettings};
use crate::unchanged_horizon::Horizon;

/// See [`jobinsight_core::Plugin::FORECAST`].
pub(crate) fn forecast<'a>(
    client: &'a mut Client,
    loaded: &'a Loaded,
    rules: &'a str,
) -> Pin<Box<dyn Future<Output = Result<RunCounts>> + Send + 'a>> {
    Box::pin(count(client, loaded, rules))
}

async fn count(client: &mut Client, loaded: &Loaded, rules: &str) -> Result<RunCounts> {
    let fail = |error| EtlError::database(error, "counting the rows to process");
    // The transaction is not committed, so its temporary tables disappear.
    let tx = client.transaction().await.map_err(fail)?;
    let table = format!("{}.staging_jobs", loaded.settings.staging_schema());
    let is_first: bool = tx
        .query_one("SELECT to_regclass($1) IS NULL", &[&table])
        .await
        .map_err(fail)?
        .get(0);
    let [raw, found, unchanged, rejected_before] = if is_first {
        let script = COUNT_RAW.render(&loaded.settings);
        let row = tx.query_one(script.sql(), &[]).await.map_err(fail)?;
        let raw: i64 = row.get(0);
        [raw, raw, 0, 0]
    } else {
        found(&tx, loaded, rules).await?
    };
    let settings = &loaded.settings;
    let planned = settings.limit.map_or(found, |limit| {
        found.min(i64::try_from(limit).unwrap_or(i64::MAX))
    });
    let batch_size = u64::from(settings.batch_size.unwrap_or(AUTOMATIC_BATCH_SIZE));
    let batches = planned.cast_unsigned().div_ceil(batch_size).cast_signed();
    Ok([
        raw,
        planned,
        unchanged,
        rejected_before,
        found - planned,
        batches,
    ]
    .into())
}

/// Raw rows, rows to process, unchanged rows, and rejected rows that have not changed.
async fn found(tx: &Transaction<'_>, loaded: &Loaded, rules: &str) -> Result<[i64; 4]> {
    let settings = &loaded.settings;
    let own: SqlProceduresSettings = loaded.phase(NAME)?;
    let as_of = match &settings.as_of {
        Some(text) => clock::parse(text)?,
        None => SystemTime::now(),
    };
    let rule_set = own.rule_set(rules, settings.rules);
    let (_, blocks) = extent(tx, settings).await?;
    list_foreign(tx, settings).await?;
    let horizon = Horizon::read(tx, settings, &rule_set, blocks.is_some()).await?;
    compare(tx, settings, &own, as_of, (&rule_set, &horizon)).await?;
    let row = tx
        .query_one(COUNT_FOUND.text, &[&settings.only_unprocessed])
        .await
        .map_err(|error| EtlError::database(error, "counting the rows to process"))?;
    Ok([0, 1, 2, 3].map(|index| row.get(index)))
}
