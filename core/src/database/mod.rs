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

use crate::{EtlError, Result};

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
