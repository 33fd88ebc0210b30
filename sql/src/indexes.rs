//! The indexes of staging that a first load has put off.

use jobinsight_core::{Result, Settings};
use tokio_postgres::Client;

use crate::scripts::MISSING_INDEXES;

/// An index of staging that is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Its name.
    pub name: String,
    /// Whether the current role may make it: it is the owner's to make.
    pub ours: bool,
}

/// Those that are not there; none where staging itself is not.
///
/// # Errors
/// A database error.
pub async fn missing(client: &Client, settings: &Settings) -> Result<Vec<Missing>> {
    let script = MISSING_INDEXES.render(settings);
    let rows = client
        .query(script.sql(), &[&settings.staging.schema])
        .await
        .map_err(|error| script.error(error, "looking for the indexes of staging"))?;
    Ok(rows
        .into_iter()
        .map(|row| Missing {
            name: row.get(0),
            ours: row.get(1),
        })
        .collect())
}
