//! The steps that `ci` is made of, each a command of its own as well.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::phase::Name;
use crate::{arrows, phase};

/// Builds the command, runs all tests, stops the tests' server.
pub(crate) fn test(args: &[String]) -> Result<(), String> {
    say_if_postgresql_is_missing();
    cargo(&["build", "--workspace", "--bins"], &[])?;
    let mut test = vec!["test", "--workspace"];
    test.extend(args.iter().map(String::as_str));
    // Tests that pass keep their words to themselves: what is not checked is said here.
    if !root().join("../shared/golden").exists() {
        eprintln!(
            "SKIPPED: ../shared is not beside this checkout: only the samples in tests/golden are checked, and no labels"
        );
    }
    with_server(|env| cargo(&test, env))
}

/// Does something that starts the tests' server, and stops it then.
pub(crate) fn with_server(
    work: impl FnOnce(&[(&str, &str)]) -> Result<(), String>,
) -> Result<(), String> {
    let state = tests_state();
    let result = work(&[("JOBINSIGHT_TESTS_STATE", &state.to_string_lossy())]);
    stop_server(&state);
    result
}

/// The tests of one phase, or all.
pub(crate) fn test_phase(phase: Option<&str>, args: &[String]) -> Result<(), String> {
    let Some(phase) = phase else {
        return test(args);
    };
    let phases = phase::standing(&root());
    if !phases.iter().any(|standing| standing == phase) {
        return Err(format!(
            "there is no phases/{phase}; there are: {}",
            phases.join(", ")
        ));
    }
    let package = Name::of(phase)?.package;
    with_server(|env| {
        let mut test = vec!["test", "--package", package.as_str()];
        test.extend(args.iter().map(String::as_str));
        cargo(&test, env)
    })
}

/// The workspace in examples/: what others can build with what the crates publish. It shares the target folder, so
/// that dependencies are built once.
pub(crate) fn examples() -> Result<(), String> {
    let target = root().join("target");
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
    })
}

/// New phases of each kind, in a copy of the tree.
pub(crate) fn check_new_phase() -> Result<(), String> {
    with_server(|env| phase::check::check(&root(), env))
}

/// The whole matrix of faults, those that take long too.
pub(crate) fn faults(filter: Option<&str>) -> Result<(), String> {
    let name = filter.unwrap_or("faults::");
    test(&[
        "--package".to_owned(),
        "jobinsight-tests".to_owned(),
        "--test".to_owned(),
        "suite".to_owned(),
        "--".to_owned(),
        name.to_owned(),
        "--include-ignored".to_owned(),
    ])
}

/// Seeds or measures, by the crate that knows how; both want the command as users have it.
pub(crate) fn measure(task: &str, args: &[String]) -> Result<(), String> {
    // Who asks what there is does not wait for a release to be built.
    if args.iter().any(|arg| arg == "--help" || arg == "-h") {
        let ask = [
            "run",
            "--quiet",
            "--package",
            "jobinsight-bench",
            "--",
            task,
            "--help",
        ];
        return cargo(&ask, &[]);
    }
    cargo(
        &[
            "build",
            "--release",
            "--package",
            "jobinsight-runner",
            "--package",
            "jobinsight-bench",
        ],
        &[],
    )?;
    let mut run = vec![
        "run",
        "--quiet",
        "--release",
        "--package",
        "jobinsight-bench",
        "--",
        task,
    ];
    run.extend(args.iter().map(String::as_str));
    cargo(&run, &[])
}

/// Measures the standard rules on labels, by the crate that holds them. Files are named from where it is typed.
pub(crate) fn quality(args: &[String]) -> Result<(), String> {
    let from = std::env::current_dir().map_err(|error| error.to_string())?;
    let mut run = vec![
        "run".to_owned(),
        "--quiet".to_owned(),
        "--package".to_owned(),
        "jobinsight-data-processing".to_owned(),
        "--example".to_owned(),
        "quality".to_owned(),
        "--".to_owned(),
    ];
    let mut names_a_file = false;
    for arg in args {
        run.push(if names_a_file {
            from.join(arg).to_string_lossy().into_owned()
        } else {
            arg.clone()
        });
        names_a_file = arg == "--labels";
    }
    cargo(&run.iter().map(String::as_str).collect::<Vec<_>>(), &[])
}

/// Checks the structure: dependencies between crates, the order of modules, the shape of files.
pub(crate) fn arrows() -> Result<(), String> {
    let report = arrows::check(&root(), &metadata()?)?;
    for note in &report.noted {
        eprintln!("not required yet: {note}");
    }
    if report.wrong.is_empty() {
        Ok(())
    } else {
        Err(format!("\n  {}", report.wrong.join("\n  ")))
    }
}

/// What cargo knows of the crates of this workspace.
pub(crate) fn metadata() -> Result<serde_json::Value, String> {
    metadata_of(&root())
}

/// What cargo knows of the crates of a workspace.
pub(crate) fn metadata_of(root: &Path) -> Result<serde_json::Value, String> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(root)
        .output()
        .map_err(|error| error.to_string())?;
    serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())
}

/// The workspace: that of `cargo xtask` as it is typed, which a program built elsewhere serves as well.
pub(crate) fn root() -> PathBuf {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest
        .parent()
        .unwrap_or_else(|| Path::new("."))
        .to_owned()
}

pub(crate) fn cargo(args: &[&str], env: &[(&str, &str)]) -> Result<(), String> {
    let status = Command::new(env!("CARGO"))
        .args(args)
        .envs(env.iter().copied())
        .current_dir(root())
        .status()
        .map_err(|error| format!("cargo can't be run: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("cargo {} ended with {status}", args.join(" ")))
    }
}

/// Without PostgreSQL every end-to-end test would fail with the same words: say them once.
fn say_if_postgresql_is_missing() {
    let on_path = std::env::var_os("PATH")
        .into_iter()
        .flat_map(|path| std::env::split_paths(&path).collect::<Vec<_>>());
    let packaged = ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt"]
        .iter()
        .flat_map(|base| std::fs::read_dir(base).into_iter().flatten().flatten())
        .map(|entry| entry.path().join("bin"));
    let given = std::env::var_os("JOBINSIGHT_PG_BIN").map(PathBuf::from);
    if given
        .into_iter()
        .chain(on_path)
        .chain(packaged)
        .any(|dir| dir.join("initdb").exists())
    {
        return;
    }
    // The command can fetch them where there is a network; the tests then use what it fetched.
    eprintln!(
        "PostgreSQL is not installed here; it will be fetched. Or: apt-get install postgresql, brew install postgresql"
    );
}

/// Where the tests' server lives: open to the user who runs PostgreSQL, and this checkout's own.
fn tests_state() -> PathBuf {
    let mut hasher = DefaultHasher::new();
    root().hash(&mut hasher);
    std::env::temp_dir().join(format!("jobinsight-tests-{:016x}", hasher.finish()))
}

/// The tests leave their server running for one another; here they are over, and making a server anew takes less time
/// than dropping each test's database.
fn stop_server(state: &Path) {
    let Ok(exe) = std::env::current_exe() else {
        return;
    };
    let stopped = Command::new(exe.with_file_name("jobinsight"))
        .args(["db", "stop", "--log-level", "error", "--state-dir"])
        .arg(state)
        .stdout(std::process::Stdio::null())
        .status();
    if stopped.is_ok_and(|status| status.success()) {
        let _ = std::fs::remove_dir_all(state);
    }
}
