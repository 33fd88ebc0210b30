//! Runs the examples of the guides: shell and SQL on an embedded PostgreSQL. Settings are read as a settings file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command as Process, Stdio};

use super::jobinsight::Jobinsight;
use super::page::{Block, Page};

/// The URL that the guides show in place of the reader's own database.
const PLACEHOLDER: &str = "postgresql://user:password@host/database";

/// The name that the guides give to the reader's file of postings, and the file that is used here.
const POSTINGS: (&str, &str) = ("postings.csv", "runner/assets/sample.csv");

/// A role that some examples grant rights to.
const BEFORE: &str = "jobinsight db psql -- -q -v ON_ERROR_STOP=1 -c 'CREATE ROLE etl'";

/// Every example that does not run.
pub(super) fn check(
    root: &Path,
    pages: &[Page],
    command: &Jobinsight,
) -> Result<Vec<String>, String> {
    let sandbox = Sandbox::new(root, command)?;
    let mut wrong = Vec::new();
    let (mut run, mut skipped) = (0, 0);
    sandbox.sh(BEFORE)?;
    for page in pages {
        for block in &page.blocks {
            let checked = match block.language.as_str() {
                "sh" | "sql" | "toml" if block.not_run.is_some() => {
                    skipped += 1;
                    continue;
                }
                "sh" => sandbox.sh(&block.text),
                "sql" => sandbox.sql(&block.text),
                "toml" => sandbox.settings(block),
                _ => continue,
            };
            run += 1;
            if let Err(error) = checked {
                wrong.push(format!(
                    "{}:{} does not run: {error}",
                    page.name, block.line
                ));
            }
        }
    }
    eprintln!("{run} examples were run, {skipped} are marked as not to be run");
    Ok(wrong)
}

/// A temporary folder with a server, in which examples run.
struct Sandbox {
    dir: PathBuf,
    path: std::ffi::OsString,
    url: String,
}

impl Sandbox {
    fn new(root: &Path, command: &Jobinsight) -> Result<Self, String> {
        let dir = std::env::temp_dir().join(format!("jobinsight-docs-{}", std::process::id()));
        let failed = |error: std::io::Error| format!("{}: {error}", dir.display());
        fs::create_dir_all(&dir).map_err(failed)?;
        fs::copy(root.join(POSTINGS.1), dir.join(POSTINGS.0)).map_err(failed)?;
        let old = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(command.folder.clone()).chain(std::env::split_paths(&old));
        let mut sandbox = Self {
            path: std::env::join_paths(folders).map_err(|error| error.to_string())?,
            dir,
            url: String::new(),
        };
        sandbox.sh("jobinsight db start")?;
        sandbox.url = sandbox.sh("jobinsight db url")?.trim().to_owned();
        Ok(sandbox)
    }

    /// Runs a script as a reader would; returns what it prints.
    fn sh(&self, script: &str) -> Result<String, String> {
        let mut process = Process::new("sh");
        process
            .args(["-eu", "-c", &script.replace(PLACEHOLDER, &self.url)])
            .current_dir(&self.dir)
            .env("PATH", &self.path)
            .env("ETL_STATE_DIR", self.dir.join("state"))
            .env_remove("DATABASE_URL")
            .stdin(Stdio::null());
        if !self.url.is_empty() {
            process.env("DATABASE_URL", &self.url);
        }
        let output = process.output().map_err(|error| error.to_string())?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            Err(format!(
                "{}\n{}",
                output.status,
                String::from_utf8_lossy(&output.stderr)
            ))
        }
    }

    fn sql(&self, script: &str) -> Result<String, String> {
        let file = self.dir.join("example.sql");
        fs::write(&file, script).map_err(|error| error.to_string())?;
        self.sh("jobinsight db psql -- -q -v ON_ERROR_STOP=1 -f example.sql")
    }

    fn settings(&self, block: &Block) -> Result<String, String> {
        let file = self.dir.join("example.toml");
        fs::write(&file, &block.text).map_err(|error| error.to_string())?;
        self.sh("jobinsight config show --config example.toml")
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.sh("jobinsight db stop");
        let _ = fs::remove_dir_all(&self.dir);
    }
}
