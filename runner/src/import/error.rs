//! Errors of an import. Nothing of the file is in the table then, because an import is one transaction. A bad record is
//! not an error: it is rejected and counted, see [`ImportReport`](super::ImportReport).

use std::io;

use jobinsight_core::EtlError;

use crate::codes;

/// The file does not exist or is not readable.
pub(super) fn open(origin: &str, source: &io::Error) -> EtlError {
    EtlError::new(
        codes::IMPORT_OPEN,
        format!("cannot open {origin}: {source}"),
    )
}

/// Reading stopped before the end of the file. `line` is the last line (Parquet: row) that was read.
pub(super) fn read(origin: &str, line: u64, source: &io::Error) -> EtlError {
    EtlError::new(
        codes::IMPORT_READ,
        format!("{origin}: reading failed after line {line}; nothing was imported: {source}"),
    )
}

/// Import does not read this format.
pub(super) fn format(origin: &str, problem: &str) -> EtlError {
    EtlError::new(codes::IMPORT_FORMAT, format!("{origin}: {problem}"))
}

/// The header has a column twice, so the meaning of its values is unclear.
pub(super) fn duplicate_column(origin: &str, column: &str) -> EtlError {
    EtlError::new(
        codes::IMPORT_DUPLICATE_COLUMN,
        format!("{origin}: the header has the column {column} more than once"),
    )
}

/// The file lacks columns of the primary key, so records cannot be identified.
pub(super) fn missing_key(
    origin: &str,
    table: &str,
    missing: &[String],
    needs: &[String],
    has: &[String],
) -> EtlError {
    EtlError::new(
        codes::IMPORT_MISSING_KEY,
        format!("{origin} has no column {}", missing.join(", ")),
    )
    .help(format!(
        "{table} needs {}; the file has {}",
        needs.join(", "),
        if has.is_empty() {
            "none".to_owned()
        } else {
            has.join(", ")
        }
    ))
}

/// The table does not exist.
pub(super) fn missing_table(table: &str) -> EtlError {
    EtlError::new(
        codes::IMPORT_MISSING_TABLE,
        format!("table {table} does not exist"),
    )
}

/// The table has no primary key, so no record can replace a row.
pub(super) fn no_primary_key(table: &str) -> EtlError {
    EtlError::new(
        codes::IMPORT_NO_PRIMARY_KEY,
        format!("table {table} has no primary key"),
    )
    .help(format!("ALTER TABLE {table} ADD PRIMARY KEY (...)"))
}

/// PostgreSQL refused for a reason that is not the fault of one record. `line` is the last line that was read.
pub(super) fn database(origin: &str, line: u64, source: tokio_postgres::Error) -> EtlError {
    EtlError::database(
        source,
        &format!("importing {origin}, at or before line {line}; nothing of this file was imported"),
    )
}
