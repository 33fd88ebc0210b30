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

/// Reading stopped before the end of the file. `line` is the last line (Parquet: row) that was read. The kind `Unsupported`
/// is a part of a file that was read but not understood.
pub(super) fn read(origin: &str, line: u64, source: &io::Error) -> EtlError {
    if source.kind() == io::ErrorKind::Unsupported {
        return EtlError::new(
            codes::IMPORT_FORMAT,
            format!("{origin}: a part after row {line} cannot be decoded; nothing was imported: {source}"),
        )
        .help("write the file again with another program: python3 -c \"import sys, pyarrow.parquet as p; p.write_table(p.read_table(sys.argv[1]), sys.argv[2])\" FILE NEW; if that fails too, the file is damaged");
    }
    let error = EtlError::new(
        codes::IMPORT_READ,
        format!("{origin}: reading failed after line {line}; nothing was imported: {source}"),
    );
    // The bytes were read, but they are not CSV.
    if source.kind() == io::ErrorKind::InvalidData {
        return error.help("export the file again, with each quote in a field doubled");
    }
    error
}

/// Import does not read this format.
pub(super) fn format(origin: &str, problem: &str) -> EtlError {
    EtlError::new(codes::IMPORT_FORMAT, format!("{origin}: {problem}"))
}

/// Two columns of the file are one column of the table, so it is not clear which value is right.
pub(super) fn duplicate_column(origin: &str, column: &str, first: &str, second: &str) -> EtlError {
    let which = if first == second {
        format!("the header has the column {column} more than once")
    } else {
        format!("the columns `{first}` and `{second}` of the header are both {column}")
    };
    EtlError::new(codes::IMPORT_DUPLICATE_COLUMN, format!("{origin}: {which}"))
}

/// The file lacks columns of the primary key, so records cannot be identified.
pub(super) fn missing_key(
    origin: &str,
    table: &str,
    missing: &str,
    needs: &str,
    has: &[String],
) -> EtlError {
    let has = if has.is_empty() {
        "none".to_owned()
    } else {
        has.join(", ")
    };
    EtlError::new(
        codes::IMPORT_MISSING_KEY,
        format!("{origin} has no column {missing}"),
    )
    .help(format!("{table} needs {needs}; the file has {has}"))
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
