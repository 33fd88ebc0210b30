//! The settings of this phase.

use jobinsight_core::{Loaded, Result, RuleSet};
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
    /// VND for one USD. The rule set `v1` always uses 24,000.
    #[schemars(range(min = 1.0, max = 1_000_000.0), extend("x-unit" = "VND"))]
    pub usd_vnd_rate: f64,
    /// Refresh `time_remaining` of the rows that are already in staging.
    pub refresh_time_remaining: bool,
    /// Compare only raw rows that were crawled in this number of days before the clock of the run. Use it for tables that
    /// are too large to compare completely. The run does not see rows that were crawled earlier or after that clock,
    /// or rows without a crawl time. Absent: all rows.
    #[schemars(range(min = 1), extend("x-unit" = "days"))]
    pub window_days: Option<u32>,
    /// Compare the fingerprint and the rule set of all raw rows with staging, including rows that no transaction wrote since
    /// the last complete run. Use it after rows of staging were restored from a copy. Every run finds rows that another
    /// program inserted or changed.
    pub compare_all: bool,
    /// Smallest number of raw rows for which a plan of all rows uses ranges of blocks. Below it, the plan lists each row.
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

/// The name of the rule set as each published row records it: the name of the rules and the exchange rate.
pub(crate) fn rule_set(rules: &str, rate: &str) -> String {
    format!("{rules}/{rate}")
}

/// See [`jobinsight_core::Plugin::RULE_SET`].
pub(crate) fn rule_set_of(loaded: &Loaded, rules: &str) -> Result<String> {
    let own: SqlProceduresSettings = loaded.phase(NAME)?;
    Ok(rule_set(rules, &own.rate(loaded.settings.rules)))
}
