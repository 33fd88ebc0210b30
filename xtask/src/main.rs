//! What a developer runs: `cargo xtask ci`, `cargo xtask test`, `cargo xtask faults`, `cargo xtask arrows`.
#![forbid(unsafe_code)]

mod arrows;
mod steps;
mod words;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// What a developer runs.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// All that must hold before a change lands: format, arrows, clippy, docs, tests
    Ci,
    /// Build the command and run all tests, on a PostgreSQL that the tests start themselves
    Test {
        /// What `cargo test` is given
        #[arg(
            trailing_var_arg = true,
            allow_hyphen_values = true,
            value_name = "ARGS"
        )]
        args: Vec<String>,
    },
    /// Make every fault, the slow ones too: minutes
    Faults {
        /// Only tests whose name contains this
        filter: Option<String>,
    },
    /// Check who knows whom: dependencies between crates, and where columns of postings are named
    Arrows,
}

fn main() -> ExitCode {
    let result = match Cli::parse().task {
        Task::Ci => steps::ci(),
        Task::Test { args } => steps::test(&args),
        Task::Faults { filter } => steps::faults(filter.as_deref()),
        Task::Arrows => steps::arrows(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}
