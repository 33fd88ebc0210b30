//! A phase that panics in the commands that call it outside a run.

use std::process::Command;

use jobinsight_tests::{CommandOutput, Db};

/// The command that links the phase `panicking`, in this pipeline.
fn panicking(db: &Db, args: &[&str]) -> CommandOutput {
    let mut command = Command::new(env!("CARGO_BIN_EXE_panicking"));
    let pipeline = "schema_setup,sql_procedures,data_loading,data_processing,data_saving,panicking";
    command
        .args(args)
        .env("ETL_PIPELINE", pipeline)
        .env("DATABASE_URL", &db.url)
        .env("ETL_STATE_DIR", db.state.path())
        .env("COLUMNS", "250")
        .current_dir(db.state.path());
    CommandOutput::of(&command.output().unwrap())
}

#[tokio::test]
async fn doctor_and_explain_row_name_a_phase_that_panics() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    panicking(&db, &["run"]).ok();

    let doctor = panicking(&db, &["doctor"]);
    assert_eq!(doctor.code, 1, "{}", doctor.stderr);
    let named = "the phase `panicking` of the crate `panicking` panicked: no model to ";
    let shown = format!("{}{}", doctor.stdout, doctor.stderr);
    assert!(shown.contains(&format!("{named}check")), "{shown}");
    assert!(shown.contains("run lock"), "the other checks: {shown}");

    let explained = panicking(&db, &["explain-row", "1", "--format", "json"]);
    let message = explained.error_message();
    assert!(message.contains(&format!("{named}explain")), "{message}");
    explained.failed(1, "jobinsight::phases::panicked");
}
