//! A first load by ranges while the crawler inserts, updates, deletes and moves rows.

use jobinsight_core::failpoints::{COMMIT_AFTER, DATA_SAVING_BEFORE_FINISH, before};
use jobinsight_tests::{Db, Pause, WAITS, failpoint};

use super::assert_promises;
use super::first_load::{ROWS, RUN, assert_indexes, by_ranges, filled};

/// Statements of the crawler during a first load.
const CRAWLER: [&str; 4] = [
    "UPDATE raw_jobs SET salary = 'Thoả thuận', title = title || repeat(' x', 40) WHERE job_id < '4'",
    "DELETE FROM raw_jobs WHERE job_id < '3'",
    "INSERT INTO raw_jobs (job_id, title, salary, deadline, crawled_at) SELECT 'n' || n, 'Lái Xe ' || n, n || ' triệu', '9', '2026-01-15Z' FROM generate_series(1, 60) n",
    "DELETE FROM raw_jobs WHERE job_id LIKE '%5'; VACUUM (FULL) raw_jobs",
];

#[tokio::test]
async fn no_row_is_lost_when_the_crawler_writes_between_plan_load_and_save() {
    for phase in ["data_loading", "data_processing"] {
        for sql in CRAWLER {
            let db = filled().await;
            let pause = Pause::new();
            let env = by_ranges(&[failpoint(before(phase), "return(wait)"), pause.env()]);
            let going = db.spawn(&RUN, &env);
            going.wait_for_log(WAITS);
            for statement in sql.split("; ") {
                db.client.batch_execute(statement).await.unwrap();
            }
            pause.release();
            going.end().ok();
            db.assert_no_row_in_both_tables().await;
            assert_indexes(&db, sql).await;
            db.json_with(&RUN, &by_ranges(&[])).ok();
            db.assert_all_accounted_for().await;
            let stale = "SELECT count(*) FROM raw_jobs r JOIN jobinsight_staging.staging_jobs s USING (job_id) WHERE r.title IS DISTINCT FROM s.title OR r.salary IS DISTINCT FROM s.salary";
            assert_eq!(db.count(stale).await, 0, "before {phase}: {sql}");
            db.assert_nothing_left().await;
        }
    }
}

#[tokio::test]
async fn a_row_fixed_in_another_range_is_no_longer_rejected() {
    let killed = format!(";{DATA_SAVING_BEFORE_FINISH}=return(kill)");
    for end in ["", killed.as_str()] {
        let db = Db::new().await;
        db.post("blank", "\u{200b}").await;
        for n in 0..ROWS {
            db.post(&n.to_string(), "Kế Toán").await;
        }
        let pause = Pause::new();
        let failpoints = failpoint(COMMIT_AFTER, &format!("return(wait){end}"));
        let env = by_ranges(&[failpoints, pause.env()]);
        let going = db.spawn(&RUN, &env);
        db.wait_for("SELECT count(*) FROM jobinsight_staging.etl_rejects")
            .await;
        // The fixed row is the last one of the last range, because no earlier block has room for it.
        db.post("blank", "Lái Xe").await;
        pause.release();
        going.end();
        let published =
            "SELECT count(*) FROM jobinsight_staging.staging_jobs WHERE job_id = 'blank'";
        assert_eq!(db.count(published).await, 1, "by the run that rejected it");
        db.json_with(&RUN, &by_ranges(&[])).ok();
        db.assert_all_accounted_for().await;
        let rejected = "SELECT count(*) FROM jobinsight_staging.etl_rejects";
        assert_eq!(db.count(rejected).await, 0, "{end}");
    }
}

#[tokio::test]
async fn a_row_processed_by_two_lanes_is_settled_at_the_end() {
    let db = filled().await;
    let pause = Pause::new();
    let failpoints = failpoint(DATA_SAVING_BEFORE_FINISH, "return(wait)");
    let going = db.spawn(&RUN, &by_ranges(&[failpoints, pause.env()]));
    db.wait_for("SELECT count(*) FROM jobinsight_staging.etl_rejects")
        .await;
    db.wait_for("SELECT (count(*) = 120)::int::bigint FROM jobinsight_staging.staging_jobs")
        .await;
    // This is what a lane with the old versions of two rows would commit. One was published since, and one is bad now.
    let reject = "INSERT INTO jobinsight_staging.etl_rejects (job_id, source_hash, phase, field, reason, run_id, rule_set)
                  SELECT s.job_id, 1, 'x', 'title', 'x', s.run_id, s.rule_set FROM jobinsight_staging.staging_jobs s WHERE job_id = '1'";
    let publish = "INSERT INTO jobinsight_staging.staging_jobs (job_id, title, title_clean, source_hash, rule_set, run_id)
                   SELECT j.job_id, 'Lái Xe', 'Lái Xe', 1, j.rule_set, j.run_id FROM jobinsight_staging.etl_rejects j WHERE job_id = 'blank'";
    db.client.batch_execute(reject).await.unwrap();
    db.client.batch_execute(publish).await.unwrap();
    pause.release();
    going.end().ok();
    assert_promises(&db, ROWS).await;
}

#[tokio::test]
async fn a_row_that_moves_into_a_loaded_range_is_left_for_the_next_run() {
    let db = filled().await;
    // The first block has room, and the next blocks have none.
    db.client
        .batch_execute("DELETE FROM raw_jobs WHERE ctid < '(0,9)'")
        .await
        .unwrap();
    db.client.batch_execute("VACUUM raw_jobs").await.unwrap();
    let pause = Pause::new();
    let failpoints = failpoint(COMMIT_AFTER, "return(wait)");
    let going = db.spawn(&RUN, &by_ranges(&[failpoints, pause.env()]));
    db.wait_for("SELECT count(*) FROM jobinsight_staging.staging_jobs")
        .await;
    let moving = db
        .one("SELECT job_id FROM raw_jobs r WHERE NOT EXISTS (SELECT FROM jobinsight_staging.staging_jobs s WHERE s.job_id = r.job_id)
                 AND ctid < (SELECT format('(%s,0)', pg_relation_size('raw_jobs') / 8192 - 1)::tid) ORDER BY ctid LIMIT 1")
        .await;
    let moved = db
        .one(&format!("UPDATE raw_jobs SET title = title || repeat(' x', 100) WHERE job_id = '{moving}' RETURNING ctid::text"))
        .await;
    assert!(moved.starts_with("(0,"), "{moving} is at {moved}");
    pause.release();
    let end = going.end().ok();
    let raw = db.count("SELECT count(*) FROM raw_jobs").await;
    assert_eq!(end.stat("total_records"), raw.cast_unsigned());
    assert_eq!(end.stat("left"), 1, "{}", end.stdout);
    let message = end.object()["message"].to_string();
    assert!(message.contains("1 is left for the next run"), "{message}");
    assert_eq!(db.json_with(&RUN, &by_ranges(&[])).ok().stat("new"), 1);
    db.assert_all_accounted_for().await;
}
