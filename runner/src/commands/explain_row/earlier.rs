//! The results of earlier runs for one posting: its row in staging and its rejected row.

use jobinsight_core::database::Connection;
use jobinsight_core::{Loaded, Result};
use jobinsight_sql::scripts::EXPLAIN_RESULT;
use serde_json::Value;
use tokio_postgres::Row;

use crate::ledger;

/// The results of earlier runs for one posting.
#[derive(Default)]
pub(super) struct Earlier {
    pub(super) staging: Option<StoredRow>,
    pub(super) reject: Option<StoredRow>,
}

/// A row that an earlier run wrote.
pub(super) struct StoredRow {
    /// All columns, as a JSON object.
    pub(super) columns: Value,
    /// Whether the raw row is unchanged since.
    pub(super) is_current: bool,
}

impl Earlier {
    /// Reads the results. `hash` is the fingerprint of the raw row, if the raw row exists.
    pub(super) async fn read(
        loaded: &Loaded,
        client: &Connection,
        key: &str,
        hash: Option<i64>,
    ) -> Result<Self> {
        let settings = &loaded.settings;
        if !ledger::exists(client, &settings.staging_schema()).await? {
            return Ok(Self::default());
        }
        let script = EXPLAIN_RESULT.render(settings);
        let row = client
            .query_one(script.sql(), &[&key, &hash])
            .await
            .map_err(|error| script.error(error, "reading the results of earlier runs"))?;
        Ok(Self {
            staging: StoredRow::at(&row, 0),
            reject: StoredRow::at(&row, 2),
        })
    }
}

impl StoredRow {
    /// The row whose columns are at `at`, followed by whether it is current.
    fn at(row: &Row, at: usize) -> Option<Self> {
        Some(Self {
            columns: row.get::<_, Option<Value>>(at)?,
            is_current: row.get::<_, Option<bool>>(at + 1).unwrap_or(false),
        })
    }
}
