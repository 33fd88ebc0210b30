//! Readers that take only the new and changed rows of staging, as docs/reading-staging.md says.

use jobinsight_tests::Db;

/// The statements of the guide: they create a copy of staging, and bring it up to date.
fn statements() -> (String, String) {
    let page = include_str!("../../../docs/reading-staging.md");
    let mut blocks = page.split("```sql\n").skip(1);
    let mut block = || {
        blocks
            .next()
            .unwrap()
            .split("```")
            .next()
            .unwrap()
            .to_owned()
    };
    (block(), block())
}

/// The rows by which the copy of a reader and staging differ, apart from time_remaining.
const DIFFERENCE: &str = "SELECT count(*) FROM (
    SELECT to_jsonb(c) - 'time_remaining' AS row FROM warehouse.jobs c
    EXCEPT SELECT to_jsonb(s) - 'time_remaining' FROM jobinsight_staging.staging_jobs s
    UNION ALL
    (SELECT to_jsonb(s) - 'time_remaining' FROM jobinsight_staging.staging_jobs s
    EXCEPT SELECT to_jsonb(c) - 'time_remaining' FROM warehouse.jobs c)) AS differing";

pub(crate) const LENIENT: &[(&str, &str)] = &[("ETL_INTEGRITY_THRESHOLD", "0")];

pub(crate) async fn postings(count: usize) -> Db {
    let db = Db::new().await;
    for n in 0..count {
        db.post(&n.to_string(), "Kế Toán").await;
    }
    db
}

/// A run of 60 postings that failed after some of its batches. Its clock is long before the newest `processed_at`, so that no
/// overlap of a reader by `processed_at` covers its retry.
async fn interrupted() -> Db {
    let db = postings(60).await;
    db.json(&["run", "--limit", "1"]).ok();
    // An error that is not one of the data of a row stops the batch with row 35.
    db.client
        .batch_execute(
            "CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'stop' USING ERRCODE = '42501'; END $$;
             CREATE TRIGGER stop BEFORE INSERT ON jobinsight_staging.staging_jobs FOR EACH ROW WHEN (NEW.job_id = '35') EXECUTE FUNCTION stop()",
        )
        .await
        .unwrap();
    let run = db.json(&[
        "run",
        "--batch-size",
        "10",
        "--max-workers",
        "1",
        "--as-of",
        "2026-01-16T00:00:00Z",
    ]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    db
}

/// Removes the cause of the failure, and retries the run.
async fn retried(db: &Db) {
    db.client
        .batch_execute("DROP TRIGGER stop ON jobinsight_staging.staging_jobs")
        .await
        .unwrap();
    db.json(&["retry"]).ok();
}

#[tokio::test]
async fn a_run_that_is_interrupted_and_retried_between_two_reads_loses_no_row() {
    let db = interrupted().await;
    let (create, update) = statements();
    db.client.batch_execute(&create).await.unwrap();
    let first = db.count("SELECT count(*) FROM warehouse.jobs").await;
    assert!(0 < first && first < 60, "{first} rows in the first read");
    let clock = "SELECT max(processed_at)::text FROM warehouse.jobs";
    let clock = db.one(clock).await;

    retried(&db).await;
    // The clock of the retry is the one of the first attempt, so processed_at does not find its rows.
    let late = format!(
        "SELECT count(*) FROM jobinsight_staging.staging_jobs WHERE processed_at > '{clock}'"
    );
    assert_eq!(db.count(&late).await, 0);
    db.client.batch_execute(&update).await.unwrap();
    assert_eq!(db.count("SELECT count(*) FROM warehouse.jobs").await, 60);
    assert_eq!(db.count(DIFFERENCE).await, 0);
}

#[tokio::test]
async fn a_batch_that_commits_late_needs_the_overlap() {
    let db = postings(2).await;
    let (create, update) = statements();
    db.json(&["run", "--limit", "1"]).ok();
    // A batch begins first and commits last.
    let mut lane = db.connect().await;
    let slow = lane.transaction().await.unwrap();
    let insert = |key: &str| {
        format!(
            "INSERT INTO jobinsight_staging.staging_jobs (job_id, title, title_clean) VALUES ('{key}', 'x', 'x')"
        )
    };
    slow.batch_execute(&insert("slow")).await.unwrap();
    db.client.batch_execute(&insert("fast")).await.unwrap();
    db.client.batch_execute(&create).await.unwrap();
    slow.commit().await.unwrap();
    let without = "SELECT count(*) FROM jobinsight_staging.staging_jobs WHERE published_at > (SELECT max(published_at) FROM warehouse.jobs)";
    assert_eq!(
        db.count(without).await,
        0,
        "without an overlap the row is lost"
    );
    db.client.batch_execute(&update).await.unwrap();
    assert_eq!(db.count(DIFFERENCE).await, 0);
}

#[tokio::test]
async fn a_deleted_row_leaves_the_copy() {
    let db = postings(30).await;
    let (create, update) = statements();
    db.json(&["run"]).ok();
    db.client.batch_execute(&create).await.unwrap();
    db.post("7", "\u{200b}").await;
    db.post("8", "Lái Xe").await;
    assert_eq!(db.json_with(&["run"], LENIENT).ok().stat("rejected"), 1);
    db.client.batch_execute(&update).await.unwrap();
    assert_eq!(db.count("SELECT count(*) FROM warehouse.jobs").await, 29);
    assert_eq!(db.count(DIFFERENCE).await, 0);
}

#[tokio::test]
async fn published_at_changes_only_with_the_content_of_a_row() {
    let db = postings(3).await;
    db.json(&["run", "--as-of", "2026-01-16T00:00:00Z"]).ok();
    let stamps = "SELECT string_agg(published_at::text, ',' ORDER BY job_id) FROM jobinsight_staging.staging_jobs";
    let before = db.one(stamps).await;
    let parts: Vec<&str> = before.split(',').collect();
    assert!(
        parts.iter().all(|stamp| *stamp == parts[0]),
        "one batch has one time: {before}"
    );
    let near = "SELECT count(*) FROM jobinsight_staging.staging_jobs WHERE published_at BETWEEN now() - interval '1 hour' AND now()";
    assert_eq!(db.count(near).await, 3, "by the clock of the server");
    // A refresh of time_remaining, a run of all rows, and the loader of the warehouse.
    let remaining = "SELECT max(time_remaining) FROM jobinsight_staging.staging_jobs";
    let text = db.one(remaining).await;
    db.json(&["run", "--as-of", "2026-01-18T00:00:00Z"]).ok();
    assert_ne!(db.one(remaining).await, text);
    db.json(&[
        "run",
        "--as-of",
        "2026-01-18T00:00:00Z",
        "--only-unprocessed=false",
    ])
    .ok();
    db.client
        .batch_execute("UPDATE jobinsight_staging.staging_jobs SET processed_to_dwh = true")
        .await
        .unwrap();
    assert_eq!(db.one(stamps).await, before);
    // A program that does not know the column, and a run that publishes the row again.
    let changed = "SELECT string_agg(job_id, ',') FROM jobinsight_staging.staging_jobs s
                    WHERE published_at > (SELECT min(published_at) FROM jobinsight_staging.staging_jobs)";
    db.client
        .batch_execute(
            "UPDATE jobinsight_staging.staging_jobs SET title_clean = 'x' WHERE job_id = '1'",
        )
        .await
        .unwrap();
    assert_eq!(db.one(changed).await, "1");
    let python = db.one(stamps).await;
    db.json(&["run"]).ok();
    assert_eq!(db.one(changed).await, "1");
    assert_ne!(db.one(stamps).await, python);
}
