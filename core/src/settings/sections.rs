//! The sections of the settings.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The address of PostgreSQL, if the environment has none.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// The address of PostgreSQL: a URL or a connection string of libpq, see below. A secret: it may contain a password.
    pub url: Option<String>,
}

/// Conditions that the raw table must meet before a run publishes anything.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Upstream {
    /// Fewest rows of the raw table. With fewer, the run exits with 3 and publishes nothing.
    #[schemars(extend("x-unit" = "rows"))]
    pub min_rows: Option<u64>,
    /// Longest time since the newest crawl, such as `36h` or `2d`. If it is longer, the run exits with 3 and
    /// publishes nothing. None: the age does not matter.
    pub max_age: Option<String>,
    /// A query that returns true when the raw table is complete, for example from a table that the crawler writes. It cannot
    /// write. If it returns anything else, the run exits with 3 and publishes nothing.
    pub sql: Option<String>,
}

/// The raw table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Raw {
    /// The schema of the raw table.
    pub schema: String,
    /// The name of the raw table.
    pub table: String,
}

/// How `jobinsight import` reads files, and its quality gate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Import {
    /// Share of the records of a file that must not be rejected; otherwise the import exits with 3, and nothing of the
    /// file is imported.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub integrity_threshold: f64,
    /// Number of rejected records from which `import.integrity_threshold` applies. An import with fewer rejected records
    /// fails only if more than half of the file is rejected, if more than a tenth of the file has another encoding, or if the
    /// threshold is 1.
    #[schemars(range(min = 1), extend("x-unit" = "records"))]
    pub integrity_min_rejects: u64,
    /// The time zone of dates and times without an offset, as a name of the IANA database.
    pub time_zone: String,
}

/// The place of clean rows, queue, rejects and ledger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Staging {
    /// The schema of clean rows, queue, rejects and ledger.
    pub schema: String,
}

/// Messages about runs, to a webhook or to a command.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Notify {
    /// The address that gets each message as an HTTP POST. A secret: it may contain a token.
    #[schemars(extend("x-secret" = true))]
    pub webhook: Option<String>,
    /// A file with the address of the webhook, instead of `notify.webhook`.
    pub webhook_file: Option<PathBuf>,
    /// The form of the message: `json`, or what Slack or Microsoft Teams expects.
    pub format: NotifyFormat,
    /// A program with its arguments, which gets each message as JSON on its standard input.
    pub command: Vec<String>,
    /// The events that send a message.
    pub on: Vec<NotifyEvent>,
    /// Time limit of a webhook or a command.
    #[schemars(range(min = 1, max = 300), extend("x-unit" = "seconds"))]
    pub timeout: u64,
}

impl Default for Notify {
    fn default() -> Self {
        Self {
            webhook: None,
            webhook_file: None,
            format: NotifyFormat::Json,
            command: Vec::new(),
            on: vec![
                NotifyEvent::Failure,
                NotifyEvent::Recovery,
                NotifyEvent::Stale,
                NotifyEvent::Warning,
            ],
            timeout: 10,
        }
    }
}

/// The form of the messages to a webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum NotifyFormat {
    /// One object with every figure.
    Json,
    /// A text for an incoming webhook of Slack.
    Slack,
    /// An adaptive card for a workflow of Microsoft Teams.
    Teams,
}

/// The subject of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum NotifyEvent {
    /// A run failed.
    Failure,
    /// A run succeeded after one that failed.
    Recovery,
    /// The crawl is too old: the run failed for that reason, or `warn.crawl_age` is exceeded.
    Stale,
    /// A run succeeded and exceeded a limit of the section `warn`.
    Warning,
}

/// Limits that add a note to a run that exceeds them. The run succeeds nevertheless.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Warn {
    /// The duration of a run, as a multiple of the median of the last successful runs. It needs five such runs.
    pub duration_factor: Option<f64>,
    /// The share of raw rows that are rejected.
    #[schemars(range(min = 0.0, max = 1.0))]
    pub rejected_share: Option<f64>,
    /// The largest resident memory of the process.
    #[schemars(extend("x-unit" = "MB"))]
    pub memory_mb: Option<u64>,
    /// The age of the newest crawl when the run ends, such as `36h`.
    pub crawl_age: Option<String>,
}

/// Figures of runs for Prometheus.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Metrics {
    /// The file that a run writes when it ends, in the text format of Prometheus, for the textfile collector of the node
    /// exporter. None: no file.
    pub file: Option<PathBuf>,
}

/// Lineage of runs for a catalog of data, as events of OpenLineage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OpenLineage {
    /// The address of the server that gets each event as an HTTP POST. None: no server gets events. Also in the variable
    /// `OPENLINEAGE_URL`.
    pub url: Option<String>,
    /// The path on the server. Also in the variable `OPENLINEAGE_ENDPOINT`.
    pub endpoint: String,
    /// The key that the server expects. A secret. Also in the variable `OPENLINEAGE_API_KEY`.
    #[schemars(extend("x-secret" = true))]
    pub api_key: Option<String>,
    /// A file with the key, instead of `openlineage.api_key`.
    pub api_key_file: Option<PathBuf>,
    /// A file to which each event is appended as one line of JSON. None: no file.
    pub file: Option<PathBuf>,
    /// The namespace of the jobs. Also in the variable `OPENLINEAGE_NAMESPACE`.
    pub namespace: String,
    /// Time limit of one event, and of the events that are not sent when the run ends.
    #[schemars(range(min = 1, max = 60), extend("x-unit" = "seconds"))]
    pub timeout: u64,
    /// Send and write no event. Also in the variable `OPENLINEAGE_DISABLED`.
    pub disabled: bool,
}

impl Default for OpenLineage {
    fn default() -> Self {
        Self {
            url: None,
            endpoint: "api/v1/lineage".into(),
            api_key: None,
            api_key_file: None,
            file: None,
            namespace: "jobinsight".into(),
            timeout: 2,
            disabled: false,
        }
    }
}

/// The ledger of runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Ledger {
    /// Days after which a finished run is removed; 0: never.
    #[schemars(range(max = 36_500), extend("x-unit" = "days"))]
    pub keep_days: u32,
}

impl Default for Ledger {
    fn default() -> Self {
        Self { keep_days: 90 }
    }
}

impl Default for Import {
    fn default() -> Self {
        Self {
            integrity_threshold: 0.98,
            integrity_min_rejects: 10,
            time_zone: "Asia/Ho_Chi_Minh".into(),
        }
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
