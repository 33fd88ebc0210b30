//! Counts the rows that a run processes again because their rules have another name than those of the pipeline.

use jobinsight_core::{Loaded, Result, database};
use jobinsight_sql::scripts::COUNT_OTHER_RULES;
use serde_json::{Value, json};

use crate::cli::args::Global;
use crate::cli::io;
use crate::pipeline;

/// The rows that other rules made.
pub(super) struct OtherRules {
    /// The name of the rules of the pipeline: see [`jobinsight_sql::content`].
    pub(super) rules: String,
    pub(super) published: i64,
    pub(super) rejected: i64,
}

impl OtherRules {
    pub(super) fn as_json(&self) -> Value {
        json!({ "rules": self.rules, "published": self.published, "rejected": self.rejected })
    }

    /// Says what a run does with these rows; empty if there are none.
    pub(super) fn sentence(&self, only_unprocessed: bool) -> String {
        let (published, rejected) = (self.published, self.rejected);
        if published + rejected == 0 || !only_unprocessed {
            return String::new();
        }
        format!(
            "The rules of the pipeline are {}. Other rules made {published} published rows and {rejected} rejected rows. A run that plans processes them again.\n",
            self.rules
        )
    }
}

/// Counts the rows. `None` if no database has the staging table, because the dry run works without a database.
pub(super) async fn count(global: &Global, loaded: &Loaded) -> Option<OtherRules> {
    let rules = pipeline::rules(&loaded.settings, &[]);
    match read(global, loaded, &rules).await {
        Ok((published, rejected)) => Some(OtherRules {
            rules,
            published,
            rejected,
        }),
        Err(error) => {
            tracing::debug!("the rows of other rules were not counted: {error}");
            None
        }
    }
}

async fn read(global: &Global, loaded: &Loaded, rules: &str) -> Result<(i64, i64)> {
    let target = io::target(global, loaded)?;
    let client = database::connect_for(&target, "run --dry-run").await?;
    let script = COUNT_OTHER_RULES.render(&loaded.settings);
    let row = client
        .query_one(script.sql(), &[&rules])
        .await
        .map_err(|error| script.error(error, "counting the rows of other rules"))?;
    Ok((row.get(0), row.get(1)))
}
