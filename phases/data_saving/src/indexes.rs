//! The indexes of staging, where a first load was made without them.

use futures_util::{StreamExt, TryStreamExt, stream};
use jobinsight_core::{EtlError, PhaseContext, Result, database, fault};
use jobinsight_sql::scripts::{MISSING_INDEXES, STAGING_INDEXES};

/// How many are made at once: as many as there are processors on a small server. The first in the file takes longest.
const AT_ONCE: usize = 2;

/// Makes what is missing.
pub(crate) async fn complete(cx: &PhaseContext<'_>) -> Result<()> {
    let missing = missing(cx).await?;
    let script = STAGING_INDEXES.render(cx.settings());
    let mut making = Vec::new();
    for statement in script.sql().split(';') {
        if missing.iter().any(|name| statement.contains(name.as_str())) {
            making.push(create(cx, statement));
        }
    }
    stream::iter(making)
        .buffer_unordered(AT_ONCE)
        .try_collect()
        .await
}

/// What an index sorts stays in memory up to some millions of rows; others are made beside it, so it gets no helpers.
const MEANS: &str =
    "SET LOCAL maintenance_work_mem = '128MB'; SET LOCAL max_parallel_maintenance_workers = 0";

async fn missing(cx: &PhaseContext<'_>) -> Result<Vec<String>> {
    let script = MISSING_INDEXES.render(cx.settings());
    let rows = cx
        .client()
        .await?
        .query(script.sql(), &[&cx.settings().staging.schema])
        .await
        .map_err(|error| script.error(error, "looking for the indexes of staging"))?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

async fn create(cx: &PhaseContext<'_>, statement: &str) -> Result<()> {
    let fail = |error| EtlError::database(error, "making an index of staging");
    let mut client = cx.client().await?;
    let tx = database::begin(&mut client).await?;
    cx.fence(&tx).await?;
    let settled = format!("{MEANS}; {statement}");
    tx.batch_execute(&settled).await.map_err(fail)?;
    tx.commit().await.map_err(fail)?;
    fault::point("data_saving/index_made");
    Ok(())
}
