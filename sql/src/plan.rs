//! Reads the plan of a run from the ledger.

use jobinsight_core::{Result, RunCounts, Settings};
use tokio_postgres::GenericClient;
use uuid::Uuid;

use crate::scripts::READ_PLAN;

/// Rows per batch if `batch_size` is not set. The cost of a transaction is small beside that of so many rows, and one such
/// batch for each lane still needs little memory.
pub const AUTOMATIC_BATCH_SIZE: u32 = 20_000;

/// The counts of the plan; `None` if the run has no plan yet.
///
/// # Errors
/// A database error.
pub async fn read(
    client: &impl GenericClient,
    settings: &Settings,
    run: Uuid,
) -> Result<Option<RunCounts>> {
    let script = READ_PLAN.render(settings);
    let row = client
        .query_opt(script.sql(), &[&run])
        .await
        .map_err(|error| script.error(error, "reading the plan"))?;
    Ok(row.map(|row| {
        [0, 1, 2, 3, 4, 5]
            .map(|index| row.get::<_, i64>(index))
            .into()
    }))
}
