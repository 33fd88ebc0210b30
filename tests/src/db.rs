//! A database a test.

use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio_postgres::Client;

use crate::suite::{TEMPLATE, connect, on_database, server};
use crate::{Running, Typed, command};

static NEXT: AtomicU32 = AtomicU32::new(0);
static COPY: LazyLock<tokio::sync::Mutex<()>> = LazyLock::new(tokio::sync::Mutex::default);

/// A database of its own for one test, with an empty raw table, and a state directory.
pub struct Db {
    /// Where it is.
    pub url: String,
    /// A connection to it.
    pub client: Client,
    /// The state directory of its runs.
    pub state: tempfile::TempDir,
}

impl Db {
    /// A fresh database.
    pub async fn new() -> Self {
        let server = server().await;
        let name = format!(
            "test_{}_{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let admin = connect(server).await;
        // Copying a template fails while another copy of it is under way in some versions: one at a time.
        {
            let _one = COPY.lock().await;
            admin
                .batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}"))
                .await
                .expect("a database");
        }
        Self::at(on_database(server, &name)).await
    }

    /// A database that is there already.
    pub async fn at(url: String) -> Self {
        Self {
            client: connect(&url).await,
            url,
            state: tempfile::tempdir().expect("a state directory"),
        }
    }

    /// The server's port.
    pub fn port(&self) -> u16 {
        let (rest, _) = self.url.rsplit_once('/').expect("a database");
        rest.rsplit_once(':')
            .and_then(|(_, port)| port.parse().ok())
            .expect("a port")
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

    /// Waits until a query counts more than nothing.
    pub async fn wait_for(&self, sql: &str) {
        for _ in 0..1500 {
            if let Ok(row) = self.client.query_one(sql, &[]).await
                && row.get::<_, i64>(0) > 0
            {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("it never came: {sql}");
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

    /// Another connection.
    pub async fn connect(&self) -> Client {
        connect(&self.url).await
    }

    /// Adds a raw posting with that title, everything else as usual.
    pub async fn post(&self, job_id: &str, title: &str) {
        self.posting(job_id, &[("title", title)]).await;
    }

    /// Adds a raw posting, or replaces it; what is not given is as usual.
    pub async fn posting(&self, job_id: &str, fields: &[(&str, &str)]) {
        let mut columns = vec![
            ("job_id", job_id),
            ("title", "Kế Toán Trưởng"),
            ("company_name", "Công ty TNHH Minh Long"),
            ("salary", "10 - 15 triệu"),
            ("skills", "[\"Excel\"]"),
            ("location", "Hà Nội"),
            ("location_detail", "Hà Nội: 12 Trần Phú"),
            ("deadline", "30"),
            ("posted_time", "2026-01-10T08:00:00+07:00"),
            ("crawled_at", "2026-01-15T08:00:00+07:00"),
        ];
        for (name, value) in fields {
            match columns.iter_mut().find(|(column, _)| column == name) {
                Some(column) => column.1 = value,
                None => columns.push((name, value)),
            }
        }
        let names: Vec<&str> = columns.iter().map(|(name, _)| *name).collect();
        let sets: Vec<String> = names
            .iter()
            .map(|name| format!("{name} = EXCLUDED.{name}"))
            .collect();
        let json: serde_json::Map<String, serde_json::Value> = columns
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).into()))
            .collect();
        let mut json = serde_json::Value::Object(json);
        json["skills"] =
            serde_json::from_str(json["skills"].as_str().unwrap_or("[]")).expect("skills are JSON");
        let sql = format!(
            "INSERT INTO raw_jobs ({names}) SELECT {names} FROM jsonb_populate_record(NULL::raw_jobs, $1::jsonb)
             ON CONFLICT (job_id) DO UPDATE SET {sets}",
            names = names.join(", "),
            sets = sets.join(", ")
        );
        self.client
            .execute(&sql, &[&json])
            .await
            .expect("a raw posting");
    }

    /// One value of one row, as text.
    pub async fn one(&self, sql: &str) -> String {
        let row = self
            .client
            .query_one(sql, &[])
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error}"));
        row.get::<_, Option<String>>(0)
            .unwrap_or_else(|| "NULL".to_owned())
    }

    /// A count.
    pub async fn count(&self, sql: &str) -> i64 {
        self.client
            .query_one(sql, &[])
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error}"))
            .get(0)
    }

    /// A fingerprint of all that staging holds but the run's own times and name.
    pub async fn content(&self) -> String {
        self.one(
            "SELECT md5(string_agg((to_jsonb(s) - 'run_id' - 'processed_at')::text, E'\\n' ORDER BY job_id))
               FROM jobinsight_staging.staging_jobs s",
        )
        .await
    }

    /// Asserts the promise: every raw row is in staging or in rejects, none in both, none twice.
    pub async fn assert_all_accounted_for(&self) {
        let raw = self.count("SELECT count(*) FROM raw_jobs").await;
        let staging = self
            .count(
                "SELECT count(*) FROM jobinsight_staging.staging_jobs JOIN raw_jobs USING (job_id)",
            )
            .await;
        let rejects = self
            .count(
                "SELECT count(*) FROM jobinsight_staging.etl_rejects JOIN raw_jobs USING (job_id)",
            )
            .await;
        let both = self
            .count("SELECT count(*) FROM jobinsight_staging.staging_jobs JOIN jobinsight_staging.etl_rejects USING (job_id)")
            .await;
        assert_eq!(
            (raw, both),
            (staging + rejects, 0),
            "{staging} in staging, {rejects} rejected"
        );
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
