//! The address of PostgreSQL, connections to it, and the pool of connections.

mod connection;
mod environment;
mod handshake;
mod libpq;
mod pool;
mod pooler;
mod target;
mod tls;

use tokio_postgres::Transaction;

pub use connection::{Connection, connect, connect_for};
pub use environment::resolve;
pub use pool::{Client, Pool, client, milliseconds, pool};
pub use pooler::refuse_transaction_pooling;
pub use target::{Target, TargetOrigin, hide};
pub use tls::{SslMode, Tls};

use crate::{EtlError, Result, codes};

/// Begins a transaction.
///
/// # Errors
/// A database error.
pub async fn begin<'a>(client: &'a mut Client<'_>) -> Result<Transaction<'a>> {
    client
        .transaction()
        .await
        .map_err(|error| EtlError::database(error, "beginning a transaction"))
}

/// Refuses a database with another encoding than UTF8. Other encodings lack Vietnamese letters, and some accept bytes that are
/// not text.
///
/// # Errors
/// `jobinsight::contract::encoding`; a database error.
pub async fn refuse_other_encodings(client: &tokio_postgres::Client) -> Result<()> {
    let row = client
        .query_one("SELECT current_setting('server_encoding')", &[])
        .await
        .map_err(|error| EtlError::database(error, "reading the encoding of the database"))?;
    let encoding: &str = row.get(0);
    if encoding == "UTF8" {
        return Ok(());
    }
    Err(EtlError::new(
        codes::CONTRACT_ENCODING,
        format!("the encoding of this database is {encoding}, but it must be UTF8"),
    ))
}
