//! The floors that the pipeline is compared with: plain statements of PostgreSQL over the same rows, in a separate schema.

use jobinsight_core::Settings;
use jobinsight_sql::scripts::{CREATE_INDEXES, SCHEMA_STAGING};
use std::time::Instant;
use tokio_postgres::Client;

use crate::server::message;

/// The schema that the floor writes to.
const SCHEMA: &str = "floor";

/// Floor A: the seconds of `INSERT INTO staging (16 columns) SELECT … FROM raw_jobs`. The table has its key and indexes,
/// and nothing is transformed.
pub(crate) async fn insert_select(client: &Client) -> Result<f64, String> {
    clear(client).await?;
    let mut settings = Settings::default();
    SCHEMA.clone_into(&mut settings.staging.schema);
    for script in [SCHEMA_STAGING, CREATE_INDEXES] {
        execute(client, script.render(&settings).sql()).await?;
    }
    // The table of the Python pipeline had four indexes and its key. The floor has the same indexes.
    execute(
        client,
        "DROP INDEX IF EXISTS floor.staging_jobs_due_date_idx, floor.staging_jobs_published_at_idx; CHECKPOINT",
    )
    .await?;
    time(
        client,
        "INSERT INTO floor.staging_jobs (job_id, title, title_clean, job_url, company_name, company_url, salary, skills, location,
             location_detail, deadline, verified_employer, last_update, logo_url, posted_time, crawled_at)
         SELECT job_id, title, title, job_url, company_name, company_url, salary, skills, location,
             location_detail, deadline, verified_employer, last_update, logo_url, posted_time, crawled_at FROM raw_jobs",
    )
    .await
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
