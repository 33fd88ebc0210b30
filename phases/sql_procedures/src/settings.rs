//! `[phases.sql_procedures]`.

use jobinsight_core::{EtlError, Kind, Result, RuleSet, Settings};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the Python pipeline counted with.
const V1_USD_VND_RATE: f64 = 24_000.0;

/// Settings of this phase: `[phases.sql_procedures]`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SqlProceduresSettings {
    /// VND for one USD. The rule set `v1` always counts with 24,000.
    #[schemars(extend("x-unit" = "VND"))]
    pub usd_vnd_rate: f64,
    /// Refresh `time_remaining` of rows that stand.
    pub refresh_time_remaining: bool,
    /// Look only at raw rows that were crawled within so many days before the run's clock, for tables that are too
    /// large to be compared whole. What an older crawl changed is then not seen, and rows without a time of crawl are
    /// not. Absent: all rows.
    #[schemars(extend("x-unit" = "days"))]
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
    /// VND for one USD under the rules that are chosen.
    pub(crate) fn rate(&self, common: &Settings) -> Result<String> {
        let rate = match common.rules {
            RuleSet::Standard => self.usd_vnd_rate,
            RuleSet::V1 => V1_USD_VND_RATE,
        };
        if !(rate.is_finite() && (1.0..=1_000_000.0).contains(&rate)) {
            return Err(invalid(
                &format!("usd_vnd_rate = {rate}"),
                "1 to 1000000 VND for one USD",
            ));
        }
        if self.window_days == Some(0) {
            return Err(invalid(
                "window_days = 0",
                "1 or more days; without it all rows are looked at",
            ));
        }
        Ok(rate.to_string())
    }
}

fn invalid(what: &str, allowed: &str) -> EtlError {
    EtlError::new(
        Kind::Usage,
        "jobinsight::settings::invalid",
        format!("phases.sql_procedures.{what} is not allowed"),
    )
    .help(format!("allowed: {allowed}"))
}
