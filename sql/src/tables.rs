//! Questions to the catalog about tables.

use tokio_postgres::{Error, GenericClient};

/// Whether a table exists. `table` is its quoted name with the schema.
///
/// # Errors
/// The error of the server.
pub async fn exists(client: &impl GenericClient, table: &str) -> Result<bool, Error> {
    client
        .query_one("SELECT to_regclass($1) IS NOT NULL", &[&table])
        .await
        .map(|row| row.get(0))
}
