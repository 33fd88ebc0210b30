//! The options of `jobinsight run` and `jobinsight retry`.
#![allow(clippy::doc_markdown)] // these comments are the help text, shown as they are

use std::path::PathBuf;

use clap::{Args, Command};
use jobinsight_core::clock;
use jobinsight_core::settings::{DEFAULT_LANES, Flag, MAX_LANES};
use serde_json::json;

use crate::pipeline::selection::PhaseSelection;
use crate::run::request::RetryRequest;
use crate::run::upstream::Wait;

/// The settings of a run that both commands have as flags.
#[derive(Debug, Args, Default)]
pub(crate) struct SettingArgs {
    /// Rows per transaction
    #[arg(long, value_name = "N")]
    batch_size: Option<u32>,
    #[arg(long, value_name = "N", help = lanes_help())]
    max_workers: Option<u32>,
    /// Largest number of rows to process in this run
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// Only rows that are new, changed, or from other rules; =false: every row
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    only_unprocessed: Option<bool>,
    /// Rule set
    #[arg(long, value_name = "RULES", value_parser = ["standard", "v1"])]
    rules: Option<String>,
    /// Time that the run uses as "now", in RFC 3339; with the time of an earlier run, the results are the same
    #[arg(long, value_name = "TIME")]
    as_of: Option<String>,
    /// File for Prometheus that the run writes when it ends [default: none]
    #[arg(long, value_name = "FILE")]
    metrics_file: Option<PathBuf>,
}

/// The default of each setting in `jobinsight run`.
const DEFAULTS: [(&str, &str); 5] = [
    ("batch_size", "automatic"),
    ("limit", "all"),
    ("only_unprocessed", "true"),
    ("rules", "standard"),
    ("as_of", "now"),
];

/// Adds the defaults to the help texts. A retry has the settings that its run recorded.
pub(crate) fn with_defaults(command: Command) -> Command {
    let described = |command: Command, retry: bool| {
        DEFAULTS.iter().fold(command, |command, (id, default)| {
            let default = if retry {
                "as the run recorded"
            } else {
                default
            };
            command.mut_arg(id, |arg| {
                let text = arg.get_help().map(ToString::to_string).unwrap_or_default();
                arg.help(format!("{text} [default: {default}]"))
            })
        })
    };
    command
        .mut_subcommand("run", |run| described(run, false))
        .mut_subcommand("retry", |retry| described(retry, true))
}

/// The phases that are added to `pipeline` for one command.
#[derive(Debug, Args, Default)]
pub(crate) struct WithArgs {
    /// More phases than `pipeline` names, each at its place, such as job_facts
    #[arg(long, value_name = "PHASE", value_delimiter = ',')]
    pub(crate) with: Vec<String>,
}

/// The options of `jobinsight run`.
#[derive(Debug, Args, Default)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    settings: SettingArgs,
    #[command(flatten)]
    pub(crate) more: WithArgs,
    /// First phase
    #[arg(long, value_name = "PHASE")]
    from: Option<String>,
    /// Last phase
    #[arg(long, value_name = "PHASE")]
    until: Option<String>,
    /// These phases and no others
    #[arg(long, value_name = "PHASE", value_delimiter = ',', conflicts_with_all = ["from", "until", "skip"])]
    only: Vec<String>,
    /// All phases except these
    #[arg(long, value_name = "PHASE", value_delimiter = ',')]
    skip: Vec<String>,
    /// Phase whose values are computed for all published rows, without publishing them again
    #[arg(long, value_name = "PHASE", conflicts_with_all = ["from", "until", "only", "skip", "join", "only_unprocessed"])]
    pub(crate) fill: Option<String>,
    /// Work on the run in progress, on this or another host; a new run if there is none
    #[arg(long, conflicts_with_all = ["from", "until", "only", "skip", "limit", "as_of", "dry_run"])]
    pub(crate) join: bool,
    /// Wait until upstream is ready, at most this long, such as 90s, 30m or 2h
    #[arg(long, value_name = "TIME", value_parser = wait, conflicts_with_all = ["fill", "join", "dry_run"])]
    pub(crate) wait_upstream: Option<Wait>,
    /// Only a forecast: the phases that would work, the rows that they would process, and the published rows and names that
    /// other rules would change; nothing is written
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// The options of `jobinsight wait`.
#[derive(Debug, Args)]
pub(crate) struct WaitArgs {
    /// Longest time, such as 90s, 30m or 2h
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = wait)]
    pub(crate) at_most: Wait,
}

/// Reads the longest time of a wait.
fn wait(typed: &str) -> Result<Wait, String> {
    let limit = clock::parse_length(typed).ok_or("allowed: a time such as 90s, 30m or 2h")?;
    Ok(Wait {
        limit,
        typed: typed.to_owned(),
    })
}

/// The options of `jobinsight retry`.
#[derive(Debug, Args, Default)]
pub(crate) struct RetryArgs {
    /// Start of the id of the run to retry [default: the last run]
    run: Option<String>,
    #[command(flatten)]
    settings: SettingArgs,
    /// All settings as the environment and the settings file have them now, not as the run recorded them
    #[arg(long)]
    pub(crate) current_settings: bool,
    /// Not an option of a retry: only its error is of use
    #[arg(long, value_name = "TIME", hide = true, value_parser = no_wait)]
    wait_upstream: Option<Wait>,
}

/// Says why a retry does not wait for upstream.
fn no_wait(_: &str) -> Result<Wait, String> {
    Err("a retry finishes the work that its run planned, so it does not wait for upstream; `run --wait-upstream` does".to_owned())
}

/// The help text of `--max-workers`.
fn lanes_help() -> String {
    format!("Number of lanes, 1 to {MAX_LANES} [default: {DEFAULT_LANES}]")
}

impl RetryArgs {
    pub(crate) fn request(&self) -> RetryRequest {
        RetryRequest {
            name: self.run.clone(),
            current_settings: self.current_settings,
        }
    }

    pub(crate) fn flags(&self) -> Vec<Flag> {
        self.settings.flags()
    }
}

impl RunArgs {
    /// The selection of phases.
    pub(crate) fn selection(&self) -> PhaseSelection {
        PhaseSelection {
            from: self.from.clone(),
            until: self.until.clone(),
            only: self.only.clone(),
            skip: self.skip.clone(),
        }
    }

    /// The settings and the phases that were typed, for advice.
    pub(super) fn typed(&self) -> Vec<Flag> {
        let with = self.more.with.join(",");
        let with = (!with.is_empty()).then(|| Flag {
            key: "pipeline",
            value: json!(with),
            flag: "--with",
        });
        self.flags().into_iter().chain(with).collect()
    }

    pub(crate) fn flags(&self) -> Vec<Flag> {
        self.settings.flags()
    }
}

impl SettingArgs {
    fn flags(&self) -> Vec<Flag> {
        [
            (
                "batch_size",
                self.batch_size.map(|v| json!(v)),
                "--batch-size",
            ),
            (
                "max_workers",
                self.max_workers.map(|v| json!(v)),
                "--max-workers",
            ),
            ("limit", self.limit.map(|v| json!(v)), "--limit"),
            (
                "only_unprocessed",
                self.only_unprocessed.map(|v| json!(v)),
                "--only-unprocessed",
            ),
            ("rules", self.rules.as_ref().map(|v| json!(v)), "--rules"),
            ("as_of", self.as_of.as_ref().map(|v| json!(v)), "--as-of"),
            (
                "metrics.file",
                self.metrics_file.as_ref().map(|v| json!(v)),
                "--metrics-file",
            ),
        ]
        .into_iter()
        .filter_map(|(key, value, flag)| value.map(|value| Flag { key, value, flag }))
        .collect()
    }
}
