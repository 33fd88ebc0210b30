//! `[phases.sql_procedures]`.

use jobinsight_core::RuleSet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The rate that the Python pipeline used.
const V1_USD_VND_RATE: f64 = 24_000.0;

/// The name of this phase.
pub(crate) const NAME: &str = "sql_procedures";

/// Settings of this phase: `[phases.sql_procedures]`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SqlProceduresSettings {
    /// VND for one USD. The rule set `v1` always counts with 24,000.
    #[schemars(range(min = 1.0, max = 1_000_000.0), extend("x-unit" = "VND"))]
    pub usd_vnd_rate: f64,
    /// Refresh `time_remaining` of rows that stand.
    pub refresh_time_remaining: bool,
    /// Look only at raw rows that were crawled within so many days before the run's clock, for tables that are too
    /// large to be compared whole. What an older crawl changed is then not seen, and rows without a time of crawl are
    /// not. Absent: all rows.
    #[schemars(range(min = 1), extend("x-unit" = "days"))]
    pub window_days: Option<u32>,
    /// Compare all raw rows, also those that no transaction wrote since the last complete run: for when rows of staging
    /// were changed by hand.
    pub compare_all: bool,
    /// From how many raw rows on a plan of all of them is made by ranges of the table's blocks, not row by row.
    #[schemars(extend("x-unit" = "rows"))]
    pub ranges_from: u64,
}

impl Default for SqlProceduresSettings {
    fn default() -> Self {
        Self {
            usd_vnd_rate: 25_000.0,
            refresh_time_remaining: true,
            window_days: None,
            compare_all: false,
            ranges_from: 50_000,
        }
    }
}

impl SqlProceduresSettings {
    /// VND for one USD under the selected rule set.
    pub(crate) fn rate(&self, rules: RuleSet) -> String {
        let rate = match rules {
            RuleSet::Standard => self.usd_vnd_rate,
            RuleSet::V1 => V1_USD_VND_RATE,
        };
        rate.to_string()
    }
}
