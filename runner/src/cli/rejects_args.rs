//! The commands of `jobinsight rejects`.

use clap::Subcommand;

/// The commands of `jobinsight rejects`.
#[derive(Debug, Subcommand)]
pub(crate) enum RejectsCommand {
    /// List the most recent rejected rows
    List {
        /// Only this reason, such as too_long
        #[arg(long)]
        reason: Option<String>,
        /// Only this field
        #[arg(long)]
        field: Option<String>,
        /// Only the run whose id starts with this text
        #[arg(long)]
        run: Option<String>,
        /// Number of rows
        #[arg(long, default_value_t = 50, value_name = "N", value_parser = clap::value_parser!(i64).range(1..))]
        limit: i64,
    },
    /// Show one row: the field, the value, the reason, and the raw row as it is now
    Show {
        /// Key of the row
        #[arg(value_name = "JOB")]
        key: String,
    },
    /// Let the next run process rejected rows again
    Replay {
        /// Keys of the rows
        #[arg(value_name = "JOB", required_unless_present_any = ["reason", "all"])]
        keys: Vec<String>,
        /// All rows with this reason
        #[arg(long)]
        reason: Option<String>,
        /// All rejected rows
        #[arg(long, conflicts_with_all = ["keys", "reason"])]
        all: bool,
    },
    /// List and remove records that `import` could not load
    #[command(subcommand)]
    Imports(ImportRejectsCommand),
}

/// The commands of `jobinsight rejects imports`.
#[derive(Debug, Subcommand)]
pub(crate) enum ImportRejectsCommand {
    /// List the most recent rejected records of imports
    List {
        /// Only this cause, such as not_text
        #[arg(long)]
        cause: Option<String>,
        /// Only this file: its path as it was typed for `import`, or stdin
        #[arg(long)]
        file: Option<String>,
        /// Number of records
        #[arg(long, default_value_t = 50, value_name = "N", value_parser = clap::value_parser!(i64).range(1..))]
        limit: i64,
    },
    /// Remove rejected records of imports
    #[command(group = clap::ArgGroup::new("which").required(true).multiple(true))]
    Purge {
        /// Only records of this file: its path as it was typed for `import`, or stdin
        #[arg(long, group = "which")]
        file: Option<String>,
        /// Only records that an import last saw more than this number of days ago
        #[arg(long, group = "which", value_name = "DAYS", value_parser = clap::value_parser!(i32).range(0..=36_500))]
        older_than: Option<i32>,
        /// All rejected records
        #[arg(long, group = "which", conflicts_with_all = ["file", "older_than"])]
        all: bool,
    },
}
