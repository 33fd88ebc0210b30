//! The runner: carries batches of records through a configured list of phases.
//!
//! The runner knows phases by their roles ([`jobinsight_core::Role`]), not by their crates, and it does not know the columns of
//! the records. [`main`] is the whole command. So a binary with other phases needs only three lines:
//!
//! ```no_run
//! fn main() -> std::process::ExitCode {
//!     jobinsight_runner::main()
//! }
//! ```
//!
//! # Module order
//!
//! 1. `codes`, `display`, `http`, `log_context`
//! 2. `contract`, `import`, `pipeline`
//! 3. `report`
//! 4. `ledger`
//! 5. `lineage`, `notify`, `session`
//! 6. `run`
//! 7. `cli`, `report_page`
//! 8. `commands`
#![forbid(unsafe_code)]

mod cli;
mod codes;
mod commands;
mod contract;
mod display;
mod http;
pub mod import;
mod ledger;
mod lineage;
mod log_context;
mod notify;
mod pipeline;
pub mod report;
mod report_page;
pub mod run;
mod session;

use std::ffi::OsString;
use std::panic::AssertUnwindSafe;
use std::process::ExitCode;

use clap::FromArgMatches;
use jobinsight_core::EtlError;

/// Reads the command line, runs the command, and returns the exit code.
pub fn main() -> ExitCode {
    #[cfg(feature = "failpoints")]
    let _armed = {
        let phases = jobinsight_core::registry::all().into_iter().flatten();
        let names: Vec<&str> = phases.map(|spec| spec.name).collect();
        jobinsight_core::failpoints::armed(&names)
    };
    let words: Vec<OsString> = std::env::args_os().collect();
    let program = words.first().map_or_else(
        || "jobinsight".to_owned(),
        |word| word.to_string_lossy().into_owned(),
    );
    let parsed = cli::invocation::command_line(&program)
        .try_get_matches_from(words)
        .and_then(|matches| Ok((cli::args::Cli::from_arg_matches(&matches)?, matches)));
    let (cli, matches) = match parsed {
        Ok(parsed) => parsed,
        Err(answer) => return ExitCode::from(cli::io::print_answer(&answer)),
    };
    cli::invocation::set(&cli, &matches, &program);
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("jobinsight: the async runtime could not start: {error}");
            return ExitCode::FAILURE;
        }
    };
    let format = cli.global.format;
    // A panic outside a phase would otherwise end the process with 101, which is not one of our exit codes.
    let dispatched = AssertUnwindSafe(|| runtime.block_on(commands::dispatch(cli)));
    let code = std::panic::catch_unwind(dispatched).unwrap_or_else(|_| {
        let bug = "the command panicked; the line above this error says where";
        cli::io::fail(EtlError::bug(bug), format)
    });
    // The process does not wait for a blocking task that a cancelled phase left behind.
    runtime.shutdown_background();
    ExitCode::from(cli::io::ended(code))
}
