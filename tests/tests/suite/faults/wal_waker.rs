//! The connection that wakes the WAL writer while several lanes save.

use std::time::Duration;

use jobinsight_core::failpoints::before;
use jobinsight_tests::{Db, Pause, RunningCommand, WAITS, failpoint};

use super::privileges::{as_role, role};
use super::{assert_promises, in_batches, lenient_and, postings};

/// The backend that woke the WAL writer last.
const WAKER: &str = "SELECT coalesce(max(pid), 0)::bigint FROM pg_stat_activity
     WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%pg_logical_emit_message%'";

/// Starts a run whose lanes wait for a lock while they save. The end of the returned connection's transaction releases it.
async fn held(db: &Db, lanes: &str, env: &[(&str, &str)]) -> (RunningCommand, Db, Pause) {
    let pause = Pause::new();
    let mut env = lenient_and(env);
    env.extend([
        failpoint(before("data_processing"), "return(wait)"),
        pause.env(),
    ]);
    let going = db.spawn(&in_batches("3", lanes), &env);
    going.wait_for_log(WAITS);
    // Another session holds the lock, because `pg_stat_activity` does not change within a transaction.
    let holder = Db::at(db.url.clone()).await;
    holder
        .client
        .batch_execute("BEGIN; LOCK TABLE jobinsight_staging.staging_jobs IN SHARE MODE")
        .await
        .unwrap();
    pause.release();
    db.wait_for("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
        .await;
    (going, holder, pause)
}

async fn filled() -> Db {
    let db = Db::new().await;
    db.json(&["run"]).ok();
    postings(&db, 12).await;
    db
}

#[tokio::test]
async fn several_lanes_wake_the_wal_writer_and_reconnect() {
    let db = filled().await;
    let (going, holder, _pause) = held(&db, "2", &[]).await;
    db.wait_for(WAKER).await;
    let first = db.count(WAKER).await;
    let ours = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'jobinsight%'";
    assert!(db.count(ours).await <= 2 + 3, "guide 4: max_workers + 3");
    let end = format!("SELECT pg_terminate_backend({first})");
    db.client.batch_execute(&end).await.unwrap();
    db.wait_for(&format!("{WAKER} AND pid <> {first}")).await;
    holder.client.batch_execute("COMMIT").await.unwrap();
    going.end().ok();
    assert_promises(&db, 12).await;
}

#[tokio::test]
async fn one_lane_does_not_wake_the_wal_writer() {
    let db = filled().await;
    let (going, holder, _pause) = held(&db, "1", &[]).await;
    for _ in 0..10 {
        assert_eq!(db.count(WAKER).await, 0);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    holder.client.batch_execute("COMMIT").await.unwrap();
    going.end().ok();
    assert_promises(&db, 12).await;
}

#[tokio::test]
async fn a_run_continues_when_waking_the_wal_writer_is_refused() {
    // One connection sends the heartbeat, and each lane has one connection.
    for (options, refused) in [
        ("", "waking up the WAL writer"),
        ("CONNECTION LIMIT 3", "too many connections for role"),
    ] {
        let db = filled().await;
        // The arguments of this function differ between versions of PostgreSQL.
        let function = db
            .one("SELECT oid::regprocedure::text FROM pg_proc WHERE proname = 'pg_logical_emit_message' AND proargtypes[2] = 'text'::regtype")
            .await;
        let name = role(&db, options).await;
        let rights = format!(
            "REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC;
             GRANT USAGE ON SCHEMA public, jobinsight_staging TO {name};
             GRANT SELECT ON raw_jobs TO {name};
             GRANT ALL ON ALL TABLES IN SCHEMA jobinsight_staging TO {name};
             GRANT ALL ON ALL SEQUENCES IN SCHEMA jobinsight_staging TO {name}"
        );
        db.client.batch_execute(&rights).await.unwrap();
        let url = as_role(&db, &name);
        let env = [("DATABASE_URL", url.as_str()), ("ETL_LOG_LEVEL", "debug")];
        let (going, holder, _pause) = held(&db, "2", &env).await;
        going.wait_for_log(refused);
        holder.client.batch_execute("COMMIT").await.unwrap();
        let run = going.end();
        assert_eq!(run.stderr.matches(refused).count(), 1, "{}", run.stderr);
        run.ok();
        assert_promises(&db, 12).await;
        let end = format!("DROP OWNED BY {name}");
        db.client.batch_execute(&end).await.unwrap();
    }
}
