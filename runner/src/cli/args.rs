//! The command line.
#![allow(clippy::doc_markdown)] // these comments are the help text, shown as they are

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jobinsight_core::settings::Flag;
use serde_json::json;

/// Turns raw job postings in PostgreSQL into clean ones.
#[derive(Debug, Parser)]
#[command(name = "jobinsight", version, about, max_term_width = 110)]
#[command(
    after_help = "Begin with: jobinsight demo\nExit codes: 0 done, 1 failed, 2 usage or settings, 3 quality gate, 4 contract of raw_jobs broken,\n5 another run holds the lock, 75 passing failure (try again), 130 and 143 interrupted"
)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// Settings file (default: jobinsight.toml in the working directory, where it is there)
    #[arg(long, global = true, env = "JOBINSIGHT_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// How results look on stdout
    #[arg(long, global = true, value_enum, default_value_t = OutputFormat::Text)]
    pub(crate) format: OutputFormat,
    /// Where PostgreSQL is (else: DATABASE_URL, PG*, DB_*)
    #[arg(long, global = true, value_name = "URL", hide_env_values = true)]
    pub(crate) database_url: Option<String>,
    /// Where results and the embedded PostgreSQL live
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) state_dir: Option<PathBuf>,
    /// error, warn, info, debug, trace
    #[arg(long, global = true, value_name = "LEVEL")]
    pub(crate) log_level: Option<String>,
}

/// How results look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    /// For people.
    Text,
    /// One object on one line, last on stdout.
    Json,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start the embedded PostgreSQL, load the sample, run the pipeline, show what came out
    Demo,
    /// Run the configured phases
    Run(RunArgs),
    /// Go on with the last run that did not finish, at the phase and batch where it stopped
    Retry(RetryArgs),
    /// The ledger of runs
    #[command(subcommand)]
    Runs(RunsCommand),
    /// Is a run on, how did the last ones end, what is left in the queue
    Status,
    /// Rows that were kept out
    #[command(subcommand)]
    Rejects(RejectsCommand),
    /// Check all that a run needs: connection, TLS, privileges, raw table, disk, clock
    Doctor,
    /// Say what an error code means and how to mend it
    Explain {
        /// The code, or its end (default: list all)
        code: Option<String>,
    },
    /// Say step by step which rule did what to one posting, and where it stands
    ExplainRow(ExplainRowArgs),
    /// Load raw postings (CSV, JSON Lines, Parquet) into the raw table
    Import(ImportArgs),
    /// List the phases that are linked, with their settings; of one, also what it needs, gives and drops
    Phases {
        /// The phase to show in whole
        name: Option<String>,
    },
    /// The tables of the rules, and what is added to them
    #[command(subcommand)]
    Rules(RulesCommand),
    /// Show settings
    #[command(subcommand)]
    Config(ConfigCommand),
    /// The embedded PostgreSQL
    #[command(subcommand)]
    Db(DbCommand),
    /// Print shell completions
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// Settings of a run, by flag.
#[derive(Debug, Args, Default)]
pub(crate) struct RunArgs {
    /// Rows per transaction (default: everything is processed, in transactions of a size that is chosen)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    batch_size: Option<u32>,
    /// Lanes side by side
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=64))]
    max_workers: Option<u32>,
    /// Rows at most in this run
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// Only rows that are new, changed or were made by other rules (the default); =false takes all
    #[arg(long, value_name = "BOOL", num_args = 0..=1, default_missing_value = "true", require_equals = true)]
    only_unprocessed: Option<bool>,
    /// Which rules say what clean means: standard, v1
    #[arg(long, value_name = "RULES", value_parser = ["standard", "v1"])]
    rules: Option<String>,
    /// The run's clock, to repeat a run (RFC 3339)
    #[arg(long, value_name = "TIME")]
    as_of: Option<String>,
    /// Begin with this phase
    #[arg(long, value_name = "PHASE")]
    from: Option<String>,
    /// End with this phase
    #[arg(long, value_name = "PHASE")]
    until: Option<String>,
    /// These phases and no others
    #[arg(long, value_name = "PHASE", value_delimiter = ',', conflicts_with_all = ["from", "until", "skip"])]
    only: Vec<String>,
    /// All phases but these
    #[arg(long, value_name = "PHASE", value_delimiter = ',')]
    skip: Vec<String>,
    /// Help the run that is on, on this or another host; begin one where none is
    #[arg(long, conflicts_with_all = ["from", "until", "only", "skip", "limit", "as_of", "dry_run"])]
    pub(crate) join: bool,
    /// Show which phases would work, and do nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// Settings of a retry, by flag.
#[derive(Debug, Args, Default)]
pub(crate) struct RetryArgs {
    /// The run, by the beginning of its name (default: the last one)
    pub(crate) run: Option<String>,
    /// Lanes side by side
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=64))]
    max_workers: Option<u32>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RunsCommand {
    /// The last runs
    List {
        /// How many
        #[arg(long, default_value_t = 10, value_name = "N", value_parser = clap::value_parser!(i64).range(1..))]
        limit: i64,
    },
    /// One run: its attempts, phases, batches and every transition
    Show {
        /// The run, by the beginning of its name (default: the last one)
        run: Option<String>,
    },
}

/// The posting that is asked about: a key, or texts for which no database is needed.
#[derive(Debug, Args)]
pub(crate) struct ExplainRowArgs {
    /// The key of a raw row
    #[arg(
        value_name = "JOB",
        conflicts_with = "texts",
        required_unless_present = "texts"
    )]
    pub(crate) job_id: Option<String>,
    #[command(flatten)]
    texts: Texts,
}

/// Texts of a posting, given by hand. Salary and deadline are read by SQL functions: they need a row of the database.
#[derive(Debug, Args)]
#[group(id = "texts", multiple = true)]
struct Texts {
    /// A title, instead of a row; needs no database
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// A company's name
    #[arg(long, value_name = "TEXT")]
    company: Option<String>,
    /// A location
    #[arg(long, value_name = "TEXT")]
    location: Option<String>,
    /// The places in detail, as HTML or lines
    #[arg(long = "location-detail", value_name = "TEXT")]
    detail: Option<String>,
}

impl ExplainRowArgs {
    /// The texts by their flags: which column each is of, the phases know.
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

#[derive(Debug, Args)]
pub(crate) struct ImportArgs {
    /// Files; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// What the files are (default: by their ending, standard input by its first bytes)
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) input_format: Option<crate::import::InputFormat>,
    /// Make the raw table where it is not there
    #[arg(long)]
    pub(crate) create: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum RulesCommand {
    /// All tables, and which of them rules_dir extends; its files are checked
    List,
    /// One table: the lines that are compiled in, then those of rules_dir
    Show {
        /// The table
        table: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum ConfigCommand {
    /// Every setting's value; secrets are hidden
    Show {
        /// Say where each value came from
        #[arg(long)]
        origin: bool,
    },
    /// Print a JSON schema of the settings file, those of the linked phases within
    Schema,
}

#[derive(Debug, Subcommand)]
pub(crate) enum DbCommand {
    /// Start it
    Start,
    /// Stop it
    Stop,
    /// Print its URL, password and all
    Url,
    /// Open psql on it
    Psql {
        /// What psql is given
        #[arg(
            trailing_var_arg = true,
            allow_hyphen_values = true,
            value_name = "ARGS"
        )]
        args: Vec<String>,
    },
}

impl Global {
    pub(crate) fn flags(&self) -> Vec<Flag> {
        let mut flags = Vec::new();
        if let Some(url) = &self.database_url {
            flags.push(Flag {
                key: "database.url",
                value: json!(url),
                flag: "--database-url",
            });
        }
        if let Some(dir) = &self.state_dir {
            flags.push(Flag {
                key: "state_dir",
                value: json!(dir),
                flag: "--state-dir",
            });
        }
        if let Some(level) = &self.log_level {
            flags.push(Flag {
                key: "log_level",
                value: json!(level),
                flag: "--log-level",
            });
        }
        flags
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum RejectsCommand {
    /// The latest first
    List {
        /// Only this reason, such as too_long
        #[arg(long)]
        reason: Option<String>,
        /// Only this field
        #[arg(long)]
        field: Option<String>,
        /// Only this run, by the beginning of its name
        #[arg(long)]
        run: Option<String>,
        /// How many
        #[arg(long, default_value_t = 50, value_name = "N", value_parser = clap::value_parser!(i64).range(1..))]
        limit: i64,
    },
    /// One row: field, value, reason, and what the raw table has now
    Show {
        /// The row's key
        #[arg(value_name = "JOB")]
        key: String,
    },
    /// Have rejected rows tried again by the next run
    Replay {
        /// The rows' keys
        #[arg(value_name = "JOB", required_unless_present_any = ["reason", "all"])]
        keys: Vec<String>,
        /// All of this reason
        #[arg(long)]
        reason: Option<String>,
        /// All
        #[arg(long, conflicts_with_all = ["keys", "reason"])]
        all: bool,
    },
}

impl RetryArgs {
    pub(crate) fn flags(&self) -> Vec<Flag> {
        self.max_workers
            .map(|workers| Flag {
                key: "max_workers",
                value: json!(workers),
                flag: "--max-workers",
            })
            .into_iter()
            .collect()
    }
}

impl RunArgs {
    /// The selection of phases.
    pub(crate) fn selection(&self) -> crate::pipeline::selection::PhaseSelection {
        crate::pipeline::selection::PhaseSelection {
            from: self.from.clone(),
            until: self.until.clone(),
            only: self.only.clone(),
            skip: self.skip.clone(),
        }
    }

    pub(crate) fn flags(&self) -> Vec<Flag> {
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
        ]
        .into_iter()
        .filter_map(|(key, value, flag)| value.map(|value| Flag { key, value, flag }))
        .collect()
    }
}
