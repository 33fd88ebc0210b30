//! Runs the functions of the Python pipeline, which need Beautiful Soup.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::python::{interpreter, output_of};

/// A Python interpreter that can run the old functions.
pub(crate) struct Python {
    interpreter: PathBuf,
    functions: PathBuf,
}

impl Python {
    /// Creates the environment unless it exists.
    pub(crate) fn ready(root: &Path) -> Result<Self, String> {
        let interpreter = interpreter(root, "bench-python", &["beautifulsoup4"], "bs4")?;
        Ok(Self {
            interpreter,
            functions: root.join("xtask/bench/python/old_functions.py"),
        })
    }

    /// Compares the functions with all results of the old pipeline, or with a sample where the file of all is missing.
    pub(crate) fn check(&self, root: &Path) -> Result<(), String> {
        let all = root.join("../shared/golden/v1_transforms.jsonl");
        let sample = root.join("tests/golden/v1_transforms_sample.jsonl");
        let goldens = if all.exists() { all } else { sample };
        let summary = output_of(self.command().arg("--check").arg(goldens))?;
        eprintln!(
            "the functions in Python, compared with the results of the old pipeline: {}",
            summary.trim()
        );
        Ok(())
    }

    /// Runs passes over the postings of a file; returns the number of postings and the seconds of the fastest pass.
    pub(crate) fn measure(&self, file: &Path, passes: usize) -> Result<(usize, f64), String> {
        let passes = passes.to_string();
        let output = output_of(self.command().arg("--measure").arg(file).arg(passes))?;
        let mut words = output.split_whitespace();
        let rows = words.next().and_then(|word| word.parse().ok());
        let seconds = words.next().and_then(|word| word.parse().ok());
        rows.zip(seconds)
            .ok_or_else(|| format!("{} printed: {output}", self.functions.display()))
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.interpreter);
        command.arg(&self.functions);
        command
    }
}
