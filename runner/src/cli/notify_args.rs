//! The command line of `jobinsight notify`.

use clap::Subcommand;

/// The commands of `jobinsight notify`.
#[derive(Debug, Subcommand)]
pub(crate) enum NotifyCommand {
    /// Send a test message to the webhook and to the command of the section notify; exits with 1 if one of them does not take it
    Test,
}
