//! The common settings, which apply to every phase.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    CustomRules, Database, Import, Ledger, Metrics, Notify, OpenLineage, Raw, Staging, Upstream,
    Warn,
};

/// A rule set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RuleSet {
    /// The rules of this project.
    #[default]
    Standard,
    /// The results of the Python pipeline, including its defects, for a comparison row by row.
    V1,
}

impl RuleSet {
    /// The name in settings and in SQL.
    pub fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::V1 => "v1",
        }
    }
}

/// The format of log lines on stderr.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Text for people.
    #[default]
    Text,
    /// One JSON object per line.
    Json,
}

/// The default of [`Settings::max_workers`].
pub const DEFAULT_LANES: u32 = 4;

/// The largest allowed value of [`Settings::max_workers`].
pub const MAX_LANES: u32 = 64;

/// The common settings. Each phase has a separate settings struct.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Rows per transaction. None: the pipeline chooses the size.
    #[schemars(range(min = 1), extend("x-unit" = "rows"))]
    pub batch_size: Option<u32>,
    /// Most rows in one run; the rest is left for the next run. None: all rows.
    #[schemars(extend("x-unit" = "rows"))]
    pub limit: Option<u64>,
    /// Parallel lanes. The pool has two more connections.
    #[schemars(range(min = 1, max = MAX_LANES), extend("x-unit" = "lanes"))]
    pub max_workers: u32,
    /// Time limit of the whole run. A run that has begun also waits that long for an unreachable server.
    #[schemars(range(min = 1), extend("x-unit" = "seconds"))]
    pub timeout: u64,
    /// Time limit of one statement. None: the time limit of the run.
    #[schemars(range(min = 1), extend("x-unit" = "seconds"))]
    pub statement_timeout: Option<u64>,
    /// Time limit of waiting for a lock.
    #[schemars(range(min = 1), extend("x-unit" = "seconds"))]
    pub lock_timeout: u64,
    /// Process only rows that are new, changed, or from other rules. `false`: every row.
    pub only_unprocessed: bool,
    /// Share of the rows of a run that must not be rejected; otherwise the run exits with 3.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub integrity_threshold: f64,
    /// Number of rejected rows that a run may have although their share is too large. The raw table as a whole must then
    /// meet `integrity_threshold`. A single rejected row always passes, unless the threshold is 1. 0: the share alone
    /// decides. See [the quality gate](#the-quality-gate).
    #[schemars(extend("x-unit" = "rows"))]
    pub integrity_min_rejects: u64,
    /// The rule set that defines clean values.
    pub rules: RuleSet,
    /// A directory with custom rules, which extend the rule set `standard`; see below. None: no custom rules.
    pub rules_dir: Option<PathBuf>,
    /// The custom rules in that directory.
    #[serde(skip)]
    #[schemars(skip)]
    pub custom_rules: CustomRules,
    /// `error`, `warn`, `info`, `debug`, `trace`, or a filter such as `jobinsight_core=debug`.
    pub log_level: String,
    /// Refuse an `ETL_*` variable that is not a setting but resembles one. `false`: a warning.
    pub strict_env: bool,
    /// The format of log lines. They go to stderr.
    pub log_format: LogFormat,
    /// The directory of `run_results.json`, of batches that are kept for a retry, and of the embedded PostgreSQL. None:
    /// see below.
    pub state_dir: Option<PathBuf>,
    /// The clock of the run (RFC 3339), to repeat a run. None: now.
    pub as_of: Option<String>,
    /// The phases, in order.
    pub pipeline: Vec<String>,
    /// The address of PostgreSQL.
    pub database: Database,
    /// Conditions that the raw table must meet before a run publishes anything.
    pub upstream: Upstream,
    /// How `jobinsight import` reads files, and its quality gate.
    pub import: Import,
    /// The raw table.
    pub raw: Raw,
    /// The place of clean rows.
    pub staging: Staging,
    /// The ledger of runs.
    pub ledger: Ledger,
    /// Figures of runs for Prometheus.
    pub metrics: Metrics,
    /// Messages about runs, to a webhook or to a command.
    pub notify: Notify,
    /// Lineage of runs for a catalog of data, as events of OpenLineage.
    pub openlineage: OpenLineage,
    /// Limits that add a note to a run that exceeds them.
    pub warn: Warn,
    /// The sections of the phases, read by [`Loaded::phase`](crate::Loaded::phase).
    #[serde(skip_serializing)]
    #[schemars(skip)]
    #[doc(hidden)]
    pub phases: serde::de::IgnoredAny,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            batch_size: None,
            limit: None,
            max_workers: DEFAULT_LANES,
            timeout: 600,
            statement_timeout: None,
            lock_timeout: 30,
            only_unprocessed: true,
            integrity_threshold: 0.98,
            integrity_min_rejects: 10,
            rules: RuleSet::Standard,
            rules_dir: None,
            custom_rules: CustomRules::default(),
            log_level: "info".into(),
            strict_env: true,
            log_format: LogFormat::Text,
            state_dir: None,
            as_of: None,
            pipeline: [
                "schema_setup",
                "sql_procedures",
                "data_loading",
                "data_processing",
                "data_saving",
            ]
            .map(String::from)
            .to_vec(),
            database: Database::default(),
            upstream: Upstream::default(),
            import: Import::default(),
            raw: Raw::default(),
            staging: Staging::default(),
            ledger: Ledger::default(),
            metrics: Metrics::default(),
            notify: Notify::default(),
            openlineage: OpenLineage::default(),
            warn: Warn::default(),
            phases: serde::de::IgnoredAny,
        }
    }
}

impl Settings {
    /// The digest of the custom rules. `None` if there are none, or if the rule set does not use them.
    pub fn rules_mark(&self) -> Option<String> {
        match self.rules {
            RuleSet::Standard => self.custom_rules.digest(),
            RuleSet::V1 => None,
        }
    }

    /// The name of the rule set, with the digest of custom rules: `standard`, `standard+5b1e91b6`. Published rows record a longer
    /// name, which also depends on the phases and their tables.
    pub fn rules_name(&self) -> String {
        let name = self.rules.name();
        self.rules_mark()
            .map_or_else(|| name.to_owned(), |mark| format!("{name}+{mark}"))
    }

    /// The time limit of one statement, in seconds.
    pub fn statement_limit(&self) -> u64 {
        self.statement_timeout.unwrap_or(self.timeout)
    }

    /// The raw table, quoted: `"public"."raw_jobs"`.
    pub fn raw_table(&self) -> String {
        format!("{}.{}", quote(&self.raw.schema), quote(&self.raw.table))
    }

    /// The staging schema, quoted.
    pub fn staging_schema(&self) -> String {
        quote(&self.staging.schema)
    }

    /// The state directory: the setting, else the default of the operating system.
    pub fn state_dir(&self) -> PathBuf {
        if let Some(dir) = &self.state_dir {
            return dir.clone();
        }
        // Under root, the embedded server runs as another user, who has no access to the home directory of root.
        if rustix::process::geteuid().is_root() {
            return PathBuf::from("/var/lib/jobinsight");
        }
        let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/state"));
        std::env::var_os("XDG_STATE_HOME")
            .map(PathBuf::from)
            .or_else(home)
            .unwrap_or_else(std::env::temp_dir)
            .join("jobinsight")
    }
}

/// An identifier, quoted for SQL.
pub fn quote(identifier: &str) -> String {
    format!("\"{}\"", identifier.replace('"', "\"\""))
}
