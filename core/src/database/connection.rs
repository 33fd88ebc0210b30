//! Connections to PostgreSQL.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::Ordering::SeqCst;

use tokio::task::JoinHandle;
use tokio_postgres::config::{Config, SslMode as Wire};
use tokio_postgres::error::SqlState;
use tokio_postgres::{NoTls, SimpleQueryMessage};

use super::endpoint::endpoints;
use super::handshake::{Handshake, Progress};
use super::hosts::{HostName, ServerAddress};
use super::refusal::refused;
use super::target::SessionAttrs;
use super::{SslMode, Target, session};
use crate::{EtlError, Result, Settings, codes};

/// A connection. The socket closes when it is dropped.
pub struct Connection {
    client: tokio_postgres::Client,
    driver: JoinHandle<()>,
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

/// A connection for a command such as `doctor`. `pg_stat_activity` shows `jobinsight doctor`. A statement waits for a lock no
/// longer than the setting `lock_timeout`.
///
/// # Errors
/// As [`connect`].
pub async fn connect_for(
    target: &Target,
    command: &str,
    settings: &Settings,
) -> Result<Connection> {
    let session = format!(
        "{}; SET lock_timeout = {}",
        session::statements(),
        session::milliseconds(settings.lock_timeout)
    );
    open(target, &format!("jobinsight {command}"), &session, 0).await
}

/// Connects and applies the session settings. The servers are tried one after the other, each until its timeout.
pub(super) async fn open(
    target: &Target,
    name: &str,
    session: &str,
    generation: u64,
) -> Result<Connection> {
    let rounds: &[SessionAttrs] = match target.attrs {
        SessionAttrs::PreferStandby => &[SessionAttrs::Standby, SessionAttrs::Any],
        _ => std::slice::from_ref(&target.attrs),
    };
    let mut errors = Vec::new();
    for attrs in rounds {
        for n in target.order() {
            let server = &target.servers[n];
            for endpoint in endpoints(server, target).await {
                let opening = Box::pin(async {
                    let endpoint = endpoint?;
                    let mut config = endpoint.config(target, name);
                    let (client, driver) = dial(&mut config, server, target).await?;
                    let connection = Connection {
                        client,
                        driver,
                        generation,
                    };
                    refuse_other_role(&connection, *attrs).await?;
                    connection
                        .batch_execute(session)
                        .await
                        .map_err(|error| EtlError::database(error, "connecting"))?;
                    Ok(connection)
                });
                // Without the timeout, a network that accepts the packets, or a server that does not answer, would block.
                match tokio::time::timeout(target.connect_timeout, opening).await {
                    Ok(Ok(connection)) => {
                        target.last.store(n, SeqCst);
                        return Ok(connection);
                    }
                    Ok(Err(error)) => errors.push((server, error)),
                    Err(_) => errors.push((server, out_of_time(target))),
                }
            }
        }
    }
    Err(worst(target, errors))
}

/// The error to report when no server could be used. An error that waiting does not heal comes first.
fn worst(target: &Target, mut errors: Vec<(&ServerAddress, EtlError)>) -> EtlError {
    let at = errors
        .iter()
        .position(|(_, error)| !error.kind().is_repeatable());
    let Some(at) = at.or(errors.len().checked_sub(1)) else {
        return out_of_time(target);
    };
    let (server, mut error) = errors.remove(at);
    if target.servers.len() > 1 {
        error = error.and(&format!("the server was {server}"));
        for (server, other) in errors {
            error = error.and(&format!("{server}: {}", other.message()));
        }
    }
    error
}

/// Connects to one server as `sslmode` requires. As in libpq, a Unix socket is never encrypted.
async fn dial(
    config: &mut Config,
    server: &ServerAddress,
    target: &Target,
) -> Result<(tokio_postgres::Client, JoinHandle<()>)> {
    let mode = match server.host {
        HostName::Socket(_) => SslMode::Disable,
        HostName::Network(..) => target.tls.mode,
    };
    let mut plain = None;
    if matches!(mode, SslMode::Disable | SslMode::Allow) {
        config.ssl_mode(Wire::Disable);
        match config.connect(NoTls).await {
            Ok((client, connection)) => return Ok((client, drive(connection))),
            // If the server itself refused the connection, `allow` tries again with TLS.
            Err(error) if mode == SslMode::Allow && error.as_db_error().is_some() => {
                plain = Some(error);
            }
            Err(error) => return Err(refused(error, Progress::Unreached, server, target)),
        }
    }
    config.ssl_mode(if mode == SslMode::Prefer {
        Wire::Prefer
    } else {
        Wire::Require
    });
    let handshake = Handshake::new(target.tls.connector()?);
    let error = match config.connect(handshake.clone()).await {
        Ok((client, connection)) => return Ok((client, drive(connection))),
        Err(error) => error,
    };
    match (plain, handshake.progress()) {
        // The server does not offer TLS, so its first answer is the cause.
        (Some(first), progress @ Progress::Reached) => {
            return Err(refused(first, progress, server, target));
        }
        (_, progress) if mode != SslMode::Prefer || !is_refused_by_hba(&error) => {
            return Err(refused(error, progress, server, target));
        }
        _ => {}
    }
    // With `prefer`, pg_hba.conf may allow only connections without TLS.
    config.ssl_mode(Wire::Disable);
    match config.connect(NoTls).await {
        Ok((client, connection)) => Ok((client, drive(connection))),
        Err(_) => Err(refused(error, Progress::Encrypted, server, target)),
    }
}

fn is_refused_by_hba(error: &tokio_postgres::Error) -> bool {
    error.code() == Some(&SqlState::INVALID_AUTHORIZATION_SPECIFICATION)
}

/// Refuses a server that `target_session_attrs` excludes.
async fn refuse_other_role(client: &tokio_postgres::Client, attrs: SessionAttrs) -> Result<()> {
    if attrs == SessionAttrs::Any {
        return Ok(());
    }
    let doing = "looking whether the server is the primary";
    let answer = client
        .simple_query(
            "SELECT pg_is_in_recovery(), current_setting('transaction_read_only')::boolean",
        )
        .await
        .map_err(|error| EtlError::database(error, doing))?;
    let is = |column: usize| {
        answer.iter().any(|message| matches!(message, SimpleQueryMessage::Row(row) if row.get(column) == Some("t")))
    };
    let (is_standby, is_read_only) = (is(0), is(0) || is(1));
    let fits = match attrs {
        SessionAttrs::Any | SessionAttrs::PreferStandby => true,
        SessionAttrs::ReadWrite => !is_read_only,
        SessionAttrs::ReadOnly => is_read_only,
        SessionAttrs::Primary => !is_standby,
        SessionAttrs::Standby => is_standby,
    };
    if fits {
        return Ok(());
    }
    // The server may become the primary soon.
    Err(EtlError::new(
        codes::DATABASE_CONNECTION,
        format!(
            "the server is {}{}, which target_session_attrs excludes",
            if is_standby { "a standby" } else { "a primary" },
            if is_read_only {
                " and read-only"
            } else {
                " and writable"
            }
        ),
    ))
}

fn drive<S, T>(connection: tokio_postgres::Connection<S, T>) -> JoinHandle<()>
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

/// The error of a server that did not answer within the time for connecting.
pub(super) fn out_of_time(target: &Target) -> EtlError {
    EtlError::new(
        codes::DATABASE_CONNECTION,
        format!(
            "no connection within {} s",
            target.connect_timeout.as_secs()
        ),
    )
}
