//! The kit of the end-to-end tests: one embedded PostgreSQL for the suite, a database a test, the command as a user
//! types it.
//!
//! ```no_run
//! # async fn story() {
//! let db = jobinsight_tests::Db::new().await;
//! db.post("1", "Kế Toán").await;
//! let run = db.jobinsight(&["run"]);
//! assert_eq!(run.code, 0);
//! # }
//! ```
#![forbid(unsafe_code)]
#![allow(clippy::missing_panics_doc)] // a test kit panics: that is how it fails a test

mod proxy;
mod server;

pub use proxy::{Commit, Proxy};
pub use server::{OwnServer, as_owner, open_to_all};

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{LazyLock, Once};

use jobinsight_core::Settings;
use jobinsight_sql::embedded::Server;
use jobinsight_sql::scripts::SCHEMA_RAW_JOBS;
use tokio::sync::OnceCell;
use tokio_postgres::{Client, NoTls};

const TEMPLATE: &str = "jobinsight_template";

static SERVER: OnceCell<String> = OnceCell::const_new();
static NEXT: AtomicU32 = AtomicU32::new(0);
static COPY: LazyLock<tokio::sync::Mutex<()>> = LazyLock::new(tokio::sync::Mutex::default);

/// Where the suite's server lives: reused from run to run. `cargo xtask test` names it, and stops the server when all
/// is done; two checkouts do not share it, since a suite begins by dropping what an earlier one left.
pub fn server_dir() -> PathBuf {
    if let Some(dir) = std::env::var_os("JOBINSIGHT_TESTS_STATE") {
        return dir.into();
    }
    let target = target_dir();
    // Root's checkouts may be closed to the user who runs PostgreSQL.
    if rustix::process::geteuid().is_root() {
        let mut hasher = DefaultHasher::new();
        target.hash(&mut hasher);
        return std::env::temp_dir().join(format!("jobinsight-tests-{:016x}", hasher.finish()));
    }
    target.join("tests-postgres")
}

fn target_dir() -> PathBuf {
    let exe = std::env::current_exe().expect("this program's path");
    exe.ancestors()
        .nth(3)
        .expect("target/PROFILE/deps/NAME")
        .to_owned()
}

/// The suite's server, started on first use; the URL of its maintenance database.
async fn server() -> &'static str {
    SERVER
        .get_or_init(|| async {
            let server = Server::at(&server_dir())
                .await
                .expect("PostgreSQL for the tests");
            // A test's data need not outlive a power cut.
            let server = server
                .with_option("fsync=off")
                .with_option("synchronous_commit=off")
                .with_option("full_page_writes=off")
                .with_option("max_connections=200");
            server.start().expect("the tests' PostgreSQL");
            let url = server.url().expect("its URL");
            prepare(&url).await;
            url
        })
        .await
}

/// Drops what earlier suites left, and makes the template: an empty raw table.
async fn prepare(url: &str) {
    let admin = connect(url).await;
    let old = admin
        .query(
            "SELECT datname::text FROM pg_database WHERE datname LIKE 'test\\_%' OR datname = $1",
            &[&TEMPLATE],
        )
        .await
        .expect("the databases");
    for row in old {
        let name: String = row.get(0);
        admin
            .batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            .await
            .expect("dropping");
    }
    admin
        .batch_execute(&format!("CREATE DATABASE {TEMPLATE}"))
        .await
        .expect("the template");
    let template = connect(&on_database(url, TEMPLATE)).await;
    let script = SCHEMA_RAW_JOBS.render(&Settings::default());
    template
        .batch_execute(script.sql())
        .await
        .expect("the raw table");
}

fn on_database(url: &str, name: &str) -> String {
    format!(
        "{}/{name}",
        url.rsplit_once('/').expect("a URL with a database").0
    )
}

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls)
        .await
        .expect("a connection");
    tokio::spawn(connection);
    client
}

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
        Running(Some(command.spawn().expect("jobinsight can be run")))
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

/// A command at work; it dies with the test.
pub struct Running(Option<std::process::Child>);

impl Running {
    /// Waits for its end.
    pub fn end(mut self) -> Typed {
        let child = self.0.take().expect("it runs");
        Typed::of(&child.wait_with_output().expect("its output"))
    }

    /// Sends it a signal: `-KILL`, `-STOP`, `-TERM`, …
    pub fn signal(&self, signal: &str) {
        let pid = self
            .0
            .as_ref()
            .map_or(0, std::process::Child::id)
            .to_string();
        let sent = Command::new("kill").args([signal, &pid]).status();
        assert!(sent.expect("kill").success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(child) = &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// What a command said.
#[derive(Debug)]
pub struct Typed {
    /// Its exit code.
    pub code: i32,
    /// Its results.
    pub stdout: String,
    /// Its logs and errors.
    pub stderr: String,
}

impl Typed {
    /// From a finished process.
    pub fn of(output: &Output) -> Self {
        Self {
            // As a shell says it: killed by a signal is 128 and its number.
            code: output
                .status
                .code()
                .or_else(|| {
                    std::os::unix::process::ExitStatusExt::signal(&output.status)
                        .map(|signal| 128 + signal)
                })
                .unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The object on the last line of stdout.
    pub fn object(&self) -> serde_json::Value {
        let last = self.stdout.lines().last().unwrap_or_default();
        serde_json::from_str(last)
            .unwrap_or_else(|error| panic!("{error} in {last:?}\n{}", self.stderr))
    }

    /// One number of `stats`.
    pub fn stat(&self, name: &str) -> u64 {
        self.object()["stats"][name]
            .as_u64()
            .unwrap_or_else(|| panic!("no {name} in {}\n{}", self.stdout, self.stderr))
    }

    /// Fails the test unless the command ended well.
    #[allow(clippy::must_use_candidate, clippy::return_self_not_must_use)] // as a check alone it is complete
    pub fn ok(self) -> Self {
        assert_eq!(
            self.code, 0,
            "stdout:\n{}\nstderr:\n{}",
            self.stdout, self.stderr
        );
        self
    }

    /// Fails the test unless the command failed with this exit code and this error.
    pub fn failed(&self, exit: i32, code: &str) {
        assert_eq!(
            self.code, exit,
            "stdout:\n{}\nstderr:\n{}",
            self.stdout, self.stderr
        );
        assert!(self.stderr.contains(code), "no {code} in\n{}", self.stderr);
    }
}

/// The command in an empty environment.
pub fn command(args: &[&str]) -> Command {
    static BUILT: Once = Once::new();
    let profile = std::env::current_exe()
        .expect("this program's path")
        .ancestors()
        .nth(2)
        .map(Path::to_owned);
    let program = profile.expect("target/PROFILE").join("jobinsight");
    BUILT.call_once(|| {
        // `cargo test` alone does not build another package's binary.
        let mut build = Command::new(env!("CARGO"));
        build.args([
            "build",
            "--quiet",
            "--package",
            "jobinsight-runner",
            "--features",
            "failpoints",
            "--bin",
            "jobinsight",
            "--target-dir",
        ]);
        build.arg(target_dir());
        if cfg!(not(debug_assertions)) {
            build.arg("--release");
        }
        assert!(
            build.status().expect("cargo").success(),
            "the command does not build"
        );
    });
    let mut command = Command::new(program);
    command.env_clear().stdin(Stdio::null()).args(args);
    for name in ["PATH", "HOME", "JOBINSIGHT_PG_BIN"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command.current_dir(std::env::temp_dir());
    command
}

/// A file of the design's shared folder, beside the project; `None`, loudly, where it is not there.
pub fn shared(path: &str) -> Option<PathBuf> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared")
        .join(path);
    if file.exists() {
        return Some(file);
    }
    eprintln!("SKIPPED: {path} is not beside this project, so what it holds is not checked");
    None
}

/// A golden file of this project.
pub fn golden(name: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("golden")
        .join(name);
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// An error as a user sees it.
pub fn report(error: jobinsight_core::EtlError) -> miette::Report {
    miette::Report::new(error)
}
