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

/// The text of a dry run with these flags.
fn dry(db: &Db, flags: &[&str]) -> String {
    let args = [&["run", "--dry-run"], flags].concat();
    db.jobinsight(&args).ok().stdout
}

#[tokio::test]
async fn a_dry_run_says_how_many_rows_the_run_would_process() {
    let db = Db::new().await;
    postings(&db, 8).await;
    let lane = "through data_loading, data_processing, data_saving";
    let first = dry(&db, &[]);
    assert!(
        first.contains("9 raw rows: 9 to process, 0 unchanged")
            && first.contains(&format!("9 rows go {lane}")),
        "{first}"
    );
    assert!(
        dry(&db, &["--only", "schema_setup"]).contains("No rows would be planned or processed")
    );
    let until = dry(&db, &["--until", "sql_procedures", "--limit", "4"]);
    let stay = "4 rows stay pending, because data_loading, data_processing, data_saving are skipped; \
                to process them: jobinsight run --from data_loading";
    assert!(
        until.contains(stay) && until.contains("5 beyond the limit"),
        "{until}"
    );
    assert!(dry(&db, &["--from", "data_loading"]).contains("No rows are pending"));

    let planned = [
        "run",
        "--until",
        "sql_procedures",
        "--batch-size",
        "3",
        "--as-of",
        AS_OF,
    ];
    db.json_with(&planned, LENIENT).ok();
    let rest = dry(&db, &["--from", "data_loading"]);
    assert!(
        rest.contains(&format!("9 rows go {lane}, from 3 batches")),
        "{rest}"
    );
    db.json_with(&["run", "--as-of", AS_OF], LENIENT).ok();

    db.post("1", "Kế Toán Trưởng").await;
    db.post("new", "Kế Toán").await;
    let counted = db.json(&["run", "--dry-run"]).ok();
    assert_eq!(counted.stderr, "");
    let rows = &counted.object()["rows"];
    let run = db.json_with(&["run", "--as-of", AS_OF], LENIENT).ok();
    let stats = &run.object()["stats"];
    assert_eq!(rows["planned"], 2, "{rows}");
    assert_eq!(stats["processed_records"], rows["planned"]);
    assert_eq!(stats["total_records"], rows["raw"]);
    assert_eq!(rows["rejected_before"], 1, "{rows}");
}

#[tokio::test]
async fn a_run_says_how_many_rows_it_processes_and_how_many_stay_pending() {
    let db = Db::new().await;
    postings(&db, 8).await;
    let until = db
        .json_with(&["run", "--until", "sql_procedures"], LENIENT)
        .ok();
    let notes = until.object()["notes"].to_string();
    let stay =
        "9 rows stay pending, because data_loading, data_processing, data_saving are skipped";
    assert!(notes.contains(stay), "{notes}");
    let rest = db
        .json_with(&["run", "--from", "data_loading"], LENIENT)
        .ok();
    let go = "9 rows go through data_loading, data_processing, data_saving";
    assert!(rest.stderr.contains(go), "{}", rest.stderr);
    let notes = rest.object()["notes"].to_string();
    assert!(
        notes.contains("only the rows of the last plan are processed"),
        "{notes}"
    );

    let setup = db.json(&["run", "--only", "schema_setup"]).ok();
    assert_eq!(
        setup.object()["message"],
        "no rows were planned or processed; phases that worked: schema_setup"
    );
}

#[tokio::test]
async fn a_refused_selection_names_a_command_that_works() {
    let db = Db::new().await;
    postings(&db, 8).await;
    let refused = db.json(&["run", "--skip", "data_processing,schema_setup"]);
    let help = refused.object()["error"]["help"].to_string();
    assert!(!help.contains("--from"), "{help}");
    assert!(
        help.contains("do not skip `data_processing`")
            && help.contains("jobinsight run --skip schema_setup"),
        "{help}"
    );
    refused.failed(2, "jobinsight::phases::choice");
    let alone = db.json(&["run", "--only", "data_saving"]);
    let help = alone.object()["error"]["help"].to_string();
    let lane = "jobinsight run --only data_loading,data_processing,data_saving";
    assert!(
        help.contains(lane) && help.contains("jobinsight run --only-unprocessed=false"),
        "{help}"
    );
}
