//! Rows of a megabyte: the memory of a run does not depend on the size of a row.

use jobinsight_tests::{CommandOutput, Db};

const RANGES: (&str, &str) = ("ETL_PHASES__SQL_PROCEDURES__RANGES_FROM", "1");
/// The most memory that a run may use here, in MB.
const MOST_MB: f64 = 250.0;
/// The content, of which the text is too long for one value.
const CONTENT: &str = "SELECT md5(string_agg(md5((to_jsonb(s) - 'run_id' - 'processed_at' - 'published_at')::text), '' ORDER BY job_id))
                         FROM jobinsight_staging.staging_jobs s";

/// Postings with an address of one megabyte, which PostgreSQL compresses or stores outside of the row.
async fn large(rows: u64) -> Db {
    let db = Db::new().await;
    db.client
        .batch_execute(&format!(
            "INSERT INTO raw_jobs (job_id, title, salary, location, crawled_at, location_detail)
             SELECT n::text, 'Kế Toán ' || n, '10 triệu', 'Hà Nội', '2026-01-15T08:00:00+07:00', 'Hà Nội: ' || n || repeat(' Trần Phú', 90000)
               FROM generate_series(1, {rows}) AS n"
        ))
        .await
        .unwrap();
    db
}

fn run(db: &Db, env: &[(&str, &str)]) -> CommandOutput {
    db.json_with(&["run", "--as-of", "2026-01-16T00:00:00Z"], env)
        .ok()
}

fn peak_mb(output: &CommandOutput) -> f64 {
    let output = output.object();
    let phases = output["phases"].as_array().unwrap();
    let peaks = phases
        .iter()
        .filter_map(|phase| phase["rss_peak_mb"].as_f64());
    peaks.fold(0.0, f64::max)
}

#[tokio::test]
async fn a_batch_of_large_rows_is_split_by_bytes() {
    const ROWS: u64 = 100;
    let small = large(ROWS).await;
    // No batch of ten rows is split.
    assert_eq!(
        run(&small, &[("ETL_BATCH_SIZE", "10")]).stat("batch_count"),
        10
    );
    let content = small.one(CONTENT).await;
    for env in [&[][..], &[RANGES]] {
        let db = large(ROWS).await;
        let output = run(&db, env);
        assert_eq!(output.stat("new"), ROWS, "{env:?}");
        let batches = output.stat("batch_count");
        assert!((4..10).contains(&batches), "{env:?}: {batches} batches");
        let done = "SELECT count(*) FROM jobinsight_staging.etl_batches WHERE state = 'done'";
        assert_eq!(db.count(done).await, i64::try_from(batches).unwrap());
        let rows = "SELECT sum(row_count)::bigint FROM jobinsight_staging.etl_batches";
        assert_eq!(db.count(rows).await, 100);
        let peak = peak_mb(&output);
        assert!(peak < MOST_MB, "{env:?}: {peak} MB");
        assert_eq!(db.one(CONTENT).await, content, "{env:?}");
        db.assert_all_accounted_for().await;
        assert_eq!(run(&db, env).stat("processed_records"), 0);
    }
}
