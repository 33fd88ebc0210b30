//! Where PostgreSQL is, the way to it, and the pool of connections.

mod environment;
mod libpq;
mod pool;
mod target;
mod tls;

use tokio_postgres::Transaction;

pub use environment::resolve;
pub use pool::{Client, Connection, Pool, client, connect, pool, refuse_transaction_pooling};
pub use target::{Target, hide};
pub use tls::{SslMode, Tls};

use crate::{EtlError, Kind, Result};

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

/// Refuses a database of another encoding than UTF8: others have no place for all letters of Vietnamese, and some take bytes
/// that are no text.
///
/// # Errors
/// `jobinsight::contract::encoding`; a database error.
pub async fn refuse_other_encodings(client: &tokio_postgres::Client) -> Result<()> {
    let row = client
        .query_one("SELECT current_setting('server_encoding')", &[])
        .await
        .map_err(|error| EtlError::database(error, "asking for the encoding of the database"))?;
    let encoding: &str = row.get(0);
    if encoding == "UTF8" {
        return Ok(());
    }
    Err(EtlError::new(
        Kind::Contract,
        "jobinsight::contract::encoding",
        format!("the encoding of this database is {encoding}, and must be UTF8"),
    )
    .help("dump it, and restore it into one that has it: createdb --template=template0 --encoding=UTF8 NAME"))
}
