//! `cargo xtask seed` generates rows that look like real postings. `cargo xtask bench` measures the pipeline next to an
//! `INSERT … SELECT` of the same rows in PostgreSQL, in one run on one machine.
//!
//! # Module order
//! 1. `postings`, `process`, `python`, `server`
//! 2. `floor`, `kernels`, `rows`, `startup`
//! 3. `measurements`, `seed`
//! 4. `chart`, `peers`, `small`, `tables`
//! 5. `scenario`
//! 6. `guide`
#![forbid(unsafe_code)]

mod chart;
mod floor;
mod guide;
mod kernels;
mod measurements;
mod peers;
mod postings;
mod process;
mod python;
mod rows;
mod scenario;
mod seed;
mod server;
mod small;
mod startup;
mod tables;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Fill raw_jobs with generated rows that look like real postings; each call generates the same rows
    Seed(SeedArgs),
    /// Measure the pipeline and an INSERT … SELECT of the same rows in PostgreSQL, in turn
    Bench(BenchArgs),
}

#[derive(Args)]
#[allow(clippy::struct_excessive_bools)] // flags of a command line
struct BenchArgs {
    /// Sizes of the raw table
    #[arg(long, value_delimiter = ',', default_values_t = [100_000, 1_000_000])]
    rows: Vec<u64>,
    /// Number of rounds; the results are medians of the rounds
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Measure 100,000 rows once; this takes two minutes
    #[arg(long)]
    quick: bool,
    /// Measure only the kernels of data_processing and the functions in Python that they replace, without a database
    #[arg(long, conflicts_with_all = ["rows", "quick", "keep"])]
    kernels: bool,
    /// Measure Polars and DuckDB too, which do a part of the work; they are installed into a virtual environment under target/
    #[arg(long, conflicts_with = "kernels")]
    peers: bool,
    /// Write tables and chart into guide 2; with --kernels, only the table of the kernels
    #[arg(long)]
    write: bool,
    /// Keep the databases for the next bench
    #[arg(long)]
    keep: bool,
    /// CSV file of postings that the generated rows imitate, as for `seed`
    #[arg(long)]
    from: Option<PathBuf>,
}

#[derive(Args)]
struct SeedArgs {
    /// Number of rows
    #[arg(long, default_value_t = 100_000)]
    rows: u64,
    /// URL of the database
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    url: String,
    /// CSV file of postings, with a header, that the generated rows imitate [default: ../shared/data/raw_jobs.csv if it exists, otherwise the sample]
    #[arg(long)]
    from: Option<PathBuf>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let result = match Cli::parse().task {
        Task::Seed(args) => seed(&args).await,
        Task::Bench(args) => bench(args).await,
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

async fn seed(args: &SeedArgs) -> Result<(), String> {
    let file = args.from.clone().unwrap_or_else(postings::default_file);
    let postings = postings::read(&file)?;
    let client = server::connect(&args.url).await?;
    server::create_raw(&client).await?;
    seed::copy(&client, &postings, args.rows, 0..args.rows).await?;
    println!(
        "{} rows in raw_jobs, in the shapes of {} postings",
        args.rows,
        postings.len()
    );
    Ok(())
}

async fn bench(args: BenchArgs) -> Result<(), String> {
    let wanted = scenario::Wanted {
        rows: if args.quick { vec![100_000] } else { args.rows },
        rounds: if args.quick { 1 } else { args.rounds.max(1) },
        from: args.from,
        keep: args.keep,
        peers: args.peers,
    };
    if args.kernels {
        let measured = scenario::measure_kernels(&root(), &wanted)?;
        println!("{}", measured.kernel_table());
        if args.write {
            guide::write_kernels(&root(), &measured)?;
        }
        return Ok(());
    }
    let measured = scenario::measure(&root(), &wanted).await?;
    println!("{}", measured.markdown());
    if args.write {
        guide::write(&root(), &measured)?;
    }
    Ok(())
}

/// The root of the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .unwrap_or(Path::new("."))
        .to_owned()
}
