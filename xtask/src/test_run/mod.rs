//! `cargo xtask test`: builds the test programs, runs all of them, stops their server, and says what failed.
//!
//! Cargo runs the programs, so every argument of `cargo test` works. Cargo calls [`program()`] in place of each program.
//! That announces the program, measures it, and records how it ended. A program that fails does not end the run.

mod program;
mod record;
mod summary;

use std::path::Path;
use std::time::Instant;

use crate::server::with_server;
use crate::workspace::{cargo, cargo_output, metadata, root, target_dir};
pub(crate) use program::program;
use record::{FOLDER, Record};
use summary::Summary;

/// Arguments of `cargo test` that choose kinds of tests.
const KINDS: [&str; 7] = [
    "--lib",
    "--bin",
    "--test",
    "--example",
    "--bench",
    "--all-targets",
    "--doc",
];

/// Runs the tests that these arguments of `cargo test` select.
/// `postgres` is the folder of the programs of PostgreSQL, if those of the machine are not used.
pub(crate) fn run(args: &[String], postgres: Option<&Path>) -> Result<(), String> {
    let split = args.iter().position(|arg| arg == "--");
    let (selection, passed_on) = args.split_at(split.unwrap_or(args.len()));
    let of = |kinds: &[&str]| {
        selection
            .iter()
            .any(|arg| kinds.iter().any(|kind| arg.starts_with(kind)))
    };
    let mut test = vec!["test", "--no-fail-fast"];
    // Beside --workspace, cargo ignores --package.
    if !of(&["-p", "--package"]) {
        test.push("--workspace");
    }
    let selection = selection.iter().map(String::as_str);
    test.extend(selection.filter(|arg| *arg != "--no-fail-fast"));
    let and = |more: &[&'static str]| -> Vec<&str> {
        let passed_on = passed_on.iter().map(String::as_str);
        test.iter().chain(more).copied().chain(passed_on).collect()
    };
    let (programs, documentation) = match (of(&KINDS), of(&["--doc"])) {
        // Cargo names and counts the tests in the documentation, and rustdoc runs them, so they are a separate step.
        (false, _) => (Some(and(&["--tests"])), Some(and(&["--doc"]))),
        (true, false) => (Some(and(&[])), None),
        (true, true) => (None, Some(and(&[]))),
    };

    let mut summary = Summary::default();
    let postgres = postgres.map(Path::to_string_lossy);
    with_server(|env| {
        let server = postgres.as_deref().map(|dir| ("JOBINSIGHT_PG_BIN", dir));
        let env: Vec<(&str, &str)> = env.iter().copied().chain(server).collect();
        let env = env.as_slice();
        if let Some(args) = &programs {
            run_programs(args, env, &mut summary)?;
        }
        if let Some(args) = &documentation {
            eprintln!("── tests in the documentation");
            let start = Instant::now();
            let is_ok = cargo(args, env).is_ok();
            summary.documentation = Some((start.elapsed(), is_ok));
        }
        Ok(())
    })?;
    eprint!("── summary\n{}", summary.describe());
    summary.failure().map_or(Ok(()), Err)
}

/// Builds and runs the test programs.
fn run_programs(args: &[&str], env: &[(&str, &str)], summary: &mut Summary) -> Result<(), String> {
    eprintln!("── building the tests");
    let start = Instant::now();
    let selection = args.split(|arg| *arg == "--").next().unwrap_or_default();
    let more = ["--no-run", "--message-format", "json-render-diagnostics"];
    let build: Vec<&str> = selection.iter().chain(&more).copied().collect();
    let messages = cargo_output(&build)?;
    let record = Record::create(
        target_dir(&root()).join("test-run"),
        &messages,
        &metadata()?,
    )?;
    summary.build = start.elapsed();
    summary.programs = record.programs.len();

    eprintln!("── running {} test programs", summary.programs);
    let folder = record.folder.to_string_lossy();
    let env: Vec<(&str, &str)> = env.iter().copied().chain([(FOLDER, &*folder)]).collect();
    let runner = runner()?;
    let args: Vec<&str> = ["--config", &runner].iter().chain(args).copied().collect();
    let result = cargo(&args, &env);
    summary.ended = record.ended()?;
    // A program that can't be started does not end.
    match result {
        Err(error) if summary.ended.iter().all(|ended| ended.is_ok) => Err(error),
        _ => Ok(()),
    }
}

/// The setting of cargo by which it calls this program in place of each test program.
fn runner() -> Result<String, String> {
    let exe = std::env::current_exe().map_err(|error| error.to_string())?;
    // Cargo may have replaced the file of this program since it started, and the new one has the same path.
    let exe = exe.with_file_name(env!("CARGO_BIN_NAME"));
    let exe = serde_json::Value::from(exe.to_string_lossy().into_owned());
    Ok(format!(
        "target.'cfg(all())'.runner = [{exe}, \"{}\"]",
        program::TASK
    ))
}
