//! Old runs are removed from the ledger, except runs that are still needed.

use jobinsight_tests::Db;

use super::{AS_OF, LENIENT, assert_promises, in_batches, lenient_and, postings};

/// Makes all runs older by this many days.
async fn age(db: &Db, days: u32) {
    let sql = format!(
        "UPDATE jobinsight_staging.etl_runs SET started_at = started_at - interval '{days} days', finished_at = finished_at - interval '{days} days'"
    );
    db.client.batch_execute(&sql).await.unwrap();
}

/// The number of runs in each table of the ledger.
async fn known(db: &Db) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in ["runs", "phases", "events", "workers", "plans", "batches"] {
        let sql = format!("SELECT count(DISTINCT run_id) FROM jobinsight_staging.etl_{table}");
        counts.push(db.count(&sql).await);
    }
    counts
}

#[tokio::test]
async fn runs_older_than_keep_days_are_removed_from_every_table() {
    let db = Db::new().await;
    postings(&db, 4).await;
    db.json_with(&["run", "--as-of", AS_OF], LENIENT).ok();
    db.json_with(&["run"], &[("ETL_PIPELINE", "nonsense")])
        .failed(2, "jobinsight::phases::unknown");
    db.post("5", "Lái Xe").await;
    db.json_with(&["run", "--as-of", AS_OF], LENIENT).ok();
    assert_eq!(known(&db).await, [3, 2, 3, 2, 2, 2]);

    age(&db, 89).await;
    db.json_with(&["run", "--as-of", AS_OF], LENIENT).ok();
    assert_eq!(known(&db).await, [4, 3, 4, 3, 3, 2], "90 days by default");
    age(&db, 2).await;
    db.json_with(
        &["run", "--as-of", AS_OF],
        &lenient_and(&[("ETL_LEDGER__KEEP_DAYS", "0")]),
    )
    .ok();
    assert_eq!(known(&db).await, [5, 4, 5, 4, 4, 2], "0 keeps runs forever");
    let run = db.json_with(&["run", "--as-of", AS_OF], LENIENT).ok();
    assert!(
        run.stderr.contains("removed 3 runs older than 90 days"),
        "{}",
        run.stderr
    );
    assert_eq!(known(&db).await, [3, 3, 3, 3, 3, 0]);
    let all = db
        .count("SELECT count(*) FROM jobinsight_staging.staging_jobs")
        .await;
    assert_eq!(all, 5, "rows stay when the run that wrote them is removed");
    db.assert_all_accounted_for().await;
}

#[tokio::test]
async fn a_run_with_unfinished_batches_is_kept_and_can_be_retried() {
    let db = Db::new().await;
    postings(&db, 8).await;
    let batches = in_batches("3", "1");
    db.json_with(&batches, &[("ETL_INTEGRITY_THRESHOLD", "1")])
        .failed(3, "jobinsight::quality::integrity");
    age(&db, 1000).await;
    // This run succeeds and does not use the queue.
    db.json_with(&["run", "--only", "schema_setup"], LENIENT)
        .ok();
    let owing = db
        .one("SELECT run_id::text FROM jobinsight_staging.etl_runs WHERE state = 'failed'")
        .await;
    db.json_with(&["retry", &owing], LENIENT).ok();
    assert_promises(&db, 8).await;
}

#[tokio::test]
async fn a_queue_that_waits_for_the_next_run_is_kept() {
    let db = Db::new().await;
    postings(&db, 8).await;
    db.json_with(
        &["run", "--until", "sql_procedures", "--as-of", AS_OF],
        LENIENT,
    )
    .ok();
    age(&db, 1000).await;
    db.json_with(&["run", "--only", "schema_setup"], LENIENT)
        .ok();
    db.json_with(
        &["run", "--from", "data_loading", "--as-of", AS_OF],
        LENIENT,
    )
    .ok();
    assert_promises(&db, 8).await;
}
