//! Checks the staging table for changes by others that would refuse every row of a run.

use jobinsight_core::{EtlError, Result, Settings};
use jobinsight_sql::columns::COLUMNS;
use jobinsight_sql::scripts::LIST_UNFILLED_COLUMNS;
use tokio_postgres::Client;

use crate::codes;

/// Refuses a staging table with a column that a run cannot fill. A table that does not exist yet passes.
pub(crate) async fn check(client: &Client, settings: &Settings) -> Result<()> {
    let table = format!("{}.staging_jobs", settings.staging_schema());
    let ours: Vec<&str> = COLUMNS.iter().map(|column| column.name).collect();
    let rows = client
        .query(LIST_UNFILLED_COLUMNS.text, &[&table, &ours])
        .await
        .map_err(|error| EtlError::database(error, "reading the columns of staging"))?;
    let Some(first) = rows.first() else {
        return Ok(());
    };
    let columns: Vec<String> = rows
        .iter()
        .map(|row| format!("{} {}", row.get::<_, &str>(0), row.get::<_, &str>(1)))
        .collect();
    let message = format!(
        "the table {table} has a column that is NOT NULL and has no default, so a run cannot insert a row: {}; nothing was written",
        columns.join(", ")
    );
    let help = format!(
        "ALTER TABLE {table} ALTER COLUMN {} SET DEFAULT …; or DROP NOT NULL",
        jobinsight_core::settings::quote(first.get(0))
    );
    Err(EtlError::new(codes::CONTRACT_UNFILLED_COLUMN, message).help(help))
}
