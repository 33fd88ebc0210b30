//! The results of a run, as machines read them: the last line of stdout, `run_results.json`, and the ledger.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::Ordering::Relaxed;

use jobinsight_core::state::PhaseState;
use jobinsight_core::{EtlError, Result, failpoints};
use rustix::fs::{FlockOperation, flock};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::codes;
use crate::pipeline::Step;
use crate::report::place::RunPlace;
use crate::report::stats::seconds;

pub use crate::report::stats::Stats;

/// The version of the JSON that commands print. It increases when a field is removed, or when its type or meaning changes. A
/// new field does not increase it.
pub const SCHEMA_VERSION: u32 = 2;

/// Rows by field and kind of warning.
pub type Warnings = BTreeMap<String, BTreeMap<String, u64>>;

/// Rows of staging that another program had inserted or changed, such as the Python pipeline or a person.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ForeignRows {
    /// Rows that it inserted after their raw rows were rejected. The run deleted them.
    pub inserted_and_rejected: u64,
    /// Rows that it had published, and that the run rejected. The run deleted them.
    pub published_and_rejected: u64,
    /// Rows that it changed after a run had published them. The run processed them again.
    pub changed: u64,
}

/// The results of a run.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
pub struct RunResults {
    /// The version of this format.
    pub schema_version: u32,
    /// The id of the run.
    pub run_id: String,
    /// When this attempt started, in RFC 3339.
    #[serde(default)]
    #[schemars(extend("format" = "date-time"))]
    pub started_at: String,
    /// When this attempt ended, in RFC 3339; null while it works.
    #[serde(default)]
    #[schemars(extend("format" = "date-time"))]
    pub ended_at: Option<String>,
    /// Program, machine, server and tables.
    #[serde(flatten)]
    pub place: RunPlace,
    /// The number of the attempt, from 1. A retry is the next attempt of the same run.
    #[serde(default = "first")]
    pub attempt: i32,
    /// The phase that the run filled; absent if the run was not a fill.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fills: Option<String>,
    /// Whether the run succeeded.
    pub success: bool,
    /// A summary in one sentence.
    pub message: String,
    /// The error; absent if the run succeeded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorResult>,
    /// The name of the rule set and the fingerprint of custom rules.
    #[serde(default)]
    pub rules: String,
    /// The phases, in order.
    pub phases: Vec<PhaseResult>,
    /// Whether the run had a plan: its own, or that of the run whose work it continued. Without one, it counted no rows, and the
    /// rows in `stats` are zero.
    #[serde(default = "yes")]
    pub planned: bool,
    /// The numbers.
    pub stats: Stats,
    /// The number of rows with a warning, by field and warning.
    pub warnings: Warnings,
    /// Rows of staging that another program had inserted or changed.
    #[serde(default)]
    pub other_programs: ForeignRows,
    /// Rejected rows that stay in staging, because a foreign key or a trigger does not let them go.
    #[serde(default)]
    pub kept_in_staging: u64,
    /// Notes that are not errors.
    pub notes: Vec<String>,
    /// The limits of the section `warn` that the run exceeded.
    #[serde(default)]
    pub exceeded: Vec<ExceededLimit>,
}

/// The setting that limits the age of the newest crawl when a run ends.
pub(crate) const CRAWL_AGE: &str = "warn.crawl_age";

/// A limit that a run exceeded.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ExceededLimit {
    /// The path of the setting.
    pub setting: String,
    /// The value that was found, in one sentence.
    pub message: String,
}

fn first() -> i32 {
    1
}

/// An earlier version did not write whether a run had a plan.
fn yes() -> bool {
    true
}

/// An error, as machines read it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct ErrorResult {
    /// The stable code.
    pub code: String,
    /// The phase that failed; absent if no phase did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// The problem, in one sentence.
    pub message: String,
    /// How to fix the problem.
    pub help: Option<String>,
}

impl From<&EtlError> for ErrorResult {
    fn from(error: &EtlError) -> Self {
        Self {
            code: error.code().name().to_owned(),
            phase: error.phase().map(str::to_owned),
            message: error.message().to_owned(),
            help: Some(error.help_text().into_owned()),
        }
    }
}

/// The work of one phase.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
pub struct PhaseResult {
    /// The name.
    pub name: String,
    /// The state of the phase.
    pub status: PhaseState,
    /// Why it was skipped; absent if it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Time in which at least one lane worked on this phase, in seconds.
    pub duration_s: f64,
    /// Wall time in this phase, in seconds, added over lanes.
    pub wall_s: f64,
    /// Time in which this process worked for this phase, in seconds, added over lanes.
    pub busy_s: f64,
    /// CPU time of this process for this phase, in seconds.
    pub cpu_s: f64,
    /// Resident memory of the process before the phase, in MB.
    pub rss_before_mb: f64,
    /// Resident memory of the process after the phase, in MB.
    pub rss_after_mb: f64,
    /// Largest resident memory of the process during the phase, in MB.
    pub rss_peak_mb: f64,
    /// Rows that the phase received.
    pub rows_in: u64,
    /// Rows that the phase passed on.
    pub rows_out: u64,
    /// Rejected rows.
    pub rejected: u64,
    /// Retries after a conflict or a lost connection.
    pub retries: u64,
}

impl PhaseResult {
    /// The result of a phase so far.
    #[allow(clippy::cast_precision_loss)] // bytes of memory, shown in MB
    pub(crate) fn of(step: &Step, status: PhaseState) -> Self {
        let metrics = &step.metrics;
        let (before, after, peak) = metrics.memory();
        let mb = |bytes: u64| (bytes as f64 / 1_048_576.0 * 10.0).round() / 10.0;
        Self {
            name: step.spec.name.to_owned(),
            status,
            why: None,
            duration_s: seconds(metrics.elapsed()),
            wall_s: seconds(metrics.wall()),
            busy_s: seconds(metrics.busy()),
            cpu_s: seconds(metrics.cpu()),
            rss_before_mb: mb(before),
            rss_after_mb: mb(after),
            rss_peak_mb: mb(peak),
            rows_in: metrics.rows_in.load(Relaxed),
            rows_out: metrics.rows_out.load(Relaxed),
            rejected: metrics.rejected.load(Relaxed),
            retries: metrics.retries.load(Relaxed),
        }
    }
}

impl RunResults {
    /// Writes `run_results.json`. A reader sees the whole old file or the whole new file, because a temporary file is
    /// renamed. If the process is killed before that, the temporary file stays until the next process overwrites it. A lock
    /// on the directory lets one process write at a time. The lock ends with the process.
    ///
    /// # Errors
    /// `jobinsight::state::not_writable`.
    pub fn write(&self, state_dir: &Path) -> Result<()> {
        let write = || -> std::io::Result<()> {
            let directory = File::open(state_dir)?;
            flock(&directory, FlockOperation::LockExclusive)?;
            let new = state_dir.join(".run_results.json.new");
            let mut file = File::create(&new)?;
            serde_json::to_writer(&mut file, self)?;
            file.write_all(b"\n")?;
            file.sync_all()?;
            failpoints::point(failpoints::RESULTS_BEFORE_RENAME);
            std::fs::rename(new, state_dir.join("run_results.json"))
        };
        write().map_err(|error| not_writable(state_dir, &error))
    }
}

/// Creates the state directory, and checks that it can be written before the run does any work.
///
/// # Errors
/// `jobinsight::state::not_writable`.
pub(crate) fn check_state_dir(state_dir: &Path) -> Result<()> {
    std::fs::create_dir_all(state_dir)
        .and_then(|()| tempfile::tempfile_in(state_dir).map(drop))
        .map_err(|error| not_writable(state_dir, &error))
}

fn not_writable(state_dir: &Path, error: &std::io::Error) -> EtlError {
    EtlError::new(
        codes::STATE_NOT_WRITABLE,
        format!(
            "the state directory cannot be written: {}: {error}",
            state_dir.display()
        ),
    )
    .help("choose another: --state-dir DIR, or ETL_STATE_DIR")
}
