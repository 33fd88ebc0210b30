//! The command prints what guide 4 quotes.

use jobinsight_tests::Db;

use super::{LENIENT, in_batches};
use crate::commands::{FOREVER, let_go};

fn guide() -> String {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/04-troubleshooting.md");
    std::fs::read_to_string(file).unwrap()
}

/// The code block after these words.
fn block_after(guide: &str, words: &str) -> String {
    let (_, rest) = guide.split_once(words).unwrap_or_else(|| panic!("{words}"));
    let (_, rest) = rest.split_once("```text\n").unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

/// The lines of the log without their times, with `RUN` in place of the id of the run.
fn log_lines(stderr: &str, run: &str) -> String {
    let lines: Vec<&str> = stderr
        .lines()
        .filter_map(|line| line.split_once("Z ").map(|(_, rest)| rest.trim_start()))
        .collect();
    lines.join("\n").replace(run, "RUN")
}

#[tokio::test]
async fn a_retry_prints_what_the_guide_quotes() {
    let db = Db::new().await;
    for n in 0..33 {
        // Batches are in the physical order of the rows, so row 6 is in the third batch.
        let title = if n == 6 { " " } else { "Kế Toán" };
        db.post(&n.to_string(), title).await;
    }
    let run = db.json_with(&in_batches("3", "1"), &[("ETL_INTEGRITY_THRESHOLD", "1")]);
    run.failed(3, "jobinsight::quality::integrity");
    let name = run.object()["run_id"].as_str().unwrap().to_owned();
    let retry = db.json_with(&["retry"], LENIENT).ok();
    let quoted = block_after(&guide(), "says which phases are skipped, and why:");
    let in_guide = quoted.split([' ', ',']).nth(4).unwrap();
    let quoted = quoted.replace(in_guide, "RUN");
    assert!(quoted.lines().count() >= 5, "{quoted}");
    let printed = log_lines(&retry.stderr, &name);
    assert!(printed.contains(&quoted), "{quoted}\nis not in\n{printed}");
}

/// The text with `#` in place of each number.
fn without_numbers(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if !c.is_ascii_digit() {
            out.push(c);
        } else if !out.ends_with('#') {
            out.push('#');
        }
    }
    out
}

#[tokio::test]
async fn a_waiting_run_prints_what_the_guide_quotes() {
    let db = Db::new().await;
    db.json(&["run"]).ok();
    db.post("1", "Kế Toán").await;
    let blocker = db.connect().await;
    blocker
        .batch_execute(
            "SET application_name = 'psql'; BEGIN; LOCK TABLE jobinsight_staging.staging_jobs",
        )
        .await
        .unwrap();
    let run = db.spawn(&["run"], &[FOREVER]);
    run.wait_for_log("LOCK TABLE jobinsight_staging.staging_jobs");
    let_go(blocker).await;
    let run = run.end().ok();
    let guide = guide().replace('\n', " ");
    let (_, rest) = guide
        .split_once("The log says what the run waits for: `")
        .unwrap();
    let quoted = rest.split('…').next().unwrap();
    assert!(quoted.contains("LOCK TABLE"), "{quoted}");
    let printed = without_numbers(&run.stderr);
    // The statement is the last one of the other session.
    let quoted = without_numbers(quoted.split("LOCK TABLE").next().unwrap());
    assert!(printed.contains(&quoted), "{quoted}\nis not in\n{printed}");
}
