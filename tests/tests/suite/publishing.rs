//! A run writes each new or changed row once, and no other row.

use jobinsight_tests::{Db, shared};

#[tokio::test]
async fn every_real_posting_is_published_or_rejected() {
    let Some(file) = shared("data/raw_jobs.csv") else {
        return;
    };
    let db = Db::new().await;
    let imported = db.json(&["import", file.to_str().unwrap()]).ok().object();
    assert_eq!(imported["files"][0]["report"]["inserted"], 5387);
    let run = db.json(&["run"]).ok();
    assert_eq!(run.stat("total_records"), 5387);
    assert_eq!((run.stat("new"), run.stat("rejected")), (5387, 0));
    db.assert_all_accounted_for().await;
    assert_eq!(
        db.count("SELECT count(*) FROM jobinsight_staging.etl_work")
            .await,
        0
    );
    let again = db.json(&["run"]).ok();
    assert_eq!(
        (
            again.stat("new"),
            again.stat("updated"),
            again.stat("processed_records")
        ),
        (0, 0, 0)
    );
    assert!(
        again.object()["message"]
            .as_str()
            .unwrap()
            .starts_with("nothing to do")
    );
}

#[tokio::test]
async fn content_is_the_same_for_every_batch_size_and_lane_count() {
    let mut contents = Vec::new();
    for args in [
        &[][..],
        &["--batch-size", "1"],
        &["--batch-size", "7", "--max-workers", "8"],
        &["--batch-size", "1000", "--max-workers", "1"],
    ] {
        let db = Db::new().await;
        for n in 0..60 {
            db.posting(
                &n.to_string(),
                &[
                    ("title", &format!("Kỹ Sư {n} - Lương 20 Triệu")),
                    ("deadline", &n.to_string()),
                ],
            )
            .await;
        }
        let mut all = vec!["run", "--as-of", "2026-01-16T00:00:00Z"];
        all.extend(args);
        db.json(&all).ok();
        contents.push(db.content().await);
    }
    contents.dedup();
    assert_eq!(contents.len(), 1);
}

#[tokio::test]
async fn batch_size_and_max_workers_take_effect() {
    let db = Db::new().await;
    for n in 0..400 {
        db.post(&n.to_string(), "Kế Toán").await;
    }
    let run = db.json_with(
        &["run"],
        &[("ETL_BATCH_SIZE", "4"), ("ETL_MAX_WORKERS", "3")],
    );
    let run = run.ok();
    assert_eq!((run.stat("new"), run.stat("batch_count")), (400, 100));
    let lanes = "SELECT count(DISTINCT claimed_by) FROM jobinsight_staging.etl_batches";
    assert_eq!(db.count(lanes).await, 3, "several lanes ran side by side");
    assert_eq!(
        db.count("SELECT max(row_count) FROM jobinsight_staging.etl_batches")
            .await,
        4
    );
}

#[tokio::test]
async fn only_new_and_changed_rows_are_written() {
    let db = Db::new().await;
    for n in 0..10 {
        db.post(&n.to_string(), "Kế Toán").await;
    }
    db.json(&["run"]).ok();
    db.client
        .execute(
            "UPDATE jobinsight_staging.staging_jobs SET processed_to_dwh = true",
            &[],
        )
        .await
        .unwrap();
    db.post("3", "Kế Toán Trưởng").await;
    db.post("10", "Lái Xe").await;
    let run = db.json(&["run"]).ok();
    assert_eq!(
        (run.stat("new"), run.stat("updated"), run.stat("unchanged")),
        (1, 1, 9)
    );
    let unseen = db.one("SELECT string_agg(job_id, ',' ORDER BY job_id) FROM jobinsight_staging.staging_jobs WHERE NOT processed_to_dwh").await;
    assert_eq!(
        unseen, "10,3",
        "downstream's flag is false on exactly the rows that changed"
    );
    assert_eq!(
        db.one("SELECT title_clean FROM jobinsight_staging.staging_jobs WHERE job_id = '3'")
            .await,
        "Kế Toán Trưởng"
    );
}

#[tokio::test]
async fn other_rules_reset_processed_to_dwh_only_where_content_changes() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    db.post("2", "Kế Toán (Zeta Omega)").await;
    db.json(&["run"]).ok();
    let all = "UPDATE jobinsight_staging.staging_jobs SET processed_to_dwh = true";
    db.client.batch_execute(all).await.unwrap();
    let rules = tempfile::tempdir().unwrap();
    std::fs::write(rules.path().join("title_tails.txt"), "zeta omega").unwrap();
    let env = [("ETL_RULES_DIR", rules.path().to_str().unwrap())];
    let run = db.json_with(&["run"], &env).ok();
    assert_eq!(run.stat("updated"), 2, "both bear the new rules' name");
    let unseen = "SELECT string_agg(job_id || ' ' || title_clean, ',') FROM jobinsight_staging.staging_jobs WHERE NOT processed_to_dwh";
    assert_eq!(db.one(unseen).await, "2 Kế Toán");
}

#[tokio::test]
async fn processing_all_rows_again_writes_no_equal_row() {
    let db = Db::new().await;
    for n in 0..5 {
        db.post(&n.to_string(), "Kế Toán").await;
    }
    db.json(&["run"]).ok();
    let before = db.one("SELECT string_agg(xmin::text, ',' ORDER BY job_id) FROM jobinsight_staging.staging_jobs").await;
    let run = db.json(&["run", "--only-unprocessed=false"]).ok();
    assert_eq!(
        (
            run.stat("processed_records"),
            run.stat("unchanged"),
            run.stat("updated")
        ),
        (5, 5, 0)
    );
    let after = db.one("SELECT string_agg(xmin::text, ',' ORDER BY job_id) FROM jobinsight_staging.staging_jobs").await;
    assert_eq!(before, after);
}

#[tokio::test]
async fn other_rules_reprocess_every_row() {
    let db = Db::new().await;
    db.posting("1", &[("salary", "1,000 - 2,000 USD")]).await;
    db.json(&["run"]).ok();
    assert_eq!(
        db.one("SELECT salary_min::text FROM jobinsight_staging.staging_jobs")
            .await
            .trim_end_matches('0')
            .trim_end_matches('.'),
        "25"
    );
    assert_eq!(db.json(&["run", "--rules", "v1"]).ok().stat("updated"), 1);
    assert_eq!(
        db.one("SELECT round(salary_min)::text FROM jobinsight_staging.staging_jobs")
            .await,
        "24"
    );
}

#[tokio::test]
async fn a_limit_leaves_the_rest_for_the_next_run() {
    let db = Db::new().await;
    for n in 0..5 {
        db.post(&n.to_string(), "Kế Toán").await;
    }
    let first = db.json(&["run", "--limit", "2"]).ok();
    assert_eq!((first.stat("new"), first.stat("left")), (2, 3));
    let second = db.json(&["run"]).ok();
    assert_eq!(
        (
            second.stat("new"),
            second.stat("unchanged"),
            second.stat("left")
        ),
        (3, 2, 0)
    );
}

#[tokio::test]
async fn time_remaining_is_correct_as_of_the_run() {
    let db = Db::new().await;
    db.posting("1", &[("deadline", "10")]).await;
    db.posting("2", &[("deadline", "abc")]).await;
    db.json(&["run", "--as-of", "2026-01-16T08:00:00+07:00"])
        .ok();
    let text = "SELECT string_agg(coalesce(time_remaining, 'NULL'), '|' ORDER BY job_id) FROM jobinsight_staging.staging_jobs";
    assert_eq!(db.one(text).await, "Còn 9 ngày để ứng tuyển|NULL");
    let run = db
        .json(&["run", "--as-of", "2026-01-25T07:00:00+07:00"])
        .ok();
    assert_eq!(run.stat("updated"), 0);
    assert_eq!(db.one(text).await, "Còn 1 giờ để ứng tuyển|NULL");
    db.client
        .batch_execute("CALL jobinsight_staging.update_deadline('2026-02-01Z')")
        .await
        .unwrap();
    assert_eq!(db.one(text).await, "Đã hết thời gian ứng tuyển|NULL");
}

#[tokio::test]
async fn a_run_that_changed_rows_notifies_listeners() {
    let db = Db::new().await;
    let (client, mut connection) = tokio_postgres::connect(&db.url, tokio_postgres::NoTls)
        .await
        .unwrap();
    let (send, mut receive) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Some(Ok(message)) = std::future::poll_fn(|cx| connection.poll_message(cx)).await {
            if let tokio_postgres::AsyncMessage::Notification(note) = message {
                let _ = send.send(note.payload().to_owned());
            }
        }
    });
    client
        .batch_execute("LISTEN jobinsight_staging_ready")
        .await
        .unwrap();
    db.post("1", "Kế Toán").await;
    let run = db.json(&["run"]).ok();
    let explained: serde_json::Value =
        serde_json::from_str(&receive.recv().await.unwrap()).unwrap();
    assert_eq!(
        (&explained["run_id"], &explained["new"]),
        (&run.object()["run_id"], &1.into())
    );
    db.json(&["run"]).ok();
    client.batch_execute("SELECT 1").await.unwrap();
    assert!(
        receive.try_recv().is_err(),
        "nothing changed, nothing to tell"
    );
}

#[tokio::test]
async fn an_empty_raw_table_means_nothing_to_do() {
    let db = Db::new().await;
    let run = db.json(&["run"]).ok();
    assert_eq!(run.stat("total_records"), 0);
    assert!(
        run.object()["message"]
            .as_str()
            .unwrap()
            .contains("nothing to do")
    );
}
