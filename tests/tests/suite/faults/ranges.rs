//! A first load: planned by ranges of the raw table's blocks, published plainly, its indexes made at the end.

use std::fmt::Write as _;

use jobinsight_tests::{Db, OwnServer, Typed};

use super::{AS_OF, and, assert_promises, in_batches, postings, undisturbed};

/// Any number of rows is enough for ranges.
pub(super) const RANGES: (&str, &str) = ("ETL_PHASES__SQL_PROCEDURES__RANGES_FROM", "1");
/// Rows that lie in several blocks.
pub(super) const ROWS: usize = 120;
pub(super) const RUN: [&str; 7] = in_batches("50", "1");
pub(super) const FILLED: &str =
    "SELECT count(*) FROM jobinsight_staging.etl_batches WHERE first_block IS NOT NULL";
pub(super) const INDEXES: &str = "SELECT count(*) FROM pg_indexes WHERE schemaname = 'jobinsight_staging' AND tablename = 'staging_jobs'";

pub(super) async fn filled() -> Db {
    let db = Db::new().await;
    db.json(&["run"]).ok();
    postings(&db, ROWS).await;
    db
}

pub(super) fn with<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut env = and(more);
    env.push(RANGES);
    env
}

fn run(db: &Db, failpoints: &str) -> Typed {
    db.json_with(&RUN, &with(&[("FAILPOINTS", failpoints)]))
}

pub(super) async fn assert_indexes(db: &Db, what: &str) {
    assert_eq!(db.count(INDEXES).await, 6, "{what}: the indexes of staging");
}

#[tokio::test]
async fn a_first_load_is_planned_by_ranges_and_keeps_to_the_batch_size() {
    let db = filled().await;
    let end = run(&db, "").ok();
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
async fn killed_anywhere_a_first_load_is_done_by_a_run_or_a_retry_with_all_indexes() {
    let places = [
        "sql_procedures/before_commit=return(kill)",
        "sql_procedures/after_commit=return(kill)",
        "sql_procedures/indexes_dropped=return(kill)",
        "data_loading/after=1*off->return(kill)",
        "data_saving/before=1*off->return(kill)",
        "commit/before=1*off->return(kill)",
        "commit/after=1*off->return(kill)",
        "data_saving/before_finish=return(kill)",
        "data_saving/index_made=2*off->return(kill)",
        "run/before_close=return(kill)",
    ];
    let wanted = undisturbed(ROWS).await;
    for place in places {
        for again in [&RUN[..], &["retry"]] {
            let db = filled().await;
            let killed = run(&db, place);
            assert_eq!(killed.code, 137, "{place}: {}", killed.stderr);
            db.json_with(again, &with(&[])).ok();
            assert_indexes(&db, &format!("{place}, {again:?}")).await;
            assert_eq!(db.content().await, wanted, "{place}, {again:?}");
            db.assert_all_accounted_for().await;
            db.assert_nothing_left().await;
        }
    }
}

#[tokio::test]
async fn the_same_content_comes_of_ranges_rows_batches_and_lanes() {
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
        let env = and(&[("ETL_PHASES__SQL_PROCEDURES__RANGES_FROM", from)]);
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
async fn rows_that_postgresql_refuses_are_rejected_alone_in_a_first_load() {
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
    let end = run(&db, "").ok();
    assert_eq!((end.stat("new"), end.stat("rejected")), (118, 3));
    let refused = db.one("SELECT string_agg(job_id || ' ' || reason, ', ' ORDER BY job_id) FROM jobinsight_staging.etl_rejects").await;
    assert_eq!(refused, "7 too_long, 90 too_long, blank title_missing");
    db.assert_all_accounted_for().await;
    db.assert_nothing_left().await;
    assert_indexes(&db, "refused rows").await;
}

#[tokio::test]
async fn a_key_that_somebody_else_put_into_staging_meanwhile_is_taken_over() {
    let db = filled().await;
    let going = db.spawn(
        &RUN,
        &with(&[("FAILPOINTS", "data_saving/before=1*sleep(700)")]),
    );
    db.wait_for(FILLED).await;
    db.client
        .batch_execute(
            "INSERT INTO jobinsight_staging.staging_jobs (job_id, title, title_clean, source_hash, rule_set, run_id)
             SELECT '3', 'x', 'x', 1, rule_set, run_id FROM jobinsight_staging.etl_batches LIMIT 1",
        )
        .await
        .unwrap();
    let end = going.end().ok();
    assert_eq!((end.stat("new"), end.stat("updated")), (119, 1));
    assert_promises(&db, ROWS).await;
}

#[tokio::test]
async fn processes_share_the_ranges_and_whoever_is_left_makes_the_indexes() {
    for (kills_leader, slow) in [
        (false, "data_processing/after=sleep(300)"),
        (true, "data_processing/after=sleep(500)"),
    ] {
        let db = filled().await;
        let args = in_batches("45", "1");
        let leader = db.spawn(&args, &with(&[("FAILPOINTS", slow)]));
        db.wait_for(FILLED).await;
        let joined = ["run", "--join", "--max-workers", "1"];
        let helper = db.spawn(&joined, &with(&[("FAILPOINTS", slow)]));
        db.wait_for("SELECT count(*) - 1 FROM (SELECT DISTINCT worker FROM jobinsight_staging.etl_batches WHERE state = 'claimed') x").await;
        if kills_leader {
            leader.signal("-KILL");
            leader.end();
            assert_eq!(helper.end().ok().stat("new"), 120);
        } else {
            assert_eq!(leader.end().ok().stat("new"), 120);
            helper.end().ok();
        }
        assert_indexes(&db, "joined").await;
        assert_promises(&db, ROWS).await;
    }
}

#[tokio::test]
async fn a_server_that_crashes_in_a_first_load_is_waited_for_and_nothing_is_planned_anew() {
    let server = OwnServer::start(&[]).await;
    let db = server.db().await;
    postings(&db, ROWS).await;
    let going = db.spawn(
        &RUN,
        &with(&[("FAILPOINTS", "data_processing/after=sleep(400)")]),
    );
    db.wait_for("SELECT count(*) FROM jobinsight_staging.etl_batches WHERE state = 'done'")
        .await;
    server.stop(true);
    server.start_again();
    let end = going.end().ok();
    let db = db.connected_again().await;
    assert_eq!(end.stat("new"), 120, "no row was planned twice");
    assert_eq!(
        db.count("SELECT count(*) FROM jobinsight_staging.etl_runs")
            .await,
        1,
        "the same run went on"
    );
    assert_indexes(&db, "after a crash").await;
    assert_promises(&db, ROWS).await;
}

#[tokio::test]
async fn a_raw_table_of_several_parts_is_planned_by_rows() {
    for kind in ["PARTITION BY RANGE (job_id)", ""] {
        let db = Db::new().await;
        postings(&db, ROWS).await;
        let wanted = undisturbed(ROWS).await;
        let mut sql = format!(
            "ALTER TABLE raw_jobs RENAME TO old_jobs; CREATE TABLE raw_jobs (LIKE old_jobs INCLUDING DEFAULTS) {kind};
             ALTER TABLE raw_jobs ADD UNIQUE (job_id);"
        );
        if kind.is_empty() {
            sql.push_str(
                "CREATE TABLE part () INHERITS (raw_jobs); INSERT INTO part SELECT * FROM old_jobs",
            );
        } else {
            let _ = write!(sql, "CREATE TABLE low PARTITION OF raw_jobs FOR VALUES FROM (MINVALUE) TO ('5');
                 CREATE TABLE high PARTITION OF raw_jobs FOR VALUES FROM ('5') TO (MAXVALUE); INSERT INTO raw_jobs SELECT * FROM old_jobs");
        }
        db.client.batch_execute(&sql).await.unwrap();
        run(&db, "").ok();
        assert_eq!(db.count(FILLED).await, 0, "no ranges: {kind}");
        assert_eq!(db.content().await, wanted, "{kind}");
        db.assert_all_accounted_for().await;
        assert_indexes(&db, kind).await;
    }
}

#[tokio::test]
async fn a_view_in_place_of_the_raw_table_is_refused_before_any_write() {
    let db = Db::new().await;
    postings(&db, 3).await;
    db.client
        .batch_execute("ALTER TABLE raw_jobs RENAME TO old_jobs; CREATE VIEW raw_jobs AS SELECT * FROM old_jobs")
        .await
        .unwrap();
    let end = run(&db, "");
    assert_eq!(end.code, 4, "{}", end.stderr);
    let written = db
        .count("SELECT count(*) FROM pg_namespace WHERE nspname = 'jobinsight_staging'")
        .await;
    assert_eq!(written, 0, "{}", end.stderr);
}

#[tokio::test]
async fn a_window_of_days_is_planned_by_rows_and_leaves_older_ones() {
    let db = filled().await;
    db.client
        .batch_execute("UPDATE raw_jobs SET crawled_at = '2025-01-01Z' WHERE job_id < '2'")
        .await
        .unwrap();
    let old = db
        .count("SELECT count(*) FROM raw_jobs WHERE job_id < '2'")
        .await;
    let env = with(&[("ETL_PHASES__SQL_PROCEDURES__WINDOW_DAYS", "3")]);
    let end = db.json_with(&RUN, &env).ok();
    assert_eq!(
        end.stat("new") + end.stat("rejected"),
        121 - old.cast_unsigned()
    );
    assert_eq!(db.count(FILLED).await, 0, "no ranges");
    db.json_with(&RUN, &with(&[])).ok();
    db.assert_all_accounted_for().await;
}

/// Rows whose `time_remaining` is not true as of then.
async fn stale(db: &Db, as_of: &str) -> i64 {
    db.count(&format!(
        "SELECT count(*) FROM jobinsight_staging.staging_jobs
          WHERE time_remaining IS DISTINCT FROM jobinsight_staging.time_remaining(due_date, '{as_of}')"
    ))
    .await
}

#[tokio::test]
async fn the_time_that_is_left_is_true_as_of_each_run_whatever_the_clocks_of_those_before_said() {
    let db = filled().await;
    let (open, expired, later) = (
        "2026-01-20T00:00:00Z",
        "2026-02-10T00:00:00Z",
        "2026-02-11T00:00:00Z",
    );
    for as_of in [open, expired, open, later] {
        db.json_with(&["run", "--as-of", as_of], &with(&[])).ok();
        assert_eq!(stale(&db, as_of).await, 0, "{as_of}");
    }
    // By a clock that is behind, and without a refresh, a row is published as open that had expired at the last one.
    db.post("late", "Lái Xe").await;
    let off = with(&[(
        "ETL_PHASES__SQL_PROCEDURES__REFRESH_TIME_REMAINING",
        "false",
    )]);
    db.json_with(&["run", "--as-of", open], &off).ok();
    db.json_with(&["run", "--as-of", later], &with(&[])).ok();
    assert_eq!(stale(&db, later).await, 0, "the row of the run between");
    let again = "2026-02-12T00:00:00Z";
    db.json_with(&["run", "--as-of", again], &with(&[])).ok();
    assert_eq!(stale(&db, again).await, 0);
}
