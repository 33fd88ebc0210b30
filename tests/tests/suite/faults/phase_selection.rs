//! Phases selected by hand.

use jobinsight_tests::Db;

use super::{AS_OF, LENIENT, assert_promises, postings};

#[tokio::test]
async fn a_queue_that_one_run_fills_is_processed_by_another() {
    let db = Db::new().await;
    postings(&db, 8).await;
    let fill = db
        .json_with(
            &[
                "run",
                "--until",
                "sql_procedures",
                "--as-of",
                AS_OF,
                "--batch-size",
                "3",
            ],
            LENIENT,
        )
        .ok();
    assert_eq!((fill.stat("new"), fill.stat("left")), (0, 9));
    let rest = db
        .json_with(
            &["run", "--from", "data_loading", "--as-of", AS_OF],
            LENIENT,
        )
        .ok();
    assert_eq!(
        (
            rest.stat("new"),
            rest.stat("rejected"),
            rest.stat("total_records")
        ),
        (8, 1, 9)
    );
    assert_eq!(rest.object()["phases"][0]["why"], "before --from");
    assert_promises(&db, 8).await;
    let again = db.json_with(&["run", "--from", "data_loading"], LENIENT);
    again.failed(2, "jobinsight::run::no_queue");
    db.assert_nothing_left().await;
}

#[tokio::test]
async fn a_queue_filled_under_other_rules_is_refused() {
    let db = Db::new().await;
    postings(&db, 8).await;
    db.json_with(&["run", "--until", "sql_procedures"], LENIENT)
        .ok();
    let other = db.json_with(
        &["run", "--skip", "sql_procedures", "--rules", "v1"],
        LENIENT,
    );
    other.failed(2, "jobinsight::run::no_queue");
    assert_eq!(
        db.count("SELECT count(*) FROM jobinsight_staging.staging_jobs")
            .await,
        0
    );
}

#[tokio::test]
async fn an_impossible_selection_names_the_missing_phase() {
    let db = Db::new().await;
    let wrong = db.json(&["run", "--from", "data_saving"]);
    assert!(wrong.stderr.contains("data_loading"), "{}", wrong.stderr);
    wrong.failed(2, "jobinsight::phases::choice");
    db.json(&["run", "--skip", "data_processing"])
        .failed(2, "jobinsight::phases::choice");
    let before_any = db.json(&["run", "--from", "data_loading"]);
    before_any.failed(2, "jobinsight::run::no_queue");
}

#[tokio::test]
async fn a_dry_run_shows_the_selection_and_writes_nothing() {
    let db = Db::new().await;
    let shown = db
        .jobinsight(&["run", "--dry-run", "--until", "sql_procedures"])
        .ok()
        .stdout;
    assert!(
        shown.contains("data_loading (skipped: after --until)"),
        "{shown}"
    );
    assert_eq!(
        db.count("SELECT count(*) FROM pg_namespace WHERE nspname = 'jobinsight_staging'")
            .await,
        0
    );
}

#[tokio::test]
async fn too_few_raw_rows_fail_the_quality_gate() {
    let db = Db::new().await;
    postings(&db, 3).await;
    let few = db.json_with(
        &["run"],
        &[
            ("ETL_UPSTREAM__MIN_ROWS", "5"),
            ("ETL_INTEGRITY_THRESHOLD", "0.5"),
        ],
    );
    few.failed(3, "jobinsight::quality::too_few_rows");
    assert_eq!(
        db.count("SELECT count(*) FROM jobinsight_staging.staging_jobs")
            .await,
        0
    );
    let enough = [
        ("ETL_UPSTREAM__MIN_ROWS", "4"),
        ("ETL_INTEGRITY_THRESHOLD", "0.5"),
    ];
    db.json_with(&["run", "--as-of", AS_OF], &enough).ok();
    let empty = Db::new().await;
    empty
        .json_with(&["run"], &[("ETL_UPSTREAM__MIN_ROWS", "1")])
        .failed(3, "jobinsight::quality::too_few_rows");
}
