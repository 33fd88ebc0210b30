//! Locks, timeouts, and two runs at once.

use std::time::Duration;

use jobinsight_core::failpoints::{RUN_LOCKED, after, before};
use jobinsight_tests::{Db, LIMITS, OwnServer, Pause, Proxy, WAITS, failpoint};

use super::{AS_OF, LENIENT, assert_promises, in_batches, lenient_and, postings};
use crate::commands::assert_refused;

/// Each insert into staging takes an hour.
const SLOW_INSERTS: &str = "CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(3600); RETURN NEW; END $$;
    CREATE TRIGGER slowly BEFORE INSERT ON jobinsight_staging.staging_jobs FOR EACH ROW EXECUTE FUNCTION slowly()";

#[tokio::test]
async fn a_lock_timeout_names_the_holder_and_its_query() {
    let db = Db::new().await;
    db.json(&["run"]).ok();
    postings(&db, 8).await;
    let blocker = db.connect().await;
    blocker
        .batch_execute("BEGIN; LOCK TABLE jobinsight_staging.staging_jobs")
        .await
        .unwrap();
    let pid = db.one("SELECT pid::text FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND relation = 'jobinsight_staging.staging_jobs'::regclass").await;
    let run = db.json_with(
        &["run", "--as-of", AS_OF],
        &lenient_and(&[("ETL_LOCK_TIMEOUT", "1")]),
    );
    let message = run.error_message();
    assert!(
        message.contains(&format!("backend {pid}"))
            && message.contains("LOCK TABLE jobinsight_staging.staging_jobs"),
        "{message}"
    );
    run.failed(1, "jobinsight::database::lock_timeout");
    // The other commands do not wait longer either.
    db.json_with(&["status"], &[("ETL_LOCK_TIMEOUT", "1")])
        .failed(1, "jobinsight::database::lock_timeout");
    blocker.batch_execute("ROLLBACK").await.unwrap();
    db.json_with(&["retry"], LENIENT).ok();
    assert_promises(&db, 8).await;
}

/// The two causes of SQLSTATE 57014 have different texts, which a server with another `lc_messages` translates.
#[tokio::test]
async fn a_cancelled_statement_is_not_a_timeout_in_any_language() {
    for (limit, cancels, code) in [
        ("60", true, "jobinsight::database::cancelled"),
        ("1", false, "jobinsight::database::statement_timeout"),
    ] {
        let db = Db::new().await;
        db.json(&["run"]).ok();
        postings(&db, 8).await;
        db.client.batch_execute(SLOW_INSERTS).await.unwrap();
        let proxy = Proxy::to(db.port());
        proxy.translate(
            "canceling statement due to user request",
            "Anweisung wird storniert wegen Benutzer",
        );
        let url = proxy.url(&db.url);
        let run = db.spawn(
            &["run", "--as-of", AS_OF],
            &lenient_and(&[("ETL_STATEMENT_TIMEOUT", limit), ("DATABASE_URL", &url)]),
        );
        if cancels {
            const SLEEPS: &str = "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity
                                   WHERE datname = current_database() AND wait_event = 'PgSleep'";
            while db.count(SLEEPS).await == 0 {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        run.end().failed(1, code);
    }
}

#[tokio::test]
async fn a_statement_timeout_names_phase_and_limit() {
    let db = Db::new().await;
    db.json(&["run"]).ok();
    postings(&db, 8).await;
    db.client.batch_execute(SLOW_INSERTS).await.unwrap();
    let limited = LIMITS.map(|limit| limit.to_string());
    let mut messages = limited.iter().map(|limit| {
        let env = lenient_and(&[("ETL_STATEMENT_TIMEOUT", limit)]);
        let run = db.json_with(&["run", "--as-of", AS_OF], &env);
        run.failed(1, "jobinsight::database::statement_timeout");
        let message = run.error_message();
        assert!(
            message.contains(&format!("the limit is {limit} s")),
            "{message}"
        );
        message
    });
    assert!(messages.any(|message| message.starts_with("data_saving: ")));
    assert_eq!(
        db.count("SELECT count(*) FROM jobinsight_staging.staging_jobs")
            .await,
        0,
        "no batch is partly published"
    );
    db.client
        .batch_execute("DROP TRIGGER slowly ON jobinsight_staging.staging_jobs")
        .await
        .unwrap();
    db.json_with(&["retry"], LENIENT).ok();
    assert_promises(&db, 8).await;
}

#[tokio::test]
async fn of_two_first_runs_at_once_one_exits_5() {
    let db = Db::new().await;
    postings(&db, 8).await;
    let pause = Pause::new();
    let first = db.spawn(
        &["run", "--as-of", AS_OF],
        &lenient_and(&[failpoint(RUN_LOCKED, "return(wait)"), pause.env()]),
    );
    first.wait_for_log(WAITS);
    assert_refused(&db);
    pause.release();
    first.end().ok();
    assert_promises(&db, 8).await;
}

#[tokio::test]
#[ignore = "slow: cargo xtask faults"]
async fn a_holder_without_a_heartbeat_is_replaced_and_publishes_nothing_more() {
    let db = Db::new().await;
    postings(&db, 8).await;
    let frozen = db.spawn(
        &in_batches("2", "1"),
        &lenient_and(&[failpoint(after("data_processing"), "sleep(1500)")]),
    );
    db.wait_for("SELECT count(*) FROM jobinsight_staging.etl_batches WHERE state = 'done'")
        .await;
    frozen.signal("-STOP");
    db.json_with(&["run"], LENIENT)
        .failed(5, "jobinsight::run::locked");
    tokio::time::sleep(Duration::from_secs(32)).await;
    let next = db.json_with(&["run", "--as-of", AS_OF], LENIENT).ok();
    assert!(
        next.stderr.contains("this run takes over"),
        "{}",
        next.stderr
    );
    frozen.signal("-CONT");
    frozen.end().failed(5, "jobinsight::run::taken_over");
    let states = db.one("SELECT string_agg(state, ',' ORDER BY started_at) FROM jobinsight_staging.etl_runs WHERE state <> 'refused'").await;
    assert_eq!(states, "abandoned,done");
    assert_promises(&db, 8).await;
}

#[tokio::test]
async fn a_signal_in_each_phase_is_recorded_and_leaves_no_partial_batch() {
    for phase in jobinsight_core::Settings::default().pipeline {
        for (signal, exit, code) in [
            ("int", 130, "jobinsight::run::interrupted"),
            ("term", 143, "jobinsight::run::terminated"),
        ] {
            let db = Db::new().await;
            db.json(&["run"]).ok();
            postings(&db, 8).await;
            let action = format!("1*return({signal})");
            let run = db.json_with(
                &["run", "--as-of", AS_OF, "--batch-size", "3"],
                &lenient_and(&[failpoint(before(&phase), &action)]),
            );
            run.failed(exit, code);
            let entry = db.one("SELECT state || ' ' || error_code FROM jobinsight_staging.etl_runs ORDER BY started_at DESC LIMIT 1").await;
            assert_eq!(entry, format!("failed {code}"), "{phase}");
            db.json_with(&["retry"], LENIENT).ok();
            assert_promises(&db, 8).await;
        }
    }
}

/// The lock of a prepared transaction belongs to no connection.
#[tokio::test]
async fn a_lock_whose_holder_is_hidden_exits_5_too() {
    let server = OwnServer::start(&["max_prepared_transactions=1"]).await;
    let db = server.db().await;
    db.client
        .batch_execute("BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('jobinsight:jobinsight_staging', 0)); PREPARE TRANSACTION 'holder'")
        .await
        .unwrap();
    let run = db.json(&["run"]);
    run.failed(5, "jobinsight::run::locked");
    let help = run.object()["error"]["help"].as_str().unwrap().to_owned();
    assert!(help.contains("pg_prepared_xacts"), "{help}");
}
