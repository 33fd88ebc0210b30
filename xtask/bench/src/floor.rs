//! The floors that the pipeline is compared with: plain statements of PostgreSQL over the same rows, in a separate schema.

use jobinsight_core::Settings;
use jobinsight_sql::scripts::SCHEMA_STAGING;
use std::time::Instant;
use tokio_postgres::Client;

use crate::server::{connect, message};

/// The schema that the floors write to.
const SCHEMA: &str = "floor";
/// The table that the floors write to.
pub(crate) const TABLE: &str = "floor.plain_jobs";

/// The columns that a floor copies. The title stands for the clean title too.
const COLUMNS: [&str; 2] = [
    "job_id, title, title_clean, job_url, company_name, company_url, salary, skills, location,
     location_detail, deadline, verified_employer, last_update, logo_url, posted_time, crawled_at",
    "job_id, title, title, job_url, company_name, company_url, salary, skills, location,
     location_detail, deadline, verified_employer, last_update, logo_url, posted_time, crawled_at",
];
/// The columns of the four indexes that the table of the Python pipeline had.
const INDEXED: [&str; 4] = ["company_name", "location", "posted_time", "crawled_at"];

/// Creates the table with its key and the four indexes of the Python pipeline.
pub(crate) async fn create(client: &Client) -> Result<(), String> {
    create_with_key(client).await?;
    execute(client, &INDEXED.map(index).concat()).await
}

/// Creates the table with its key alone. It has the columns of staging, but not its triggers and its other indexes.
async fn create_with_key(client: &Client) -> Result<(), String> {
    clear(client).await?;
    let mut settings = Settings::default();
    SCHEMA.clone_into(&mut settings.staging.schema);
    execute(client, SCHEMA_STAGING.render(&settings).sql()).await?;
    let plain = format!(
        "CREATE TABLE {TABLE} (LIKE {SCHEMA}.staging_jobs INCLUDING DEFAULTS, PRIMARY KEY (job_id))"
    );
    execute(client, &plain).await?;
    execute(client, "CHECKPOINT").await
}

/// The statement that creates the index of a column.
fn index(column: &str) -> String {
    format!("CREATE INDEX ON {TABLE} ({column});")
}

/// The statement that fills the table, from the rows for which `condition` is true.
fn insert(condition: &str) -> String {
    let [into, from] = COLUMNS;
    format!("INSERT INTO {TABLE} ({into}) SELECT {from} FROM raw_jobs WHERE {condition}")
}

/// Floor A: the seconds of `INSERT INTO staging (16 columns) SELECT … FROM raw_jobs`. The table has its key and indexes,
/// and nothing is transformed.
pub(crate) async fn insert_select(client: &Client) -> Result<f64, String> {
    create(client).await?;
    time(client, &insert("true")).await
}

/// The expert's floor: the seconds for the state of floor A, as an expert would reach it. Two sessions insert half of the
/// rows each, and then create two indexes each.
pub(crate) async fn expert(client: &Client, url: &str) -> Result<f64, String> {
    create_with_key(client).await?;
    let (one, other) = (connect(url).await?, connect(url).await?);
    let half: i64 = client
        .query_one(
            "SELECT pg_relation_size('raw_jobs') / current_setting('block_size')::bigint / 2",
            &[],
        )
        .await
        .map_err(message)?
        .get(0);
    let halves = [
        format!("ctid < '({half},0)'"),
        format!("ctid >= '({half},0)'"),
    ]
    .map(|half| insert(&half));
    let indexes = INDEXED.map(index);
    let start = Instant::now();
    tokio::try_join!(execute(&one, &halves[0]), execute(&other, &halves[1]))?;
    let two = [indexes[..2].concat(), indexes[2..].concat()];
    tokio::try_join!(execute(&one, &two[0]), execute(&other, &two[1]))?;
    Ok(start.elapsed().as_secs_f64())
}

/// Floor B: the seconds to compare two narrow columns of both tables. Without a window, a plan must read at least these
/// columns to find changes.
pub(crate) async fn compare(client: &Client) -> Result<f64, String> {
    time(
        client,
        "SELECT count(*) FROM raw_jobs r LEFT JOIN jobinsight_staging.staging_jobs s USING (job_id)
          WHERE r.crawled_at IS DISTINCT FROM s.crawled_at",
    )
    .await
}

pub(crate) async fn clear(client: &Client) -> Result<(), String> {
    execute(client, "DROP SCHEMA IF EXISTS floor CASCADE").await
}

/// Removes everything that was published.
pub(crate) async fn clear_staging(client: &Client) -> Result<(), String> {
    execute(client, "DROP SCHEMA IF EXISTS jobinsight_staging CASCADE").await?;
    execute(client, "CHECKPOINT").await
}

pub(crate) async fn execute(client: &Client, sql: &str) -> Result<(), String> {
    client
        .batch_execute(sql)
        .await
        .map_err(|error| format!("{}: {sql}", message(error)))
}

async fn time(client: &Client, sql: &str) -> Result<f64, String> {
    let start = Instant::now();
    client.execute(sql, &[]).await.map_err(message)?;
    Ok(start.elapsed().as_secs_f64())
}
