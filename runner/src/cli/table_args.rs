//! The options of the commands that change how tables store their rows.
#![allow(clippy::doc_markdown)] // these comments are the help text, shown as they are

use clap::{Args, ValueEnum};

/// The options of `jobinsight partition`.
#[derive(Debug, Args)]
pub(crate) struct PartitionArgs {
    /// Key of the partitions
    #[arg(long, value_enum, value_name = "KEY", default_value_t = PartitionKey::Hash)]
    pub(crate) by: PartitionKey,
    /// Number of partitions; 1 is a plain table
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub(crate) parts: u32,
    /// Print the statements, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// The options of `jobinsight distribute`.
#[derive(Debug, Args)]
pub(crate) struct DistributeArgs {
    /// Print the statements, and change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// The key of partitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum PartitionKey {
    /// A hash of job_id.
    Hash,
}
