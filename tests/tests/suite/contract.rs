//! The contract of the raw table is checked before any write.

use jobinsight_tests::Db;

#[tokio::test]
async fn a_renamed_column_exits_4_before_any_write() {
    let db = Db::new().await;
    db.client
        .batch_execute("ALTER TABLE raw_jobs RENAME salary TO salaries")
        .await
        .unwrap();
    let run = db.json(&["run"]);
    run.failed(4, "jobinsight::contract::missing_column");
    assert!(
        run.stderr.contains("is `salaries` this one?"),
        "{}",
        run.stderr
    );
    assert_eq!(
        db.count("SELECT count(*) FROM pg_namespace WHERE nspname = 'jobinsight_staging'")
            .await,
        0
    );
}

#[tokio::test]
async fn status_says_what_to_type_after_a_run_that_failed_before_it_had_a_queue() {
    const NEXT: &str = "The last run did not finish: jobinsight retry";
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    db.json(&["run"]).ok();
    db.break_contract().await;
    db.json(&["run"])
        .failed(4, "jobinsight::contract::missing_column");
    let status = db.jobinsight(&["status"]).ok();
    assert!(status.stdout.contains(NEXT), "{}", status.stdout);
    db.mend_contract().await;
    db.json(&["retry"]).ok();
    let status = db.jobinsight(&["status"]).ok();
    assert!(!status.stdout.contains(NEXT), "{}", status.stdout);
}

#[tokio::test]
async fn a_missing_raw_table_exits_4_and_says_how_to_create_it() {
    let db = Db::new().await;
    db.client
        .batch_execute("DROP TABLE raw_jobs")
        .await
        .unwrap();
    let run = db.jobinsight(&["run"]);
    run.failed(4, "jobinsight::contract::missing_table");
    assert!(run.stderr.contains("import --create"), "{}", run.stderr);
}

#[tokio::test]
async fn a_wrong_column_type_and_a_missing_key_exit_4() {
    let db = Db::new().await;
    db.client.batch_execute("ALTER TABLE raw_jobs ALTER COLUMN crawled_at DROP DEFAULT, ALTER COLUMN crawled_at TYPE text").await.unwrap();
    db.jobinsight(&["run"])
        .failed(4, "jobinsight::contract::wrong_type");
    let db = Db::new().await;
    db.client
        .batch_execute("ALTER TABLE raw_jobs DROP CONSTRAINT raw_jobs_pkey")
        .await
        .unwrap();
    db.jobinsight(&["run"])
        .failed(4, "jobinsight::contract::no_key");
}

#[tokio::test]
async fn a_database_that_is_not_utf8_exits_4() {
    let db = Db::new().await;
    let (server, name) = db.url.rsplit_once('/').unwrap();
    let ascii = format!("{name}_ascii");
    let create =
        format!("CREATE DATABASE {ascii} TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'");
    db.client.batch_execute(&create).await.unwrap();
    let other = Db::at(format!("{server}/{ascii}")).await;
    let file = other.state.path().join("jobs.csv");
    std::fs::write(&file, "job_id,title\n1,Kế Toán\n").unwrap();
    let file = file.to_str().unwrap();
    for command in [&["run"][..], &["doctor"], &["import", "--create", file]] {
        let output = other.jobinsight(command);
        assert!(
            format!("{}{}", output.stdout, output.stderr)
                .contains("the encoding of this database is SQL_ASCII"),
            "{command:?}: {}{}",
            output.stdout,
            output.stderr
        );
    }
    for command in [&["run"][..], &["import", "--create", file]] {
        other
            .jobinsight(command)
            .failed(4, "jobinsight::contract::encoding");
    }
    let made = "SELECT count(*) FROM pg_class WHERE relname = 'raw_jobs'";
    assert_eq!(other.count(made).await, 0, "nothing is made there");
}

#[tokio::test]
async fn extra_columns_are_reported_in_a_note() {
    let db = Db::new().await;
    db.client
        .batch_execute("ALTER TABLE raw_jobs ADD COLUMN benefits text")
        .await
        .unwrap();
    db.post("1", "Kế Toán").await;
    let run = db.json(&["run"]).ok();
    assert!(
        run.object()["notes"][0]
            .as_str()
            .unwrap()
            .contains("benefits")
    );
    assert_eq!(run.stat("new"), 1);
}
