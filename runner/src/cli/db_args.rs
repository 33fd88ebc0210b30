//! The commands of `jobinsight db`.
#![allow(clippy::doc_markdown)] // these comments are the help text, shown as they are

use clap::Subcommand;

/// The commands of `jobinsight db`.
#[derive(Debug, Subcommand)]
pub(crate) enum DbCommand {
    /// Start the server
    Start,
    /// Stop the server
    Stop,
    /// Stop the server and delete all of its databases
    Destroy,
    /// Print the URL of the server, with the password
    Url {
        /// Database in the URL
        #[arg(long, default_value = "postgres", value_name = "NAME")]
        database: String,
    },
    /// Open psql on the server
    Psql {
        /// Arguments of psql
        #[arg(
            trailing_var_arg = true,
            allow_hyphen_values = true,
            value_name = "ARGS"
        )]
        args: Vec<String>,
    },
}
