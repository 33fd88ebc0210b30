//! A database a test.

use std::sync::atomic::{AtomicU32, Ordering};

use jobinsight_core::testing::TestRun;
use serde_json::{Map, Value};
use tokio_postgres::Client;

use super::server::{Template, connect, make};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// The posting that a test gets by default.
const USUAL: &str = include_str!("../../fixtures/usual_posting.json");

/// A database of its own for one test.
pub struct Database {
    /// Where it is.
    pub url: String,
    /// A connection to it.
    pub client: Client,
}

impl Database {
    /// A fresh one with an empty raw table.
    pub async fn new() -> Self {
        Self::from(Template::Raw).await
    }

    /// A fresh one with an empty raw table and the staging schema, as `schema_setup` leaves it.
    pub async fn staged() -> Self {
        Self::from(Template::Staged).await
    }

    async fn from(template: Template) -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{number}", std::process::id());
        Self::at(make(&name, template).await).await
    }

    /// One that is there already.
    pub async fn at(url: String) -> Self {
        Self {
            client: connect(&url).await,
            url,
        }
    }

    /// A run on it, for phases under test.
    pub async fn run(&self) -> TestRun {
        TestRun::on(&self.url).await
    }

    /// Another connection.
    pub async fn connect(&self) -> Client {
        connect(&self.url).await
    }

    /// The server's port.
    pub fn port(&self) -> u16 {
        let (rest, _) = self.url.rsplit_once('/').expect("a database");
        rest.rsplit_once(':')
            .and_then(|(_, port)| port.parse().ok())
            .expect("a port")
    }

    /// Adds a raw posting, or replaces it; what is not given is as usual.
    pub async fn post(&self, key: &str, fields: &[(&str, &str)]) {
        let mut row: Map<String, Value> = serde_json::from_str(USUAL).expect("a posting");
        row.insert("job_id".to_owned(), key.into());
        for (name, value) in fields {
            // What stands as JSON is given as JSON.
            let value = match row.get(*name) {
                Some(Value::Array(_) | Value::Object(_)) => {
                    serde_json::from_str(value).expect("a value in JSON")
                }
                _ => Value::from(*value),
            };
            row.insert((*name).to_owned(), value);
        }
        let names: Vec<&str> = row.keys().map(String::as_str).collect();
        let sets: Vec<String> = names
            .iter()
            .map(|name| format!("{name} = EXCLUDED.{name}"))
            .collect();
        let sql = format!(
            "INSERT INTO raw_jobs ({names}) SELECT {names} FROM jsonb_populate_record(NULL::raw_jobs, $1::jsonb)
             ON CONFLICT (job_id) DO UPDATE SET {sets}",
            names = names.join(", "),
            sets = sets.join(", ")
        );
        let posted = self.client.execute(&sql, &[&Value::Object(row)]).await;
        posted.expect("a raw posting");
    }

    /// Puts all raw rows into the queue of a run, as one batch, for loading phases under test. Fingerprints are zero: what
    /// is loaded this way can't be published.
    pub async fn queue(&self, run: &TestRun) {
        let sql = "WITH work AS (
                INSERT INTO jobinsight_staging.etl_work (batch_no, job_id, source_hash)
                SELECT 1, job_id, 0 FROM raw_jobs RETURNING job_id
            )
            INSERT INTO jobinsight_staging.etl_batches (run_id, batch_no, row_count, rule_set)
            SELECT $1, 1, count(*), 'test' FROM work";
        let run = run.context().run_id;
        let queued = self.client.execute(sql, &[&run]).await;
        queued.expect("a queue");
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

    /// One value of one row, as text; `NULL` where there is none.
    pub async fn one(&self, sql: &str) -> String {
        let row = self.client.query_one(sql, &[]).await;
        row.unwrap_or_else(|error| panic!("{sql}: {error}"))
            .get::<_, Option<String>>(0)
            .unwrap_or_else(|| "NULL".to_owned())
    }

    /// A count.
    pub async fn count(&self, sql: &str) -> i64 {
        let row = self.client.query_one(sql, &[]).await;
        row.unwrap_or_else(|error| panic!("{sql}: {error}")).get(0)
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
}
