//! Checks in a copy of the tree that a new phase builds and passes its test, and that its removal leaves nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::commands::{add, remove};
use super::new::{New, Role, Scope};

/// Creates a phase of each kind, builds and lints it, runs its test, finds it in `jobinsight phases`, and removes it. Then
/// the tree must be the same as before. The copy uses the target folder of this checkout, and files keep their times, so
/// cargo builds only the files that differ.
pub(crate) fn check_new_phases(root: &Path, env: &[(&str, &str)]) -> Result<(), String> {
    let copy = Copy::of(root)?;
    let before = copy.state()?;
    let phases = [
        ("check_once", Scope::Run, None),
        ("check_load", Scope::Batch, Some(Role::Load)),
        ("check_process", Scope::Batch, None),
        ("check_save", Scope::Batch, Some(Role::Save)),
    ];
    let mut packages = Vec::new();
    for (name, scope, role) in phases {
        let new = New {
            name: name.to_owned(),
            scope,
            role,
            default: name == "check_process",
        };
        add(&copy.root, &new)?;
        packages.push(format!("jobinsight-{}", name.replace('_', "-")));
    }
    let listed: Vec<&str> = packages
        .iter()
        .flat_map(|package| ["--package", package])
        .collect();
    let with = |first: &[&str], last: &[&str]| {
        let args: Vec<&str> = first.iter().chain(&listed).chain(last).copied().collect();
        copy.cargo(&args, env)
    };
    copy.cargo(&["fmt", "--all", "--check"], env)?;
    with(&["clippy", "--all-targets"], &["--", "-D", "warnings"])?;
    with(&["test", "--quiet"], &[])?;
    check_shown(&copy, env, &phases.map(|(name, ..)| name))?;
    for (name, ..) in phases {
        remove(&copy.root, name)?;
    }
    let after = copy.state()?;
    if before == after {
        Ok(())
    } else {
        Err(format!(
            "after new-phase and remove-phase, the tree has changes:\n{after}"
        ))
    }
}

/// Checks that `jobinsight phases` shows each phase.
fn check_shown(copy: &Copy, env: &[(&str, &str)], phases: &[&str]) -> Result<(), String> {
    let run = ["run", "--quiet", "--package", "jobinsight-runner", "--"];
    let args = [&run[..], &["phases", "--format", "json"]].concat();
    let shown = copy.cargo(&args, env)?;
    let shown = String::from_utf8_lossy(&shown.stdout);
    for name in phases {
        if !shown.contains(&format!("\"name\":\"{name}\"")) {
            return Err(format!("`jobinsight phases` does not show {name}: {shown}"));
        }
    }
    Ok(())
}

/// A copy of the files that git tracks or would track.
struct Copy {
    root: PathBuf,
    target: PathBuf,
}

impl Copy {
    fn of(root: &Path) -> Result<Self, String> {
        let copy = Self {
            root: std::env::temp_dir().join(format!("jobinsight-new-phase-{}", std::process::id())),
            target: root.join("target"),
        };
        let listed = output(
            Command::new("git")
                .args([
                    "ls-files",
                    "--cached",
                    "--others",
                    "--exclude-standard",
                    "-z",
                ])
                .current_dir(root),
        )?;
        for name in String::from_utf8_lossy(&listed.stdout).split('\0') {
            let from = root.join(name);
            if name.is_empty() || !from.is_file() {
                continue;
            }
            copy_file(&from, &copy.root.join(name))
                .map_err(|error| format!("{name} cannot be copied: {error}"))?;
        }
        for args in [
            &["init", "--quiet"][..],
            &["add", "--all"],
            &[
                "-c",
                "user.name=x",
                "-c",
                "user.email=x@example.org",
                "commit",
                "--quiet",
                "--message",
                "first state",
            ],
        ] {
            output(Command::new("git").args(args).current_dir(&copy.root))?;
        }
        Ok(copy)
    }

    /// The difference from the first state.
    fn state(&self) -> Result<String, String> {
        let mut state = String::new();
        for args in [&["status", "--porcelain"][..], &["diff"]] {
            let shown = output(Command::new("git").args(args).current_dir(&self.root))?;
            state.push_str(&String::from_utf8_lossy(&shown.stdout));
        }
        Ok(state)
    }

    fn cargo(&self, args: &[&str], env: &[(&str, &str)]) -> Result<Output, String> {
        eprintln!("   cargo {}", args.join(" "));
        output(
            Command::new(env!("CARGO"))
                .args(args)
                .envs(env.iter().copied())
                .env("CARGO_TARGET_DIR", &self.target)
                .current_dir(&self.root),
        )
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}

fn copy_file(from: &Path, to: &Path) -> std::io::Result<()> {
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::copy(from, to)?;
    let changed = fs::metadata(from)?.modified()?;
    fs::File::options()
        .write(true)
        .open(to)?
        .set_modified(changed)
}

fn output(command: &mut Command) -> Result<Output, String> {
    let output = command
        .output()
        .map_err(|error| format!("{} cannot be run: {error}", command.get_program().display()))?;
    if output.status.success() {
        return Ok(output);
    }
    Err(format!(
        "{} {} ended with {}\n{}{}",
        command.get_program().display(),
        command
            .get_args()
            .map(|arg| arg.to_string_lossy())
            .collect::<Vec<_>>()
            .join(" "),
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    ))
}
