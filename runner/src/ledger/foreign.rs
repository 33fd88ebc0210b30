//! Rows of staging that another program wrote since the last run.

use jobinsight_core::plural::counted;
use jobinsight_core::{Result, Settings};
use jobinsight_sql::scripts::COUNT_FOREIGN;
use tokio_postgres::Client;

/// The numbers of these rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ForeignSince {
    /// Rows that another program inserted.
    pub(crate) inserted: i64,
    /// Rows that another program changed.
    pub(crate) changed: i64,
}

impl ForeignSince {
    /// Counts the rows.
    pub(crate) async fn read(client: &Client, settings: &Settings) -> Result<Self> {
        let script = COUNT_FOREIGN.render(settings);
        let row = client
            .query_one(script.sql(), &[])
            .await
            .map_err(|error| script.error(error, "counting the rows of other programs"))?;
        Ok(Self {
            inserted: row.get(0),
            changed: row.get(1),
        })
    }

    /// The numbers in words; `None` if there are no such rows.
    pub(crate) fn in_words(self) -> Option<String> {
        (self.inserted + self.changed > 0).then(|| {
            format!(
                "another program inserted {} and changed {}",
                counted(self.inserted, "row"),
                counted(self.changed, "row")
            )
        })
    }
}
