//! Sources that are slow, and records that are long.

use std::io::Write;
use std::process::{Child, ChildStdin};
use std::time::{Duration, Instant};

use jobinsight_tests::{CommandOutput, Db, RunningCommand};

use super::start_stdin;

fn reader(db: &Db) -> (Child, ChildStdin) {
    let mut child = start_stdin(db, &[]);
    let pipe = child.stdin.take().unwrap();
    (child, pipe)
}

fn records(from: u32, to: u32) -> String {
    let lines: Vec<String> = (from..to).map(|n| format!("{n},Kế Toán\n")).collect();
    lines.concat()
}

async fn state(db: &Db) -> String {
    db.one("SELECT coalesce(string_agg(state || ' ' || (state_change > now() - interval '8 s'), ','), 'none') FROM pg_stat_activity WHERE application_name = 'jobinsight' AND datname = current_database()").await
}

async fn wait_for(db: &Db, expected: &str) {
    let begin = Instant::now();
    while state(db).await != expected {
        assert!(
            begin.elapsed() < Duration::from_secs(20),
            "{}",
            state(db).await
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn a_silent_pipe_keeps_no_transaction_before_the_first_records_and_an_awake_one_after() {
    let db = Db::new().await;
    let (child, mut pipe) = reader(&db);
    pipe.write_all(b"job_id,title\n1,A\n").unwrap();
    pipe.flush().unwrap();
    wait_for(&db, "idle true").await;
    pipe.write_all(records(2, 2_500).as_bytes()).unwrap();
    wait_for(&db, "idle in transaction true").await;
    // Without a statement, the last change would be older than 8 s now.
    tokio::time::sleep(Duration::from_secs(12)).await;
    assert_eq!(state(&db).await, "idle in transaction true");
    drop(pipe);
    CommandOutput::of(&child.wait_with_output().unwrap()).ok();
    assert_eq!(db.count("SELECT count(*) FROM raw_jobs").await, 2_499);
}

#[tokio::test]
#[ignore = "waits longer than the minute after which the server ends an idle transaction"]
async fn a_pipe_that_pauses_for_more_than_a_minute_is_imported() {
    let db = Db::new().await;
    let (child, mut pipe) = reader(&db);
    pipe.write_all(b"job_id,title\n").unwrap();
    pipe.write_all(records(1, 2_500).as_bytes()).unwrap();
    tokio::time::sleep(Duration::from_secs(70)).await;
    pipe.write_all(records(2_500, 2_600).as_bytes()).unwrap();
    drop(pipe);
    CommandOutput::of(&child.wait_with_output().unwrap()).ok();
    assert_eq!(db.count("SELECT count(*) FROM raw_jobs").await, 2_599);
}

#[tokio::test]
async fn an_import_obeys_the_statement_timeout_and_imports_nothing() {
    let db = Db::new().await;
    db.client
        .batch_execute(
            "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(20); RETURN NEW; END';
             CREATE TRIGGER slow BEFORE INSERT ON raw_jobs FOR EACH ROW EXECUTE FUNCTION slow()",
        )
        .await
        .unwrap();
    let file = db.state.path().join("a.csv");
    std::fs::write(&file, "job_id,title\n1,A\n").unwrap();
    let mut import = db.command(&["import", file.to_str().unwrap(), "--format", "json"]);
    import.env("ETL_STATEMENT_TIMEOUT", "1");
    // The program is built by now, so the time of its build does not count.
    let begin = Instant::now();
    let import = RunningCommand::spawn(import).end();
    import.failed(1, "jobinsight::database::statement_timeout");
    assert!(
        begin.elapsed() < Duration::from_secs(15),
        "{}",
        import.error_message()
    );
    assert_eq!(db.count("SELECT count(*) FROM raw_jobs").await, 0);
}

#[tokio::test]
async fn an_import_that_fails_names_itself_as_the_command_to_type_again() {
    let db = Db::new().await;
    let file = db.state.path().join("a.csv");
    std::fs::write(&file, "job_id,title\n1,A\n").unwrap();
    let file = file.to_str().unwrap();
    db.client
        .batch_execute("BEGIN; LOCK TABLE raw_jobs IN ACCESS EXCLUSIVE MODE")
        .await
        .unwrap();
    let import = db.json_with(
        &["import", file, "--delimiter", ","],
        &[("ETL_LOCK_TIMEOUT", "1")],
    );
    import.failed(1, "jobinsight::database::lock_timeout");
    let again = format!("import --delimiter , {file}");
    assert!(
        import.stderr.contains(&again) && !import.stderr.contains("retry"),
        "{}",
        import.stderr
    );
}

#[tokio::test]
async fn records_of_a_megabyte_are_written_in_chunks_that_fit_into_memory() {
    let db = Db::new().await;
    let (child, mut pipe) = reader(&db);
    let pid = child.id();
    pipe.write_all(b"job_id,title,location_detail\n").unwrap();
    let long = "x".repeat(1 << 20);
    let mut most = 0;
    for n in 0..80 {
        writeln!(pipe, "{n},Kế Toán,{long}").unwrap();
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        let rss = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let rss = rss.and_then(|text| text.split_whitespace().next()?.parse::<u64>().ok());
        most = most.max(rss.unwrap_or_default());
    }
    drop(pipe);
    let output = CommandOutput::of(&child.wait_with_output().unwrap()).ok();
    assert_eq!(output.object()["files"][0]["report"]["inserted"], 80);
    assert!(most < 100 * 1024, "{most} kB");
}
