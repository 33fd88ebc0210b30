//! Checks that the publications of others allow the updates and deletions of a run.

use jobinsight_core::{EtlError, Result, Settings};
use jobinsight_sql::scripts::LIST_REFUSED_IDENTITIES;
use tokio_postgres::Client;

use crate::codes;

/// Refuses a publication that sends updates or deletions of a table of the staging schema, if the replica identity of the table
/// does not allow it. PostgreSQL would refuse the first update. Tables that do not exist yet pass.
pub(crate) async fn check(client: &Client, settings: &Settings) -> Result<()> {
    let rows = client
        .query(LIST_REFUSED_IDENTITIES.text, &[&settings.staging.schema])
        .await
        .map_err(|error| EtlError::database(error, "reading the publications"))?;
    let Some(first) = rows.first() else {
        return Ok(());
    };
    let (table, publication, reason): (&str, &str, &str) =
        (first.get(0), first.get(1), first.get(2));
    let mut statements: Vec<&str> = rows.iter().map(|row| row.get(3)).collect();
    statements.dedup();
    let message = format!(
        "the publication {publication} sends updates or deletions of {table}, but {reason}, so PostgreSQL would refuse them; nothing was written"
    );
    Err(EtlError::new(codes::CONTRACT_REPLICA_IDENTITY, message).help(statements.join("; ")))
}
