//! Counts the rows that a run processes again because their rules have another name than those of the pipeline.

use std::fmt::Write;

use jobinsight_core::plural::counted;
use jobinsight_core::{EtlError, Loaded, Result};
use jobinsight_sql::scripts::COUNT_OTHER_RULES;
use schemars::JsonSchema;
use serde::Serialize;
use tokio_postgres::Transaction;

/// The rows that other rules produced.
#[derive(Serialize, JsonSchema)]
pub(super) struct OtherRules {
    /// The name of the rule set of the pipeline, and the fingerprint of custom rules.
    pub(super) rules: String,
    /// Published rows that other rules produced.
    pub(super) published: i64,
    /// Rows that other rules rejected.
    pub(super) rejected: i64,
    /// Rows of staging that another program inserted or changed.
    pub(super) other_programs: i64,
}

impl OtherRules {
    /// Counts the rows. `None` if the database has no staging table, or one that an older version created.
    pub(super) async fn count(
        tx: &mut Transaction<'_>,
        loaded: &Loaded,
        rules: &str,
    ) -> Result<Option<Self>> {
        let fail = |error| EtlError::database(error, "counting the rows of other rules");
        // An error of the statement ends only the savepoint.
        let savepoint = tx.transaction().await.map_err(fail)?;
        let script = COUNT_OTHER_RULES.render(&loaded.settings);
        match savepoint.query_one(script.sql(), &[&rules]).await {
            Ok(row) => Ok(Some(Self {
                rules: rules.to_owned(),
                published: row.get(0),
                rejected: row.get(1),
                other_programs: row.get(2),
            })),
            Err(error) => {
                let error = script.error(error, "counting the rows of other rules");
                tracing::debug!("the rows of other rules were not counted: {error}");
                savepoint.rollback().await.map_err(fail)?;
                Ok(None)
            }
        }
    }

    /// Says what a run does with these rows; empty if there are none.
    pub(super) fn sentence(&self, only_unprocessed: bool) -> String {
        let (published, rejected) = (self.published, self.rejected);
        let mut text = String::new();
        if !only_unprocessed {
            return text;
        }
        if published + rejected > 0 {
            let _ = writeln!(
                text,
                "The rules of the pipeline are {}. Other rules made {} and {}. A run that plans processes them again.",
                self.rules,
                counted(published, "published row"),
                counted(rejected, "rejected row")
            );
        }
        if self.other_programs > 0 {
            let _ = writeln!(
                text,
                "Another program inserted or changed {} of staging. A run that plans processes them again.",
                counted(self.other_programs, "row")
            );
        }
        text
    }
}
