//! The privileges that a role lacks, as the statements that grant them.

use jobinsight_core::{Result, Settings};
use tokio_postgres::Client;

use crate::scripts::LIST_MISSING_PRIVILEGES;

/// The GRANTs that the current role lacks to run the pipeline; none where it lacks nothing.
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
        .map_err(|error| script.error(error, "looking at privileges"))?;
    Ok(rows.into_iter().map(|row| row.get(0)).collect())
}
