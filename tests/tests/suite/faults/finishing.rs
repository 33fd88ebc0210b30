//! The end of a first load, when its indexes are made; and how a first load leaves them that does not come to its end.

use std::time::{Duration, Instant};

use jobinsight_tests::{Db, Typed};
use tokio_postgres::Client;

use super::ranges::{INDEXES, RANGES};
use super::{and, assert_promises, in_batches, postings};

const ROWS: usize = 60;

async fn filled() -> Db {
    let db = Db::new().await;
    db.json(&["run"]).ok();
    postings(&db, ROWS).await;
    db
}

/// A first load in several batches.
fn args(lanes: &'static str) -> [&'static str; 7] {
    in_batches("25", lanes)
}

fn with<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut env = and(more);
    env.push(RANGES);
    env
}

/// Batches take their time.
const SLOW: (&str, &str) = ("FAILPOINTS", "data_processing/after=sleep(300)");

/// Keeps the indexes of staging from being made that a run took away, and does nothing else.
async fn writer(db: &Db) -> Client {
    let gone = "SELECT count(*) FROM jobinsight_staging.etl_runs WHERE state = 'running'
                   AND to_regclass('jobinsight_staging.staging_jobs_company_idx') IS NULL";
    db.wait_for(gone).await;
    let writer = db.connect().await;
    writer
        .batch_execute("BEGIN; LOCK TABLE jobinsight_staging.staging_jobs IN ROW EXCLUSIVE MODE")
        .await
        .unwrap();
    writer
}

const WAITING: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%CREATE INDEX%'";

/// What people are told while indexes are missing, and that they are all there after that.
async fn told_and_made(db: &Db, failed: &Typed, again: &[&str]) {
    let missing = 6 - db.count(INDEXES).await;
    let message = failed.object()["error"]["message"].to_string();
    assert_eq!(
        message.contains("staging is without its index"),
        missing > 0,
        "{missing}: {message}"
    );
    let status = db.json(&["status"]).ok().object();
    let named = status["missing_indexes"].as_array().unwrap();
    assert_eq!(named.len(), usize::try_from(missing).unwrap(), "{status}");
    let doctor = db.json(&["doctor"]).ok().object();
    let checks = doctor["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["check"] == "indexes");
    let check = check.unwrap();
    let state = if missing > 0 { "warn" } else { "ok" };
    assert_eq!(check["state"], state, "{check}");
    for name in named {
        let name = name.as_str().unwrap();
        assert!(message.contains(name), "{name}: {message}");
        assert!(check["found"].as_str().unwrap().contains(name), "{check}");
    }
    if missing > 0 {
        let help = check["help"].as_str().unwrap();
        assert!(help.contains("jobinsight retry"), "{help}");
    }
    db.json_with(again, &with(&[])).ok();
    assert_eq!(db.count(INDEXES).await, 6, "the indexes of staging");
    assert_promises(db, ROWS).await;
}

/// Whether autovacuum is kept from staging, or set by somebody.
const KEPT_AWAY: &str = "SELECT count(*) FROM pg_class WHERE oid = 'jobinsight_staging.staging_jobs'::regclass AND reloptions::text LIKE '%autovacuum%'";

#[tokio::test]
async fn what_somebody_set_for_autovacuum_stays() {
    let db = filled().await;
    let own = "ALTER TABLE jobinsight_staging.staging_jobs SET (autovacuum_analyze_threshold = 77)";
    db.client.batch_execute(own).await.unwrap();
    db.json_with(&args("2"), &with(&[])).ok();
    assert_eq!(db.count(INDEXES).await, 6);
    let stands = format!("{KEPT_AWAY} AND reloptions = '{{autovacuum_analyze_threshold=77}}'");
    assert_eq!(db.count(&stands).await, 1);
}

#[tokio::test]
async fn autovacuum_that_a_lock_keeps_away_is_let_back_by_the_next_run() {
    let db = filled().await;
    let slow = ("FAILPOINTS", "data_saving/index_made=sleep(1500)");
    let run = db.spawn(&args("1"), &with(&[slow]));
    db.wait_for("SELECT count(*) FROM pg_class WHERE relname = 'staging_jobs_company_idx' AND EXISTS (SELECT FROM jobinsight_staging.etl_batches) AND NOT EXISTS (SELECT FROM jobinsight_staging.etl_batches WHERE state <> 'done')")
        .await;
    // Indexes can be made beside it, and settings not be changed.
    let reader = db.connect().await;
    reader
        .batch_execute("BEGIN; LOCK TABLE jobinsight_staging.staging_jobs IN SHARE MODE")
        .await
        .unwrap();
    let end = run.end().ok();
    assert!(end.stderr.contains("until the next run"), "{}", end.stderr);
    assert_eq!(db.count(KEPT_AWAY).await, 1);
    assert_eq!(db.count(INDEXES).await, 6);
    reader.batch_execute("ROLLBACK").await.unwrap();
    db.json_with(&args("1"), &with(&[])).ok();
    assert_eq!(db.count(KEPT_AWAY).await, 0);
    assert_promises(&db, ROWS).await;
}

#[tokio::test]
async fn killed_while_lanes_make_indexes_the_next_makes_the_rest() {
    for (place, again) in [
        ("data_saving/before_finish", &args("2")[..]),
        ("data_saving/index_made", &["retry"]),
    ] {
        let db = filled().await;
        let failpoints = format!("{place}=return(kill)");
        let end = db.json_with(&args("4"), &with(&[("FAILPOINTS", &failpoints)]));
        assert_eq!(end.code, 137, "{place}: {}", end.stderr);
        assert_eq!(db.count(KEPT_AWAY).await, 1, "{place}: autovacuum");
        db.json_with(again, &with(&[])).ok();
        assert_eq!(db.count(KEPT_AWAY).await, 0, "{place}: autovacuum");
        assert_eq!(db.count(INDEXES).await, 6, "{place}");
        assert_promises(&db, ROWS).await;
    }
}

#[tokio::test]
async fn stopped_while_indexes_are_made_the_next_makes_the_rest() {
    let published = "SELECT (count(*) = 60)::int::bigint FROM jobinsight_staging.staging_jobs";
    // One after another: several at once may all be made when the signal is seen.
    let one_made = format!("SELECT (x.count = 4)::int::bigint FROM ({INDEXES}) x");
    for (lanes, place, reached, again) in [
        ("1", "data_saving/before_finish", published, &args("2")[..]),
        ("4", "data_saving/before_finish", published, &["retry"]),
        ("1", "data_saving/index_made", &one_made, &["retry"]),
    ] {
        let db = filled().await;
        let failpoints = format!("{place}=1*sleep(1500)");
        let run = db.spawn(&args(lanes), &with(&[("FAILPOINTS", &failpoints)]));
        db.wait_for(reached).await;
        run.signal("-TERM");
        let end = run.end();
        end.failed(143, "jobinsight::run::interrupted");
        told_and_made(&db, &end, again).await;
    }
}

#[tokio::test]
async fn killed_or_stopped_while_an_index_waits_for_a_lock() {
    for lanes in ["1", "4"] {
        for (signal, code) in [("-KILL", 137), ("-TERM", 143)] {
            let db = filled().await;
            let run = db.spawn(&args(lanes), &with(&[SLOW]));
            let writer = writer(&db).await;
            db.wait_for(WAITING).await;
            let started = Instant::now();
            run.signal(signal);
            let end = run.end();
            assert_eq!(end.code, code, "{}", end.stderr);
            assert!(started.elapsed() < Duration::from_secs(10));
            if signal == "-TERM" {
                assert_eq!(db.count(WAITING).await, 0, "cancelled on the server, too");
            }
            writer.batch_execute("ROLLBACK").await.unwrap();
            if signal == "-TERM" {
                told_and_made(&db, &end, &["retry"]).await;
            } else {
                db.json_with(&["retry"], &with(&[])).ok();
                assert_eq!(db.count(INDEXES).await, 6, "{lanes} lanes");
                assert_promises(&db, ROWS).await;
            }
        }
    }
}

#[tokio::test]
async fn a_first_load_that_fails_makes_its_indexes_where_the_server_is_well() {
    for lanes in ["1", "4"] {
        for (env, code, error) in [
            (
                ("ETL_INTEGRITY_THRESHOLD", "1"),
                3,
                "jobinsight::quality::integrity",
            ),
            (
                ("FAILPOINTS", "data_saving/before=1*off->panic"),
                1,
                "jobinsight::internal::bug",
            ),
        ] {
            let db = filled().await;
            let end = db.json_with(&args(lanes), &with(&[env]));
            end.failed(code, error);
            assert_eq!(db.count(INDEXES).await, 6, "{error}, {lanes} lanes");
            told_and_made(&db, &end, &["retry"]).await;
        }
    }
}

#[tokio::test]
async fn a_first_load_that_fails_for_the_server_says_which_indexes_are_missing() {
    let db = filled().await;
    let run = db.spawn(&args("2"), &with(&[SLOW, ("ETL_LOCK_TIMEOUT", "1")]));
    let writer = writer(&db).await;
    let end = run.end();
    end.failed(1, "jobinsight::database::lock_timeout");
    writer.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!(db.count(INDEXES).await, 3);
    let text = db.jobinsight(&["status"]).ok().stdout;
    assert!(
        text.contains("staging is without its indexes staging_jobs_company_idx"),
        "{text}"
    );
    told_and_made(&db, &end, &["retry"]).await;
}

#[tokio::test]
async fn a_signal_ends_what_a_failed_first_load_puts_right() {
    let db = filled().await;
    let strict = ("ETL_INTEGRITY_THRESHOLD", "1");
    let run = db.spawn(&args("2"), &with(&[SLOW, strict]));
    let writer = writer(&db).await;
    db.wait_for(WAITING).await;
    let started = Instant::now();
    run.signal("-TERM");
    let end = run.end();
    assert!(started.elapsed() < Duration::from_secs(10));
    end.failed(3, "jobinsight::quality::integrity");
    assert_eq!(db.count(WAITING).await, 0, "cancelled on the server, too");
    writer.batch_execute("ROLLBACK").await.unwrap();
    told_and_made(&db, &end, &["retry"]).await;
}

#[tokio::test]
async fn a_broken_contract_is_told_before_any_write_whatever_is_missing() {
    let db = filled().await;
    let kill = ("FAILPOINTS", "sql_procedures/indexes_dropped=return(kill)");
    assert_eq!(db.json_with(&args("2"), &with(&[kill])).code, 137);
    db.client
        .batch_execute("ALTER TABLE raw_jobs RENAME title TO name")
        .await
        .unwrap();
    let end = db.json_with(&args("2"), &with(&[]));
    end.failed(4, "jobinsight::contract::missing_column");
    assert_eq!(db.count(INDEXES).await, 3, "{}", end.stderr);
    db.client
        .batch_execute("ALTER TABLE raw_jobs RENAME name TO title")
        .await
        .unwrap();
    told_and_made(&db, &end, &["retry"]).await;
}
