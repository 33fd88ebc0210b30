//! A copy of the tree with a target folder of its own.
//!
//! Cargo gives the crates of a copy the same names in the target folder as those of this checkout. In one target folder,
//! each build would therefore replace the artifacts of the other, and a build could take a file of the copy for unchanged.
//! The copy still need not compile the crates of other projects: their artifacts are linked into its target folder.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use crate::workspace::{metadata_of, packages, target_dir, without_package};

/// The folders of artifacts in a target folder.
const ARTIFACTS: [&str; 3] = ["debug/deps", "debug/build", "debug/.fingerprint"];

/// A repository that has the files of this checkout as its only commit.
pub(crate) struct Copy {
    pub(crate) root: PathBuf,
    target: PathBuf,
}

impl Copy {
    pub(crate) fn of(root: &Path) -> Result<Self, String> {
        let id = std::process::id();
        let copy = Self {
            root: std::env::temp_dir().join(format!("jobinsight-new-phase-{id}")),
            target: target_dir(root).join(format!("new-phase-{id}")),
        };
        let list = [
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            "-z",
        ];
        for name in git(root, &list)?.split('\0') {
            let (from, to) = (root.join(name), copy.root.join(name));
            if !name.is_empty() && from.is_file() {
                let copied = parent(&to).and_then(|()| fs::copy(&from, &to).map(|_| ()));
                copied.map_err(|error| format!("{name} cannot be copied: {error}"))?;
            }
        }
        git(&copy.root, &["init", "--quiet"])?;
        git(&copy.root, &["add", "--all"])?;
        let author = ["-c", "user.name=x", "-c", "user.email=x@example.org"];
        let commit = ["commit", "--quiet", "--message", "first state"];
        git(&copy.root, &[&author[..], &commit].concat())?;
        copy.link_artifacts(root)?;
        Ok(copy)
    }

    /// Links the artifacts of all crates that are not in this repository. A build never changes these files.
    fn link_artifacts(&self, root: &Path) -> Result<(), String> {
        let mut ours = BTreeSet::new();
        for workspace in [root.to_owned(), root.join("examples")] {
            let metadata = metadata_of(&workspace)?;
            for package in packages(&metadata) {
                let targets = package["targets"].as_array().into_iter().flatten();
                let names = targets
                    .chain([package])
                    .filter_map(|named| named["name"].as_str());
                ours.extend(names.map(|name| name.replace('-', "_")));
            }
        }
        for folder in ARTIFACTS {
            let from = target_dir(root).join(folder);
            for entry in fs::read_dir(&from).into_iter().flatten().flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                if !ours.contains(&stem(&name)) {
                    let to = self.target.join(folder).join(&name);
                    link(&entry.path(), &to)
                        .map_err(|error| format!("{}: {error}", to.display()))?;
                }
            }
        }
        Ok(())
    }

    /// The difference from the first state: the changed and new files, and the changed lines.
    pub(super) fn state(&self) -> Result<String, String> {
        let files = self.changed()?.join("\n");
        Ok(format!("{files}\n{}", git(&self.root, &["diff"])?))
    }

    /// The changed and new files.
    pub(super) fn changed(&self) -> Result<Vec<String>, String> {
        let status = git(
            &self.root,
            &["status", "--porcelain", "--untracked-files=all"],
        )?;
        let files = status.lines().filter_map(|line| line.get(3..));
        Ok(files.map(str::to_owned).collect())
    }

    /// Runs a line as a user types it, and says how long it took; returns what it prints to stdout. All output is shown only
    /// if the line fails.
    pub(crate) fn sh(&self, line: &str) -> Result<String, String> {
        let start = Instant::now();
        let mut shell = Command::new("sh");
        without_package(&mut shell);
        shell.args(["-eu", "-c", line]).current_dir(&self.root);
        shell
            .env("CARGO_TARGET_DIR", &self.target)
            .stdin(Stdio::null());
        let result = output(&mut shell);
        eprintln!("   {:>6.1} s  {line}", start.elapsed().as_secs_f64());
        result
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
        let _ = fs::remove_dir_all(&self.target);
    }
}

/// The name of a crate in the name of an artifact, such as `ring` in `libring-0123.rlib`.
fn stem(artifact: &str) -> String {
    let stem = artifact.strip_prefix("lib").unwrap_or(artifact);
    let end = stem.rfind('-').or_else(|| stem.find('.'));
    stem[..end.unwrap_or(stem.len())].replace('-', "_")
}

/// Links a file, or all files of a folder.
fn link(from: &Path, to: &Path) -> std::io::Result<()> {
    if from.is_dir() {
        fs::create_dir_all(to)?;
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            link(&entry.path(), &to.join(entry.file_name()))?;
        }
        return Ok(());
    }
    parent(to)?;
    fs::hard_link(from, to)
}

fn parent(file: &Path) -> std::io::Result<()> {
    file.parent().map_or(Ok(()), fs::create_dir_all)
}

fn git(root: &Path, args: &[&str]) -> Result<String, String> {
    output(Command::new("git").args(args).current_dir(root))
}

fn output(command: &mut Command) -> Result<String, String> {
    let output = command
        .output()
        .map_err(|error| format!("{} cannot be run: {error}", command.get_program().display()))?;
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(stdout);
    }
    let args: Vec<_> = command
        .get_args()
        .map(|arg| arg.to_string_lossy())
        .collect();
    Err(format!(
        "{} {} ended with {}\n{stdout}{}",
        command.get_program().display(),
        args.join(" "),
        output.status,
        String::from_utf8_lossy(&output.stderr)
    ))
}

#[cfg(test)]
mod tests {
    #[test]
    fn an_artifact_names_its_crate() {
        for (artifact, crate_name) in [
            ("libjobinsight_core-0123.rlib", "jobinsight_core"),
            ("own-pipeline-0123", "own_pipeline"),
            ("suite-0123.d", "suite"),
            ("libc-0123", "c"),
            ("ring.d", "ring"),
        ] {
            assert_eq!(super::stem(artifact), crate_name);
        }
    }
}
