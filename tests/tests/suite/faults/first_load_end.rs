//! The end of a first load, which creates the indexes, and first loads that stop before it.

use jobinsight_core::failpoints::{
    DATA_SAVING_BEFORE_FINISH, DATA_SAVING_INDEX_MADE, SQL_PROCEDURES_INDEXES_DROPPED, after,
    before,
};
use jobinsight_tests::{CommandOutput, Db, Pause, failpoint};
use tokio_postgres::Client;

use super::first_load::{ALL_INDEXES, INDEXES, by_ranges};
use super::{assert_promises, in_batches, postings};
use crate::commands::FOREVER;

const ROWS: usize = 60;

async fn filled() -> Db {
    let db = Db::new().await;
    db.json(&["run"]).ok();
    postings(&db, ROWS).await;
    db
}

/// The arguments of a first load in several batches.
fn args(lanes: &'static str) -> [&'static str; 7] {
    in_batches("25", lanes)
}

/// Each batch waits until the pause is released.
fn wait() -> (&'static str, &'static str) {
    failpoint(after("data_processing"), "return(wait)")
}

/// Blocks the indexes that the run dropped from being created.
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

/// Asserts that error, `status` and `doctor` name the missing indexes, and that the next run creates them.
async fn assert_reported_and_created(db: &Db, failed: &CommandOutput, again: &[&str]) {
    let missing = ALL_INDEXES - db.count(INDEXES).await;
    let message = failed.object()["error"]["message"].to_string();
    assert_eq!(
        message.contains("staging lacks its index"),
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
    db.json_with(again, &by_ranges(&[])).ok();
    assert_eq!(
        db.count(INDEXES).await,
        ALL_INDEXES,
        "the indexes of staging"
    );
    assert_promises(db, ROWS).await;
}

/// Counts 1 if staging has a setting for autovacuum.
const KEPT_AWAY: &str = "SELECT count(*) FROM pg_class WHERE oid = 'jobinsight_staging.staging_jobs'::regclass AND reloptions::text LIKE '%autovacuum%'";

#[tokio::test]
async fn custom_autovacuum_settings_of_staging_stay() {
    let db = filled().await;
    let own = "ALTER TABLE jobinsight_staging.staging_jobs SET (autovacuum_analyze_threshold = 77)";
    db.client.batch_execute(own).await.unwrap();
    db.json_with(&args("2"), &by_ranges(&[])).ok();
    assert_eq!(db.count(INDEXES).await, ALL_INDEXES);
    let stands = format!("{KEPT_AWAY} AND reloptions = '{{autovacuum_analyze_threshold=77}}'");
    assert_eq!(db.count(&stands).await, 1);
}

#[tokio::test]
async fn the_next_run_enables_autovacuum_that_a_lock_kept_disabled() {
    let db = filled().await;
    let pause = Pause::new();
    let failpoints = failpoint(DATA_SAVING_INDEX_MADE, "return(wait)");
    let run = db.spawn(&args("1"), &by_ranges(&[failpoints, pause.env()]));
    db.wait_for("SELECT count(*) FROM pg_class WHERE relname = 'staging_jobs_company_idx' AND EXISTS (SELECT FROM jobinsight_staging.etl_batches) AND NOT EXISTS (SELECT FROM jobinsight_staging.etl_batches WHERE state <> 'done')")
        .await;
    // This lock allows to create indexes, and does not allow to change settings.
    let reader = db.connect().await;
    reader
        .batch_execute("BEGIN; LOCK TABLE jobinsight_staging.staging_jobs IN SHARE MODE")
        .await
        .unwrap();
    pause.release();
    let end = run.end().ok();
    assert!(end.stderr.contains("until the next run"), "{}", end.stderr);
    assert_eq!(db.count(KEPT_AWAY).await, 1);
    assert_eq!(db.count(INDEXES).await, ALL_INDEXES);
    reader.batch_execute("ROLLBACK").await.unwrap();
    db.json_with(&args("1"), &by_ranges(&[])).ok();
    assert_eq!(db.count(KEPT_AWAY).await, 0);
    assert_promises(&db, ROWS).await;
}

#[tokio::test]
async fn the_run_after_a_kill_creates_the_missing_indexes() {
    for (place, again) in [
        (DATA_SAVING_BEFORE_FINISH, &args("2")[..]),
        (DATA_SAVING_INDEX_MADE, &["retry"]),
    ] {
        let db = filled().await;
        let end = db.json_with(&args("4"), &by_ranges(&[failpoint(place, "return(kill)")]));
        assert_eq!(end.code, 137, "{place}: {}", end.stderr);
        assert_eq!(db.count(KEPT_AWAY).await, 1, "{place}: autovacuum");
        db.json_with(again, &by_ranges(&[])).ok();
        assert_eq!(db.count(KEPT_AWAY).await, 0, "{place}: autovacuum");
        assert_eq!(db.count(INDEXES).await, ALL_INDEXES, "{place}");
        assert_promises(&db, ROWS).await;
    }
}

#[tokio::test]
async fn the_run_after_a_signal_creates_the_missing_indexes() {
    let published = "SELECT (count(*) = 60)::int::bigint FROM jobinsight_staging.staging_jobs";
    // One lane creates one index after another. Several lanes might be done before the signal arrives.
    let one_made = format!("SELECT (x.count = {ALL_INDEXES} - 2)::int::bigint FROM ({INDEXES}) x");
    for (lanes, place, reached, again) in [
        ("1", DATA_SAVING_BEFORE_FINISH, published, &args("2")[..]),
        ("4", DATA_SAVING_BEFORE_FINISH, published, &["retry"]),
        ("1", DATA_SAVING_INDEX_MADE, &one_made, &["retry"]),
    ] {
        let db = filled().await;
        let pause = Pause::new();
        let env = by_ranges(&[failpoint(place, "return(wait)"), pause.env()]);
        let run = db.spawn(&args(lanes), &env);
        db.wait_for(reached).await;
        run.signal("-TERM");
        run.wait_for_log("stopping");
        pause.release();
        let end = run.end();
        end.failed(143, "jobinsight::run::terminated");
        assert_reported_and_created(&db, &end, again).await;
    }
}

#[tokio::test]
async fn a_run_that_waits_to_create_an_index_can_be_killed_or_stopped() {
    for lanes in ["1", "4"] {
        for (signal, code) in [("-KILL", 137), ("-TERM", 143)] {
            let db = filled().await;
            let pause = Pause::new();
            let run = db.spawn(&args(lanes), &by_ranges(&[wait(), FOREVER, pause.env()]));
            let writer = writer(&db).await;
            pause.release();
            db.wait_for(WAITING).await;
            run.signal(signal);
            let end = run.end();
            assert_eq!(end.code, code, "{}", end.stderr);
            if signal == "-TERM" {
                assert_eq!(db.count(WAITING).await, 0, "cancelled on the server, too");
            }
            writer.batch_execute("ROLLBACK").await.unwrap();
            if signal == "-TERM" {
                assert_reported_and_created(&db, &end, &["retry"]).await;
            } else {
                db.json_with(&["retry"], &by_ranges(&[])).ok();
                assert_eq!(db.count(INDEXES).await, ALL_INDEXES, "{lanes} lanes");
                assert_promises(&db, ROWS).await;
            }
        }
    }
}

#[tokio::test]
async fn a_failed_first_load_creates_its_indexes_on_a_healthy_server() {
    for lanes in ["1", "4"] {
        for (env, code, error) in [
            (
                ("ETL_INTEGRITY_THRESHOLD", "1"),
                3,
                "jobinsight::quality::integrity",
            ),
            (
                failpoint(before("data_saving"), "1*off->panic"),
                1,
                "jobinsight::phases::panicked",
            ),
        ] {
            let db = filled().await;
            let end = db.json_with(&args(lanes), &by_ranges(&[env]));
            end.failed(code, error);
            assert_eq!(
                db.count(INDEXES).await,
                ALL_INDEXES,
                "{error}, {lanes} lanes"
            );
            assert_reported_and_created(&db, &end, &["retry"]).await;
        }
    }
}

#[tokio::test]
async fn a_first_load_that_the_server_fails_names_the_missing_indexes() {
    let db = filled().await;
    let pause = Pause::new();
    let env = by_ranges(&[wait(), ("ETL_LOCK_TIMEOUT", "1"), pause.env()]);
    let run = db.spawn(&args("2"), &env);
    let writer = writer(&db).await;
    pause.release();
    let end = run.end();
    end.failed(1, "jobinsight::database::lock_timeout");
    writer.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!(db.count(INDEXES).await, ALL_INDEXES - 3);
    let text = db.jobinsight(&["status"]).ok().stdout;
    assert!(
        text.contains("staging is without its indexes staging_jobs_company_idx"),
        "{text}"
    );
    assert_reported_and_created(&db, &end, &["retry"]).await;
}

#[tokio::test]
async fn a_signal_stops_the_cleanup_of_a_failed_first_load() {
    let db = filled().await;
    let strict = ("ETL_INTEGRITY_THRESHOLD", "1");
    let pause = Pause::new();
    let env = by_ranges(&[wait(), FOREVER, strict, pause.env()]);
    let run = db.spawn(&args("2"), &env);
    let writer = writer(&db).await;
    pause.release();
    db.wait_for(WAITING).await;
    run.signal("-TERM");
    let end = run.end();
    end.failed(3, "jobinsight::quality::integrity");
    assert_eq!(db.count(WAITING).await, 0, "cancelled on the server, too");
    writer.batch_execute("ROLLBACK").await.unwrap();
    assert_reported_and_created(&db, &end, &["retry"]).await;
}

#[tokio::test]
async fn a_broken_contract_is_reported_even_when_indexes_are_missing() {
    let db = filled().await;
    let kill = failpoint(SQL_PROCEDURES_INDEXES_DROPPED, "return(kill)");
    assert_eq!(db.json_with(&args("2"), &by_ranges(&[kill])).code, 137);
    db.client
        .batch_execute("ALTER TABLE raw_jobs RENAME title TO name")
        .await
        .unwrap();
    let end = db.json_with(&args("2"), &by_ranges(&[]));
    end.failed(4, "jobinsight::contract::missing_column");
    assert_eq!(db.count(INDEXES).await, ALL_INDEXES - 3, "{}", end.stderr);
    db.client
        .batch_execute("ALTER TABLE raw_jobs RENAME name TO title")
        .await
        .unwrap();
    assert_reported_and_created(&db, &end, &["retry"]).await;
}
