//! Questions to the catalog about tables.

use tokio_postgres::{Error, GenericClient};

use crate::scripts::IS_DISTRIBUTED;

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

/// Whether a table has partitions. `table` is its quoted name with the schema.
///
/// # Errors
/// The error of the server.
pub async fn is_partitioned(client: &impl GenericClient, table: &str) -> Result<bool, Error> {
    let statement =
        "SELECT EXISTS (SELECT 1 FROM pg_class WHERE oid = to_regclass($1) AND relkind = 'p')";
    let row = client.query_one(statement, &[&table]).await?;
    Ok(row.get(0))
}

/// Whether the database knows distributed tables (Citus), and the rows of one of the tables are on other servers. There, blocks
/// and transactions have other numbers. `tables` are quoted names with the schema.
///
/// # Errors
/// The error of the server.
pub async fn any_distributed(client: &impl GenericClient, tables: &[&str]) -> Result<bool, Error> {
    if !exists(client, "pg_catalog.pg_dist_partition").await? {
        return Ok(false);
    }
    let row = client.query_one(IS_DISTRIBUTED.text, &[&tables]).await?;
    Ok(row.get(0))
}

/// Whether a table exists and has a column. `table` is its quoted name with the schema.
///
/// # Errors
/// The error of the server.
pub async fn has_column(
    client: &impl GenericClient,
    table: &str,
    column: &str,
) -> Result<bool, Error> {
    let statement = "SELECT EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass($1) AND attname = $2)";
    let row = client.query_one(statement, &[&table, &column]).await?;
    Ok(row.get(0))
}
