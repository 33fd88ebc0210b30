//! A first load: planned by ranges of blocks, and its indexes are created at the end.

use jobinsight_core::failpoints::{
    COMMIT_AFTER, COMMIT_BEFORE, DATA_SAVING_BEFORE_FINISH, DATA_SAVING_INDEX_MADE,
    RUN_BEFORE_CLOSE, SQL_PROCEDURES_AFTER_COMMIT, SQL_PROCEDURES_BEFORE_COMMIT,
    SQL_PROCEDURES_INDEXES_DROPPED, after, before,
};
use jobinsight_tests::{CommandOutput, Db, OwnServer, Pause, failpoint};

use super::{AS_OF, assert_promises, in_batches, lenient_and, postings, undisturbed};

/// Plans by ranges, however few rows there are.
pub(super) const RANGES: (&str, &str) = ("ETL_PHASES__SQL_PROCEDURES__RANGES_FROM", "1");
/// Enough rows for several blocks.
pub(super) const ROWS: usize = 120;
pub(super) const RUN: [&str; 7] = in_batches("50", "1");
pub(super) const FILLED: &str =
    "SELECT count(*) FROM jobinsight_staging.etl_batches WHERE first_block IS NOT NULL";
pub(super) const INDEXES: &str = "SELECT count(*) FROM pg_indexes WHERE schemaname = 'jobinsight_staging' AND tablename = 'staging_jobs'";
/// The number of indexes of staging. A first load drops three of them.
pub(super) const ALL_INDEXES: i64 = 8;

pub(super) async fn filled() -> Db {
    let db = Db::new().await;
    db.json(&["run"]).ok();
    postings(&db, ROWS).await;
    db
}

pub(super) fn by_ranges<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut env = lenient_and(more);
    env.push(RANGES);
    env
}

pub(super) fn run(db: &Db, env: &[(&str, &str)]) -> CommandOutput {
    db.json_with(&RUN, &by_ranges(env))
}

pub(super) async fn assert_indexes(db: &Db, what: &str) {
    assert_eq!(
        db.count(INDEXES).await,
        ALL_INDEXES,
        "{what}: the indexes of staging"
    );
}

#[tokio::test]
async fn a_first_load_is_planned_by_ranges_and_keeps_to_the_batch_size() {
    let db = filled().await;
    let end = run(&db, &[]).ok();
    assert_eq!((end.stat("new"), end.stat("rejected")), (120, 1));
    assert!(db.count(FILLED).await >= 3, "120 rows by 50");
    assert!(
        db.count("SELECT max(row_count) FROM jobinsight_staging.etl_batches")
            .await
            <= 50
    );
    assert_indexes(&db, "undisturbed").await;
    assert_promises(&db, ROWS).await;
}

#[tokio::test]
async fn a_first_load_killed_anywhere_is_finished_with_all_indexes() {
    let places = [
        failpoint(SQL_PROCEDURES_BEFORE_COMMIT, "return(kill)"),
        failpoint(SQL_PROCEDURES_AFTER_COMMIT, "return(kill)"),
        failpoint(SQL_PROCEDURES_INDEXES_DROPPED, "return(kill)"),
        failpoint(after("data_loading"), "1*off->return(kill)"),
        failpoint(before("data_saving"), "1*off->return(kill)"),
        failpoint(COMMIT_BEFORE, "1*off->return(kill)"),
        failpoint(COMMIT_AFTER, "1*off->return(kill)"),
        failpoint(DATA_SAVING_BEFORE_FINISH, "return(kill)"),
        failpoint(DATA_SAVING_INDEX_MADE, "2*off->return(kill)"),
        failpoint(RUN_BEFORE_CLOSE, "return(kill)"),
    ];
    let wanted = undisturbed(ROWS).await;
    for failpoint in places {
        for again in [&RUN[..], &["retry"]] {
            let db = filled().await;
            let killed = run(&db, &[failpoint]);
            let (_, place) = failpoint;
            assert_eq!(killed.code, 137, "{place}: {}", killed.stderr);
            db.json_with(again, &by_ranges(&[])).ok();
            assert_indexes(&db, &format!("{place}, {again:?}")).await;
            assert_eq!(db.content().await, wanted, "{place}, {again:?}");
            db.assert_all_accounted_for().await;
            db.assert_nothing_left().await;
        }
    }
}

#[tokio::test]
async fn content_is_the_same_by_ranges_and_by_rows() {
    let wanted = undisturbed(ROWS).await;
    for (from, size, lanes) in [
        ("1", "50", "1"),
        ("1", "50", "4"),
        ("1", "1000", "2"),
        ("1", "1", "4"),
        ("1000", "7", "3"),
    ] {
        let db = Db::new().await;
        postings(&db, ROWS).await;
        let env = lenient_and(&[("ETL_PHASES__SQL_PROCEDURES__RANGES_FROM", from)]);
        let args = [
            "run",
            "--as-of",
            AS_OF,
            "--batch-size",
            size,
            "--max-workers",
            lanes,
        ];
        db.json_with(&args, &env).ok();
        let largest = db
            .count("SELECT max(row_count) FROM jobinsight_staging.etl_batches")
            .await;
        assert!(
            largest <= size.parse().unwrap(),
            "{largest} rows for {size}"
        );
        assert_eq!(
            db.content().await,
            wanted,
            "ranges from {from}, {size} rows a batch, {lanes} lanes"
        );
        assert_indexes(&db, size).await;
    }
}

#[tokio::test]
async fn a_first_load_rejects_only_the_rows_that_postgresql_refuses() {
    let db = filled().await;
    db.client
        .batch_execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 RAISE EXCEPTION 'no' USING ERRCODE = '22001'; END $$;
             CREATE TRIGGER refuse BEFORE INSERT ON jobinsight_staging.staging_jobs FOR EACH ROW
                 WHEN (NEW.job_id IN ('7', '90')) EXECUTE FUNCTION refuse()",
        )
        .await
        .unwrap();
    let end = run(&db, &[]).ok();
    assert_eq!((end.stat("new"), end.stat("rejected")), (118, 3));
    let refused = db.one("SELECT string_agg(job_id || ' ' || reason, ', ' ORDER BY job_id) FROM jobinsight_staging.etl_rejects").await;
    assert_eq!(refused, "7 too_long, 90 too_long, blank title_missing");
    db.assert_all_accounted_for().await;
    db.assert_nothing_left().await;
    assert_indexes(&db, "refused rows").await;
}

#[tokio::test]
async fn a_key_that_another_session_wrote_to_staging_is_updated() {
    let db = filled().await;
    let pause = Pause::new();
    let failpoints = failpoint(before("data_saving"), "return(wait)");
    let going = db.spawn(&RUN, &by_ranges(&[failpoints, pause.env()]));
    db.wait_for(FILLED).await;
    db.client
        .batch_execute(
            "INSERT INTO jobinsight_staging.staging_jobs (job_id, title, title_clean, source_hash, rule_set, run_id)
             SELECT '3', 'x', 'x', 1, rule_set, run_id FROM jobinsight_staging.etl_batches LIMIT 1",
        )
        .await
        .unwrap();
    pause.release();
    let end = going.end().ok();
    assert_eq!((end.stat("new"), end.stat("updated")), (119, 1));
    assert_promises(&db, ROWS).await;
}

#[tokio::test]
async fn processes_share_the_ranges_and_the_last_one_creates_the_indexes() {
    for kills_leader in [false, true] {
        let db = filled().await;
        let args = in_batches("45", "1");
        let pause = Pause::new();
        let failpoints = failpoint(after("data_processing"), "return(wait)");
        let env = by_ranges(&[failpoints, pause.env()]);
        let leader = db.spawn(&args, &env);
        db.wait_for(FILLED).await;
        let joined = ["run", "--join", "--max-workers", "1"];
        let helper = db.spawn(&joined, &env);
        db.wait_for("SELECT count(*) - 1 FROM (SELECT DISTINCT worker FROM jobinsight_staging.etl_batches WHERE state = 'claimed') x").await;
        if kills_leader {
            leader.signal("-KILL");
            leader.end();
            pause.release();
            assert_eq!(helper.end().ok().stat("new"), 120);
        } else {
            pause.release();
            assert_eq!(leader.end().ok().stat("new"), 120);
            helper.end().ok();
        }
        assert_indexes(&db, "joined").await;
        assert_promises(&db, ROWS).await;
    }
}

#[tokio::test]
async fn a_first_load_resumes_after_a_server_crash_without_a_new_plan() {
    let server = OwnServer::start(&[]).await;
    let db = server.db().await;
    postings(&db, ROWS).await;
    let pause = Pause::new();
    let failpoints = failpoint(after("data_processing"), "1*off->return(wait)");
    let going = db.spawn(&RUN, &by_ranges(&[failpoints, pause.env()]));
    db.wait_for("SELECT count(*) FROM jobinsight_staging.etl_batches WHERE state = 'done'")
        .await;
    server.stop(true);
    server.start_again();
    pause.release();
    let end = going.end().ok();
    let db = db.reconnected().await;
    assert_eq!(end.stat("new"), 120, "no row was planned twice");
    assert_eq!(
        db.count("SELECT count(*) FROM jobinsight_staging.etl_runs")
            .await,
        1,
        "the run continued"
    );
    assert_indexes(&db, "after a crash").await;
    assert_promises(&db, ROWS).await;
}
