//! The settings of this phase.

use std::fmt::Write;

use jobinsight_core::{Loaded, Result, RuleSet};
use jobinsight_kernels::salary::{
    EUR_VND_RATE, JPY_VND_RATE, KRW_VND_RATE, MONTH_DAYS, MONTH_HOURS, PLAUSIBLE_MAX,
    PLAUSIBLE_MIN, SGD_VND_RATE, USD_VND_RATE, V1_USD_VND_RATE,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The name of this phase.
pub(crate) const NAME: &str = "sql_procedures";

/// Settings of this phase: `[phases.sql_procedures]`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SqlProceduresSettings {
    /// VND for one USD. The rule set `v1` always uses 24,000.
    #[schemars(range(min = 1.0, max = 1_000_000.0), extend("x-unit" = "VND"))]
    pub usd_vnd_rate: f64,
    /// VND for one EUR. The rule set `v1` does not use it.
    #[schemars(range(min = 0.01, max = 1_000_000.0), extend("x-unit" = "VND"))]
    pub eur_vnd_rate: f64,
    /// VND for one JPY. The rule set `v1` does not use it.
    #[schemars(range(min = 0.01, max = 1_000_000.0), extend("x-unit" = "VND"))]
    pub jpy_vnd_rate: f64,
    /// VND for one SGD. The rule set `v1` does not use it.
    #[schemars(range(min = 0.01, max = 1_000_000.0), extend("x-unit" = "VND"))]
    pub sgd_vnd_rate: f64,
    /// VND for one KRW. The rule set `v1` does not use it.
    #[schemars(range(min = 0.01, max = 1_000_000.0), extend("x-unit" = "VND"))]
    pub krw_vnd_rate: f64,
    /// Days of work in a month, for `salary_monthly_min` and `salary_monthly_max` of pay for a day.
    #[schemars(range(min = 1.0, max = 31.0), extend("x-unit" = "days"))]
    pub month_days: f64,
    /// Hours of work in a month, for the same columns of pay for an hour.
    #[schemars(range(min = 1.0, max = 744.0), extend("x-unit" = "hours"))]
    pub month_hours: f64,
    /// Smallest plausible pay for a month. A smaller bound is not published, and its row has the warning `salary_implausible`.
    #[schemars(range(min = 0.0, max = 1_000_000.0), extend("x-unit" = "million VND"))]
    pub plausible_min: f64,
    /// Largest plausible pay for a month. A larger bound is not published, and its row has the warning `salary_implausible`.
    #[schemars(range(min = 0.0, max = 1_000_000.0), extend("x-unit" = "million VND"))]
    pub plausible_max: f64,
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
            usd_vnd_rate: USD_VND_RATE,
            eur_vnd_rate: EUR_VND_RATE,
            jpy_vnd_rate: JPY_VND_RATE,
            sgd_vnd_rate: SGD_VND_RATE,
            krw_vnd_rate: KRW_VND_RATE,
            month_days: MONTH_DAYS,
            month_hours: MONTH_HOURS,
            plausible_min: PLAUSIBLE_MIN,
            plausible_max: PLAUSIBLE_MAX,
            refresh_time_remaining: true,
            window_days: None,
            compare_all: false,
            ranges_from: 50_000,
        }
    }
}

impl SqlProceduresSettings {
    /// The name of the rule set as each published row records it: the name of the rules, the rate of the USD, and the options
    /// of salaries that are not the default. The SQL functions `salary_rate` and `salary_options` read it. Example:
    /// `standard@1a2b3c4d/25000,month_days=24`.
    pub(crate) fn rule_set(&self, rules: &str, kind: RuleSet) -> String {
        let mut name = format!("{rules}/{}", self.rate(kind));
        if kind == RuleSet::Standard {
            let changed = self.options().into_iter().zip(Self::default().options());
            for ((option, value), _) in changed.filter(|(option, default)| option != default) {
                let _ = write!(name, ",{option}={value}");
            }
        }
        name
    }

    /// VND for one USD under the selected rule set.
    pub(crate) fn rate(&self, kind: RuleSet) -> f64 {
        match kind {
            RuleSet::Standard => self.usd_vnd_rate,
            RuleSet::V1 => V1_USD_VND_RATE,
        }
    }

    /// The options of the SQL function `normalize_salary`.
    fn options(&self) -> [(&'static str, f64); 8] {
        [
            ("eur_vnd_rate", self.eur_vnd_rate),
            ("jpy_vnd_rate", self.jpy_vnd_rate),
            ("sgd_vnd_rate", self.sgd_vnd_rate),
            ("krw_vnd_rate", self.krw_vnd_rate),
            ("month_days", self.month_days),
            ("month_hours", self.month_hours),
            ("plausible_min", self.plausible_min),
            ("plausible_max", self.plausible_max),
        ]
    }
}

/// See [`jobinsight_core::Plugin::RULE_SET`].
pub(crate) fn rule_set_of(loaded: &Loaded, rules: &str) -> Result<String> {
    let own: SqlProceduresSettings = loaded.phase(NAME)?;
    Ok(own.rule_set(rules, loaded.settings.rules))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_the_rules_contains_each_setting_that_decides_salaries() {
        let mut own = SqlProceduresSettings::default();
        assert_eq!(
            own.rule_set("standard", RuleSet::Standard),
            "standard/25000"
        );
        own.month_days = 22.5;
        own.plausible_max = 500.0;
        assert_eq!(
            own.rule_set("standard", RuleSet::Standard),
            "standard/25000,month_days=22.5,plausible_max=500"
        );
        assert_eq!(own.rule_set("v1", RuleSet::V1), "v1/24000");
    }
}
