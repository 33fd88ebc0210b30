//! The tests on each major version of PostgreSQL.

use std::fmt::Write;
use std::time::{Duration, Instant};

use crate::postgres::{TOO_OLD, programs, supported};
use crate::test_run;

/// The modules of the suite that CI runs on the oldest and on the newest version: what depends most on the version. A module
/// ends with `::`.
const PART: [&str; 7] = [
    "postgres_versions::",
    "contract::",
    "goldens::",
    "publishing::",
    "quality_gate::",
    "rejected_rows::",
    "schema::",
];

/// The test that a version which is too old must pass.
const REFUSED: &str = "postgres_versions::a_server_older_than_14_is_refused_before_any_write";

/// The result on one version.
struct Tested {
    major: u32,
    tests: &'static str,
    time: Duration,
    result: Result<(), String>,
}

/// Runs the tests that these arguments of `cargo test` select, or all tests, on each version.
pub(crate) fn all(majors: &[u32], args: &[String]) -> Result<(), String> {
    let majors = if majors.is_empty() {
        [vec![TOO_OLD], supported()].concat()
    } else {
        majors.to_vec()
    };
    let name = if args.is_empty() { "all" } else { "selected" };
    on_each(&majors, name, args)
}

/// Runs a part of the suite on each of these versions; on the oldest and on the newest if there are none.
pub(crate) fn part(majors: &[u32]) -> Result<(), String> {
    let all = supported();
    let ends = [TOO_OLD, all[0], all[all.len() - 1]];
    let majors = if majors.is_empty() { &ends } else { majors };
    on_each(majors, "the part for CI", &suite(&PART))
}

/// The arguments for these modules or tests of the suite.
fn suite(names: &[&str]) -> Vec<String> {
    let first = ["--package", "jobinsight-tests", "--test", "suite", "--"];
    first
        .iter()
        .chain(names)
        .map(|&arg| arg.to_owned())
        .collect()
}

/// Runs the tests on each version, also after one failed, and prints a table.
fn on_each(majors: &[u32], name: &'static str, args: &[String]) -> Result<(), String> {
    let mut tested = Vec::new();
    for &major in majors {
        eprintln!("── PostgreSQL {major}");
        let start = Instant::now();
        let refused = || [suite(&[REFUSED]), vec!["--include-ignored".to_owned()]].concat();
        let (tests, result) = if major == TOO_OLD {
            ("that it is refused", on(major, &refused()))
        } else {
            (name, on(major, args))
        };
        if let Err(error) = &result {
            eprintln!("PostgreSQL {major}: {error}");
        }
        let time = start.elapsed();
        tested.push(Tested {
            major,
            tests,
            time,
            result,
        });
    }
    eprint!("── PostgreSQL versions\n{}", table(&tested));
    let failed = tested.iter().filter(|tested| tested.result.is_err());
    let failed: Vec<String> = failed.map(|tested| tested.major.to_string()).collect();
    if failed.is_empty() {
        return Ok(());
    }
    Err(format!(
        "tests failed on PostgreSQL {}; to run them again: cargo xtask test --postgres MAJOR",
        failed.join(", ")
    ))
}

/// Runs tests on one version.
pub(crate) fn on(major: u32, args: &[String]) -> Result<(), String> {
    test_run::run(args, Some(&programs(major)?))
}

fn table(tested: &[Tested]) -> String {
    let mut text = String::new();
    for one in tested {
        let result = if one.result.is_ok() {
            "passed"
        } else {
            "FAILED"
        };
        let time = one.time.as_secs_f64();
        let _ = writeln!(
            text,
            "PostgreSQL {}  {result}  {time:>7.1} s  {}",
            one.major, one.tests
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_a_line_for_each_version() {
        let tested = |major, result| Tested {
            major,
            tests: "all",
            time: Duration::from_millis(61_500),
            result,
        };
        let failure = Err("1 of 9 test programs failed".to_owned());
        assert_eq!(
            table(&[tested(14, Ok(())), tested(18, failure)]),
            "PostgreSQL 14  passed     61.5 s  all\nPostgreSQL 18  FAILED     61.5 s  all\n"
        );
    }
}
