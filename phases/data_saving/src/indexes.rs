//! The indexes of staging, where a first load was made without them.

use futures_util::future::try_join_all;
use jobinsight_core::{EtlError, PhaseContext, Result, database};
use jobinsight_sql::scripts::{MISSING_INDEXES, STAGING_INDEXES};

/// Makes what is missing, several at once: each reads the table once, and they hinder each other less than a row at a
/// time would hinder itself.
pub(crate) async fn complete(cx: &PhaseContext<'_>) -> Result<()> {
    let missing = missing(cx).await?;
    let script = STAGING_INDEXES.render(cx.settings());
    let statements = script
        .sql()
        .split(';')
        .filter(|statement| missing.iter().any(|name| statement.contains(name)));
    try_join_all(statements.map(|statement| create(cx, statement))).await?;
    Ok(())
}

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
    // What it sorts stays in memory up to some millions of rows.
    let settled = format!("SET LOCAL maintenance_work_mem = '128MB'; {statement}");
    tx.batch_execute(&settled).await.map_err(fail)?;
    tx.commit().await.map_err(fail)
}
