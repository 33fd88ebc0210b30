//! Derived columns of staging that an older version created with a limited length, and that could not become TEXT yet. A longer
//! text is cut, because a derived text never rejects a posting.

use jobinsight_core::{Result, Settings};
use tokio_postgres::GenericClient;

use crate::scripts::NARROW_COLUMNS;

/// A derived column of staging with a limited length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NarrowColumn {
    /// The name of the column.
    pub name: String,
    /// The objects of other users that prevent a change of the type.
    pub users: Vec<String>,
    /// Whether the current role may change the column.
    pub ours: bool,
    /// The most characters of a value; `None` if there is no limit.
    pub length: Option<i32>,
    /// The views to drop before the column can change, in order; `None` if other objects prevent the change as well.
    pub views: Option<Vec<String>>,
    /// The statements that drop these views.
    pub drops: Option<Vec<String>>,
}

impl NarrowColumn {
    /// Whether the next upgrade changes the type to TEXT.
    pub fn is_widened(&self) -> bool {
        self.ours && self.users.is_empty()
    }
}

/// The derived columns that are not TEXT yet. The list is empty if there is no staging table.
///
/// # Errors
/// A database error.
pub async fn narrow_columns(
    client: &impl GenericClient,
    settings: &Settings,
) -> Result<Vec<NarrowColumn>> {
    let script = NARROW_COLUMNS.render(settings);
    let rows = client
        .query(script.sql(), &[])
        .await
        .map_err(|error| script.error(error, "reading the columns of staging"))?;
    Ok(rows
        .into_iter()
        .map(|row| NarrowColumn {
            name: row.get(0),
            users: row.get(1),
            ours: row.get(2),
            length: row.get(3),
            views: row.get(4),
            drops: row.get(5),
        })
        .collect())
}
