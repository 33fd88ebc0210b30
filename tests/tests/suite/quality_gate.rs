//! The quality gate: how many rows a run may reject.

use jobinsight_tests::Db;

async fn with_bad_titles(bad: usize) -> Db {
    let db = Db::new().await;
    for n in 0..100 {
        db.post(&n.to_string(), if n < bad { " " } else { "Kế Toán" })
            .await;
    }
    db
}

#[tokio::test]
async fn a_run_exactly_at_the_threshold_passes() {
    let db = with_bad_titles(2).await;
    let run = db.json(&["run"]).ok();
    assert_eq!((run.stat("new"), run.stat("rejected")), (98, 2));
}

#[tokio::test]
async fn one_row_below_the_threshold_fails_and_publishes_nothing_more() {
    let db = with_bad_titles(3).await;
    let run = db.json(&["run"]);
    run.failed(3, "jobinsight::quality::integrity");
    let message = run.error_message();
    assert!(message.contains("3 × title_missing (title)"), "{message}");
    assert_eq!(
        run.object()["error"]["code"],
        "jobinsight::quality::integrity"
    );
    assert_eq!(
        db.count("SELECT count(*) FROM jobinsight_staging.staging_jobs")
            .await,
        0
    );
    assert_eq!(
        db.one("SELECT state || ' ' || error_code FROM jobinsight_staging.etl_runs")
            .await,
        "failed jobinsight::quality::integrity"
    );

    let run = db.json_with(&["run"], &[("ETL_INTEGRITY_THRESHOLD", "0.97")]);
    assert_eq!(run.ok().stat("rejected"), 3);
    db.assert_all_accounted_for().await;
}

#[tokio::test]
async fn the_quality_gate_counts_over_all_batches() {
    let db = with_bad_titles(3).await;
    // Raw rows are read in their order, so each bad row is in another batch.
    db.client.batch_execute("UPDATE raw_jobs SET title = 'Kế Toán' WHERE job_id IN ('1', '2'); UPDATE raw_jobs SET title = ' ' WHERE job_id IN ('40', '90')").await.unwrap();
    let run = db.json(&["run", "--batch-size", "10", "--max-workers", "1"]);
    run.failed(3, "jobinsight::quality::integrity");
    let published = db
        .count("SELECT count(*) FROM jobinsight_staging.staging_jobs")
        .await;
    assert!(
        published > 0 && published < 97,
        "batches before the gate closed stay published, none after: {published}"
    );
    assert_eq!(
        db.count("SELECT count(*) FROM jobinsight_staging.etl_rejects")
            .await,
        2
    );
}
