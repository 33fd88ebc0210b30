//! The columns of a table, read from the catalog of PostgreSQL.

use jobinsight_core::settings::quote;
use jobinsight_sql::scripts::LIST_IMPORT_COLUMNS;
use tokio_postgres::Client;

/// A table to load into.
#[derive(Clone, Debug)]
pub struct Table {
    /// The schema.
    pub schema: String,
    /// The name.
    pub name: String,
}

impl Table {
    /// The quoted name, as SQL needs it.
    pub fn quoted(&self) -> String {
        format!("{}.{}", quote(&self.schema), quote(&self.name))
    }
}

/// A column of the table.
#[derive(Clone, Debug)]
#[allow(clippy::struct_excessive_bools)] // answers of the catalog, which do not depend on each other
pub(super) struct Column {
    pub(super) name: String,
    /// The type without a length; the type below a domain. A cast to `varchar(20)` would cut a long text without an error;
    /// an assignment refuses it.
    pub(super) kind: String,
    /// Whether the column belongs to the key by which an existing row is found: the primary key, or `job_id` alone if the
    /// primary key also contains the column of the partitions.
    pub(super) key: bool,
    /// Whether the column must have a value.
    pub(super) required: bool,
    /// Whether PostgreSQL has a value for a record that does not mention the column.
    pub(super) has_default: bool,
    /// Whether the column belongs to the primary key.
    pub(super) in_primary_key: bool,
}

/// A column of the table, and its place in the file.
pub(super) type Placed = (usize, Column);

/// The columns of the table. The list is empty if the table does not exist.
pub(super) async fn columns(
    client: &Client,
    table: &Table,
) -> Result<Vec<Column>, tokio_postgres::Error> {
    let rows = client
        .query(LIST_IMPORT_COLUMNS.text, &[&table.quoted()])
        .await?;
    Ok(rows
        .iter()
        .map(|row| Column {
            name: row.get(0),
            kind: row.get(1),
            key: row.get(2),
            required: row.get(3),
            has_default: row.get(4),
            in_primary_key: row.get(5),
        })
        .collect())
}
