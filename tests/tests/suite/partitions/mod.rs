//! Raw and staging tables with partitions, by hash of the key or by month of the crawl.

mod conversion;
mod first_load;
mod others;
mod reading;
mod updates;

use std::fmt::Write as _;

use jobinsight_tests::Db;

/// The partitions of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Parts {
    /// The table is a plain table.
    None,
    /// By hash of `job_id`.
    Hash(u32),
    /// By month of `crawled_at`.
    Month,
}

/// The first days of the months that have a partition, and of the month after the last.
const MONTHS: [&str; 5] = [
    "2025-10-01",
    "2025-11-01",
    "2025-12-01",
    "2026-01-01",
    "2026-02-01",
];

/// Every combination of raw and staging tables in which one has partitions.
pub(super) const COMBINATIONS: [(Parts, Parts); 8] = [
    (Parts::None, Parts::Hash(3)),
    (Parts::None, Parts::Month),
    (Parts::Hash(4), Parts::None),
    (Parts::Hash(4), Parts::Hash(4)),
    (Parts::Hash(4), Parts::Month),
    (Parts::Month, Parts::None),
    (Parts::Month, Parts::Hash(4)),
    (Parts::Month, Parts::Month),
];

/// Gives the raw table partitions, and keeps its rows.
pub(super) async fn partition_raw(db: &Db, parts: Parts) {
    partition(db, "public", "raw_jobs", parts).await;
}

/// Creates the staging schema with a staging table that has partitions.
pub(super) async fn partition_staging(db: &Db, parts: Parts) {
    db.client
        .batch_execute("CREATE TABLE saved_jobs AS SELECT * FROM raw_jobs; DELETE FROM raw_jobs")
        .await
        .unwrap();
    db.json(&["run"]).ok();
    db.client
        .batch_execute("INSERT INTO raw_jobs SELECT * FROM saved_jobs; DROP TABLE saved_jobs")
        .await
        .unwrap();
    partition(db, "jobinsight_staging", "staging_jobs", parts).await;
    // The next run creates the triggers and the indexes.
    db.client
        .batch_execute("UPDATE jobinsight_staging.etl_scripts SET checksum = ''")
        .await
        .unwrap();
}

async fn partition(db: &Db, schema: &str, table: &str, parts: Parts) {
    let (by, key) = match parts {
        Parts::None => return,
        Parts::Hash(_) => ("HASH (job_id)", "job_id"),
        Parts::Month => ("RANGE (crawled_at)", "job_id, crawled_at"),
    };
    let mut sql = format!(
        "SET search_path = {schema}; ALTER TABLE {table} RENAME TO old_jobs;
         CREATE TABLE {table} (LIKE old_jobs INCLUDING DEFAULTS) PARTITION BY {by};"
    );
    let bounds: Vec<String> = match parts {
        Parts::Hash(count) => (0..count)
            .map(|part| format!("WITH (MODULUS {count}, REMAINDER {part})"))
            .collect(),
        _ => MONTHS
            .windows(2)
            .map(|month| format!("FROM ('{}Z') TO ('{}Z')", month[0], month[1]))
            .collect(),
    };
    for (part, bound) in bounds.iter().enumerate() {
        let _ = write!(
            sql,
            "CREATE TABLE {table}_{part} PARTITION OF {table} FOR VALUES {bound};"
        );
    }
    let _ = write!(
        sql,
        "INSERT INTO {table} SELECT * FROM old_jobs; DROP TABLE old_jobs;
         ALTER TABLE {table} ADD PRIMARY KEY ({key}); RESET search_path"
    );
    db.client.batch_execute(&sql).await.unwrap();
}

/// A database with postings of each of the [`MONTHS`], as many as wanted, and with tables of this kind.
pub(super) async fn filled(count: usize, (raw, staging): (Parts, Parts)) -> Db {
    let db = Db::new().await;
    db.post("0", "Kỹ Sư 0 - Lương 20 Triệu").await;
    let more = format!(
        "INSERT INTO raw_jobs SELECT (jsonb_populate_record(r, jsonb_build_object(
             'job_id', n::text, 'title', format('Kỹ Sư %s - Lương 20 Triệu', n), 'salary', format('%s - %s triệu', n % 40, n % 40 + 5),
             'crawled_at', '2025-10-15T00:00:00Z'::timestamptz + make_interval(months => n % 4)))).*
           FROM raw_jobs r, generate_series(1, {count} - 1) n;
         UPDATE raw_jobs SET crawled_at = '2025-10-15T00:00:00Z' WHERE job_id = '0'"
    );
    db.client.batch_execute(&more).await.unwrap();
    partition_staging(&db, staging).await;
    partition_raw(&db, raw).await;
    db
}
