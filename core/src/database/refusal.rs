//! The error of a connection that failed.

use std::error::Error as StdError;

use tokio_postgres::error::SqlState;

use super::handshake::Progress;
use super::hosts::ServerAddress;
use super::{SslMode, Target};
use crate::settings::quote;
use crate::{EtlError, codes};

/// The error of a connection that failed. A failed handshake would fail again, so a run does not wait for it, and a
/// plain connection never replaces it.
pub(super) fn refused(
    error: tokio_postgres::Error,
    progress: Progress,
    server: &ServerAddress,
    target: &Target,
) -> EtlError {
    let sources = sources(&error);
    let is_network = sources.iter().any(|source| source.is::<std::io::Error>());
    let mut causes = vec![error.to_string()];
    causes.extend(sources.iter().map(ToString::to_string));
    causes.dedup();
    let causes = causes.join(": ");
    if error.as_db_error().is_some() {
        let is_login =
            error.code() == Some(&SqlState::INVALID_PASSWORD) && server.password.is_none();
        let state = error.code().cloned();
        let error = EtlError::database(error, "connecting");
        return match state {
            _ if is_login => error.help(NO_PASSWORD),
            // Before the first statement, PostgreSQL checks only the privilege CONNECT, and that the database allows connections.
            Some(SqlState::INSUFFICIENT_PRIVILEGE) => error
                .with_code(codes::DATABASE_LOGIN)
                .help(grant_connect(target)),
            Some(SqlState::OBJECT_NOT_IN_PREREQUISITE_STATE) => error
                .with_code(codes::DATABASE_LOGIN)
                .help(allow_connections(target)),
            Some(SqlState::PROTOCOL_VIOLATION) => error.help(CHECK_POOLER),
            _ => error,
        };
    }
    let help = match progress {
        Progress::Offered => CHECK_CERTIFICATE,
        Progress::Encrypted if sources.iter().any(|source| is_rustls(*source)) => CHECK_CERTIFICATE,
        Progress::Reached if !is_network && target.tls.mode > SslMode::Prefer => ENABLE_TLS,
        // The server asked for a login that is not possible.
        _ if !is_network && !error.is_closed() => {
            let what = format!("{server} did not accept the login: {causes}");
            let help = if server.password.is_none() {
                NO_PASSWORD
            } else {
                OTHER_LOGIN
            };
            return EtlError::new(codes::DATABASE_LOGIN, what).help(help);
        }
        _ => return EtlError::database(error, "connecting"),
    };
    EtlError::new(
        codes::DATABASE_TLS,
        format!(
            "no TLS with {server} under sslmode = {}: {causes}",
            target.tls.mode.name()
        ),
    )
    .help(help)
}

fn grant_connect(target: &Target) -> String {
    format!(
        "let an administrator run: GRANT CONNECT ON DATABASE {} TO {}",
        quote(&target.database()),
        quote(target.config.get_user().unwrap_or_default())
    )
}

fn allow_connections(target: &Target) -> String {
    let database = quote(&target.database());
    format!("let an administrator run: ALTER DATABASE {database} ALLOW_CONNECTIONS true")
}

const NO_PASSWORD: &str = "no password is set for this server; write it into ~/.pgpass (a line host:port:database:user:password; then chmod 600 ~/.pgpass), or set PGPASSWORD, or add it to the address";

const CHECK_POOLER: &str = "if the address is the one of a pooler such as PgBouncer, check that its configuration has this database and this user; if it refuses a startup parameter such as options, remove the parameter from the address or from PGOPTIONS, or set ignore_startup_parameters in the pooler";

const OTHER_LOGIN: &str = "the server must accept a password (scram-sha-256, md5, password) or a client certificate; GSSAPI, SSPI and Kerberos are not possible";

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
