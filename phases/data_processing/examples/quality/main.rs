//! Measures the standard rules on labelled values: `cargo xtask quality`.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, clippy::print_stderr)] // what it is for

#[path = "../../tests/labels/mod.rs"]
mod labels;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use labels::{Cause, Kind, Miss, Report};

const USAGE: &str = "cargo xtask quality [--labels FILE --kind titles|companies] [--floor PERCENT]

Measures the standard rules on labels: the committed ones in tests/golden, and those of ../shared/golden where they are.
A label is a line {\"in\", \"out\"}, where two readings are right also {\"alt\"}. Every miss is shown, sorted by cause.
With --floor it fails where a file is below it.";

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(message) => {
            eprintln!("quality: {message}");
            ExitCode::from(2)
        }
    }
}

/// Whether all files are above the floor.
fn run() -> Result<bool, String> {
    let (mut file, mut kind, mut floor) = (None, None, 0.0);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or_else(|| format!("{arg} wants a value"));
        match arg.as_str() {
            "--labels" => file = Some(PathBuf::from(value()?)),
            "--kind" => kind = Some(value()?.parse::<Kind>()?),
            "--floor" => {
                floor = value()?
                    .parse::<f64>()
                    .map_err(|_| "--floor wants a number from 0 to 100".to_owned())?;
            }
            "--help" | "-h" => {
                println!("{USAGE}");
                return Ok(true);
            }
            other => return Err(format!("unknown argument {other}\n\n{USAGE}")),
        }
    }
    let files = match (file, kind) {
        (Some(file), Some(kind)) => vec![(kind, file)],
        (Some(file), None) => {
            return Err(format!(
                "what does {} label? --kind titles, or --kind companies",
                file.display()
            ));
        }
        (None, kind) => known(kind)?,
    };
    let mut reports = Vec::new();
    for (kind, path) in &files {
        reports.push((path, labels::measure(*kind, path)?));
    }
    for (path, report) in &reports {
        show(path, report);
    }
    println!();
    for (path, report) in &reports {
        println!("{}", line(path, report));
    }
    Ok(reports.iter().all(|(_, report)| report.percent() >= floor))
}

/// The files of the project. Prints a line for each file that does not exist.
fn known(kind: Option<Kind>) -> Result<Vec<(Kind, PathBuf)>, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let root = root.canonicalize().map_err(|error| error.to_string())?;
    let mut files = Vec::new();
    for (of, path) in [
        (Kind::Titles, "tests/golden/labels_titles.jsonl"),
        (Kind::Companies, "tests/golden/labels_companies.jsonl"),
        (Kind::Titles, "../shared/golden/standard_titles.jsonl"),
        (Kind::Companies, "../shared/golden/standard_companies.jsonl"),
    ] {
        let path = root.join(path);
        if kind.is_some_and(|kind| kind != of) {
            continue;
        }
        if path.exists() {
            files.push((of, path));
        } else {
            eprintln!("SKIPPED: {} is not there", path.display());
        }
    }
    Ok(files)
}

fn line(path: &Path, report: &Report) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let misses = report.misses.len();
    format!(
        "{name:<28} {:5.1}%  {} of {} right ({} by the other reading), {misses} {}; without what its labeller was unsure of {:.1}%",
        report.percent(),
        report.right,
        report.labels,
        report.alternatives,
        if misses == 1 { "miss" } else { "misses" },
        report.percent_sure(),
    )
}

/// Prints every miss under its cause, the most common cause first.
fn show(path: &Path, report: &Report) {
    println!("── {}", line(path, report));
    let mut by_cause: BTreeMap<Cause, Vec<&Miss>> = BTreeMap::new();
    for miss in &report.misses {
        by_cause.entry(miss.cause).or_default().push(miss);
    }
    let mut by_cause: Vec<_> = by_cause.into_iter().collect();
    by_cause.sort_by_key(|(_, misses)| std::cmp::Reverse(misses.len()));
    for (cause, misses) in by_cause {
        println!("\n{cause} ({})", misses.len());
        for miss in misses {
            let unsure = if miss.unsure { "   (unsure)" } else { "" };
            println!("  in      {}{unsure}", miss.given);
            println!("  got     {}", miss.got);
            println!("  wanted  {}", miss.wanted);
            for (word, parts) in [("kept", &miss.kept), ("cut", &miss.cut)] {
                if !parts.is_empty() {
                    println!("          wrongly {word}: {}", parts.join(" … "));
                }
            }
        }
    }
}
