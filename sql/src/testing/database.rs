//! A separate database for each test.

use std::sync::atomic::{AtomicU32, Ordering};

use jobinsight_core::Batch;
use jobinsight_core::arrow_array::cast::AsArray;
use jobinsight_core::arrow_array::types::{Float64Type, Int64Type};
use jobinsight_core::arrow_array::{Array, ArrayRef};
use jobinsight_core::testing::TestRun;
use serde_json::{Map, Value};
use tokio_postgres::Client;
use tokio_postgres::types::ToSql;

use crate::columns::COLUMNS;

use super::server::{Template, connect, make};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// The default values of a raw posting.
const USUAL: &str = include_str!("../../fixtures/usual_posting.json");

/// The database of one test.
pub struct Database {
    /// The address of the database.
    pub url: String,
    /// A connection to the database.
    pub client: Client,
}

impl Database {
    /// A new database with an empty raw table.
    pub async fn new() -> Self {
        Self::from(Template::Raw).await
    }

    /// A new database with an empty raw table and the staging schema, as `schema_setup` leaves it.
    pub async fn staged() -> Self {
        Self::from(Template::Staged).await
    }

    async fn from(template: Template) -> Self {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{number}", std::process::id());
        Self::at(make(&name, template).await).await
    }

    /// An existing database.
    pub async fn at(url: String) -> Self {
        Self {
            client: connect(&url).await,
            url,
        }
    }

    /// A run on this database, for phases under test.
    pub async fn run(&self) -> TestRun {
        TestRun::on(&self.url).await
    }

    /// Opens another connection.
    pub async fn connect(&self) -> Client {
        connect(&self.url).await
    }

    /// The port of the server.
    pub fn port(&self) -> u16 {
        let (rest, _) = self.url.rsplit_once('/').expect("a database");
        rest.rsplit_once(':')
            .and_then(|(_, port)| port.parse().ok())
            .expect("a port")
    }

    /// Adds or replaces a raw posting. Columns that `fields` does not name have their default values.
    pub async fn post(&self, key: &str, fields: &[(&str, &str)]) {
        let mut row: Map<String, Value> = serde_json::from_str(USUAL).expect("a posting");
        row.insert("job_id".to_owned(), key.into());
        for (name, value) in fields {
            // A column whose default value is JSON takes JSON.
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

    /// Puts published rows into staging, for phases under test that read them. Lists and JSON are written as PostgreSQL reads
    /// them. A column that `rows` does not have is NULL, or has its default value. A column that must have a value has the value
    /// of the usual posting or, if a processing phase computes it, its own name.
    ///
    /// ```no_run
    /// use jobinsight_core::testing::batch_of;
    /// # async fn story(db: jobinsight_sql::testing::Database) {
    /// db.publish(&batch_of![
    ///     [job_id, title, skills, processed_to_dwh],
    ///     ["1", "Kế Toán", r#"["Excel"]"#, true],
    ///     ["2", "Lái Xe", null, false],
    /// ]).await;
    /// # }
    /// ```
    pub async fn publish(&self, rows: &Batch) {
        let schema = rows.records.schema();
        let given: Vec<&str> = schema.fields().iter().map(|f| f.name().as_str()).collect();
        let usual: Map<String, Value> = serde_json::from_str(USUAL).expect("a posting");
        let (mut names, mut values): (Vec<&str>, Vec<String>) = given
            .iter()
            .map(|name| (*name, format!("{name}::{}", type_in_staging(name))))
            .unzip();
        for column in COLUMNS.iter().filter(|column| column.must_be_given()) {
            if !given.contains(&column.name) {
                let value = usual.get(column.name).and_then(Value::as_str);
                names.push(column.name);
                values.push(format!(
                    "'{}'",
                    value.unwrap_or(column.name).replace('\'', "''")
                ));
            }
        }
        let arrays: Vec<String> = (1..=given.len()).map(|n| format!("${n}::text[]")).collect();
        let sql = format!(
            "INSERT INTO jobinsight_staging.staging_jobs ({}) SELECT {} FROM unnest({}) AS given ({})",
            names.join(", "),
            values.join(", "),
            arrays.join(", "),
            given.join(", ")
        );
        let texts: Vec<Vec<Option<String>>> = rows.records.columns().iter().map(texts).collect();
        let texts: Vec<&(dyn ToSql + Sync)> = texts.iter().map(|column| column as _).collect();
        let published = self.client.execute(&sql, &texts).await;
        published.expect("published rows");
    }

    /// Puts all raw rows into the queue of a run, as one batch, for loading phases under test. The fingerprints in the queue are
    /// zero, so these rows cannot be published.
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

    /// Puts all raw rows into the queue of a run, as one range of blocks of the raw table: as the plan of a first load with many
    /// rows does. As in such a plan, the number of rows is only an estimate, which is too high here.
    pub async fn queue_as_range(&self, run: &TestRun) {
        let sql = "INSERT INTO jobinsight_staging.etl_batches (run_id, batch_no, row_count, rule_set, first_block, end_block)
            SELECT $1, 1, count(*) + 1, 'test', 0, pg_relation_size('raw_jobs') / current_setting('block_size')::bigint FROM raw_jobs";
        let run = run.context().run_id;
        let queued = self.client.execute(sql, &[&run]).await;
        queued.expect("a queue");
    }

    /// Waits until a query returns a count above zero.
    pub async fn wait_for(&self, sql: &str) {
        for _ in 0..9000 {
            if let Ok(row) = self.client.query_one(sql, &[]).await
                && row.get::<_, i64>(0) > 0
            {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        panic!("the query never returned a count above zero: {sql}");
    }

    /// The text in the first column of the only row of a query. NULL becomes the text `NULL`.
    pub async fn one(&self, sql: &str) -> String {
        let row = self.client.query_one(sql, &[]).await;
        row.unwrap_or_else(|error| panic!("{sql}: {error}"))
            .get::<_, Option<String>>(0)
            .unwrap_or_else(|| "NULL".to_owned())
    }

    /// The count that a query returns.
    pub async fn count(&self, sql: &str) -> i64 {
        let row = self.client.query_one(sql, &[]).await;
        row.unwrap_or_else(|error| panic!("{sql}: {error}")).get(0)
    }

    /// A hash of everything in staging, except the id of the run, the times of writing, and the digest of the rule tables.
    pub async fn content(&self) -> String {
        self.one(
            "SELECT md5(string_agg(regexp_replace((to_jsonb(s) - 'run_id' - 'processed_at' - 'published_at')::text,
                                                  '\"standard@[0-9a-f]{8}', '\"standard'), E'\\n' ORDER BY job_id))
               FROM jobinsight_staging.staging_jobs s",
        )
        .await
    }

    /// Asserts that every raw row is either in staging or rejected, and never both.
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

/// The type of a column of staging.
fn type_in_staging(name: &str) -> &'static str {
    let column = COLUMNS.iter().find(|column| column.name == name);
    column
        .unwrap_or_else(|| panic!("staging has no column {name}"))
        .staging_type()
}

/// The values of a column of a literal, as texts.
fn texts(column: &ArrayRef) -> Vec<Option<String>> {
    if let Some(texts) = column.as_string_opt::<i32>() {
        return texts.iter().map(|text| text.map(str::to_owned)).collect();
    }
    if let Some(numbers) = column.as_primitive_opt::<Int64Type>() {
        return numbers.iter().map(|n| n.map(|n| n.to_string())).collect();
    }
    if let Some(numbers) = column.as_primitive_opt::<Float64Type>() {
        return numbers.iter().map(|n| n.map(|n| n.to_string())).collect();
    }
    let flags = column
        .as_boolean_opt()
        .unwrap_or_else(|| panic!("a literal has no column of {}", column.data_type()));
    flags
        .iter()
        .map(|flag| flag.map(|flag| flag.to_string()))
        .collect()
}
