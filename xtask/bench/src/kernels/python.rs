//! Python with Beautiful Soup, in an environment of its own under `target`.

use std::path::{Path, PathBuf};
use std::process::Command;

/// An interpreter that has what the old functions need, and gives with them what the old pipeline gave.
pub(crate) struct Python {
    interpreter: PathBuf,
    functions: PathBuf,
}

impl Python {
    /// Makes the environment where it is not there, and checks the functions against the results of the old pipeline.
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
        let python = Self {
            interpreter,
            functions: root.join("xtask/bench/python/old_functions.py"),
        };
        let mut check = python.command();
        check.arg("--check");
        check.arg(root.join("tests/golden/v1_transforms_sample.jsonl"));
        // All of them, where they are at hand.
        let all = root.join("../shared/golden/v1_transforms.jsonl");
        check.args(all.exists().then_some(&all));
        let said = says(&mut check)?;
        eprintln!(
            "the functions in Python against what the old pipeline gave: {}",
            said.trim()
        );
        Ok(python)
    }

    /// One pass over the postings of a file: their number, and the seconds.
    pub(crate) fn measure(&self, file: &Path) -> Result<(usize, f64), String> {
        let said = says(self.command().arg("--measure").arg(file))?;
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
