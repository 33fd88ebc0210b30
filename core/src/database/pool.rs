//! The pool of connections.

use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use super::connection::{Connection, out_of_time};
use super::{Target, connection, session};
use crate::{EtlError, Result, Settings};

/// Creates the connections of the pool.
#[doc(hidden)]
pub struct Manager {
    target: Target,
    name: String,
    session: String,
    generation: Arc<AtomicU64>,
}

impl bb8::ManageConnection for Manager {
    type Connection = Connection;
    type Error = EtlError;

    async fn connect(&self) -> Result<Connection> {
        connection::open(
            &self.target,
            &self.name,
            &self.session,
            self.generation.load(SeqCst),
        )
        .await
    }

    async fn is_valid(&self, connection: &mut Connection) -> Result<()> {
        connection
            .simple_query("")
            .await
            .map(|_| ())
            .map_err(|error| EtlError::database(error, "checking a connection"))
    }

    fn has_broken(&self, connection: &mut Connection) -> bool {
        connection.is_closed() || connection.generation != self.generation.load(SeqCst)
    }
}

/// The error of the last attempt to create a connection. A caller that waited in vain gets it, instead of a timeout.
#[derive(Debug, Clone, Default)]
struct LastError(Arc<Mutex<Option<EtlError>>>);

impl bb8::ErrorSink<EtlError> for LastError {
    fn sink(&self, error: EtlError) {
        if let Ok(mut last) = self.0.lock() {
            *last = Some(error);
        }
    }

    fn boxed_clone(&self) -> Box<dyn bb8::ErrorSink<EtlError>> {
        Box::new(self.clone())
    }
}

impl LastError {
    fn take(&self) -> Option<EtlError> {
        self.0.lock().ok().and_then(|mut last| last.take())
    }
}

/// The pool from which phases take connections.
#[derive(Clone)]
pub struct Pool {
    pool: bb8::Pool<Manager>,
    last_error: LastError,
    generation: Arc<AtomicU64>,
    target: Target,
}

/// A connection of the pool. It returns to the pool when it is dropped.
pub type Client<'a> = bb8::PooledConnection<'a, Manager>;

impl Pool {
    /// Discards every existing connection. The next caller gets a new one.
    pub fn discard(&self) {
        self.generation.fetch_add(1, SeqCst);
    }
}

/// A pool for a run. The connections use UTC, and have the timeouts and the name of the run.
///
/// # Errors
/// [`Kind::Away`](crate::Kind::Away) when the server does not answer in time.
pub async fn pool(target: &Target, settings: &Settings, name: &str) -> Result<Pool> {
    open(target, settings, name, "").await
}

/// A pool for a command that must not change the database, such as `run --dry-run`: PostgreSQL refuses every write.
///
/// # Errors
/// [`Kind::Away`](crate::Kind::Away) when the server does not answer in time.
pub async fn read_only_pool(target: &Target, settings: &Settings, command: &str) -> Result<Pool> {
    let name = format!("jobinsight {command}");
    open(
        target,
        settings,
        &name,
        "; SET default_transaction_read_only = on",
    )
    .await
}

async fn open(target: &Target, settings: &Settings, name: &str, more: &str) -> Result<Pool> {
    let generation = Arc::new(AtomicU64::new(0));
    let manager = Manager {
        target: target.clone(),
        name: name.to_owned(),
        session: format!(
            "{}; SET statement_timeout = {}; SET lock_timeout = {}{more}",
            session::statements(),
            session::milliseconds(settings.statement_limit()),
            session::milliseconds(settings.lock_timeout)
        ),
        generation: Arc::clone(&generation),
    };
    let last_error = LastError::default();
    let pool = bb8::Pool::builder()
        .error_sink(Box::new(last_error.clone()))
        .max_size(settings.max_workers + 2)
        .min_idle(Some(0))
        .connection_timeout(target.longest_wait())
        .retry_connection(false)
        // A test before each use would cost one round trip per statement, and a broken connection fails anyway.
        .test_on_check_out(false)
        .build(manager)
        .await?;
    Ok(Pool {
        pool,
        last_error,
        generation,
        target: target.clone(),
    })
}

/// A connection of the pool. A connection that was discarded, or closed while it was idle, is replaced.
///
/// # Errors
/// [`Kind::Away`](crate::Kind::Away) when the server does not answer in time.
pub async fn client(pool: &Pool) -> Result<Client<'_>> {
    loop {
        let client = pool.pool.get().await.map_err(|error| match error {
            bb8::RunError::User(error) => error,
            bb8::RunError::TimedOut => pool
                .last_error
                .take()
                .unwrap_or_else(|| out_of_time(&pool.target)),
        })?;
        // An old error does not explain a later timeout.
        drop(pool.last_error.take());
        if client.generation == pool.generation.load(SeqCst) && !client.is_closed() {
            return Ok(client);
        }
    }
}
