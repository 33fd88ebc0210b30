//! The workspace: its folder, the crates in it, and cargo and git run in it.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// The root of the workspace in which the user typed `cargo xtask`, even if the program was built in another workspace.
pub(crate) fn root() -> PathBuf {
    let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    manifest
        .parent()
        .unwrap_or_else(|| Path::new("."))
        .to_owned()
}

/// The folder for artifacts of a workspace.
pub(crate) fn target_dir(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}

/// The packages of this workspace, as `cargo metadata` lists them.
pub(crate) fn metadata() -> Result<Value, String> {
    metadata_of(&root())
}

/// The packages of the workspace in a folder.
pub(crate) fn metadata_of(root: &Path) -> Result<Value, String> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .current_dir(root)
        .output()
        .map_err(|error| format!("cargo cannot be run: {error}"))?;
    serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())
}

/// The packages in the output of `cargo metadata`.
pub(crate) fn packages(metadata: &Value) -> impl Iterator<Item = &Value> {
    metadata["packages"].as_array().into_iter().flatten()
}

/// The folder in `phases/` whose crate is not a phase: the kernels that phases share.
pub(crate) const KERNELS: &str = "kernels";

/// The folders in `phases/` that contain a phase.
pub(crate) fn phases(root: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(root.join("phases"))
        .into_iter()
        .flatten()
        .flatten();
    let mut phases: Vec<String> = entries
        .filter(|entry| entry.path().join("Cargo.toml").is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name != KERNELS)
        .collect();
    phases.sort();
    phases
}

/// The files that git tracks or would track, and that match a pattern.
pub(crate) fn files(root: &Path, pattern: &str) -> Result<Vec<String>, String> {
    let listed = Command::new("git")
        .args([
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            pattern,
        ])
        .current_dir(root)
        .output()
        .map_err(|error| format!("git cannot be run: {error}"))?;
    let names = String::from_utf8_lossy(&listed.stdout).into_owned();
    let files = names.lines().filter(|name| root.join(name).is_file());
    Ok(files.map(str::to_owned).collect())
}

/// Removes the variables that cargo set for this program. The build script of `ring` reads them, so a cargo that gets them builds
/// `ring` and all crates that depend on it again.
pub(crate) fn without_package(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        let of_package = ["CARGO_PKG_", "CARGO_MANIFEST_"];
        if of_package
            .iter()
            .any(|start| name.to_string_lossy().starts_with(start))
        {
            command.env_remove(name);
        }
    }
    command
}

/// Runs cargo in the workspace.
pub(crate) fn cargo(args: &[&str], env: &[(&str, &str)]) -> Result<(), String> {
    let status = without_package(&mut Command::new(env!("CARGO")))
        .args(args)
        .envs(env.iter().copied())
        .current_dir(root())
        .status()
        .map_err(|error| format!("cargo cannot be run: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("cargo {} ended with {status}", args.join(" ")))
    }
}

/// Runs cargo in the workspace; returns what it prints to stdout.
pub(crate) fn cargo_output(args: &[&str]) -> Result<String, String> {
    let output = without_package(&mut Command::new(env!("CARGO")))
        .args(args)
        .current_dir(root())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo can't be run: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!(
            "cargo {} ended with {}",
            args.join(" "),
            output.status
        ))
    }
}

/// Prints a text to stdout. A reader such as `head` may close it before the end of the text.
pub(crate) fn print(text: &str) {
    let _ = writeln!(std::io::stdout(), "{}", text.trim_end());
}
