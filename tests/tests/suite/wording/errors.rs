//! One real error of each family of codes.

use jobinsight_tests::Db;

use super::{snapshot, snapshot_in, snapshot_of};

/// No server listens here.
const NOWHERE: (&str, &str) = ("DATABASE_URL", "postgresql://x@127.0.0.1:1/x");

#[test]
fn a_wrong_option_names_the_right_one() {
    snapshot("error_usage", &["run", "--batch-siz", "5"], &[]).failed(2, "");
}

#[tokio::test]
async fn an_error_of_contract_says_what_to_do() {
    let db = Db::new().await;
    db.client
        .batch_execute("ALTER TABLE raw_jobs RENAME salary TO salaries")
        .await
        .unwrap();
    snapshot_of(&db, "error_contract_missing_column", &["run"], &[]).failed(4, "");
    db.client
        .batch_execute("DROP TABLE raw_jobs")
        .await
        .unwrap();
    snapshot_of(&db, "error_contract_missing_table", &["run"], &[]).failed(4, "");
    let file = db.state.path().join("jobs.csv");
    std::fs::write(&file, "job_id,title\n1,Kế Toán\n").unwrap();
    let import = ["import", file.to_str().unwrap()];
    snapshot_of(&db, "error_import_missing_table", &import, &[]).failed(2, "");
}

#[test]
fn an_error_of_database_says_what_to_do() {
    snapshot("error_database_none", &["run"], &[]).failed(2, "");
    let env = [NOWHERE, ("ETL_TIMEOUT", "1")];
    snapshot("error_database_connection", &["run"], &env).failed(75, "");
}

#[test]
fn an_error_of_settings_says_what_to_do() {
    let env = [("ETL_BATCH_SIZE", "abc"), NOWHERE];
    snapshot("error_settings_invalid", &["run"], &env).failed(2, "");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jobinsight.toml");
    std::fs::write(file, "timeout = 5\nbatchsize = 10\n").unwrap();
    let name = "error_settings_unknown_key";
    snapshot_in(folder.path(), name, &["run"], &[]).failed(2, "");
}

#[test]
fn an_error_of_phases_says_what_to_do() {
    let unknown = ["phases", "data_savin"];
    snapshot("error_phases_unknown", &unknown, &[]).failed(2, "");
    let pipeline = [("ETL_PIPELINE", "schema_setup,data_loading,data_saving")];
    snapshot("error_phases_needs", &["run"], &pipeline).failed(2, "");
    let pipeline = [("ETL_PIPELINE", "data_saving,schema_setup")];
    snapshot("error_phases_order", &["run"], &pipeline).failed(2, "");
    let only = ["run", "--only", "data_saving"];
    snapshot("error_phases_choice", &only, &[]).failed(2, "");
}

#[tokio::test]
async fn an_error_of_run_says_what_to_do() {
    let db = Db::new().await;
    snapshot_of(
        &db,
        "error_run_no_queue",
        &["run", "--from", "data_loading"],
        &[],
    )
    .failed(2, "");
    snapshot_of(&db, "error_run_unknown", &["runs", "show", "ffff"], &[]).failed(2, "");
}

#[tokio::test]
async fn an_error_of_import_says_what_to_do() {
    let db = Db::new().await;
    let args = ["import", "nowhere.csv"];
    snapshot_of(&db, "error_import_open", &args, &[]).failed(2, "");
}

#[test]
fn an_error_of_rules_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("title_tails.txt"), "# ours\nlương 20\n").unwrap();
    let env = [("ETL_RULES_DIR", ".")];
    snapshot_in(
        folder.path(),
        "error_rules_bad_line",
        &["rules", "list"],
        &env,
    )
    .failed(2, "");
    let args = ["rules", "show", "tails"];
    snapshot("error_rules_unknown_table", &args, &[]).failed(2, "");
}

#[tokio::test]
async fn an_error_of_state_says_what_to_do() {
    let db = Db::new().await;
    // Nobody can create a folder in a device file, not even root.
    let env = [("ETL_STATE_DIR", "/dev/null/state")];
    snapshot_of(&db, "error_state_not_writable", &["run"], &env).failed(2, "");
}

#[test]
fn an_error_of_postgres_says_what_to_do() {
    let env = [("JOBINSIGHT_PG_BIN", "/nonexistent")];
    snapshot("error_postgres_missing", &["demo"], &env).failed(1, "");
}
