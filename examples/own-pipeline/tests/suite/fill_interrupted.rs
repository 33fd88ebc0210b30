//! A fill that was killed, and a process that joins a fill.

use std::process::Stdio;

use serde_json::json;

use crate::fill::{AFTER, CONTENT, FILL, LEVELS, killed, let_go, published, waiting};
use crate::sandbox::{object, text};

const ALL: &str = "1 senior, 3 lead, 4 lead, 5 lead, 6 lead, 7 lead, 8 lead";

#[tokio::test]
async fn a_process_that_joins_a_fill_fills_and_publishes_nothing() {
    let sandbox = published("1000").await;
    let content = sandbox.db.one(CONTENT).await;
    let mut leader = waiting(&sandbox).await;
    let args = ["run", "--join", "--format", "json", "--batch-size", "3"];
    let helper = sandbox
        .command(AFTER, &args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The leader waits in its second batch, so the helper does the third.
    sandbox
        .db
        .wait_for("SELECT (count(*) = 2)::int::bigint FROM jobinsight_staging.etl_batches b JOIN jobinsight_staging.etl_runs r USING (run_id)
                    WHERE r.fills = 'seniority' AND b.state = 'done'")
        .await;
    let_go(&sandbox).await;
    assert!(leader.wait().unwrap().success());
    let helper = helper.wait_with_output().unwrap();
    assert!(helper.status.success(), "{}", text(&helper));
    let results = object(&helper);
    let phases = results["phases"].to_string();
    assert!(
        phases.contains("fill_closing") && !phases.contains("data_saving"),
        "{phases}"
    );
    let workers = "SELECT count(DISTINCT b.worker) FROM jobinsight_staging.etl_batches b
                     JOIN jobinsight_staging.etl_runs r USING (run_id) WHERE r.fills = 'seniority'";
    assert_eq!(sandbox.db.count(workers).await, 2);
    assert_eq!(sandbox.db.one(LEVELS).await, ALL);
    assert_eq!(sandbox.db.one(CONTENT).await, content, "no row was written");
}

#[tokio::test]
async fn the_retry_of_a_fill_uses_the_settings_that_the_fill_recorded() {
    let sandbox = published("1000").await;
    killed(&sandbox).await;
    let mut retry = sandbox.command(AFTER, &["retry", "--format", "json"]);
    let retry = retry.env("ETL_RULES", "v1").output().unwrap();
    let retried = object(&retry);
    assert_eq!(
        (&retried["attempt"], &retried["fills"]),
        (&json!(2), &json!("seniority")),
        "{}",
        text(&retry)
    );
    let notes = retried["notes"].to_string();
    assert!(
        notes.contains(r#"rules = \"standard\", which the run recorded"#),
        "{notes}"
    );
    assert_eq!(sandbox.db.one(LEVELS).await, ALL);
}

#[tokio::test]
async fn the_retry_of_a_fill_does_not_replace_the_work_of_a_later_run() {
    let sandbox = published("1000").await;
    let fill = killed(&sandbox).await;
    sandbox.db.post("9", &[("title", " ")]).await;
    let strict = [("ETL_INTEGRITY_THRESHOLD", "1")];
    assert_eq!(sandbox.run(AFTER, &[], &strict).status.code(), Some(3));
    let args = ["retry", &fill, "--format", "json"];
    let refused = sandbox.command(AFTER, &args).output().unwrap();
    assert_eq!(refused.status.code(), Some(2), "{}", text(&refused));
    assert_eq!(
        object(&refused)["error"]["code"],
        "jobinsight::run::unfinished"
    );
}

/// A run published its rows, and a phase after it failed. The next run counts these rows, also if a fill was between them.
#[tokio::test]
async fn a_fill_after_a_failed_run_does_not_change_the_quality_gate() {
    let sandbox = published("1000").await;
    for key in 10..=12 {
        let fields = [("title", "Kế Toán")];
        sandbox.db.post(&key.to_string(), &fields).await;
    }
    let with_export = format!("{AFTER},parquet_export");
    let no_folder = [("ETL_PHASES__PARQUET_EXPORT__DIR", "/dev/null/export")];
    let failed = sandbox.run(&with_export, &[], &no_folder);
    assert_eq!(failed.status.code(), Some(1), "{}", text(&failed));
    assert_eq!(object(&failed)["stats"]["new"], 3);
    assert_eq!(object(&sandbox.run(AFTER, &FILL, &[]))["success"], true);
    sandbox.db.post("13", &[("title", " ")]).await;
    let run = sandbox.run(AFTER, &[], &[("ETL_INTEGRITY_THRESHOLD", "0.5")]);
    assert!(run.status.success(), "one of four: {}", text(&run));
    let counted =
        "SELECT rows_unfinished FROM jobinsight_staging.etl_plans ORDER BY planned_at DESC LIMIT 1";
    assert_eq!(sandbox.db.count(counted).await, 3);
}

#[tokio::test]
async fn the_rows_of_a_killed_fill_do_not_count_for_the_quality_gate() {
    let sandbox = published("1000").await;
    killed(&sandbox).await;
    sandbox.db.post("9", &[("title", "Kế Toán")]).await;
    sandbox.db.post("10", &[("title", " ")]).await;
    // One of two rows is rejected. With the three rows that the fill processed, it would be one of five.
    let strict = [
        ("ETL_INTEGRITY_THRESHOLD", "0.6"),
        ("ETL_INTEGRITY_MIN_REJECTS", "0"),
    ];
    let run = sandbox.run(AFTER, &[], &strict);
    assert_eq!(run.status.code(), Some(3), "{}", text(&run));
    let message = object(&run)["error"]["message"].to_string();
    assert!(message.contains("1 of 2 rows "), "{message}");
}
