//! Measures the rule set `standard` on labelled postings: `cargo xtask quality`.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, clippy::print_stderr)] // it prints a report

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use jobinsight_tests::OwnServer;
use jobinsight_tests::quality::{Kind, known, measure};

/// Publish labelled postings, and compare the published columns with the labels. The labels are in tests/golden and, if the
/// folder exists, in ../shared/golden. Every miss is shown, sorted by column and cause, and then the scores by job board.
#[derive(Parser)]
#[command(name = "cargo xtask quality")]
struct Args {
    /// A file of labels. A line is a JSON object, as in tests/golden/labels_*.jsonl
    #[arg(long, requires = "kind")]
    labels: Option<PathBuf>,
    /// The kind of the labels: titles, companies, company_pairs, places, salaries, deadlines or facts
    #[arg(long)]
    kind: Option<Kind>,
    /// Fail if a column of a file has a score below this percentage
    #[arg(long, default_value_t = 0.0)]
    floor: f64,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(&Args::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("quality: {message}");
            ExitCode::from(2)
        }
    }
}

/// Returns whether each column of each file has a score above the floor.
async fn run(args: &Args) -> Result<bool, String> {
    let files = match (&args.labels, args.kind) {
        (Some(file), Some(kind)) => vec![(kind, file.clone())],
        (_, Some(kind)) => known(&[kind]),
        (_, None) => known(&Kind::ALL),
    };
    let server = OwnServer::start(&[]).await;
    let reports = measure(&server.db().await, &files).await?;
    for report in &reports {
        println!("{}", report.details());
    }
    for report in &reports {
        print!("{}", report.table());
    }
    let mut scores = reports.iter().flat_map(|report| &report.fields);
    Ok(scores.all(|field| field.all.percent() >= args.floor))
}
