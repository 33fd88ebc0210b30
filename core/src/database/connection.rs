//! Connections to PostgreSQL.

use std::error::Error as StdError;
use std::ops::{Deref, DerefMut};
use std::time::Duration;

use tokio_postgres::NoTls;
use tokio_postgres::config::{Config, SslMode as Wire};

use super::handshake::{Handshake, Progress};
use super::{SslMode, Target, session};
use crate::{EtlError, Result, codes};

/// Time that connecting may take.
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A connection. The socket closes when it is dropped.
pub struct Connection {
    client: tokio_postgres::Client,
    driver: tokio::task::JoinHandle<()>,
    pub(super) generation: u64,
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
        // Without this, the driver would first wait for outstanding answers.
        self.driver.abort();
    }
}

/// A connection outside the pool. `pg_stat_activity` shows the name.
///
/// # Errors
/// [`Kind::Away`](crate::Kind::Away) when the server does not answer in time.
pub async fn connect(target: &Target, name: &str) -> Result<Connection> {
    open(target, name, &session::statements(), 0).await
}

/// A connection for a command such as `doctor`. `pg_stat_activity` shows `jobinsight doctor`.
///
/// # Errors
/// As [`connect`].
pub async fn connect_for(target: &Target, command: &str) -> Result<Connection> {
    connect(target, &format!("jobinsight {command}")).await
}

/// Connects and applies the session settings.
pub(super) async fn open(
    target: &Target,
    name: &str,
    session: &str,
    generation: u64,
) -> Result<Connection> {
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
        // The network accepted the packets, but no answer came.
        Err(_) => Err(out_of_time()),
    }
}

/// Connects as `sslmode` requires.
async fn dial(
    config: &mut Config,
    target: &Target,
) -> Result<(tokio_postgres::Client, tokio::task::JoinHandle<()>)> {
    let plain = match target.tls.mode {
        SslMode::Disable => true,
        SslMode::Allow => {
            // The first try is without TLS. The second one is with TLS, if the server itself refused the first.
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
    let handshake = Handshake::new(target.tls.connector()?);
    match config.connect(handshake.clone()).await {
        Ok((client, connection)) => Ok((client, drive(connection))),
        Err(error) => Err(refused(error, handshake.progress(), target)),
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

/// The error of a connection that failed. A failed handshake would fail again, so a run does not wait for it, and a
/// plain connection never replaces it.
fn refused(error: tokio_postgres::Error, progress: Progress, target: &Target) -> EtlError {
    let sources = sources(&error);
    let is_network = sources.iter().any(|source| source.is::<std::io::Error>());
    let help = match progress {
        _ if error.as_db_error().is_some() => None,
        Progress::Offered => Some(CHECK_CERTIFICATE),
        Progress::Encrypted if sources.iter().any(|source| is_rustls(*source)) => {
            Some(CHECK_CERTIFICATE)
        }
        Progress::Reached if !is_network && target.tls.mode != SslMode::Prefer => Some(ENABLE_TLS),
        Progress::Unreached | Progress::Reached | Progress::Encrypted => None,
    };
    let Some(help) = help else {
        return EtlError::database(error, "connecting");
    };
    let mut causes = vec![error.to_string()];
    causes.extend(sources.iter().map(ToString::to_string));
    causes.dedup();
    EtlError::new(
        codes::DATABASE_TLS,
        format!(
            "no TLS with {} under sslmode = {}: {}",
            target.host(),
            target.tls.mode.name(),
            causes.join(": ")
        ),
    )
    .help(help)
}

const ENABLE_TLS: &str =
    "enable TLS on the server (ssl = on in postgresql.conf); on a private network: sslmode=prefer";

const CHECK_CERTIFICATE: &str = "check sslrootcert (which authority signed the certificate of the server?) and the host name in it; a plain connection never replaces TLS";

/// The chain of causes below an error.
fn sources(error: &tokio_postgres::Error) -> Vec<&(dyn StdError + 'static)> {
    let mut found = Vec::new();
    let mut source = error.source();
    while let Some(inner) = source {
        found.push(inner);
        source = inner.source();
    }
    found
}

/// Whether TLS itself failed. An `io::Error` shows the error that it wraps only through `get_ref`.
fn is_rustls(error: &(dyn StdError + 'static)) -> bool {
    let wrapped = error.downcast_ref::<std::io::Error>();
    error.is::<rustls::Error>()
        || wrapped
            .and_then(std::io::Error::get_ref)
            .is_some_and(<dyn StdError + Send + Sync>::is::<rustls::Error>)
}

/// The error of a server that did not answer within the time for connecting.
pub(super) fn out_of_time() -> EtlError {
    EtlError::new(
        codes::DATABASE_CONNECTION,
        format!("no connection within {} s", CONNECT_TIMEOUT.as_secs()),
    )
}
