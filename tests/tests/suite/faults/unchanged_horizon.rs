//! Rows that no transaction wrote since the last complete run are not compared again. No change may be missed.

use jobinsight_core::Settings;
use jobinsight_core::failpoints::COMMIT_AFTER;
use jobinsight_sql::scripts::FINGERPRINT;
use jobinsight_tests::{CommandOutput, Db, failpoint};

use super::privileges::{as_role, role};
use super::{AS_OF, lenient_and, postings};

const ROWS: usize = 8;
const ALL: (&str, &str) = ("ETL_PHASES__SQL_PROCEDURES__COMPARE_ALL", "true");
/// Changes five raw rows.
const CHANGE: &str =
    "UPDATE raw_jobs SET title = title || ' Cao Cấp' WHERE job_id IN ('1', '2', '3', '4', '5')";

fn run(db: &Db, args: &[&str], env: &[(&str, &str)]) -> CommandOutput {
    let mut all = vec!["run", "--as-of", AS_OF];
    all.extend(args);
    db.json_with(&all, &lenient_and(env))
}

/// Waits until every transaction that wrote to the raw table is older than the horizon. Other tests hold the horizon back.
async fn settled(db: &Db) {
    db.wait_for(
        "SELECT (pg_snapshot_xmin(pg_current_snapshot())::text::bigint > max(xmin::text::bigint))::int::bigint FROM raw_jobs",
    )
    .await;
}

/// A database after a complete run.
async fn loaded() -> Db {
    let db = Db::new().await;
    postings(&db, ROWS).await;
    settled(&db).await;
    run(&db, &[], &[]).ok();
    db
}

/// Changes a row of staging, so that a run that compares it writes it again.
async fn spoil(db: &Db) {
    db.client
        .batch_execute(
            "UPDATE jobinsight_staging.staging_jobs SET source_hash = 0 WHERE job_id = '1'",
        )
        .await
        .unwrap();
}

#[tokio::test]
async fn unwritten_rows_are_compared_only_on_request() {
    let db = loaded().await;
    spoil(&db).await;
    let after = run(&db, &[], &[]).ok();
    assert_eq!((after.stat("updated"), after.stat("unchanged")), (0, 8));
    assert_eq!(after.stat("total_records"), 9, "the rejected one counts");
    assert_eq!(run(&db, &[], &[ALL]).ok().stat("updated"), 1);
}

/// An earlier version copied one column less, so it stored other fingerprints and bound its horizon to another list.
#[tokio::test]
async fn a_new_copied_column_makes_the_next_run_process_all_rows() {
    let db = loaded().await;
    let fingerprint = FINGERPRINT.render(&Settings::default());
    let fingerprint = fingerprint.sql();
    let (other, last) = fingerprint.rsplit_once(", r.").unwrap();
    let (_, end) = last.split_once(')').unwrap();
    let other = format!("{other}){end}");
    let earlier = format!(
        "SET session_replication_role = replica;
         UPDATE jobinsight_staging.staging_jobs s SET source_hash = {other} FROM raw_jobs r WHERE r.job_id = s.job_id;
         UPDATE jobinsight_staging.etl_rejects s SET source_hash = {other} FROM raw_jobs r WHERE r.job_id = s.job_id;
         UPDATE jobinsight_staging.etl_plans SET bound_to = regexp_replace(bound_to, '[0-9a-f]{{32}}$', md5($a${other}$a$));
         SET session_replication_role = DEFAULT"
    );
    db.client.batch_execute(&earlier).await.unwrap();
    let after = run(&db, &[], &[]).ok();
    assert_eq!(
        (after.stat("updated"), after.stat("rejected")),
        (8, 1),
        "{}",
        after.stdout
    );
    let again = run(&db, &[], &[]).ok();
    assert_eq!(again.stat("unchanged"), 8);
}

#[tokio::test]
async fn the_horizon_is_dropped_when_its_binding_changes() {
    let tampered = [
        // A dump was restored on another server.
        "UPDATE jobinsight_staging.etl_plans SET bound_to = '1/1/1/1/' || bound_to",
        // The fingerprint had other columns.
        "UPDATE jobinsight_staging.etl_plans SET bound_to = regexp_replace(bound_to, '[0-9a-f]{32}$', md5('other'))",
        // An older copy replaced the rows of staging.
        "CREATE TEMP TABLE copy AS TABLE jobinsight_staging.staging_jobs; TRUNCATE jobinsight_staging.staging_jobs;
         INSERT INTO jobinsight_staging.staging_jobs SELECT * FROM copy",
        // The horizon is more than half of all transaction ids ago.
        "UPDATE jobinsight_staging.etl_plans SET known_xid = known_xid - 2147583648",
        // A plan has no binding.
        "INSERT INTO jobinsight_staging.etl_plans (run_id, raw, planned, unchanged, rejected_before, left_rows, batches)
         VALUES (gen_random_uuid(), 0, 0, 0, 0, 0, 0)",
        // The horizon is in the future.
        "UPDATE jobinsight_staging.etl_plans SET known_xid = known_xid + 1000000",
    ];
    for sql in tampered {
        let db = loaded().await;
        spoil(&db).await;
        db.client.batch_execute(sql).await.unwrap();
        assert_eq!(run(&db, &[], &[]).ok().stat("updated"), 1, "{sql}");
    }
}

#[tokio::test]
async fn a_late_commit_is_processed_by_the_next_run() {
    let db = Db::new().await;
    postings(&db, ROWS).await;
    let late = db.connect().await;
    late.batch_execute("BEGIN; UPDATE raw_jobs SET title = 'Lái Xe' WHERE job_id = '3'")
        .await
        .unwrap();
    run(&db, &[], &[]).ok();
    late.batch_execute("COMMIT").await.unwrap();
    assert_eq!(run(&db, &[], &[]).ok().stat("updated"), 1);
}

#[tokio::test]
async fn a_row_deleted_from_staging_comes_back() {
    let db = loaded().await;
    let taken = "DELETE FROM jobinsight_staging.staging_jobs WHERE job_id IN ('2', '5')";
    db.client.batch_execute(taken).await.unwrap();
    assert_eq!(run(&db, &[], &[]).ok().stat("new"), 2);
    db.assert_all_accounted_for().await;
}

#[tokio::test]
async fn a_new_table_under_the_same_name_is_compared_whole() {
    let db = Db::new().await;
    postings(&db, ROWS).await;
    db.client
        .batch_execute(
            "CREATE TABLE raw_next (LIKE raw_jobs INCLUDING ALL);
             INSERT INTO raw_next SELECT * FROM raw_jobs;
             UPDATE raw_next SET title = 'Lái Xe' WHERE job_id = '3'",
        )
        .await
        .unwrap();
    settled(&db).await;
    run(&db, &[], &[]).ok();
    // The rows of the new table were written before the run.
    db.client
        .batch_execute(
            "ALTER TABLE raw_jobs RENAME TO raw_last; ALTER TABLE raw_next RENAME TO raw_jobs",
        )
        .await
        .unwrap();
    assert_eq!(run(&db, &[], &[]).ok().stat("updated"), 1);
}

#[tokio::test]
async fn vacuum_full_keeps_the_horizon() {
    let db = loaded().await;
    for sql in [
        "VACUUM (FULL, FREEZE) raw_jobs",
        "UPDATE raw_jobs SET title = 'Lái Xe' WHERE job_id = '3'",
    ] {
        db.client.batch_execute(sql).await.unwrap();
    }
    assert_eq!(run(&db, &[], &[]).ok().stat("updated"), 1);
}

#[tokio::test]
async fn incomplete_runs_do_not_move_the_horizon() {
    fn killed() -> (&'static str, &'static str) {
        failpoint(COMMIT_AFTER, "1*off->return(kill)")
    }
    const STEPS: [&str; 4] = ["--batch-size", "1", "--max-workers", "1"];
    // What happened between the change and the last run, and the number of changed rows that were left.
    type Between = fn(&Db);
    let stories: [(&str, Between, u64); 4] = [
        (
            "a limit",
            |db| drop(run(db, &["--limit", "2"], &[]).ok()),
            3,
        ),
        (
            "a kill",
            |db| assert_eq!(run(db, &STEPS, &[killed()]).code, 137),
            3,
        ),
        (
            "a plan and no more",
            |db| drop(run(db, &["--until", "sql_procedures"], &[]).ok()),
            5,
        ),
        (
            "a plan whose queue another run took up, and left",
            |db| {
                let plan = [&["--until", "sql_procedures"], &STEPS[..]].concat();
                run(db, &plan, &[]).ok();
                let rest = [&["--from", "data_loading"], &STEPS[..]].concat();
                assert_eq!(run(db, &rest, &[killed()]).code, 137);
            },
            3,
        ),
    ];
    for (name, between, left) in stories {
        let db = loaded().await;
        db.client.batch_execute(CHANGE).await.unwrap();
        settled(&db).await;
        between(&db);
        assert_eq!(run(&db, &[], &[]).ok().stat("updated"), left, "{name}");
        db.assert_all_accounted_for().await;
    }
}

#[tokio::test]
async fn rows_from_other_rules_are_reprocessed() {
    let killed = failpoint(COMMIT_AFTER, "2*off->return(kill)");
    for (env, code) in [(vec![], 0), (vec![killed], 137)] {
        let db = loaded().await;
        let content = db.content().await;
        let args = ["--rules", "v1", "--batch-size", "2", "--max-workers", "1"];
        assert_eq!(run(&db, &args, &env).code, code);
        assert_ne!(db.content().await, content);
        run(&db, &[], &[]).ok();
        assert_eq!(db.content().await, content);
    }
}

#[tokio::test]
async fn a_server_without_an_identity_has_all_rows_compared() {
    let db = loaded().await;
    let name = role(&db, "").await;
    let tables = "pg_tables WHERE schemaname IN ('public', 'jobinsight_staging')";
    let own = format!(
        "ALTER SCHEMA jobinsight_staging OWNER TO {name}; ALTER SCHEMA public OWNER TO {name};
         DO $$ DECLARE t record; BEGIN
             FOR t IN SELECT schemaname, tablename FROM {tables} LOOP
                 EXECUTE format('ALTER TABLE %I.%I OWNER TO {name}', t.schemaname, t.tablename);
             END LOOP;
             FOR t IN SELECT oid::regprocedure AS f FROM pg_proc WHERE pronamespace = 'jobinsight_staging'::regnamespace LOOP
                 EXECUTE format('ALTER ROUTINE %s OWNER TO {name}', t.f);
             END LOOP;
         END $$"
    );
    db.client.batch_execute(&own).await.unwrap();
    let url = as_role(&db, &name);
    let login = [("DATABASE_URL", url.as_str())];
    spoil(&db).await;
    assert_eq!(run(&db, &[], &login).ok().stat("updated"), 0);
    db.client
        .batch_execute("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC")
        .await
        .unwrap();
    for _ in 0..2 {
        assert_eq!(run(&db, &[], &login).ok().stat("updated"), 1);
        spoil(&db).await;
    }
}
