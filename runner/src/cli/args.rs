//! The command line: all commands and the options that every command takes.
#![allow(clippy::doc_markdown)] // these comments are the help text, shown as they are

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jobinsight_core::settings::Flag;
use serde_json::json;

use super::contract_args::ContractCommand;
use super::db_args::DbCommand;
use super::notify_args::NotifyCommand;
use super::rejects_args::RejectsCommand;
use super::run_args::{RetryArgs, RunArgs, WaitArgs, WithArgs};
use super::table_args::{DistributeArgs, PartitionArgs};
use crate::import::{self, InputFormat};

/// Turn raw job postings in PostgreSQL into clean ones
#[derive(Debug, Parser)]
#[command(name = "jobinsight", version, max_term_width = 110)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The options that every command takes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// Settings file [default: jobinsight.toml in the working directory, if it exists]
    #[arg(long, global = true, env = "JOBINSIGHT_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Format of the results on stdout
    #[arg(long, global = true, value_enum, default_value_t = OutputFormat::Text)]
    pub(crate) format: OutputFormat,
    /// Address of PostgreSQL [default: from DATABASE_URL, PG* or DB_*]
    #[arg(long, global = true, value_name = "URL", hide_env_values = true)]
    pub(crate) database_url: Option<String>,
    /// Directory of the results and of the embedded PostgreSQL
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) state_dir: Option<String>,
    /// Lowest level of log messages: error, warn, info, debug, trace [default: info]
    #[arg(long, global = true, value_name = "LEVEL")]
    pub(crate) log_level: Option<String>,
    /// Only warnings, errors and the results: no progress, and no other log messages
    #[arg(short, long, global = true, conflicts_with_all = ["log_level", "verbose"])]
    pub(crate) quiet: bool,
    /// A line for each lane in the progress of a run, on a terminal
    #[arg(short, long, global = true)]
    pub(crate) verbose: bool,
}

/// The format of the results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    /// Tables and sentences, for people.
    Text,
    /// One object on one line, the last line of stdout.
    Json,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start the embedded PostgreSQL, load the sample, run the pipeline and show the results
    Demo {
        /// Leave the server running, and print the commands that work on it
        #[arg(long)]
        keep: bool,
    },
    /// Run the configured phases
    Run(RunArgs),
    /// Resume the last run that did not finish, at the phase and batch where it stopped
    Retry(RetryArgs),
    /// List and show past runs
    #[command(subcommand)]
    Runs(RunsCommand),
    /// Show the active run, the last run, the queue and staging
    Status,
    /// Write the report of a run: one HTML page with the verdict, what to type, figures, pictures and examples
    Report(ReportArgs),
    /// Print the figures of the last run, of staging and of the crawl as metrics of Prometheus
    Metrics,
    /// Test the notifications
    #[command(subcommand)]
    Notify(NotifyCommand),
    /// List, show and replay rejected rows
    #[command(subcommand)]
    Rejects(RejectsCommand),
    /// Check what a run needs: connection, TLS, privileges, raw table, disk space, clock
    Doctor,
    /// Explain an error code, and how to fix the error
    Explain {
        /// Error code, or the end of one [default: list all codes]
        code: Option<String>,
    },
    /// Explain step by step how the rules change one posting, and whether it is published
    ExplainRow(ExplainRowArgs),
    /// Wait until upstream is ready: until the raw table meets the conditions of [upstream]
    Wait(WaitArgs),
    /// Load raw postings (CSV, JSON Lines, Parquet) into the raw table
    Import(ImportArgs),
    /// Turn the staging table into one with partitions, or back into a plain table, while readers continue
    Partition(PartitionArgs),
    /// Spread the raw table and staging over the servers of a Citus database
    Distribute(DistributeArgs),
    /// List the linked phases and their settings, or show one phase with what it needs, produces and drops
    Phases {
        /// Phase to show
        name: Option<String>,
        #[command(flatten)]
        more: WithArgs,
    },
    /// List and show the rule tables, and the lines that rules_dir adds
    #[command(subcommand)]
    Rules(RulesCommand),
    /// Show the settings and their schema
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Show and check the data contracts of the raw table and of staging
    #[command(subcommand)]
    Contract(ContractCommand),
    /// Start, stop, use and delete the embedded PostgreSQL
    #[command(subcommand)]
    Db(DbCommand),
    /// Print the JSON schemas of all outputs
    #[command(hide = true)]
    Schemas,
    /// Print shell completions
    Completions {
        /// Shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or write the pages of all commands to a folder
    Man {
        /// Folder to write all pages to [default: only the page of the program, to stdout]
        #[arg(value_name = "DIR")]
        folder: Option<PathBuf>,
    },
}

/// The commands of `jobinsight runs`.
#[derive(Debug, Subcommand)]
pub(crate) enum RunsCommand {
    /// List the last runs
    List {
        /// Number of runs
        #[arg(long, default_value_t = 10, value_name = "N", value_parser = clap::value_parser!(i64).range(1..))]
        limit: i64,
    },
    /// Show one run: its attempts, phases, batches and events
    Show {
        /// Start of the id of the run to show [default: the last run]
        run: Option<String>,
    },
}

/// The options of `jobinsight report`.
#[derive(Debug, Args)]
pub(crate) struct ReportArgs {
    /// Start of the id of the run [default: the last run]
    pub(crate) run: Option<String>,
    /// File to write; `-` is standard output [default: jobinsight-report-RUN.html in the working directory; with --format json: none]
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// The posting to explain: a key, or texts. Texts need no database.
#[derive(Debug, Args)]
pub(crate) struct ExplainRowArgs {
    /// Key of a raw row
    #[arg(
        value_name = "JOB",
        conflicts_with = "texts",
        required_unless_present = "texts"
    )]
    pub(crate) job_id: Option<String>,
    #[command(flatten)]
    texts: Texts,
    #[command(flatten)]
    pub(crate) more: WithArgs,
}

/// The texts of a posting. Salary and deadline are missing here, because SQL functions read them from a row.
#[derive(Debug, Args)]
#[group(id = "texts", multiple = true)]
struct Texts {
    /// Title to explain, instead of a row of the raw table; needs no database
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Name of the company
    #[arg(long, value_name = "TEXT")]
    company: Option<String>,
    /// Location
    #[arg(long, value_name = "TEXT")]
    location: Option<String>,
    /// Detailed locations, as HTML or lines
    #[arg(long = "location-detail", value_name = "TEXT")]
    detail: Option<String>,
}

impl ExplainRowArgs {
    /// The texts by the names of their flags. The phases know the column of each flag.
    pub(crate) fn given(&self) -> serde_json::Map<String, serde_json::Value> {
        let texts = &self.texts;
        [
            ("--title", &texts.title),
            ("--company", &texts.company),
            ("--location", &texts.location),
            ("--location-detail", &texts.detail),
        ]
        .into_iter()
        .filter_map(|(flag, text)| Some((flag.to_owned(), json!(text.as_ref()?))))
        .collect()
    }
}

/// The options of `jobinsight import`.
#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// Files; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Format of the files [default: from the extension of the file, or from its first bytes]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) input_format: Option<InputFormat>,
    /// Separator of CSV: one character, or `tab` [default: from the header]
    #[arg(long, value_name = "CHARACTER", value_parser = import::parse_delimiter)]
    pub(crate) delimiter: Option<u8>,
    /// Encoding of the files, such as windows-1258 or utf-16le [default: from the byte order mark, or utf-8]
    #[arg(long, value_name = "NAME", value_parser = import::parse_encoding)]
    pub(crate) encoding: Option<&'static encoding_rs::Encoding>,
    /// Create the raw table if it does not exist
    #[arg(long)]
    pub(crate) create: bool,
}

/// The commands of `jobinsight rules`.
#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// List the rule tables, and check the files in rules_dir
    List,
    /// Show one table: the built-in lines, then the lines of rules_dir
    Show {
        /// Table
        table: String,
    },
}

/// The commands of `jobinsight config`.
#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Show the value of every setting; secrets are hidden
    Show {
        /// Show where each value comes from
        #[arg(long)]
        origin: bool,
    },
    /// Print a JSON schema of the settings file, including the settings of the linked phases
    Schema,
}

impl Global {
    pub(crate) fn flags(&self) -> Vec<Flag> {
        let quiet = self.quiet.then(|| "warn".to_owned());
        [
            ("database.url", &self.database_url, "--database-url"),
            ("state_dir", &self.state_dir, "--state-dir"),
            ("log_level", &self.log_level, "--log-level"),
            ("log_level", &quiet, "--quiet"),
        ]
        .into_iter()
        .filter_map(|(key, value, flag)| {
            let value = json!(value.as_ref()?);
            Some(Flag { key, value, flag })
        })
        .collect()
    }
}
