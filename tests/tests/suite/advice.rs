//! Advice names the complete command, so that a user can paste it.

use jobinsight_core::failpoints::before;
use jobinsight_tests::{Db, failpoint, jobinsight};

/// The text on one line, without the frame of the error.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn advice_names_the_program_and_the_options_that_were_typed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("my settings.toml");
    std::fs::write(&file, "[phases.data_savin]\n").unwrap();
    let file = file.to_str().unwrap();
    let typed = ["--config", file, "--log-level", "warn", "phases"];
    let wrong = jobinsight(&typed, &[("ETL_STATE_DIR", "/tmp")]);
    let command = format!("jobinsight --config '{file}' --log-level warn phases");
    assert!(
        wrong.stderr.lines().any(|line| line.contains(&command)),
        "{command} is not on one line of\n{}",
        wrong.stderr
    );
    wrong.failed(2, "jobinsight::settings::unknown_phase");
}

#[tokio::test]
async fn advice_to_run_again_repeats_the_settings_of_the_run() {
    let db = Db::new().await;
    db.json(&["run"]).ok();
    let run = db.jobinsight(&["run", "--rules", "v1", "--from", "data_loading"]);
    let shown = one_line(&run.stderr);
    assert!(shown.contains("jobinsight run --rules v1"), "{shown}");
    run.failed(2, "jobinsight::run::no_queue");
}

#[tokio::test]
async fn advice_to_retry_repeats_the_settings_that_were_typed_at_the_retry() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    let fails = [failpoint(before("data_saving"), "panic")];
    let run = db.jobinsight_with(&["run", "--batch-size", "7"], &fails);
    assert!(one_line(&run.stderr).contains("jobinsight retry"));
    assert!(
        !run.stderr.contains("--batch-size"),
        "the run recorded it: {}",
        run.stderr
    );
    let typed = ["retry", "--rules", "v1", "--current-settings"];
    let retry = db.jobinsight_with(&typed, &fails);
    let shown = one_line(&retry.stderr);
    let command = "jobinsight retry --rules v1 --current-settings";
    assert!(shown.contains(command), "{shown}");
    retry.failed(1, "jobinsight::phases::panicked");
}

#[tokio::test]
async fn advice_shows_no_password() {
    let db = Db::new().await;
    db.json(&["run"]).ok();
    let url = "postgresql://me:s3cret@127.0.0.1:1/jobs";
    let typed = ["--database-url", url, "doctor"];
    let doctor = db.jobinsight(&typed);
    let shown = format!("{}{}", doctor.stdout, doctor.stderr);
    assert!(!shown.contains("s3cret"), "{shown}");
    let command = "jobinsight --database-url \"$DATABASE_URL\" retry";
    assert!(one_line(&shown).contains(command), "{shown}");
}
