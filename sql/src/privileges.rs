//! The privileges that the current role lacks, as `GRANT` statements.

use jobinsight_core::{Result, Settings};
use tokio_postgres::Client;

use crate::scripts::LIST_MISSING_PRIVILEGES;

/// The `GRANT` statements that the current role needs to run the pipeline. The list is empty if the role has every
/// privilege.
///
/// # Errors
/// A database error.
pub async fn missing(client: &Client, settings: &Settings) -> Result<Vec<String>> {
    let script = LIST_MISSING_PRIVILEGES.render(settings);
    let names = [
        &settings.raw.schema,
        &settings.raw.table,
        &settings.staging.schema,
    ];
    let rows = client
        .query(script.sql(), &[names[0], names[1], names[2]])
        .await
        .map_err(|error| script.error(error, "reading privileges"))?;
    Ok(rows.into_iter().map(|row| row.get(0)).collect())
}
