//! One database for each test, and the command that works on it.

use std::ops::Deref;
use std::process::Command;

use jobinsight_sql::testing::Database;

use crate::{CommandOutput, RunningCommand, command, schemas};

/// The database and the state directory of one test. The raw table is empty.
pub struct Db {
    database: Database,
    /// The state directory of the runs.
    pub state: tempfile::TempDir,
}

impl Deref for Db {
    type Target = Database;

    fn deref(&self) -> &Database {
        &self.database
    }
}

impl Db {
    /// Creates a database.
    pub async fn new() -> Self {
        Self::on(Database::new().await)
    }

    /// Uses a database that exists.
    pub async fn at(url: String) -> Self {
        Self::on(Database::at(url).await)
    }

    /// Opens a new connection after the server closed the old one.
    pub async fn reconnected(self) -> Self {
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

    /// Starts the command with `--format json` and these variables in its environment.
    pub fn spawn(&self, args: &[&str], env: &[(&str, &str)]) -> RunningCommand {
        let mut all = vec!["--format", "json"];
        all.extend(args);
        let mut command = self.command(&all);
        command.envs(env.iter().copied());
        RunningCommand::spawn(command)
    }

    /// Runs the command with `--format json` and these variables in its environment.
    pub fn json_with(&self, args: &[&str], env: &[(&str, &str)]) -> CommandOutput {
        self.spawn(args, env).end()
    }

    /// Asserts that ended runs left no connection, no lock, no unfinished run and no file.
    pub async fn assert_nothing_left(&self) {
        self.wait_for(
            "SELECT (NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'jobinsight%')
                 AND NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())))::int::bigint",
        )
        .await;
        let open = self
            .one("SELECT string_agg(state, ',') FROM jobinsight_staging.etl_runs WHERE state = 'running' OR finished_at IS NULL")
            .await;
        assert_eq!(open, "NULL", "each run is in a final state");
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

    /// Adds a raw posting with this title. Its other fields have default values.
    pub async fn post(&self, job_id: &str, title: &str) {
        self.posting(job_id, &[("title", title)]).await;
    }

    /// Adds or replaces a raw posting. Fields that are not given have default values.
    pub async fn posting(&self, job_id: &str, fields: &[(&str, &str)]) {
        self.database.post(job_id, fields).await;
    }

    /// Renames a column that the contract of the raw table needs, so that the next run is refused with
    /// `jobinsight::contract::missing_column`.
    pub async fn break_contract(&self) {
        self.rename_column("title", "heading").await;
    }

    /// Undoes [`Db::break_contract`].
    pub async fn mend_contract(&self) {
        self.rename_column("heading", "title").await;
    }

    async fn rename_column(&self, from: &str, to: &str) {
        let sql = format!("ALTER TABLE raw_jobs RENAME {from} TO {to}");
        self.client
            .batch_execute(&sql)
            .await
            .expect("it is renamed");
    }

    /// Asserts that no row is both in staging and rejected. While the crawler writes, a raw row may be in neither.
    pub async fn assert_no_row_in_both_tables(&self) {
        let both = "SELECT count(*) FROM jobinsight_staging.staging_jobs JOIN jobinsight_staging.etl_rejects USING (job_id)";
        assert_eq!(self.count(both).await, 0);
    }

    /// The command with `DATABASE_URL` and a state directory, and without the environment of the test program.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = command(args);
        command
            .env("DATABASE_URL", &self.url)
            .env("ETL_STATE_DIR", self.state.path());
        command
    }

    /// Runs the command.
    pub fn jobinsight(&self, args: &[&str]) -> CommandOutput {
        self.jobinsight_with(args, &[])
    }

    /// Runs the command with these variables in its environment.
    pub fn jobinsight_with(&self, args: &[&str], env: &[(&str, &str)]) -> CommandOutput {
        let output = CommandOutput::run(self.command(args).envs(env.iter().copied()));
        schemas::check_results_file(self.state.path());
        output
    }

    /// Runs the command with `--format json`.
    pub fn json(&self, args: &[&str]) -> CommandOutput {
        let mut all = vec!["--format", "json"];
        all.extend(args);
        self.jobinsight(&all)
    }
}
