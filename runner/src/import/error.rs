//! Why an import did not take place.

use std::io;

use miette::Diagnostic;
use thiserror::Error;

/// Why a file was not imported. Nothing of it is in the table then: an import is one transaction.
///
/// A record that is bad by itself is no error: it is rejected and counted, see
/// [`ImportReport`](super::ImportReport).
#[derive(Debug, Error, Diagnostic)]
#[non_exhaustive]
pub enum ImportError {
    /// The file is not there or may not be read.
    #[error("cannot open {origin}")]
    #[diagnostic(
        code(jobinsight::import::open),
        help("check the path and its permissions; `-` reads standard input")
    )]
    Open {
        /// The file as it was given.
        origin: String,
        /// What the system said.
        source: io::Error,
    },
    /// Reading stopped in the middle: a disk, a pipe, a damaged file.
    #[error("{origin}: reading failed after line {line}")]
    #[diagnostic(
        code(jobinsight::import::read),
        help("nothing was imported; the file is probably damaged or incomplete: get it again")
    )]
    Read {
        /// The file as it was given.
        origin: String,
        /// The last line (Parquet: row) that could be read.
        line: u64,
        /// What the system or the format's reader said.
        source: io::Error,
    },
    /// The file is of a kind that import does not read.
    #[error("{origin}: {problem}")]
    #[diagnostic(code(jobinsight::import::format), help("{help}"))]
    Format {
        /// The file as it was given.
        origin: String,
        /// What it is.
        problem: String,
        /// What to type instead.
        help: String,
    },
    /// The same column stands twice in the file: which one is meant cannot be known.
    #[error("{origin}: column {column} stands more than once in the header")]
    #[diagnostic(
        code(jobinsight::import::duplicate_column),
        help("rename or drop one of them")
    )]
    DuplicateColumn {
        /// The file as it was given.
        origin: String,
        /// The column's name.
        column: String,
    },
    /// The file does not have the table's primary key, so records cannot be told apart.
    #[error("{origin}: has no column {}", missing.join(", "))]
    #[diagnostic(
        code(jobinsight::import::missing_key),
        help("{table} needs {}; the file has {}", needs.join(", "), listed(has))
    )]
    MissingKey {
        /// The file as it was given.
        origin: String,
        /// The table, quoted as needed.
        table: String,
        /// Key columns that are missing.
        missing: Vec<String>,
        /// All columns of the key.
        needs: Vec<String>,
        /// The file's columns.
        has: Vec<String>,
    },
    /// There is no such table.
    #[error("table {table} does not exist")]
    #[diagnostic(
        code(jobinsight::import::missing_table),
        help(
            "`jobinsight import --create` makes it; `jobinsight doctor` shows which database is used"
        )
    )]
    MissingTable {
        /// The table, quoted as needed.
        table: String,
    },
    /// The table has no primary key, so nothing says which row a record replaces.
    #[error("table {table} has no primary key")]
    #[diagnostic(
        code(jobinsight::import::no_primary_key),
        help("give it one: ALTER TABLE {table} ADD PRIMARY KEY (...)")
    )]
    NoPrimaryKey {
        /// The table, quoted as needed.
        table: String,
    },
    /// PostgreSQL refused for a reason that is no single record's fault.
    #[error("{origin}: the database refused at or before line {line}")]
    #[diagnostic(
        code(jobinsight::import::database),
        help("nothing of this file was imported; it can be imported again as it is")
    )]
    Database {
        /// The file as it was given.
        origin: String,
        /// The last line that had been read (0: none yet).
        line: u64,
        /// What PostgreSQL or the connection said.
        source: tokio_postgres::Error,
    },
}

fn listed(names: &[String]) -> String {
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}
