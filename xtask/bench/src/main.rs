//! `cargo xtask seed` and `cargo xtask bench`: rows in the shapes of real postings, and the pipeline beside
//! PostgreSQL's own `INSERT … SELECT` of the same rows, in one run on one machine.
#![forbid(unsafe_code)]

mod floor;
mod kernels;
mod postings;
mod process;
mod report;
mod rows;
mod scenario;
mod seed;
mod server;
mod startup;

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
    /// Fill raw_jobs with made-up rows in the shapes of real postings, the same ones each time
    Seed(SeedArgs),
    /// Measure the pipeline beside PostgreSQL's own INSERT … SELECT of the same rows, in turn
    Bench(BenchArgs),
}

#[derive(Args)]
#[allow(clippy::struct_excessive_bools)] // flags of a command line
struct BenchArgs {
    /// Sizes of the raw table
    #[arg(long, value_delimiter = ',', default_values_t = [100_000, 1_000_000])]
    rows: Vec<u64>,
    /// How often each is measured; medians are shown
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// 100,000 rows, once: two minutes
    #[arg(long)]
    quick: bool,
    /// Only the kernels of data_processing, beside the functions in Python that they replace: no database
    #[arg(long, conflicts_with_all = ["rows", "quick", "keep"])]
    kernels: bool,
    /// Write table and plot into guide 2; with --kernels, their table alone
    #[arg(long)]
    write: bool,
    /// Keep the databases for the next time
    #[arg(long)]
    keep: bool,
    /// The postings whose shapes are taken, as for `seed`
    #[arg(long)]
    from: Option<PathBuf>,
}

#[derive(Args)]
struct SeedArgs {
    /// How many rows
    #[arg(long, default_value_t = 100_000)]
    rows: u64,
    /// Where to: a URL of PostgreSQL
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    url: String,
    /// The postings whose shapes are taken, as CSV with a header [default: real ones beside the checkout, else the sample]
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
    let file = args
        .from
        .clone()
        .unwrap_or_else(|| postings::default_file(&root()));
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
    };
    if args.kernels {
        let report = scenario::measure_kernels(&root(), &wanted)?;
        println!("{}", report.kernels());
        if args.write {
            report.write_kernels(&root())?;
        }
        return Ok(());
    }
    let report = scenario::measure(&root(), &wanted).await?;
    println!("{}", report.markdown());
    if args.write {
        report.write(&root())?;
    }
    Ok(())
}

/// The workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .unwrap_or(Path::new("."))
        .to_owned()
}
