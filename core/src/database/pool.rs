//! Connections, and the pool of them.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU64, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio_postgres::config::{Config, SslMode as Wire};
use tokio_postgres::{NoTls, SimpleQueryMessage};

use super::{SslMode, Target};
use crate::{EtlError, Kind, Result, Settings};

/// How long connecting may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// What every connection of ours sets: by a statement, as a pooler refuses startup options. The server is to notice
/// soon that we are gone, and must not wait for us within a transaction. No statement is compiled (`jit`): most of
/// ours take milliseconds, and would wait longer for their code.
const SESSION: &str = "SET timezone = 'UTC'; SET datestyle = 'ISO'; SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5;
    SET tcp_keepalives_count = 3; SET idle_in_transaction_session_timeout = '60s'; SET jit = off;
    DO $$ BEGIN PERFORM set_config('client_connection_check_interval', '5s', false);
    EXCEPTION WHEN OTHERS THEN NULL; -- not on every platform of the server
    END $$";

/// A connection: its socket closes when this goes.
pub struct Connection {
    client: tokio_postgres::Client,
    driver: tokio::task::JoinHandle<()>,
    generation: u64,
}

impl Deref for Connection {
    type Target = tokio_postgres::Client;

    fn deref(&self) -> &Self::Target {
        &self.client
    }
}

impl DerefMut for Connection {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.client
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // Left to itself it would first wait for the answers that are still due.
        self.driver.abort();
    }
}

/// A connection outside the pool, under a name that `pg_stat_activity` shows.
///
/// # Errors
/// [`Kind::Away`] when the server can't be reached in time.
pub async fn connect(target: &Target, name: &str) -> Result<Connection> {
    open(target, name, SESSION, 0).await
}

async fn open(target: &Target, name: &str, session: &str, generation: u64) -> Result<Connection> {
    let mut config = target.config.clone();
    config
        .application_name(name)
        .connect_timeout(CONNECT_TIMEOUT)
        .keepalives_idle(Duration::from_secs(10))
        .keepalives_interval(Duration::from_secs(5))
        .keepalives_retries(3)
        .tcp_user_timeout(Duration::from_secs(25));
    let opening = async {
        let (client, driver) = dial(&mut config, target).await?;
        let connection = Connection {
            client,
            driver,
            generation,
        };
        connection
            .batch_execute(session)
            .await
            .map_err(|error| EtlError::database(error, "connecting"))?;
        Ok(connection)
    };
    match tokio::time::timeout(CONNECT_TIMEOUT, opening).await {
        Ok(opened) => opened,
        // The network took what we sent, and nobody answered.
        Err(_) => Err(out_of_time()),
    }
}

/// Connects as sslmode says.
async fn dial(
    config: &mut Config,
    target: &Target,
) -> Result<(tokio_postgres::Client, tokio::task::JoinHandle<()>)> {
    let plain = match target.tls.mode {
        SslMode::Disable => true,
        SslMode::Allow => {
            // Plain first; what the server then says of it decides.
            config.ssl_mode(Wire::Disable);
            match config.connect(NoTls).await {
                Ok((client, connection)) => return Ok((client, drive(connection))),
                Err(error) if error.as_db_error().is_none() => {
                    return Err(EtlError::database(error, "connecting"));
                }
                Err(_) => false,
            }
        }
        SslMode::Prefer | SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => false,
    };
    if plain {
        config.ssl_mode(Wire::Disable);
        return match config.connect(NoTls).await {
            Ok((client, connection)) => Ok((client, drive(connection))),
            Err(error) => Err(EtlError::database(error, "connecting")),
        };
    }
    config.ssl_mode(if target.tls.mode == SslMode::Prefer {
        Wire::Prefer
    } else {
        Wire::Require
    });
    match config.connect(target.tls.connector()?).await {
        Ok((client, connection)) => Ok((client, drive(connection))),
        Err(error) => Err(refused(error, target)),
    }
}

fn drive<S, T>(connection: tokio_postgres::Connection<S, T>) -> tokio::task::JoinHandle<()>
where
    tokio_postgres::Connection<S, T>:
        Future<Output = std::result::Result<(), tokio_postgres::Error>> + Send + 'static,
{
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!("a connection ended: {error}");
        }
    })
}

/// A handshake that failed will fail again: nobody waits for it, and nothing plain comes instead.
fn refused(error: tokio_postgres::Error, target: &Target) -> EtlError {
    let mut causes = vec![error.to_string()];
    let mut handshake = causes[0].contains("TLS");
    let mut source = std::error::Error::source(&error);
    while let Some(inner) = source {
        handshake |= inner.is::<rustls::Error>();
        causes.push(inner.to_string());
        // An io::Error tells what it wraps only by itself.
        if let Some(wrapped) = inner
            .downcast_ref::<std::io::Error>()
            .and_then(std::io::Error::get_ref)
        {
            handshake |= wrapped.is::<rustls::Error>();
        }
        source = inner.source();
    }
    if !handshake || error.as_db_error().is_some() {
        return EtlError::database(error, "connecting");
    }
    causes.dedup();
    let causes = causes.join(": ");
    let help = if causes.contains("does not support TLS") {
        "let the server offer it (ssl = on in postgresql.conf); on a network that nobody else uses: sslmode=prefer"
    } else {
        "check sslrootcert (whose authority signed the server's certificate?) and the host's name in it; it is never done without TLS instead"
    };
    EtlError::new(
        Kind::Usage,
        "jobinsight::database::tls",
        format!(
            "no TLS with {} under sslmode = {}: {causes}",
            target.host(),
            target.tls.mode.name()
        ),
    )
    .help(help)
}

fn out_of_time() -> EtlError {
    EtlError::new(
        Kind::Away,
        "jobinsight::database::connection",
        format!(
            "no connection could be had within {} s",
            CONNECT_TIMEOUT.as_secs()
        ),
    )
    .help("check that the server runs and can be reached: psql \"$DATABASE_URL\" -c 'select 1'")
}

/// Makes the pool's connections.
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
        open(
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
            .map_err(|error| EtlError::database(error, "looking whether a connection is alive"))
    }

    fn has_broken(&self, connection: &mut Connection) -> bool {
        connection.is_closed() || connection.generation != self.generation.load(SeqCst)
    }
}

/// Why the pool could make no connection when it last tried: who waits for one is told that, not only that it waited.
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

/// The pool that phases take connections from.
#[derive(Clone)]
pub struct Pool {
    pool: bb8::Pool<Manager>,
    last_error: LastError,
    generation: Arc<AtomicU64>,
}

/// A connection of the pool: goes back when dropped.
pub type Client<'a> = bb8::PooledConnection<'a, Manager>;

impl Pool {
    /// Gives up every connection that was made so far: whoever asks next gets a new one.
    pub fn discard(&self) {
        self.generation.fetch_add(1, SeqCst);
    }
}

/// A pool for a run: its connections speak UTC and carry the run's timeouts and name.
///
/// # Errors
/// [`Kind::Away`] when no connection comes up in time.
pub async fn pool(target: &Target, settings: &Settings, name: &str) -> Result<Pool> {
    let generation = Arc::new(AtomicU64::new(0));
    let manager = Manager {
        target: target.clone(),
        name: name.to_owned(),
        session: format!(
            "{SESSION}; SET statement_timeout = {}; SET lock_timeout = {}",
            settings
                .statement_timeout
                .unwrap_or(settings.timeout)
                .saturating_mul(1000)
                .min(i32::MAX as u64),
            settings
                .lock_timeout
                .saturating_mul(1000)
                .min(i32::MAX as u64)
        ),
        generation: Arc::clone(&generation),
    };
    let last_error = LastError::default();
    let pool = bb8::Pool::builder()
        .error_sink(Box::new(last_error.clone()))
        .max_size(settings.max_workers + 2)
        .min_idle(Some(0))
        .connection_timeout(CONNECT_TIMEOUT)
        .retry_connection(false)
        // A question before each use would cost a round trip a statement; a connection that broke says so.
        .test_on_check_out(false)
        .build(manager)
        .await?;
    Ok(Pool {
        pool,
        last_error,
        generation,
    })
}

/// A connection of the pool. One that was given up, or closed while it lay there, is replaced.
///
/// # Errors
/// [`Kind::Away`] when none can be had in time.
pub async fn client(pool: &Pool) -> Result<Client<'_>> {
    loop {
        let client = pool.pool.get().await.map_err(|error| match error {
            bb8::RunError::User(error) => error,
            bb8::RunError::TimedOut => pool.last_error.take().unwrap_or_else(out_of_time),
        })?;
        // What was refused before is no reason for what comes later.
        drop(pool.last_error.take());
        if client.generation == pool.generation.load(SeqCst) && !client.is_closed() {
            return Ok(client);
        }
    }
}

/// Refuses a pooler that gives a connection away between transactions: the run lock, session settings and prepared
/// statements would be lost, or somebody else's.
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
        Kind::Usage,
        "jobinsight::database::pooler",
        "between us and PostgreSQL stands a pooler in transaction mode, where the lock on runs can't be held",
    )
    .help("connect to PostgreSQL itself, or to a pool of the pooler with pool_mode = session"))
}

/// The server's process behind a connection, by a simple query: a pooler may lose what is prepared.
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
