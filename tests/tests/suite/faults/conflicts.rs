//! Deadlocks and serialization failures: they are retried, and no row is rejected because of them.

use jobinsight_tests::Db;

use super::{AS_OF, LENIENT, assert_promises, postings};

/// The run waits for the advisory lock of the test. Other tests have such locks in other databases.
const WAITS_FOR_US: &str =
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

#[tokio::test]
async fn a_deadlock_is_retried_and_counted() {
    let db = Db::new().await;
    db.json(&["run"]).ok();
    postings(&db, 8).await;
    // The run waits for the lock of this test, and this test then waits for a lock of the run. PostgreSQL ends the deadlock.
    db.client
        .batch_execute(
            "CREATE TABLE turn (n int); INSERT INTO turn VALUES (0);
             CREATE SEQUENCE tries;
             CREATE FUNCTION entangle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 IF nextval('tries') <= 1 THEN
                     LOCK TABLE turn IN SHARE MODE;
                     PERFORM pg_advisory_xact_lock(42);
                 END IF;
                 RETURN NULL; END $$;
             CREATE TRIGGER entangle BEFORE INSERT ON jobinsight_staging.staging_jobs FOR EACH STATEMENT EXECUTE FUNCTION entangle();
             ALTER TABLE turn OWNER TO CURRENT_USER",
        )
        .await
        .unwrap();
    let other = db.connect().await;
    other
        .batch_execute("SET deadlock_timeout = '1h'; BEGIN; SELECT pg_advisory_xact_lock(42)")
        .await
        .unwrap();
    let run = db.spawn(&["run", "--as-of", AS_OF], LENIENT);
    db.wait_for(WAITS_FOR_US).await;
    other
        .batch_execute("UPDATE turn SET n = 1; COMMIT")
        .await
        .unwrap();
    let run = run.end().ok();
    assert_eq!(retries_of_saving(&run), 1, "{}", run.stderr);
    db.client
        .batch_execute("DROP TRIGGER entangle ON jobinsight_staging.staging_jobs")
        .await
        .unwrap();
    assert_promises(&db, 8).await;
}

/// The number of retries of `data_saving`.
fn retries_of_saving(run: &jobinsight_tests::CommandOutput) -> u64 {
    let phases = run.object()["phases"].clone();
    let phases = phases.as_array().unwrap();
    phases
        .iter()
        .find(|phase| phase["name"] == "data_saving")
        .and_then(|phase| phase["retries"].as_u64())
        .unwrap()
}

#[tokio::test]
async fn a_serialization_failure_is_retried_and_counted() {
    let db = Db::new().await;
    postings(&db, 8).await;
    db.json_with(&["run", "--as-of", AS_OF], LENIENT).ok();
    db.post("3", "Lái Xe").await;
    // Each session of a run reads committed rows, whatever the default of the database is. A function of the warehouse that
    // works on another server can still fail with 40001, here the first time.
    db.client
        .batch_execute(
            "CREATE SEQUENCE tries;
             CREATE FUNCTION fail_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 IF nextval('tries') <= 1 THEN RAISE EXCEPTION 'could not serialize access' USING ERRCODE = '40001'; END IF;
                 RETURN NULL; END $$;
             CREATE TRIGGER fail_once BEFORE INSERT ON jobinsight_staging.staging_jobs FOR EACH STATEMENT EXECUTE FUNCTION fail_once()",
        )
        .await
        .unwrap();
    let run = db.json_with(&["run", "--as-of", AS_OF], LENIENT).ok();
    assert!(run.stderr.contains("40001"), "{}", run.stderr);
    assert_eq!(retries_of_saving(&run), 1, "{}", run.stderr);
    assert_eq!((run.stat("updated"), run.stat("unchanged")), (1, 7));
    db.assert_all_accounted_for().await;
    db.assert_nothing_left().await;
}

#[tokio::test]
async fn a_conflict_that_does_not_pass_is_retried_three_times_and_rejects_no_row() {
    for state in ["40001", "40P01"] {
        let db = Db::new().await;
        db.json(&["run"]).ok();
        postings(&db, 8).await;
        db.client
            .batch_execute(&format!(
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                     RAISE EXCEPTION 'somebody else was faster' USING ERRCODE = '{state}'; END $$;
                 CREATE TRIGGER refuse BEFORE INSERT ON jobinsight_staging.staging_jobs FOR EACH ROW EXECUTE FUNCTION refuse()"
            ))
            .await
            .unwrap();
        let run = db.json_with(&["run", "--as-of", AS_OF], LENIENT);
        run.failed(75, "jobinsight::database::conflict");
        assert_eq!(retries_of_saving(&run), 3, "{state}");
        assert_eq!(
            db.count("SELECT count(*) FROM jobinsight_staging.etl_rejects")
                .await,
            0
        );
        db.client
            .batch_execute("DROP TRIGGER refuse ON jobinsight_staging.staging_jobs")
            .await
            .unwrap();
        db.json_with(&["retry"], LENIENT).ok();
        assert_promises(&db, 8).await;
    }
}
