//! A database, and the command with additional phases that works on it.

use std::process::{Command, Output};

use jobinsight_sql::testing::Database;
use serde_json::Value;

pub(crate) const AS_OF: &str = "2026-01-15T20:00:00+07:00";

/// A database with two postings, and a directory for the files of the runs.
pub(crate) struct Sandbox {
    pub(crate) db: Database,
    pub(crate) dir: tempfile::TempDir,
}

impl Sandbox {
    pub(crate) async fn new() -> Self {
        let db = Database::new().await;
        db.post("1", &[("title", "Senior Java Developer")]).await;
        db.post("2", &[("title", "[Gấp]  Kế Toán")]).await;
        Self {
            db,
            dir: tempfile::tempdir().unwrap(),
        }
    }

    /// The command, with these phases after `sql_procedures`.
    pub(crate) fn command(&self, phases: &str, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_own-pipeline"));
        command
            .args(args)
            .current_dir(self.dir.path())
            .env("DATABASE_URL", &self.db.url)
            .env("ETL_STATE_DIR", self.dir.path().join("state"))
            .env(
                "ETL_PIPELINE",
                format!("schema_setup,sql_procedures,{phases}"),
            );
        command
    }

    /// `run` with these phases, and with these flags and variables.
    pub(crate) fn run(&self, phases: &str, more: &[&str], env: &[(&str, &str)]) -> Output {
        let mut args = vec!["run", "--format", "json", "--as-of", AS_OF];
        args.extend(more);
        let mut command = self.command(phases, &args);
        command.envs(env.iter().copied()).output().unwrap()
    }
}

/// The results on the last line of stdout.
pub(crate) fn object(output: &Output) -> Value {
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(text.lines().last().unwrap_or_default())
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

/// Everything that the command printed.
pub(crate) fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}
