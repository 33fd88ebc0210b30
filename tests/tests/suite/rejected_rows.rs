//! Rows that a run rejects.

use jobinsight_tests::Db;

#[tokio::test]
async fn a_replay_of_an_unknown_row_fails_and_changes_nothing() {
    let db = Db::new().await;
    db.jobinsight(&["rejects", "replay", "xyz"])
        .failed(2, "jobinsight::rejects::unknown");
    db.post("bad", " ").await;
    db.json_with(&["run"], &[("ETL_INTEGRITY_THRESHOLD", "0")])
        .ok();
    db.jobinsight(&["rejects", "replay", "bad", "xyz"])
        .failed(2, "jobinsight::rejects::unknown");
    let replayed = "SELECT count(*) FROM jobinsight_staging.etl_rejects WHERE rule_set = 'replay'";
    assert_eq!(db.count(replayed).await, 0);
}

#[tokio::test]
async fn a_fixed_row_is_published_and_a_broken_row_leaves_staging() {
    let db = Db::new().await;
    for n in 0..100 {
        db.post(&n.to_string(), "Kế Toán").await;
    }
    db.post("7", "\u{200b} \u{a0}").await;
    let run = db.json(&["run"]).ok();
    assert_eq!((run.stat("new"), run.stat("rejected")), (99, 1));
    assert_eq!(
        db.one(
            "SELECT job_id || ' ' || field || ' ' || reason FROM jobinsight_staging.etl_rejects"
        )
        .await,
        "7 title title_missing"
    );
    db.assert_all_accounted_for().await;
    let again = db.json(&["run"]).ok();
    assert_eq!(
        (again.stat("processed_records"), again.stat("rejected")),
        (0, 1),
        "a reject that did not change is not tried again"
    );

    db.post("7", "Kế Toán").await;
    assert_eq!(db.json(&["run"]).ok().stat("new"), 1);
    assert_eq!(
        db.count("SELECT count(*) FROM jobinsight_staging.etl_rejects")
            .await,
        0
    );

    db.post("8", " ").await;
    let broken = db.json_with(&["run"], &[("ETL_INTEGRITY_THRESHOLD", "0")]);
    assert_eq!(broken.ok().stat("rejected"), 1);
    db.assert_all_accounted_for().await;
}

#[tokio::test]
async fn a_row_that_only_the_database_refuses_is_rejected_alone() {
    let db = Db::new().await;
    db.client
        .batch_execute("ALTER TABLE raw_jobs ALTER COLUMN salary TYPE text")
        .await
        .unwrap();
    for n in 0..100 {
        db.post(&n.to_string(), "Kế Toán").await;
    }
    db.posting("42", &[("salary", &"9".repeat(101))]).await;
    let run = db.json(&["run"]).ok();
    assert_eq!(
        (run.stat("new"), run.stat("rejected")),
        (99, 1),
        "{}",
        run.stderr
    );
    assert_eq!(
        db.one("SELECT job_id || ' ' || reason FROM jobinsight_staging.etl_rejects")
            .await,
        "42 too_long"
    );
    assert!(
        run.object()["notes"][0]
            .as_str()
            .unwrap()
            .contains("salary"),
        "a wider column is told"
    );
    db.assert_all_accounted_for().await;
}
