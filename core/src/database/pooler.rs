//! Detection of a pooler in transaction mode.

use tokio_postgres::SimpleQueryMessage;

use super::{Connection, Target, connect};
use crate::{EtlError, Result, codes};

/// Refuses a pooler that assigns another connection after each transaction. The run lock, session settings and prepared
/// statements would be lost, or would belong to another client.
///
/// # Errors
/// `jobinsight::database::pooler`.
pub async fn refuse_transaction_pooling(target: &Target, control: &Connection) -> Result<()> {
    let other = connect(target, "jobinsight").await?;
    let fail = |error| EtlError::database(error, "looking for a pooler");
    let before = backend(control).await?;
    other.batch_execute("BEGIN").await.map_err(fail)?;
    let (theirs, after) = (backend(&other).await?, backend(control).await?);
    other.batch_execute("COMMIT").await.map_err(fail)?;
    if before == after && before != theirs {
        return Ok(());
    }
    Err(EtlError::new(
        codes::DATABASE_POOLER,
        "the connection goes through a pooler in transaction mode, which cannot keep the run lock",
    ))
}

/// The server process of a connection. It uses a simple query, because a pooler may lose prepared statements.
async fn backend(client: &tokio_postgres::Client) -> Result<String> {
    let answer = client
        .simple_query("SELECT pg_backend_pid()")
        .await
        .map_err(|error| EtlError::database(error, "looking for a pooler"))?;
    Ok(answer
        .iter()
        .find_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        })
        .unwrap_or_default())
}
