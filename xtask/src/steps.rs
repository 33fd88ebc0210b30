//! The steps of `ci` that are also separate commands.

use std::path::PathBuf;

use crate::arrows;
use crate::matrix;
use crate::outside_crate;
use crate::phase::{Name, check_new_phases};
use crate::server::with_server;
use crate::test_run;
use crate::workspace::{self, cargo, metadata, metadata_of, root, target_dir};

/// Runs all tests, or those that arguments of `cargo test` select.
pub(crate) fn test(args: &[String]) -> Result<(), String> {
    // The output of a test that passes is hidden, so the test cannot report that it checked less.
    if !root().join("../shared/golden").exists() {
        eprintln!(
            "SKIPPED: ../shared does not exist, so only the samples in tests/golden are checked, and no labels"
        );
    }
    test_run::run(args, None)
}

/// Runs the tests of one phase, or all tests, on this major version of PostgreSQL or on the installed one.
pub(crate) fn test_phase(
    phase: Option<&str>,
    postgres: Option<u32>,
    args: &[String],
) -> Result<(), String> {
    let run = |args: &[String]| match postgres {
        Some(major) => matrix::on(major, args),
        None => test(args),
    };
    let Some(phase) = phase else {
        return run(args);
    };
    let phases = workspace::phases(&root());
    if !phases.iter().any(|existing| existing == phase) {
        return Err(format!(
            "phases/{phase} does not exist; the phases are: {}",
            phases.join(", ")
        ));
    }
    let package = Name::of(phase)?.package;
    let mut test = vec!["--package".to_owned(), package];
    test.extend_from_slice(args);
    run(&test)
}

/// Checks and tests the workspace in `examples/`, which uses our crates as another project would, and builds the crate of
/// guide 5. Both share the target folder, so dependencies are built once.
pub(crate) fn examples() -> Result<(), String> {
    let target = target_dir(&root());
    let target = target.to_string_lossy();
    let manifest = ["--manifest-path", "examples/Cargo.toml"];
    let with = |first: &[&str], last: &[&str], env: &[(&str, &str)]| {
        let args: Vec<&str> = first.iter().chain(&manifest).chain(last).copied().collect();
        cargo(&args, env)
    };
    with(&["fmt", "--all", "--check"], &[], &[])?;
    with_server(|env| {
        let mut env = env.to_vec();
        env.push(("CARGO_TARGET_DIR", &*target));
        with(
            &["clippy", "--workspace", "--all-targets"],
            &["--", "-D", "warnings"],
            &env,
        )?;
        with(&["test", "--workspace", "--quiet"], &[], &env)
    })?;
    outside_crate::check(&root())
}

/// Creates and removes phases of each kind in a copy of the tree.
pub(crate) fn check_new_phase() -> Result<(), String> {
    check_new_phases(&root())
}

/// Runs all fault tests, including the slow tests.
pub(crate) fn faults(filter: Option<&str>) -> Result<(), String> {
    let name = filter.unwrap_or("faults::");
    let args = [
        "--package",
        "jobinsight-tests",
        "--test",
        "suite",
        "--",
        name,
        "--include-ignored",
    ];
    test(&args.map(str::to_owned))
}

/// Runs `jobinsight-bench seed` or `jobinsight-bench bench`, with the command built for release.
pub(crate) fn measure(task: &str, args: &[String]) -> Result<(), String> {
    const BENCH: [&str; 2] = ["--package", "jobinsight-bench"];
    // The help text needs no release build.
    if args.iter().any(|arg| arg == "--help" || arg == "-h") {
        let ask = ["run", "--quiet", BENCH[0], BENCH[1], "--", task, "--help"];
        return cargo(&ask, &[]);
    }
    cargo(
        &[
            "build",
            "--release",
            "--package",
            "jobinsight-runner",
            BENCH[0],
            BENCH[1],
        ],
        &[],
    )?;
    let mut run = vec![
        "run",
        "--quiet",
        "--release",
        BENCH[0],
        BENCH[1],
        "--",
        task,
    ];
    run.extend(args.iter().map(String::as_str));
    cargo(&run, &[])
}

/// Measures the rule set `standard` on labelled postings. The path of a file is relative to the current folder of the user.
pub(crate) fn quality(args: &[String]) -> Result<(), String> {
    let folder = std::env::current_dir().map_err(|error| error.to_string())?;
    let run = [
        "run",
        "--quiet",
        "--package",
        "jobinsight-tests",
        "--bin",
        "quality",
        "--",
    ];
    let mut run = run.map(str::to_owned).to_vec();
    let mut is_file = false;
    for arg in args {
        run.push(if is_file {
            folder.join(arg).to_string_lossy().into_owned()
        } else {
            arg.clone()
        });
        is_file = arg == "--labels";
    }
    cargo(&run.iter().map(String::as_str).collect::<Vec<_>>(), &[])
}

/// Checks the structure: dependencies between crates, the order of modules, the shape of files.
pub(crate) fn arrows() -> Result<(), String> {
    let wrong = arrows::check(&root(), &metadata()?)?;
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(format!("\n  {}", wrong.join("\n  ")))
    }
}

/// Prints numbers about the source code of a checkout.
pub(crate) fn numbers(folder: Option<PathBuf>) -> Result<(), String> {
    let folder = folder.unwrap_or_else(root);
    let folder = folder
        .canonicalize()
        .map_err(|error| format!("{}: {error}", folder.display()))?;
    workspace::print(&arrows::numbers(&folder, &metadata_of(&folder)?)?);
    Ok(())
}
