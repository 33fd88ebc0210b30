//! A database a test, and the command on it.

use std::ops::Deref;
use std::process::{Command, Stdio};

use jobinsight_sql::testing::Database;

use crate::{Running, Typed, command};

/// A database of its own for one test, with an empty raw table, and a state directory.
pub struct Db {
    database: Database,
    /// The state directory of its runs.
    pub state: tempfile::TempDir,
}

impl Deref for Db {
    type Target = Database;

    fn deref(&self) -> &Database {
        &self.database
    }
}

impl Db {
    /// A fresh database.
    pub async fn new() -> Self {
        Self::on(Database::new().await)
    }

    /// A database that is there already.
    pub async fn at(url: String) -> Self {
        Self::on(Database::at(url).await)
    }

    /// With a new connection, where the server closed the old one.
    pub async fn connected_again(self) -> Self {
        let client = self.connect().await;
        let Self { database, state } = self;
        Self {
            database: Database { client, ..database },
            state,
        }
    }

    fn on(database: Database) -> Self {
        Self {
            database,
            state: tempfile::tempdir().expect("a state directory"),
        }
    }

    /// The command at work, its output kept.
    pub fn spawn(&self, args: &[&str], env: &[(&str, &str)]) -> Running {
        let mut all = vec!["--format", "json"];
        all.extend(args);
        let mut command = self.command(&all);
        command
            .envs(env.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Running::of(command.spawn().expect("jobinsight can be run"))
    }

    /// Types the command with `--format json` and more in its environment.
    pub fn json_with(&self, args: &[&str], env: &[(&str, &str)]) -> Typed {
        self.spawn(args, env).end()
    }

    /// Asserts that ended runs left no connection and no lock, and no run without an end.
    pub async fn assert_nothing_left(&self) {
        self.wait_for(
            "SELECT (NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'jobinsight%')
                 AND NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())))::int::bigint",
        )
        .await;
        let open = self
            .one("SELECT string_agg(state, ',') FROM jobinsight_staging.etl_runs WHERE state = 'running' OR finished_at IS NULL")
            .await;
        assert_eq!(open, "NULL", "each run stands in a final state");
        let spill = self.state.path().join("spill");
        assert!(!spill.exists(), "no spilled batch is left behind");
        let files: Vec<_> = std::fs::read_dir(self.state.path())
            .expect("the state directory")
            .flatten()
            .map(|entry| entry.file_name())
            .filter(|name| name != "run_results.json")
            .collect();
        assert!(
            files.is_empty(),
            "no temporary file is left behind: {files:?}"
        );
    }

    /// Adds a raw posting with that title, everything else as usual.
    pub async fn post(&self, job_id: &str, title: &str) {
        self.posting(job_id, &[("title", title)]).await;
    }

    /// Adds a raw posting, or replaces it; what is not given is as usual.
    pub async fn posting(&self, job_id: &str, fields: &[(&str, &str)]) {
        self.database.post(job_id, fields).await;
    }

    /// While the crawler writes, a raw row may be new since the run: but none is in both tables.
    pub async fn assert_all_accounted_for_by_now(&self) {
        let both = "SELECT count(*) FROM jobinsight_staging.staging_jobs JOIN jobinsight_staging.etl_rejects USING (job_id)";
        assert_eq!(self.count(both).await, 0);
    }

    /// The command, ready to be typed: this database by `DATABASE_URL`, nothing else from our environment.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = command(args);
        command
            .env("DATABASE_URL", &self.url)
            .env("ETL_STATE_DIR", self.state.path());
        command
    }

    /// Types the command.
    pub fn jobinsight(&self, args: &[&str]) -> Typed {
        Typed::of(&self.command(args).output().expect("jobinsight can be run"))
    }

    /// Types the command with `--format json`.
    pub fn json(&self, args: &[&str]) -> Typed {
        let mut all = vec!["--format", "json"];
        all.extend(args);
        self.jobinsight(&all)
    }
}
