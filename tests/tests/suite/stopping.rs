//! Runs that end early: signals, timeouts, locks, an unreachable server.

use jobinsight_core::failpoints::before;
use jobinsight_tests::{Db, LIMITS, failpoint, jobinsight};

use crate::commands::{FOREVER, hold_up, let_go};

const WAITING: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";

#[tokio::test]
async fn a_signal_cancels_the_query_and_exits_130_or_143() {
    for (name, exit, code) in [
        ("-INT", 130, "jobinsight::run::interrupted"),
        ("-TERM", 143, "jobinsight::run::terminated"),
    ] {
        let db = Db::new().await;
        let blocker = hold_up(&db).await;
        let run = db.spawn(&["run"], &[FOREVER]);
        db.wait_for(WAITING).await;
        run.signal(name);
        let run = run.end();
        run.failed(exit, code);
        assert_eq!(run.object()["error"]["code"], code);
        assert_eq!(
            db.count(WAITING).await,
            0,
            "the query is cancelled on the server too"
        );
        let_go(blocker).await;
        let state = db.one("SELECT string_agg(state, ',' ORDER BY started_at) FROM jobinsight_staging.etl_runs").await;
        assert_eq!(state, "done,failed");
        assert_eq!(
            db.json(&["run"]).ok().stat("new"),
            1,
            "the next run does the rest"
        );
    }
}

#[tokio::test]
async fn a_second_signal_ends_the_process_at_once() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    // The first signal waits for this thread, which cannot be stopped. It sleeps for an hour.
    let run = db.spawn(
        &["run"],
        &[
            failpoint(before("data_processing"), "sleep(3600000)"),
            ("TOKIO_WORKER_THREADS", "2"),
        ],
    );
    db.wait_for("SELECT count(*) FROM jobinsight_staging.etl_batches WHERE state = 'claimed'")
        .await;
    run.signal("-TERM");
    run.wait_for_log("stopping");
    run.signal("-TERM");
    assert_eq!(run.end().code, 143);
    assert_eq!(db.json(&["retry"]).ok().stat("new"), 1);
}

#[tokio::test]
async fn the_timeout_limits_the_whole_run() {
    let db = Db::new().await;
    let blocker = hold_up(&db).await;
    let mut runs = LIMITS.iter().map(|limit| {
        let limit = limit.to_string();
        db.jobinsight_with(&["run"], &[FOREVER, ("ETL_TIMEOUT", &limit)])
    });
    // Before the run is connected, the limit ends with the error of a server that does not answer.
    let run = runs.find(|run| run.code != 75).unwrap();
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains("ETL_TIMEOUT"), "{}", run.stderr);
    let_go(blocker).await;
}

#[tokio::test]
async fn a_run_waits_for_a_lock_no_longer_than_lock_timeout() {
    let db = Db::new().await;
    let blocker = hold_up(&db).await;
    let run = db.jobinsight_with(&["run"], &[("ETL_LOCK_TIMEOUT", "1")]);
    run.failed(1, "jobinsight::database::lock_timeout");
    let_go(blocker).await;
    assert_eq!(db.json(&["run"]).ok().stat("new"), 1);
}

#[tokio::test]
async fn the_next_run_marks_a_killed_run_abandoned_and_does_its_work() {
    let db = Db::new().await;
    let blocker = hold_up(&db).await;
    let run = db.spawn(&["run"], &[]);
    db.wait_for(WAITING).await;
    run.signal("-KILL");
    assert_eq!(run.end().code, 137);
    let_go(blocker).await;
    db.wait_for("SELECT (NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())))::int::bigint").await;
    let next = db.json(&["run"]).ok();
    assert_eq!(next.stat("new"), 1);
    let states = db
        .one("SELECT string_agg(state, ',' ORDER BY started_at) FROM jobinsight_staging.etl_runs")
        .await;
    assert_eq!(states, "done,abandoned,done");
}

#[test]
fn an_unreachable_server_exits_75() {
    let state = tempfile::tempdir().unwrap();
    let env = [
        ("DATABASE_URL", "postgresql://x@127.0.0.1:1/x"),
        ("ETL_TIMEOUT", "2"),
        ("ETL_STATE_DIR", state.path().to_str().unwrap()),
    ];
    jobinsight(&["run"], &env).failed(75, "jobinsight::database::connection");
}
