//! Examples of the guides, run for real: shell and SQL on an embedded PostgreSQL, settings read as a settings file.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command as Process, Stdio};

use super::Command;
use super::page::{Block, Page};

/// What stands in the guides for the reader's own database.
const PLACEHOLDER: &str = "postgresql://user:password@host/database";

/// The reader's own file of postings, and what stands for it here.
const POSTINGS: (&str, &str) = ("postings.csv", "runner/assets/sample.csv");

/// What pages other than the README take for granted: a run, and a role to grant to.
const BEFORE: &str = "jobinsight db psql -- -q -v ON_ERROR_STOP=1 -c 'CREATE ROLE etl'";

/// Every example that does not do what it says.
pub(crate) fn check(root: &Path, pages: &[Page], command: &Command) -> Result<Vec<String>, String> {
    let place = Place::new(root, command)?;
    let mut wrong = Vec::new();
    let (mut run, mut left_out) = (0, 0);
    place.sh(BEFORE)?;
    for page in pages {
        for block in &page.blocks {
            let checked = match block.language.as_str() {
                "sh" | "sql" | "toml" if block.not_run.is_some() => {
                    left_out += 1;
                    continue;
                }
                "sh" => place.sh(&block.text),
                "sql" => place.sql(&block.text),
                "toml" => place.settings(block),
                _ => continue,
            };
            run += 1;
            if let Err(said) = checked {
                wrong.push(format!("{}:{} does not run: {said}", page.name, block.line));
            }
        }
    }
    eprintln!("{run} examples were run, {left_out} are marked as not to be run");
    Ok(wrong)
}

/// A folder, a server and a command of our own.
struct Place {
    dir: PathBuf,
    path: std::ffi::OsString,
    url: String,
}

impl Place {
    fn new(root: &Path, command: &Command) -> Result<Self, String> {
        let dir = std::env::temp_dir().join(format!("jobinsight-docs-{}", std::process::id()));
        let failed = |error: std::io::Error| format!("{}: {error}", dir.display());
        fs::create_dir_all(&dir).map_err(failed)?;
        fs::copy(root.join(POSTINGS.1), dir.join(POSTINGS.0)).map_err(failed)?;
        let old = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(command.folder.clone()).chain(std::env::split_paths(&old));
        let mut place = Self {
            path: std::env::join_paths(folders).map_err(|error| error.to_string())?,
            dir,
            url: String::new(),
        };
        place.sh("jobinsight db start")?;
        place.url = place.sh("jobinsight db url")?.trim().to_owned();
        Ok(place)
    }

    /// Runs a script as its reader would; gives what it says.
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

impl Drop for Place {
    fn drop(&mut self) {
        let _ = self.sh("jobinsight db stop");
        let _ = fs::remove_dir_all(&self.dir);
    }
}
