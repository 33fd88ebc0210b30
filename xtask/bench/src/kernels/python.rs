//! Python with Beautiful Soup, in an environment of its own under `target`.

use std::path::{Path, PathBuf};
use std::process::Command;

/// An interpreter that has what the old functions need.
pub(crate) struct Python {
    interpreter: PathBuf,
    functions: PathBuf,
}

impl Python {
    /// Makes the environment where it is not there.
    pub(crate) fn ready(root: &Path) -> Result<Self, String> {
        let environment = root.join("target/bench-python");
        let interpreter = environment.join("bin/python");
        if says(Command::new(&interpreter).args(["-c", "import bs4"])).is_err() {
            says(
                Command::new("python3")
                    .arg("-m")
                    .arg("venv")
                    .arg(&environment),
            )?;
            let pip = ["-m", "pip", "install", "--quiet", "beautifulsoup4"];
            says(Command::new(&interpreter).args(pip))?;
        }
        Ok(Self {
            interpreter,
            functions: root.join("xtask/bench/python/old_functions.py"),
        })
    }

    /// Checks the functions against the results of the old pipeline: all where they are at hand, else a sample.
    pub(crate) fn check(&self, root: &Path) -> Result<(), String> {
        let all = root.join("../shared/golden/v1_transforms.jsonl");
        let sample = root.join("tests/golden/v1_transforms_sample.jsonl");
        let goldens = if all.exists() { all } else { sample };
        let said = says(self.command().arg("--check").arg(goldens))?;
        eprintln!(
            "the functions in Python against what the old pipeline gave: {}",
            said.trim()
        );
        Ok(())
    }

    /// Passes over the postings of a file: their number, and the seconds of the fastest.
    pub(crate) fn measure(&self, file: &Path, passes: usize) -> Result<(usize, f64), String> {
        let passes = passes.to_string();
        let said = says(self.command().arg("--measure").arg(file).arg(passes))?;
        let mut words = said.split_whitespace();
        let rows = words.next().and_then(|word| word.parse().ok());
        let seconds = words.next().and_then(|word| word.parse().ok());
        rows.zip(seconds)
            .ok_or_else(|| format!("{} said: {said}", self.functions.display()))
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.interpreter);
        command.arg(&self.functions);
        command
    }
}

/// What a command says; its complaint where it fails.
fn says(command: &mut Command) -> Result<String, String> {
    let program = command.get_program().display().to_string();
    let output = command
        .output()
        .map_err(|error| format!("{program}: {error}"))?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let complaint = String::from_utf8_lossy(&output.stderr);
    let last = complaint.trim().lines().last().unwrap_or("no word of why");
    Err(format!("{program} ended with {}: {last}", output.status))
}
