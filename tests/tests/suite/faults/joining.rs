//! Several processes on one queue.

use std::time::Duration;

use jobinsight_core::failpoints::{after, before};
use jobinsight_tests::{Db, Pause, RunningCommand, WAITS, failpoint};

use super::first_load::RANGES;
use super::{AS_OF, BATCH_LOST, LENIENT, assert_promises, in_batches, lenient_and, postings};

/// Each batch waits until the pause is released, so that other processes can join.
fn wait() -> (&'static str, &'static str) {
    failpoint(after("data_processing"), "return(wait)")
}
const RUN: [&str; 7] = in_batches("1", "1");

const JOIN: [&str; 4] = ["run", "--join", "--max-workers", "1"];

/// Starts a run that waits with its first batch.
async fn started() -> (Db, RunningCommand, Pause) {
    let db = Db::new().await;
    postings(&db, 20).await;
    let pause = Pause::new();
    let leader = db.spawn(&RUN, &lenient_and(&[wait(), pause.env()]));
    leader.wait_for_log(WAITS);
    (db, leader, pause)
}

/// Starts a helper, which waits with its first batch.
fn join(db: &Db, pause: &Pause) -> RunningCommand {
    let helper = db.spawn(&JOIN, &lenient_and(&[wait(), pause.env()]));
    helper.wait_for_log(WAITS);
    helper
}

#[tokio::test]
async fn processes_share_the_work_of_one_run() {
    let (db, leader, pause) = started().await;
    let (one, two) = (join(&db, &pause), join(&db, &pause));
    pause.release();
    let results = [leader.end().ok(), one.end().ok(), two.end().ok()];
    assert_eq!(results[0].stat("new"), 20, "the leader counts for all");
    let runs: std::collections::BTreeSet<String> = results
        .iter()
        .map(|run| run.object()["run_id"].to_string())
        .collect();
    assert_eq!(runs.len(), 1, "one run");
    let workers = db
        .count("SELECT count(DISTINCT worker) FROM jobinsight_staging.etl_batches")
        .await;
    assert_eq!(workers, 3, "each did a part");
    assert_promises(&db, 20).await;
}

#[tokio::test]
async fn each_process_counts_the_raw_rows_that_were_loaded() {
    let db = Db::new().await;
    postings(&db, 200).await;
    let pause = Pause::new();
    let settings = lenient_and(&[RANGES, wait(), pause.env()]);
    let [leader, helper] = [&in_batches("100", "1")[..], &JOIN].map(|args| {
        let process = db.spawn(args, &settings);
        process.wait_for_log(WAITS);
        process
    });
    let ranges =
        "SELECT count(*) FROM jobinsight_staging.etl_batches WHERE first_block IS NOT NULL";
    assert!(db.count(ranges).await > 2, "a range is not loaded yet");
    let last = "DELETE FROM raw_jobs WHERE job_id IN ('198', '199')";
    db.client.batch_execute(last).await.unwrap();
    pause.release();
    let totals = [leader, helper].map(|process| process.end().ok().stat("total_records"));
    assert_eq!(totals, [199, 199]);
}

#[tokio::test]
async fn a_killed_helper_loses_no_row() {
    let (db, leader, pause) = started().await;
    let helper = join(&db, &pause);
    helper.signal("-KILL");
    helper.end();
    pause.release();
    assert_eq!(leader.end().ok().stat("new"), 20);
    assert_promises(&db, 20).await;
}

#[tokio::test]
async fn a_helper_replaces_a_killed_leader() {
    let db = Db::new().await;
    postings(&db, 20).await;
    let pause = Pause::new();
    // The leader publishes one batch, and waits with the second one.
    let failpoints = failpoint(after("data_processing"), "1*off->return(wait)");
    let leader = db.spawn(&RUN, &lenient_and(&[failpoints, pause.env()]));
    leader.wait_for_log(WAITS);
    let helper = join(&db, &pause);
    leader.signal("-KILL");
    leader.end();
    pause.release();
    let end = helper.end().ok();
    assert_eq!(
        end.stat("new"),
        20,
        "who takes over counts for the whole run"
    );
    let states = db
        .one("SELECT string_agg(state, ',') FROM jobinsight_staging.etl_runs")
        .await;
    assert_eq!(states, "done");
    assert_promises(&db, 20).await;
}

#[tokio::test]
async fn any_two_of_four_processes_may_be_killed() {
    for killed in [[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]] {
        let (db, leader, pause) = started().await;
        let mut processes = vec![leader];
        processes.extend((1..4).map(|_| join(&db, &pause)));
        for at in killed {
            processes[at].signal("-KILL");
        }
        pause.release();
        for (at, process) in processes.into_iter().enumerate() {
            let end = process.end();
            if killed.contains(&at) {
                assert_eq!(end.code, 137);
                continue;
            }
            let end = end.ok();
            let counts = ["total_records", "new", "rejected", "left"].map(|name| end.stat(name));
            assert_eq!(counts, [21, 20, 1, 0], "process {at} without {killed:?}");
        }
        assert_promises(&db, 20).await;
    }
}

/// Each insert into staging takes one lock, and then another one.
const TWO_LOCKS: &str = "CREATE FUNCTION two_locks() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN PERFORM pg_advisory_xact_lock(7); PERFORM pg_advisory_xact_lock(8); RETURN NEW; END $$;
    CREATE TRIGGER two_locks BEFORE INSERT ON jobinsight_staging.staging_jobs FOR EACH ROW EXECUTE FUNCTION two_locks()";

#[tokio::test]
async fn only_locks_of_other_programs_are_worth_a_warning() {
    let db = Db::new().await;
    db.json(&["run"]).ok();
    postings(&db, 20).await;
    db.client.batch_execute(TWO_LOCKS).await.unwrap();
    let other = db.connect().await;
    other
        .batch_execute("SELECT pg_advisory_lock(8)")
        .await
        .unwrap();
    // The leader has the first lock and waits for the other program. The helper waits for the leader.
    let leader = db.spawn(&RUN, LENIENT);
    leader.wait_for_log("waits for a lock");
    let helper = db.spawn(&JOIN, LENIENT);
    let waits =
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 7 AND NOT granted";
    while db.count(waits).await == 0 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // Every heartbeat looks for locks, so the helper has looked when it sent two of them.
    let beats = "SELECT max(heartbeat_at)::text FROM jobinsight_staging.etl_workers w
                  WHERE pid <> (SELECT pid FROM jobinsight_staging.etl_runs WHERE state = 'running')";
    for _ in 0..2 {
        let before = db.one(beats).await;
        while db.one(beats).await == before {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    other
        .batch_execute("SELECT pg_advisory_unlock(8)")
        .await
        .unwrap();
    let (leader, helper) = (leader.end().ok(), helper.end().ok());
    let warned = |log: &str| log.matches("waits for a lock").count();
    assert_eq!(warned(&leader.stderr), 1, "{}", leader.stderr);
    assert_eq!(warned(&helper.stderr), 0, "{}", helper.stderr);
    db.client
        .batch_execute("DROP TRIGGER two_locks ON jobinsight_staging.staging_jobs")
        .await
        .unwrap();
    assert_promises(&db, 20).await;
}

#[tokio::test]
async fn join_starts_a_run_when_none_is_in_progress() {
    let db = Db::new().await;
    postings(&db, 5).await;
    let all: Vec<_> = (0..3)
        .map(|_| {
            db.spawn(
                &["run", "--join", "--max-workers", "1"],
                &lenient_and(&[("ETL_BATCH_SIZE", "1"), ("ETL_AS_OF", AS_OF)]),
            )
        })
        .collect();
    for run in all {
        run.end().ok();
    }
    assert_eq!(
        db.count("SELECT count(*) FROM jobinsight_staging.etl_runs WHERE state = 'done'")
            .await,
        1.max(
            db.count("SELECT count(*) FROM jobinsight_staging.etl_runs")
                .await
        )
    );
    assert_promises(&db, 5).await;
}

#[tokio::test]
async fn join_under_other_rules_is_refused() {
    let (db, leader, pause) = started().await;
    db.json_with(&["run", "--join", "--rules", "v1"], LENIENT)
        .failed(2, "jobinsight::run::differs");
    pause.release();
    leader.end().ok();
}

#[tokio::test]
async fn a_failure_of_one_process_fails_all() {
    let (db, leader, pause) = started().await;
    let panic = failpoint(before("data_saving"), "panic");
    let broken = db.json_with(&JOIN, &lenient_and(&[panic]));
    pause.release();
    let leader = leader.end();
    broken.failed(1, "jobinsight::phases::panicked");
    assert!(
        leader.stderr.contains("failed in another process"),
        "{}",
        leader.stderr
    );
    leader.failed(1, "jobinsight::phases::panicked");
    db.json_with(&["retry"], LENIENT).ok();
    assert_promises(&db, 20).await;
}

#[tokio::test]
async fn the_quality_gate_counts_over_all_processes() {
    let db = Db::new().await;
    postings(&db, 20).await;
    for n in 0..5 {
        db.post(&format!("bad{n}"), " ").await;
    }
    // Six of 26 rows are bad, and four are allowed. The helper publishes one batch before the leader publishes any.
    let pause = Pause::new();
    let strict = ("ETL_INTEGRITY_THRESHOLD", "0.82");
    let leader = db.spawn(&RUN, &[strict, wait(), pause.env()]);
    leader.wait_for_log(WAITS);
    let failpoints = failpoint(after("data_processing"), "1*off->return(wait)");
    let helper = db.spawn(&JOIN, &[strict, failpoints, pause.env()]);
    helper.wait_for_log(WAITS);
    pause.release();
    let (leader, helper) = (leader.end(), helper.end());
    let workers = db
        .count("SELECT count(DISTINCT worker) FROM jobinsight_staging.etl_batches WHERE state = 'done'")
        .await;
    assert_eq!(workers, 2, "both worked");
    leader.failed(3, "jobinsight::quality::integrity");
    helper.failed(3, "jobinsight::quality::integrity");
    let stored = db
        .count("SELECT count(*) FROM jobinsight_staging.etl_rejects")
        .await;
    assert_eq!(stored, 4, "what was allowed, and no more");
    db.json_with(&["retry"], LENIENT).ok();
    db.assert_all_accounted_for().await;
    db.assert_nothing_left().await;
}

#[tokio::test]
#[ignore = "slow: cargo xtask faults"]
async fn a_frozen_helper_loses_its_batch_and_publishes_nothing_later() {
    let (db, leader, pause) = started().await;
    let helper = join(&db, &pause);
    helper.signal("-STOP");
    pause.release();
    assert_eq!(
        leader.end().ok().stat("new"),
        20,
        "the leader takes over the batch after 30 s"
    );
    helper.signal("-CONT");
    let woken = helper.end().ok();
    assert!(woken.stderr.contains(BATCH_LOST), "{}", woken.stderr);
    // Batches that another process finished do not count.
    let own = db.one("SELECT count(*)::text FROM jobinsight_staging.etl_batches b JOIN jobinsight_staging.etl_workers w USING (worker) WHERE w.pid <> (SELECT pid FROM jobinsight_staging.etl_runs)").await;
    let notes = woken.object()["notes"].to_string();
    assert!(
        notes.contains(&format!("this process published {own} batches")),
        "{own} batches: {notes}"
    );
    assert_promises(&db, 20).await;
}
