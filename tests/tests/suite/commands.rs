//! Commands as a user types them: their output and their exit codes.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use jobinsight_tests::{CommandOutput, Db, command, jobinsight, server_dir};

#[test]
fn completions_are_printed_for_the_usual_shells() {
    for shell in ["bash", "zsh", "fish"] {
        let script = jobinsight(&["completions", shell], &[]).ok();
        assert!(script.stdout.contains("jobinsight"), "{shell}");
    }
}

#[test]
fn phases_lists_linked_phases_in_pipeline_order() {
    let listed = jobinsight(&["phases", "--format", "json"], &[])
        .ok()
        .object();
    let names: Vec<&str> = listed["phases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|phase| phase["name"].as_str().unwrap())
        .collect();
    let pipeline = jobinsight_core::Settings::default().pipeline;
    assert_eq!(
        &names[..pipeline.len()],
        pipeline,
        "those of the pipeline come first, in its order"
    );
    assert_eq!(listed["phases"][1]["settings"]["usd_vnd_rate"], 25000.0);
    let text = jobinsight(&["phases"], &[]).ok();
    assert!(
        text.stdout.contains("queue → batch") && text.stdout.contains("usd_vnd_rate"),
        "{}",
        text.stdout
    );
}

#[test]
fn a_phase_shows_what_it_needs_gives_and_drops() {
    let typed = |args: &[&str]| jobinsight(args, &[]);
    let json = typed(&["phases", "data_processing", "--format", "json"]).ok();
    let shown = json.object()["phases"].clone();
    assert_eq!(shown.as_array().unwrap().len(), 1);
    for (words, word) in [
        ("needs", "batch.title"),
        ("gives", "batch.title_clean"),
        ("drops", "batch.location_detail"),
    ] {
        let words = shown[0][words].as_array().unwrap();
        assert!(words.iter().any(|found| found == word), "{word}: {shown}");
    }
    let text = typed(&["phases", "data_processing"]).ok().stdout;
    let lines: Vec<String> = text
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    for line in [
        "place 4 in `pipeline`",
        "works for each batch: batch → batch",
        "needs batch.job_id (from data_loading)",
        "produces batch.title_clean",
        "drops batch.title",
    ] {
        assert!(
            lines.iter().any(|found| found == line),
            "no {line} in\n{text}"
        );
    }
    let text = typed(&["phases", "sql_procedures"]).ok().stdout;
    assert!(
        text.contains("VND for one USD") && text.contains("[phases.sql_procedures]"),
        "{text}"
    );
    let unknown = typed(&["phases", "data_savin"]);
    unknown.failed(2, "jobinsight::phases::unknown");
    assert!(
        unknown.stderr.contains("did you mean `data_saving`"),
        "{}",
        unknown.stderr
    );
}

#[tokio::test]
async fn a_second_run_exits_5_without_waiting_and_names_the_holder() {
    let db = Db::new().await;
    let blocker = hold_up(&db).await;
    let first = db.spawn(&["run"], &[]);
    db.wait_for("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())").await;
    let second = assert_refused(&db);
    let message = second.error_message();
    assert!(
        message.contains(": run 0") && message.contains("backend"),
        "the holder is named: {message}"
    );
    let_go(blocker).await;
    first.end().ok();
}

/// Asserts that a second run is refused while the first one works. The first run ends only after that, so a second run
/// that waits for it never ends.
pub(crate) fn assert_refused(db: &Db) -> CommandOutput {
    let refused = db.json_with(&["run"], &[FOREVER]);
    refused.failed(5, "jobinsight::run::locked");
    refused
}

/// No lock is waited for in vain. A test that asserts that a run stops waiting uses this limit, so that the limit is not
/// what ends the wait.
pub(crate) const FOREVER: (&str, &str) = ("ETL_LOCK_TIMEOUT", "3600");

/// Holds a lock that the first phases of a run need.
pub(crate) async fn hold_up(db: &Db) -> tokio_postgres::Client {
    db.json(&["run"]).ok();
    db.post("1", "Kế Toán").await;
    let blocker = db.connect().await;
    blocker
        .batch_execute("BEGIN; LOCK TABLE jobinsight_staging.etl_work IN ACCESS EXCLUSIVE MODE")
        .await
        .unwrap();
    blocker
}

/// Releases the lock now. A dropped connection would release it later, when its task runs next.
pub(crate) async fn let_go(blocker: tokio_postgres::Client) {
    blocker.batch_execute("ROLLBACK").await.unwrap();
}

#[test]
fn the_demo_shows_its_results_and_stops_its_server() {
    let state = server_dir().with_file_name(format!("jobinsight-demo-test-{}", std::process::id()));
    let demo = |args: &[&str]| jobinsight(args, &[("ETL_STATE_DIR", state.to_str().unwrap())]);
    let mut shown = command(&["demo"]);
    shown.env("ETL_STATE_DIR", &state);
    let words = [(state.to_str().unwrap(), "STATE_DIR")];
    crate::wording::compare("demo", shown, &["demo"], &[], &words).ok();
    let stopped = demo(&["db", "stop", "--format", "json"]).ok().object();
    assert_eq!(
        stopped["stopped"], false,
        "the demo stopped its server itself"
    );

    assert_eq!(
        demo(&["db", "start", "--format", "json"]).ok().object()["started"],
        true
    );
    let url = demo(&["db", "url"]).ok().stdout;
    assert!(url.starts_with("postgresql://jobinsight:"), "{url}");
    let again = demo(&["demo", "--format", "json"]).ok();
    assert_eq!(again.stat("total_records"), 600);
    let psql = demo(&[
        "db",
        "psql",
        "--",
        "-d",
        "jobinsight_demo",
        "-Atc",
        "SELECT count(*) FROM raw_jobs",
    ]);
    if psql.code == 0 {
        assert_eq!(psql.stdout.trim(), "600");
    }
    assert_eq!(
        demo(&["db", "stop", "--format", "json"]).ok().object()["stopped"],
        true,
        "a server that ran before the demo is left running"
    );
    std::fs::remove_dir_all(&state).unwrap();
}

#[test]
fn ctrl_c_stops_the_demo_and_its_server() {
    let state =
        server_dir().with_file_name(format!("jobinsight-interrupt-test-{}", std::process::id()));
    let mut child = command(&["demo", "--log-level", "info"])
        .env("ETL_STATE_DIR", &state)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The first log line appears when the server is ready and the run starts.
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    lines.next();
    std::process::Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    let status = child.wait().unwrap();
    assert!(matches!(status.code(), Some(130 | 0)), "{status}");
    let env = [("ETL_STATE_DIR", state.to_str().unwrap())];
    let stop = jobinsight(&["db", "stop", "--format", "json"], &env).ok();
    assert_eq!(stop.object()["stopped"], false);
    std::fs::remove_dir_all(&state).unwrap();
}

#[tokio::test]
async fn import_reads_standard_input() {
    let db = Db::new().await;
    let mut child = db
        .command(&["import", "-", "--format", "json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all("job_id,title\n1,Kế Toán\n".as_bytes())
        .unwrap();
    let import = CommandOutput::of(&child.wait_with_output().unwrap()).ok();
    assert_eq!(import.object()["files"][0]["report"]["inserted"], 1);
}
