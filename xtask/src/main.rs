//! What a developer runs: `cargo xtask --help` lists it.
#![forbid(unsafe_code)]

mod arrows;
mod changed;
mod ci;
mod docs;
mod fuzz;
mod phase;
mod steps;

use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

/// What a developer runs.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// All that must hold before a change lands: format, arrows, clippy, docs, new phases, examples, tests
    Ci {
        /// Only what the change since BASE can touch (default: since this branch left origin/main)
        #[arg(long, value_name = "BASE", num_args = 0..=1, default_missing_value = changed::BASE)]
        changed: Option<String>,
    },
    /// Build the command and run all tests, on a PostgreSQL that the tests start themselves
    Test {
        /// Only the tests of this phase's crate
        #[arg(long, value_name = "NAME")]
        phase: Option<String>,
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
    /// Look for texts that break the rules: cargo-fuzz on titles, companies, places, salaries (`cargo install cargo-fuzz`)
    Fuzz {
        /// Only this target
        target: Option<String>,
        /// How long each runs
        #[arg(long, default_value_t = 60)]
        seconds: u32,
        /// Keep of the committed corpus and of what was found the smallest inputs that reach the most, and commit those
        #[arg(long)]
        keep: bool,
    },
    /// Fill raw_jobs with made-up rows in the shapes of real postings; `cargo xtask seed --help`
    #[command(disable_help_flag = true)]
    Seed(Handed),
    /// Measure the pipeline beside PostgreSQL's own INSERT … SELECT of the same rows; `cargo xtask bench --help`
    #[command(disable_help_flag = true)]
    Bench(Handed),
    /// Measure the standard rules on labels, and show every miss by its cause; `cargo xtask quality --help`
    #[command(disable_help_flag = true)]
    Quality(Handed),
    /// Check who knows whom: dependencies between crates, and where columns of postings are named
    Arrows,
    /// Make a phase: its crate with settings, docs and a test on a real database, linked into the command
    NewPhase(phase::New),
    /// Take a phase out again; its folder is kept under target/
    RemovePhase {
        /// Its name
        name: String,
    },
    /// Check the guides: links, names of settings, codes and flags, and examples, which are run for real
    Docs {
        /// Write what is made from the code: the tables of settings and codes, the pictures
        #[arg(long)]
        write: bool,
        /// List only the places that are not plain English: how doc comments begin, and phrases of STYLE.md
        #[arg(long, conflicts_with = "write")]
        english: bool,
    },
    /// Check and test the workspace in examples/
    Examples,
    /// Make phases of each kind in a copy of the tree, test them, take them out, and find the tree as it was
    CheckNewPhase,
}

/// Words that another program is given as they are, `--help` among them.
#[derive(Args)]
struct Handed {
    /// What that program takes
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "ARGS"
    )]
    args: Vec<String>,
}

fn main() -> ExitCode {
    let result = match Cli::parse().task {
        Task::Ci { changed: None } => ci::all(),
        Task::Ci {
            changed: Some(base),
        } => ci::changed(&base),
        Task::Test { phase, args } => steps::test_phase(phase.as_deref(), &args),
        Task::Faults { filter } => steps::faults(filter.as_deref()),
        Task::Fuzz {
            target,
            seconds,
            keep,
        } => fuzz::fuzz(target.as_deref(), seconds, keep),
        Task::Seed(Handed { args }) => steps::measure("seed", &args),
        Task::Bench(Handed { args }) => steps::measure("bench", &args),
        Task::Quality(Handed { args }) => steps::quality(&args),
        Task::Arrows => steps::arrows(),
        Task::NewPhase(new) => phase::add(&steps::root(), &new).map(|said| println!("{said}")),
        Task::RemovePhase { name } => {
            phase::remove(&steps::root(), &name).map(|said| println!("{said}"))
        }
        Task::Docs { english: true, .. } => docs::english(),
        Task::Docs { write, .. } => docs::docs(write),
        Task::Examples => steps::examples(),
        Task::CheckNewPhase => steps::check_new_phase(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}
