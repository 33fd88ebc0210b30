//! The columns that a table has, and how they differ from those that it must have.

use jobinsight_core::{EtlError, Result, spelling};
use tokio_postgres::GenericClient;

use crate::columns::{COLUMNS, KEY};
use crate::pg_type::PgType;
use crate::scripts::LIST_TABLE_COLUMNS;

/// A column that a table must have.
#[derive(Debug, Clone)]
pub struct ExpectedColumn {
    /// The name.
    pub name: &'static str,
    /// The type.
    pub data_type: PgType,
    /// Whether the column must not have NULL.
    pub is_required: bool,
    /// Whether the column must identify a row.
    pub is_key: bool,
}

/// A column that a table has.
#[derive(Debug, Clone)]
pub struct FoundColumn {
    /// The name.
    pub name: String,
    /// The type, as PostgreSQL writes it.
    pub data_type: String,
    /// Whether the column has a unique index, alone or with the columns that choose the partition of a row.
    pub is_unique: bool,
    /// Whether the column is NOT NULL.
    pub is_required: bool,
}

/// A difference between the columns that a table has and those that it must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnDifference {
    /// The table does not have the column. It may have it under the name `near`.
    Missing {
        /// The name that the column must have.
        name: &'static str,
        /// A column of the table with a similar name, which the table need not have.
        near: Option<String>,
    },
    /// The column has a type that cannot replace its own.
    WrongType {
        /// The name of the column.
        name: &'static str,
        /// The type, as PostgreSQL writes it.
        found: String,
    },
    /// The column has a type that can replace its own.
    OtherType {
        /// The name of the column.
        name: &'static str,
        /// The type, as PostgreSQL writes it.
        found: String,
    },
    /// The column may have NULL, and must not.
    Nullable {
        /// The name of the column.
        name: &'static str,
    },
    /// Two rows may have the same key.
    NoKey {
        /// The name of the column.
        name: &'static str,
    },
}

/// The columns of a table; empty if it does not exist. `table` is its quoted name with the schema.
///
/// # Errors
/// The error of the server.
pub async fn found_columns(client: &impl GenericClient, table: &str) -> Result<Vec<FoundColumn>> {
    let rows = client
        .query(LIST_TABLE_COLUMNS.text, &[&table])
        .await
        .map_err(|error| EtlError::database(error, "reading the columns of a table"))?;
    let found = rows.iter().map(|row| FoundColumn {
        name: row.get(0),
        data_type: row.get(1),
        is_unique: row.get(2),
        is_required: row.get(3),
    });
    Ok(found.collect())
}

/// The names of the columns that the table need not have.
pub fn unknown<'a>(expected: &[ExpectedColumn], found: &'a [FoundColumn]) -> Vec<&'a str> {
    let is_expected = |name: &str| expected.iter().any(|column| column.name == name);
    let names = found.iter().map(|column| column.name.as_str());
    names.filter(|name| !is_expected(name)).collect()
}

/// The differences, in the order of the expected columns.
pub fn differences(expected: &[ExpectedColumn], found: &[FoundColumn]) -> Vec<ColumnDifference> {
    let unknown = unknown(expected, found);
    let mut differences = Vec::new();
    for column in expected {
        let name = column.name;
        let Some(found) = found.iter().find(|found| found.name == name) else {
            let near = spelling::nearest(name, unknown.iter().copied()).map(str::to_owned);
            differences.push(ColumnDifference::Missing { name, near });
            continue;
        };
        let data_type = || found.data_type.clone();
        if !column.data_type.allows(&found.data_type) {
            let found = data_type();
            differences.push(ColumnDifference::WrongType { name, found });
        } else if found.data_type != column.data_type.usual {
            let found = data_type();
            differences.push(ColumnDifference::OtherType { name, found });
        }
        if column.is_required && !found.is_required {
            differences.push(ColumnDifference::Nullable { name });
        }
        if column.is_key && !found.is_unique {
            differences.push(ColumnDifference::NoKey { name });
        }
    }
    differences
}

/// The columns that the raw table must have.
pub fn raw_columns() -> Vec<ExpectedColumn> {
    let columns = COLUMNS.iter().filter_map(|column| {
        Some(ExpectedColumn {
            name: column.name,
            data_type: PgType::of(column.raw_definition()?),
            is_required: false,
            is_key: column.name == KEY,
        })
    });
    columns.collect()
}

/// The columns that the staging table must have.
pub fn staging_columns() -> Vec<ExpectedColumn> {
    let columns = COLUMNS.iter().map(|column| ExpectedColumn {
        name: column.name,
        data_type: PgType::of(column.staging_definition()),
        is_required: column.is_required(),
        is_key: column.name == KEY,
    });
    columns.collect()
}
