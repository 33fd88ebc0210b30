//! The log line every ten seconds, without a terminal.

use jobinsight_tests::{Db, RunningCommand};
use serde_json::{Value, json};

use super::{held, release, run};

#[tokio::test]
async fn every_ten_seconds_a_log_line_says_how_far_the_run_is() {
    let db = Db::new().await;
    let blocker = held(&db).await;
    let running = RunningCommand::spawn(run(&db, &["run"], &[]));
    running.wait_for_logs("INFO data_saving: 0 of 4 rows, ", 2);
    release(blocker).await;
    let ended = running.end().ok();
    assert!(!ended.stderr.contains('\u{1b}'), "{}", ended.stderr);
    let lines = ended.stderr.lines();
    let lines: Vec<&str> = lines.filter(|line| line.contains(" of 4 rows")).collect();
    assert_eq!(lines.len(), 2, "one line each time:\n{}", ended.stderr);
    assert!(lines[0].ends_with(" s so far"), "{}", lines[0]);
    assert!(
        !lines[0].contains("left"),
        "nobody knows the rate yet: {}",
        lines[0]
    );
}

#[tokio::test]
async fn in_a_json_log_the_figures_are_fields() {
    let db = Db::new().await;
    let blocker = held(&db).await;
    let json = run(&db, &["run"], &[("ETL_LOG_FORMAT", "json")]);
    let running = RunningCommand::spawn(json);
    running.wait_for_log("data_saving: 0 of 4 rows");
    release(blocker).await;
    let ended = running.end().ok();
    let lines: Vec<Value> = ended
        .stderr
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let is_progress = |line: &&Value| line["planned"] == 4;
    let progress = lines.iter().find(is_progress).unwrap();
    assert_eq!(progress["level"], "INFO");
    assert_eq!(progress["phase"], "data_saving");
    assert_eq!(progress["done"], 0);
    assert!(
        progress["elapsed_s"].as_u64().unwrap() < 3_600,
        "{progress}"
    );
    assert!(progress["run_id"].is_string(), "{progress}");
    assert_eq!(progress.get("per_second"), None, "{}", json!(progress));
}
