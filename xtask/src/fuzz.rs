//! Runs cargo-fuzz on the targets in `tests/fuzz`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::server::with_server;
use crate::workspace::{metadata_of, root};

/// The largest number of inputs of a target that are committed.
const KEPT: usize = 40;
/// The largest number of bytes of a committed input.
const LONGEST: u64 = 400;

/// Runs one target or all targets, each for `seconds`. Inputs that reach new code are collected under `target/`. An input
/// that breaks a rule is written to `tests/fuzz/artifacts`, and its path is printed.
pub(crate) fn fuzz(target: Option<&str>, seconds: u32, keep: bool) -> Result<(), String> {
    let targets = targets()?;
    let wanted = targets
        .iter()
        .filter(|(name, _)| target.is_none_or(|target| target == name));
    let wanted: Vec<_> = wanted.collect();
    if wanted.is_empty() {
        let names: Vec<&str> = targets.iter().map(|(name, _)| name.as_str()).collect();
        return Err(format!(
            "{} is not a fuzz target; the targets are: {}",
            target.unwrap_or_default(),
            names.join(", ")
        ));
    }
    let installed = Command::new("cargo").args(["fuzz", "--version"]).output();
    if !installed.is_ok_and(|output| output.status.success()) {
        return Err(
            "cargo-fuzz is not installed; type: cargo install cargo-fuzz --locked".to_owned(),
        );
    }
    with_server(|env| {
        for (name, feature) in &wanted {
            let found = root().join("target/fuzz-corpus").join(name);
            fs::create_dir_all(&found).map_err(|error| error.to_string())?;
            let committed = root().join("tests/fuzz/corpus").join(name);
            fs::create_dir_all(&committed).map_err(|error| error.to_string())?;
            run(name, feature, &[&found, &committed], seconds, env)?;
            if keep {
                keep_smallest(name, feature, &found, &committed, env)?;
            }
        }
        Ok(())
    })
}

/// The targets, each with the feature that it needs or an empty text.
fn targets() -> Result<Vec<(String, String)>, String> {
    let metadata = metadata_of(&root().join("tests/fuzz"))?;
    let targets = metadata["packages"][0]["targets"]
        .as_array()
        .into_iter()
        .flatten();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Ok(targets
        .map(|target| (text(&target["name"]), text(&target["required-features"][0])))
        .collect())
}

/// The code is free of `unsafe`, so no sanitizer is needed, and the stable compiler is enough.
fn cargo_fuzz(task: &str, name: &str, feature: &str) -> Command {
    let mut command = Command::new("cargo");
    command.current_dir(root());
    command.args([
        "fuzz",
        task,
        "--fuzz-dir",
        "tests/fuzz",
        "--sanitizer",
        "none",
    ]);
    command.args(["--target-dir", "target/fuzz"]);
    if !feature.is_empty() {
        command.args(["--features", feature]);
    }
    command.arg(name);
    command
}

fn run(
    name: &str,
    feature: &str,
    corpora: &[&Path],
    seconds: u32,
    env: &[(&str, &str)],
) -> Result<(), String> {
    let mut command = cargo_fuzz("run", name, feature);
    command.args(corpora).arg("--");
    command.args([
        format!("-max_total_time={seconds}"),
        "-timeout=10".to_owned(),
        "-max_len=4096".to_owned(),
        format!("-dict={}", root().join("tests/fuzz/words.dict").display()),
    ]);
    finish(name, command.envs(env.iter().copied()))
}

fn finish(name: &str, command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|error| error.to_string())?;
    if status.success() {
        return Ok(());
    }
    Err(format!("fuzzing {name} ended with {status}"))
}

/// Minimizes both corpora, so that each input reaches code that no other input reaches, and commits the smallest inputs.
fn keep_smallest(
    name: &str,
    feature: &str,
    found: &Path,
    committed: &Path,
    env: &[(&str, &str)],
) -> Result<(), String> {
    let fail = |error: std::io::Error| error.to_string();
    for path in files(committed)? {
        fs::copy(&path, found.join(path.file_name().unwrap_or_default())).map_err(fail)?;
    }
    let mut command = cargo_fuzz("cmin", name, feature);
    finish(name, command.arg(found).envs(env.iter().copied()))?;
    let mut inputs = Vec::new();
    for path in files(found)? {
        let length = fs::metadata(&path).map_err(fail)?.len();
        // Only text that people can read is committed.
        if length <= LONGEST && fs::read_to_string(&path).is_ok() {
            inputs.push((length, path));
        }
    }
    // Inputs are chosen at equal distances in the sorted list, because the shortest inputs are similar to each other.
    inputs.sort();
    let step = inputs.len().div_ceil(KEPT).max(1);
    for path in files(committed)? {
        fs::remove_file(path).map_err(fail)?;
    }
    for (_, path) in inputs.into_iter().step_by(step) {
        fs::copy(&path, committed.join(path.file_name().unwrap_or_default())).map_err(fail)?;
    }
    Ok(())
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    Ok(entries.flatten().map(|entry| entry.path()).collect())
}
