//! Counts the rows that a run processes again because their rules have another name than those of the pipeline.

use std::fmt::Write;

use jobinsight_core::plural::counted;
use jobinsight_core::{Loaded, Result, database};
use jobinsight_sql::scripts::COUNT_OTHER_RULES;
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::args::Global;
use crate::cli::io;
use crate::pipeline;

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

/// Counts the rows. `None` if no database has the staging table, because the dry run works without a database.
pub(super) async fn count(global: &Global, loaded: &Loaded) -> Option<OtherRules> {
    let rules = pipeline::rules(&loaded.settings, &[]);
    match read(global, loaded, &rules).await {
        Ok([published, rejected, other_programs]) => Some(OtherRules {
            rules,
            published,
            rejected,
            other_programs,
        }),
        Err(error) => {
            tracing::debug!("the rows of other rules were not counted: {error}");
            None
        }
    }
}

async fn read(global: &Global, loaded: &Loaded, rules: &str) -> Result<[i64; 3]> {
    let target = io::target(global, loaded)?;
    let client = database::connect_for(&target, "run --dry-run", &loaded.settings).await?;
    let script = COUNT_OTHER_RULES.render(&loaded.settings);
    let row = client
        .query_one(script.sql(), &[&rules])
        .await
        .map_err(|error| script.error(error, "counting the rows of other rules"))?;
    Ok([row.get(0), row.get(1), row.get(2)])
}
