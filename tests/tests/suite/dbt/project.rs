//! A project of dbt, and what dbt wrote about it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use jobinsight_tests::Db;
use serde_json::Value;

/// A project that is run by dbt, and the folder that dbt writes to.
pub(super) struct Dbt<'a> {
    pub(super) db: &'a Db,
    pub(super) project: PathBuf,
    pub(super) written: tempfile::TempDir,
}

/// The folder of the package.
pub(super) fn package() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/dbt")
}

impl<'a> Dbt<'a> {
    /// The package as it is, without a project around it.
    pub(super) fn of(db: &'a Db) -> Self {
        Self {
            db,
            project: package(),
            written: tempfile::tempdir().unwrap(),
        }
    }

    pub(super) fn output(&self, args: &[&str]) -> Output {
        let program = std::env::var_os("JOBINSIGHT_TESTS_DBT").expect("run it by: cargo xtask dbt");
        let target: tokio_postgres::Config = self.db.url.parse().unwrap();
        let password = String::from_utf8_lossy(target.get_password().unwrap_or(b"x")).into_owned();
        Command::new(program)
            .args(args)
            .arg("--profiles-dir")
            .arg(package())
            .current_dir(&self.project)
            .env("DO_NOT_TRACK", "1")
            .env("DBT_TARGET_PATH", self.written.path().join("target"))
            .env("DBT_LOG_PATH", self.written.path().join("logs"))
            .env("PGHOST", "127.0.0.1")
            .env("PGPORT", self.db.port().to_string())
            .env("PGUSER", target.get_user().unwrap())
            .env("PGPASSWORD", password)
            .env("PGDATABASE", target.get_dbname().unwrap())
            .output()
            .unwrap()
    }

    /// Runs dbt, which must succeed.
    pub(super) fn ok(&self, args: &[&str]) -> String {
        let output = self.output(args);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "dbt {args:?}: {text}");
        text
    }

    /// A file that dbt wrote about its last command.
    pub(super) fn artifact(&self, name: &str) -> Value {
        let file = self.written.path().join("target").join(name);
        serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
    }

    /// The names of the tests of the last command that found a row.
    pub(super) fn failed(&self) -> Vec<String> {
        let results = self.artifact("run_results.json");
        let results = results["results"].as_array().unwrap().iter();
        let failed = results.filter(|result| result["status"] == "fail");
        let name = |result: &Value| {
            let id = result["unique_id"].as_str().unwrap();
            let name = id.split('.').nth(2).unwrap();
            name.trim_start_matches("source_").to_owned()
        };
        let mut names: Vec<String> = failed.map(name).collect();
        names.sort();
        names
    }
}
