//! Whether a new phase is sound as it is made, and leaves no trace: tried on a copy of the tree.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::{New, Role, Scope, add, remove};

/// Makes a phase of each kind in a copy of the tree, builds it, lints it, runs its test, sees it in
/// `jobinsight phases`, takes it out, and finds the tree as it was. The copy builds into this checkout's target
/// folder: times of files are kept, so that only what differs is built.
pub(crate) fn check(root: &Path, env: &[(&str, &str)]) -> Result<(), String> {
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
    let shown = copy.cargo(
        &[
            "run",
            "--quiet",
            "--package",
            "jobinsight-runner",
            "--",
            "phases",
            "--format",
            "json",
        ],
        env,
    )?;
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    for (name, ..) in phases {
        if !shown.contains(&format!("\"name\":\"{name}\"")) {
            return Err(format!("`jobinsight phases` does not show {name}: {shown}"));
        }
    }
    for (name, ..) in phases {
        remove(&copy.root, name)?;
    }
    let after = copy.state()?;
    if before == after {
        Ok(())
    } else {
        Err(format!(
            "new-phase and remove-phase leave something behind:\n{after}"
        ))
    }
}

/// A copy of the tree as git sees it, with what is not committed yet.
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
                .map_err(|error| format!("{name} can't be copied: {error}"))?;
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
                "as it was",
            ],
        ] {
            output(Command::new("git").args(args).current_dir(&copy.root))?;
        }
        Ok(copy)
    }

    /// What differs from how it was.
    fn state(&self) -> Result<String, String> {
        let mut state = String::new();
        for args in [&["status", "--porcelain"][..], &["diff"]] {
            let said = output(Command::new("git").args(args).current_dir(&self.root))?;
            state.push_str(&String::from_utf8_lossy(&said.stdout));
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
        .map_err(|error| format!("{} can't be run: {error}", command.get_program().display()))?;
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
