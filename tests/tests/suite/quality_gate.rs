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

/// 1,000 rows in a complete run. `bad` of them are rejected.
async fn complete_run(bad: usize) -> Db {
    let db = Db::new().await;
    let sql = format!(
        "INSERT INTO raw_jobs (job_id, title) SELECT n, CASE WHEN n < {bad} THEN ' ' ELSE 'Kế Toán' END FROM generate_series(0, 999) n"
    );
    db.client.batch_execute(&sql).await.unwrap();
    db.json(&["run"]).ok();
    db
}

#[tokio::test]
async fn a_small_delta_passes_as_long_as_the_whole_table_does() {
    let db = complete_run(0).await;
    for n in 2000..2020 {
        let title = if n < 2003 { " " } else { "Kế Toán" };
        db.post(&n.to_string(), title).await;
    }
    assert_eq!(db.json(&["run"]).ok().stat("rejected"), 3);
    // The whole table still allows 17, but integrity_min_rejects allows 10.
    for n in 3000..3011 {
        db.post(&n.to_string(), " ").await;
    }
    let run = db.json(&["run"]);
    run.failed(3, "jobinsight::quality::integrity");
    assert!(
        run.error_message().contains("11 of 11 rows are rejected"),
        "{}",
        run.error_message()
    );
    let more = [("ETL_INTEGRITY_MIN_REJECTS", "11")];
    assert_eq!(db.json_with(&["retry"], &more).ok().stat("rejected"), 14);
    db.assert_all_accounted_for().await;
}

#[tokio::test]
async fn a_delta_beyond_what_the_whole_table_allows_passes_with_one_bad_row_only() {
    let db = complete_run(20).await;
    db.post("2000", " ").await;
    db.json(&["run"]).ok();
    db.post("2001", " ").await;
    db.post("2002", " ").await;
    db.json(&["run"])
        .failed(3, "jobinsight::quality::integrity");
    let never = [("ETL_INTEGRITY_MIN_REJECTS", "0")];
    db.post("2002", "Kế Toán").await;
    db.json_with(&["run"], &never)
        .failed(3, "jobinsight::quality::integrity");
}

#[tokio::test]
async fn one_bad_row_of_a_small_first_load_passes() {
    for (rows, bad, code) in [
        (1, 1, 0),
        (20, 1, 0),
        (49, 1, 0),
        (49, 2, 3),
        (50, 1, 0),
        (50, 2, 3),
    ] {
        let db = Db::new().await;
        for n in 0..rows {
            db.post(&n.to_string(), if n < bad { " " } else { "Kế Toán" })
                .await;
        }
        assert_eq!(db.json(&["run"]).code, code, "{bad} of {rows}");
    }
}

#[tokio::test]
async fn a_replay_of_old_rejects_never_closes_the_gate() {
    let db = complete_run(20).await;
    for only in [&[][..], &["--reason", "title_missing"]] {
        let args = if only.is_empty() {
            &["rejects", "replay", "--all"][..]
        } else {
            &[&["rejects", "replay"], only].concat()
        };
        db.json(args).ok();
        let run = db.json(&["run", "--batch-size", "5"]).ok();
        assert_eq!(
            (run.stat("processed_records"), run.stat("rejected")),
            (20, 20)
        );
    }
    // Other rules process every row again, the old rejected rows among them.
    let run = db.json(&["run", "--rules", "v1"]).ok();
    assert_eq!(run.stat("processed_records"), 1000);
    // A replay does not hide new bad rows.
    db.json(&["rejects", "replay", "--all"]).ok();
    for n in 2000..2030 {
        db.post(&n.to_string(), " ").await;
    }
    let run = db.json(&["run", "--rules", "v1"]);
    run.failed(3, "jobinsight::quality::integrity");
    assert!(
        run.error_message().contains("30 of 30 rows are rejected"),
        "{}",
        run.error_message()
    );
}
