//! The code for an error of PostgreSQL, or of the connection to it. The text of the error does not matter, because the
//! server may write it in any language (`lc_messages`).

use std::error::Error as StdError;

use tokio_postgres::error::SqlState;

use super::code::Code;
use super::codes;

/// The code of an error. SQLSTATE decides; an error without one did not come from the server.
pub(super) fn classify(error: &tokio_postgres::Error) -> Code {
    let Some(state) = error.code() else {
        return if is_connection_broken(error) {
            codes::DATABASE_CONNECTION
        } else {
            codes::DATABASE_FAILED
        };
    };
    match state {
        &SqlState::T_R_SERIALIZATION_FAILURE | &SqlState::T_R_DEADLOCK_DETECTED => {
            codes::DATABASE_CONFLICT
        }
        &SqlState::ADMIN_SHUTDOWN | &SqlState::CRASH_SHUTDOWN | &SqlState::CANNOT_CONNECT_NOW => {
            codes::DATABASE_RESTARTING
        }
        &SqlState::TOO_MANY_CONNECTIONS => codes::DATABASE_TOO_MANY_CONNECTIONS,
        // PostgreSQL uses this SQLSTATE also when statement_timeout ended the statement. The runner knows the limit and
        // the time, and tells them apart: see `EtlError::with_code`.
        &SqlState::QUERY_CANCELED => codes::DATABASE_CANCELLED,
        // Each prepared statement has a unique name in its session. So these errors show that a pooler gave the server process to
        // another client.
        &SqlState::DUPLICATE_PSTATEMENT | &SqlState::INVALID_SQL_STATEMENT_NAME => {
            codes::DATABASE_POOLER
        }
        &SqlState::LOCK_NOT_AVAILABLE => codes::DATABASE_LOCK_TIMEOUT,
        &SqlState::DISK_FULL => codes::DATABASE_DISK_FULL,
        &SqlState::INSUFFICIENT_PRIVILEGE => codes::DATABASE_PRIVILEGE,
        &SqlState::READ_ONLY_SQL_TRANSACTION => codes::DATABASE_READ_ONLY,
        &SqlState::INVALID_PASSWORD
        | &SqlState::INVALID_AUTHORIZATION_SPECIFICATION
        | &SqlState::INVALID_CATALOG_NAME => codes::DATABASE_LOGIN,
        &SqlState::INTERNAL_ERROR | &SqlState::IO_ERROR if is_of_remote_node(error) => {
            codes::DATABASE_REMOTE_NODE
        }
        state => match state.code().get(..2) {
            Some("08") => codes::DATABASE_CONNECTION,
            Some("22" | "23") => codes::DATABASE_DATA,
            _ => codes::DATABASE_FAILED,
        },
    }
}

/// The source files of Citus that talk to other servers. An error of them may have the SQLSTATE of an internal error or of an I/O
/// error, although the cause is a lost connection. PostgreSQL has no files of these names.
const REMOTE_NODES: [&str; 7] = [
    "adaptive_executor.c",
    "connection_management.c",
    "intermediate_results.c",
    "multi_copy.c",
    "placement_connection.c",
    "remote_commands.c",
    "remote_transaction.c",
];

/// Whether Citus could not finish its work on another server.
fn is_of_remote_node(error: &tokio_postgres::Error) -> bool {
    let file = error.as_db_error().and_then(|error| error.file());
    file.is_some_and(|file| REMOTE_NODES.contains(&file))
}

/// The classes of SQLSTATE from 5 to 9 and from I to Z that PostgreSQL uses itself for its own errors. PostgreSQL and the SQL
/// standard leave the others to users. `P0` is the class of PL/pgSQL for errors that a user raises.
const OWN_CLASSES: [&str; 7] = ["53", "54", "55", "57", "58", "72", "XX"];

/// Whether a trigger or another function of a user raised the error: `RAISE EXCEPTION` without a code, another condition of
/// PL/pgSQL, or a code of its own.
pub fn is_raised_by_user(error: &tokio_postgres::Error) -> bool {
    let class = error.code().and_then(|state| state.code().get(..2));
    class.is_some_and(|class| {
        class.starts_with(|first| matches!(first, '5'..='9' | 'I'..='Z'))
            && !OWN_CLASSES.contains(&class)
    })
}

/// [`is_raised_by_user`] as a condition for an exception handler in SQL.
pub fn raised_by_user_in_sql() -> String {
    format!(
        "(SQLSTATE ~ '^[5-9I-Z]' AND SQLSTATE !~ '^({})')",
        OWN_CLASSES.join("|")
    )
}

/// Whether the connection to the server broke. Any other error without an SQLSTATE would happen again: a value that does
/// not fit its type, or a failed handshake.
fn is_connection_broken(error: &tokio_postgres::Error) -> bool {
    let mut source = StdError::source(error);
    let mut io = false;
    while let Some(inner) = source {
        io |= inner.is::<std::io::Error>();
        source = inner.source();
    }
    error.is_closed() || io
}
