//! The address of PostgreSQL, connections to it, and the pool of connections.

mod connection;
mod conninfo;
mod endpoint;
mod environment;
mod handshake;
mod hosts;
mod libpq_files;
mod parameters;
mod pool;
mod pooler;
mod refusal;
mod server;
mod session;
mod target;
mod tls;
mod verifier;

use tokio_postgres::Transaction;

pub use connection::{Connection, connect, connect_for};
pub use environment::resolve;
pub use pool::{Client, Pool, client, pool, read_only_pool};
pub use pooler::refuse_transaction_pooling;
pub use server::{
    refuse_old_version, refuse_other_encodings, refuse_read_only, refuse_unfit_server,
};
pub use session::milliseconds;
pub use target::{Target, TargetOrigin, hide};
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
