//! The indexes of staging that a first load leaves out until its last batch is published.

use jobinsight_core::{EtlError, PhaseContext, Result, Settings, database};
use tokio_postgres::Client;
use tokio_postgres::error::SqlState;

use crate::Script;
use crate::scripts::LIST_MISSING_INDEXES;

/// A missing index of staging.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The name of the index.
    pub name: String,
    /// Whether the current role may create the index. Only the owner of the table may.
    pub ours: bool,
}

/// The missing indexes. The list is empty if staging itself does not exist.
///
/// # Errors
/// A database error.
pub async fn missing(client: &Client, settings: &Settings) -> Result<Vec<Missing>> {
    let script = LIST_MISSING_INDEXES.render(settings);
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

/// Runs a script in a separate transaction. The script changes staging for a first load, or changes it back. The run does not
/// depend on the script. If the lock is not free at once, or another role owns the table, this returns the reason, and the
/// load only takes longer.
///
/// # Errors
/// Any other database error.
pub async fn change(
    cx: &PhaseContext<'_>,
    client: &mut database::Client<'_>,
    script: &Script,
    doing: &'static str,
) -> Result<Option<EtlError>> {
    let script = script.render(cx.settings());
    let tx = database::begin(client).await?;
    cx.fence(&tx).await?;
    match tx.batch_execute(script.sql()).await {
        Ok(()) => tx
            .commit()
            .await
            .map(|()| None)
            .map_err(|error| EtlError::database(error, doing)),
        Err(error)
            if matches!(
                error.code(),
                Some(&SqlState::LOCK_NOT_AVAILABLE | &SqlState::INSUFFICIENT_PRIVILEGE)
            ) =>
        {
            Ok(Some(EtlError::database(error, doing)))
        }
        Err(error) => Err(script.error(error, doing)),
    }
}
