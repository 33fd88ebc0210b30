//! Settings: flag, then environment, then file, then default.

mod env;
mod load;
mod own_rules;
mod place;
mod schema;

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use env::{EnvNote, known_keys};
pub use load::{Flag, Loaded, Origin, load};
pub use own_rules::{OwnRules, OwnTable, rule_lines, taken_away, unknown_table};
pub use schema::schema;
pub(crate) use schema::schema_of;

use crate::{EtlError, Kind, Result};

/// Which rules say what clean means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RuleSet {
    /// The rules of this project.
    #[default]
    Standard,
    /// The Python pipeline's results, defects included, for comparing row by row.
    V1,
}

impl RuleSet {
    /// Its name in settings and in SQL.
    pub fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::V1 => "v1",
        }
    }
}

/// How log lines look on stderr.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// An object a line.
    Json,
}

/// All settings but those of the phases, which have their own structs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// Rows per transaction, 1 or more. None: everything is processed, in transactions of a size that the pipeline
    /// chooses.
    #[schemars(extend("x-unit" = "rows"))]
    pub batch_size: Option<u32>,
    /// Rows in one run at most; the rest is left for the next. None: all.
    #[schemars(extend("x-unit" = "rows"))]
    pub limit: Option<u64>,
    /// Lanes side by side, 1 to 64; the pool holds two connections more.
    #[schemars(extend("x-unit" = "lanes"))]
    pub max_workers: u32,
    /// Time for the whole run, and how long a server that is away is waited for.
    #[schemars(extend("x-unit" = "seconds"))]
    pub timeout: u64,
    /// Time for one statement. None: what the run may last.
    #[schemars(extend("x-unit" = "seconds"))]
    pub statement_timeout: Option<u64>,
    /// Time that a statement waits for a lock.
    #[schemars(extend("x-unit" = "seconds"))]
    pub lock_timeout: u64,
    /// Take only rows that are new, changed, or were made by other rules; `false`: all.
    pub only_unprocessed: bool,
    /// The share of a run's rows that must not be rejected, else it exits 3.
    #[schemars(extend("x-unit" = "share, 0 to 1"))]
    pub integrity_threshold: f64,
    /// Which rules say what clean means.
    pub rules: RuleSet,
    /// A directory with tables that extend those of the rules `standard`, see below. None: the rules as they are.
    pub rules_dir: Option<PathBuf>,
    /// What stands in it.
    #[serde(skip)]
    #[schemars(skip)]
    pub own_rules: OwnRules,
    /// `error`, `warn`, `info`, `debug`, `trace`, or a filter such as `jobinsight_core=debug`.
    pub log_level: String,
    /// How log lines look; they go to stderr.
    pub log_format: LogFormat,
    /// Where `run_results.json`, batches that are kept for a retry, and the embedded PostgreSQL live. None: see below.
    pub state_dir: Option<PathBuf>,
    /// The run's clock (RFC 3339), to repeat a run. None: now.
    pub as_of: Option<String>,
    /// The phases, in order.
    pub pipeline: Vec<String>,
    /// Where PostgreSQL is.
    pub database: Database,
    /// What must hold of the raw table before a run publishes anything.
    pub upstream: Upstream,
    /// The raw table.
    pub raw: Raw,
    /// Where clean rows go.
    pub staging: Staging,
    /// How long the ledger remembers.
    pub ledger: Ledger,
    /// The phases' own sections, read by [`Loaded::phase`].
    #[serde(skip_serializing)]
    #[schemars(skip)]
    #[doc(hidden)]
    pub phases: serde::de::IgnoredAny,
}

/// Where PostgreSQL is, when the environment does not say.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// Where PostgreSQL is: a URL or a libpq connection string, see below. A secret: it may hold a password.
    pub url: Option<String>,
}

/// What must hold of the raw table before a run publishes anything.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Upstream {
    /// Rows that the raw table must have; fewer exit 3, and nothing is published.
    #[schemars(extend("x-unit" = "rows"))]
    pub min_rows: Option<u64>,
}

/// The raw table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Raw {
    /// The raw table's schema.
    pub schema: String,
    /// The raw table's name.
    pub table: String,
}

/// Where clean rows, queue, rejects and ledger live.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Staging {
    /// The schema of clean rows, queue, rejects and ledger.
    pub schema: String,
}

/// How long the ledger remembers runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Ledger {
    /// Days after its end that a run is removed; 0: never.
    #[schemars(extend("x-unit" = "days"))]
    pub keep_days: u32,
}

impl Default for Ledger {
    fn default() -> Self {
        Self { keep_days: 90 }
    }
}

impl Default for Raw {
    fn default() -> Self {
        Self {
            schema: "public".into(),
            table: "raw_jobs".into(),
        }
    }
}

impl Default for Staging {
    fn default() -> Self {
        Self {
            schema: "jobinsight_staging".into(),
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            batch_size: None,
            limit: None,
            max_workers: 4,
            timeout: 600,
            statement_timeout: None,
            lock_timeout: 30,
            only_unprocessed: true,
            integrity_threshold: 0.98,
            rules: RuleSet::Standard,
            rules_dir: None,
            own_rules: OwnRules::default(),
            log_level: "info".into(),
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
            raw: Raw::default(),
            staging: Staging::default(),
            ledger: Ledger::default(),
            phases: serde::de::IgnoredAny,
        }
    }
}

impl Settings {
    /// Checks what types can't say.
    ///
    /// # Errors
    /// `jobinsight::settings::invalid`, with what is allowed.
    pub fn validate(&self) -> Result<()> {
        let wrong = |key: &str, found: String, allowed: &str| {
            Err(EtlError::new(
                Kind::Usage,
                "jobinsight::settings::invalid",
                format!("{key} = {found} is not allowed"),
            )
            .help(format!(
                "allowed: {allowed} (environment: {})",
                env::name_of(key)
            )))
        };
        if self.batch_size == Some(0) {
            return wrong(
                "batch_size",
                "0".into(),
                "1 or more rows; leave it out to process everything",
            );
        }
        if self.max_workers == 0 || self.max_workers > 64 {
            return wrong("max_workers", self.max_workers.to_string(), "1 to 64 lanes");
        }
        if self.timeout == 0 {
            return wrong("timeout", "0".into(), "1 or more seconds");
        }
        if self.statement_timeout == Some(0) {
            return wrong("statement_timeout", "0".into(), "1 or more seconds");
        }
        if self.lock_timeout == 0 {
            return wrong("lock_timeout", "0".into(), "1 or more seconds");
        }
        if self.ledger.keep_days > 36_500 {
            return wrong(
                "ledger.keep_days",
                self.ledger.keep_days.to_string(),
                "0 (for ever) to 36500 days",
            );
        }
        if !(0.0..=1.0).contains(&self.integrity_threshold) {
            return wrong(
                "integrity_threshold",
                self.integrity_threshold.to_string(),
                "0.0 to 1.0",
            );
        }
        for (key, name) in [
            ("raw.schema", &self.raw.schema),
            ("raw.table", &self.raw.table),
            ("staging.schema", &self.staging.schema),
        ] {
            if name.is_empty() || name.len() > 63 || name.contains('\0') {
                return wrong(key, format!("{name:?}"), "an identifier of 1 to 63 bytes");
            }
        }
        if let Some(as_of) = &self.as_of {
            crate::clock::parse(as_of)?;
        }
        Ok(())
    }

    /// What the user's own tables say, by a digest; `None` where they say nothing, or the rules don't look at them.
    pub fn rules_mark(&self) -> Option<String> {
        match self.rules {
            RuleSet::Standard => self.own_rules.digest(),
            RuleSet::V1 => None,
        }
    }

    /// The rules by their name and the mark of the user's own tables: `standard`, `standard+5b1e91b6`.
    pub fn rules_name(&self) -> String {
        let name = self.rules.name();
        self.rules_mark()
            .map_or_else(|| name.to_owned(), |mark| format!("{name}+{mark}"))
    }

    /// The raw table, quoted: `"public"."raw_jobs"`.
    pub fn raw_table(&self) -> String {
        format!("{}.{}", quote(&self.raw.schema), quote(&self.raw.table))
    }

    /// The staging schema, quoted.
    pub fn staging_schema(&self) -> String {
        quote(&self.staging.schema)
    }

    /// The state directory: the setting, else what the operating system has for it.
    pub fn state_dir(&self) -> PathBuf {
        if let Some(dir) = &self.state_dir {
            return dir.clone();
        }
        // The embedded server runs as another user when we are root, who can't reach into root's home.
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

/// An identifier as SQL wants it, whatever it holds.
pub fn quote(identifier: &str) -> String {
    format!("\"{}\"", identifier.replace('"', "\"\""))
}
