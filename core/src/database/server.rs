//! Checks of the server itself, before anything is written.

use crate::{EtlError, Result, codes};

/// The oldest version of PostgreSQL that works, as `server_version_num`.
const OLDEST_VERSION: i32 = 140_000;

/// Refuses a server that is too old or read-only.
///
/// # Errors
/// `jobinsight::database::version`, `jobinsight::database::read_only`; a database error.
pub async fn refuse_unfit_server(client: &tokio_postgres::Client) -> Result<()> {
    let row = client
        .query_one(
            "SELECT current_setting('server_version'), current_setting('server_version_num')::int, pg_is_in_recovery(), current_setting('default_transaction_read_only') = 'on'",
            &[],
        )
        .await
        .map_err(|error| EtlError::database(error, "reading the version of the server"))?;
    refuse_old_version(row.get(0), row.get(1))?;
    refuse_read_only(row.get(2), row.get(3))
}

/// Refuses a version of PostgreSQL that is too old: its name, and its `server_version_num`.
///
/// # Errors
/// `jobinsight::database::version`
pub fn refuse_old_version(version: &str, number: i32) -> Result<()> {
    if number >= OLDEST_VERSION {
        return Ok(());
    }
    Err(EtlError::new(
        codes::DATABASE_VERSION,
        format!("PostgreSQL {version} is older than 14"),
    ))
}

/// Refuses a standby, and a session whose transactions are read-only.
///
/// # Errors
/// `jobinsight::database::read_only`
pub fn refuse_read_only(is_standby: bool, is_read_only: bool) -> Result<()> {
    if is_standby {
        return Err(EtlError::new(
            codes::DATABASE_READ_ONLY,
            "the server is a read-only standby",
        ));
    }
    if is_read_only {
        return Err(EtlError::new(
            codes::DATABASE_READ_ONLY,
            "default_transaction_read_only is on for this role, database or server",
        )
        .help("connect to the primary, or let an administrator turn it off: ALTER ROLE … SET default_transaction_read_only = off; PGOPTIONS can set it too"));
    }
    Ok(())
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
