//! Runs, their ledger and their rejected rows.

use jobinsight_tests::Db;

use super::snapshot_of;

const RUN: [&str; 7] = [
    "run",
    "--as-of",
    "2026-01-16T00:00:00Z",
    "--batch-size",
    "2",
    "--max-workers",
    "1",
];
/// Rejected rows do not fail a run.
const LENIENT: [(&str, &str); 1] = [("ETL_INTEGRITY_THRESHOLD", "0")];

/// Two good rows, one with a warning and two that are rejected.
async fn postings() -> Db {
    let db = Db::new().await;
    db.json(&["run"]).ok();
    db.post("1", "[Hà Nội] Kế Toán - Lương 20 Triệu").await;
    db.post("2", "Lái Xe").await;
    db.posting("3", &[("salary", "nhiều lắm 7x7")]).await;
    db.post("4", "\u{200b}").await;
    let company = "Minh Long, ".repeat(30);
    db.client
        .batch_execute("ALTER TABLE raw_jobs ALTER company_name TYPE text")
        .await
        .unwrap();
    db.posting("5", &[("company_name", &company)]).await;
    db
}

#[tokio::test]
async fn before_the_first_run_commands_say_what_to_type() {
    let db = Db::new().await;
    snapshot_of(&db, "status_before_the_first_run", &["status"], &[]).ok();
    snapshot_of(
        &db,
        "runs_list_before_the_first_run",
        &["runs", "list"],
        &[],
    )
    .ok();
    snapshot_of(
        &db,
        "rejects_list_before_the_first_run",
        &["rejects", "list"],
        &[],
    )
    .ok();
    snapshot_of(&db, "retry_before_the_first_run", &["retry"], &[]).ok();
    snapshot_of(&db, "run_without_rows", &["run"], &[]).ok();
}

#[tokio::test]
async fn a_good_run_is_shown_by_every_command() {
    let db = postings().await;
    snapshot_of(&db, "run", &RUN, &LENIENT).ok();
    snapshot_of(&db, "status", &["status"], &[]).ok();
    snapshot_of(&db, "runs_list", &["runs", "list"], &[]).ok();
    snapshot_of(&db, "runs_show", &["runs", "show"], &[]).ok();
    snapshot_of(&db, "rejects_list", &["rejects", "list"], &[]).ok();
    snapshot_of(&db, "rejects_show", &["rejects", "show", "5"], &[]).ok();
    snapshot_of(&db, "rejects_show_unknown", &["rejects", "show", "1"], &[]).failed(2, "");
    snapshot_of(&db, "rejects_replay", &["rejects", "replay", "4"], &[]).ok();
    snapshot_of(&db, "run_with_nothing_to_do", &["run"], &LENIENT).ok();
    snapshot_of(&db, "explain_row", &["explain-row", "1"], &[]).ok();
    snapshot_of(&db, "explain_row_rejected", &["explain-row", "4"], &[]).ok();
    snapshot_of(&db, "explain_row_unknown", &["explain-row", "6"], &[]).failed(2, "");
}

#[tokio::test]
async fn a_good_run_is_one_json_object() {
    let db = postings().await;
    let args = [&["--format", "json"], &RUN[..]].concat();
    snapshot_of(&db, "run_json", &args, &LENIENT).ok();
}

#[tokio::test]
async fn a_failed_run_is_shown_by_every_command_and_retried() {
    let db = postings().await;
    snapshot_of(&db, "run_failed", &RUN, &[]).failed(3, "jobinsight::quality::integrity");
    snapshot_of(&db, "status_failed", &["status"], &[]).ok();
    snapshot_of(&db, "runs_list_failed", &["runs", "list"], &[]).ok();
    snapshot_of(&db, "runs_show_failed", &["runs", "show"], &[]).ok();
    snapshot_of(&db, "doctor_after_a_failed_run", &["doctor"], &[]).ok();
    snapshot_of(
        &db,
        "run_dry_run",
        &["run", "--dry-run", "--skip", "schema_setup"],
        &[],
    )
    .ok();
    snapshot_of(&db, "retry", &["retry"], &LENIENT).ok();
}

#[tokio::test]
async fn a_failed_run_is_one_json_object() {
    let db = postings().await;
    let args = [&["--format", "json"], &RUN[..]].concat();
    snapshot_of(&db, "run_failed_json", &args, &[]).failed(3, "jobinsight::quality::integrity");
}

#[tokio::test]
async fn the_doctor_names_every_problem_with_its_fix() {
    let db = Db::new().await;
    snapshot_of(&db, "doctor", &["doctor"], &[]).ok();
    db.client
        .batch_execute("ALTER TABLE raw_jobs RENAME title TO name")
        .await
        .unwrap();
    let env = [("ETL_BATCHSIZE", "5"), ("ETL_STRICT_ENV", "false")];
    snapshot_of(&db, "doctor_failing", &["doctor"], &env).failed(4, "");
}

#[tokio::test]
async fn an_import_counts_rows_and_names_bad_lines() {
    let db = Db::new().await;
    let csv = "job_id,title,extra\n1,Kế Toán,x\n2,Lái Xe\n";
    std::fs::write(db.state.path().join("jobs.csv"), csv).unwrap();
    let file = db.state.path().join("jobs.csv");
    snapshot_of(&db, "import", &["import", file.to_str().unwrap()], &[]).ok();
}

#[tokio::test]
async fn tables_are_as_wide_as_the_output() {
    let db = postings().await;
    db.json(&["run"])
        .failed(3, "jobinsight::quality::integrity");
    snapshot_of(&db, "phases_80", &["phases"], &[("COLUMNS", "80")]).ok();
    snapshot_of(&db, "phases_120", &["phases"], &[("COLUMNS", "120")]).ok();
    db.json_with(&["run"], &LENIENT).ok();
    let list = ["rejects", "list"];
    snapshot_of(&db, "rejects_list_80", &list, &[("COLUMNS", "80")]).ok();
    snapshot_of(&db, "rejects_list_120", &list, &[("COLUMNS", "120")]).ok();
    let show = ["explain-row", "5"];
    snapshot_of(&db, "explain_row_80", &show, &[("COLUMNS", "80")]).ok();
    snapshot_of(&db, "explain_row_120", &show, &[("COLUMNS", "120")]).ok();
}
