//! Two roles on one schema, as guide 4 recommends. Neither role may see the sessions of the other one in full.

use jobinsight_core::failpoints::after;
use jobinsight_tests::{Db, Pause, WAITS, failpoint};

use super::privileges::as_role;
use super::{LENIENT, assert_promises, in_batches, lenient_and, postings};

/// Creates two roles with the privileges that guide 4 lists. Returns their URLs.
async fn two_roles(db: &Db) -> [String; 2] {
    let database = db.url.rsplit('/').next().unwrap();
    let mut urls = Vec::new();
    for word in ["one", "two"] {
        let name = format!("{word}_{database}");
        db.client
            .batch_execute(&format!(
                "DROP ROLE IF EXISTS {name}; CREATE ROLE {name} LOGIN PASSWORD 'secret';
                 GRANT USAGE ON SCHEMA jobinsight_staging TO {name}; GRANT SELECT ON raw_jobs TO {name};
                 GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA jobinsight_staging TO {name};
                 GRANT TRUNCATE ON jobinsight_staging.etl_work TO {name}"
            ))
            .await
            .unwrap();
        urls.push(as_role(db, &name));
    }
    urls.try_into().unwrap()
}

#[tokio::test]
async fn every_command_works_while_a_run_of_another_role_holds_the_lock() {
    let db = Db::new().await;
    db.json(&["run"]).ok();
    postings(&db, 20).await;
    let [one, two] = two_roles(&db).await;
    let pause = Pause::new();
    let wait = failpoint(after("data_processing"), "return(wait)");
    let leader = db.spawn(
        &in_batches("1", "1"),
        &lenient_and(&[("DATABASE_URL", &one), wait, pause.env()]),
    );
    leader.wait_for_log(WAITS);
    let as_two = [("DATABASE_URL", two.as_str()), LENIENT[0]];
    for (args, exit) in [
        (&["run"][..], 5),
        (&["retry"], 5),
        (&["run", "--dry-run"], 0),
        (&["doctor"], 0),
        (&["status"], 0),
        (&["runs", "list"], 0),
        (&["runs", "show"], 0),
        (&["rejects", "list"], 0),
        (&["explain-row", "1"], 0),
    ] {
        for output in [
            db.json_with(args, &as_two),
            db.jobinsight_with(args, &as_two),
        ] {
            assert_eq!(
                output.code, exit,
                "{args:?}: {}{}",
                output.stdout, output.stderr
            );
            assert!(!output.stderr.contains("panicked"), "{}", output.stderr);
        }
    }
    let refused = db.json_with(&["run"], &as_two);
    refused.failed(5, "jobinsight::run::locked");
    let message = refused.error_message();
    assert!(
        message.contains("of the role one_") && message.contains("last heartbeat"),
        "{message}"
    );
    let doctor = db.json_with(&["doctor"], &as_two).stdout;
    assert!(doctor.contains("of the role one_"), "{doctor}");
    let helper = db.spawn(&["run", "--join", "--max-workers", "1"], &as_two);
    helper.wait_for_log("joined");
    pause.release();
    let results = [leader.end().ok(), helper.end().ok()];
    assert_eq!(results[0].stat("new"), 20);
    assert_promises(&db, 20).await;
}

#[tokio::test]
async fn a_dead_run_of_another_role_is_retried() {
    let db = Db::new().await;
    db.json(&["run"]).ok();
    postings(&db, 20).await;
    let [one, two] = two_roles(&db).await;
    let kill = failpoint(after("data_processing"), "5*off->return(kill)");
    let killed = db.json_with(
        &in_batches("1", "1"),
        &lenient_and(&[("DATABASE_URL", &one), kill]),
    );
    assert_ne!(killed.code, 0);
    let as_two = lenient_and(&[("DATABASE_URL", &two)]);
    for args in [&["status"][..], &["runs", "list"], &["doctor"], &["retry"]] {
        db.json_with(args, &as_two).ok();
    }
    assert_promises(&db, 20).await;
}

#[tokio::test]
async fn a_lock_that_another_role_holds_is_described_without_its_statement() {
    let db = Db::new().await;
    db.json(&["run"]).ok();
    postings(&db, 3).await;
    let [one, two] = two_roles(&db).await;
    let (holder, driver) = tokio_postgres::connect(&one, tokio_postgres::NoTls)
        .await
        .unwrap();
    tokio::spawn(driver);
    holder
        .batch_execute("SET application_name = 'report'; BEGIN; LOCK TABLE jobinsight_staging.staging_jobs IN SHARE MODE")
        .await
        .unwrap();
    let run = db.json_with(
        &["run"],
        &lenient_and(&[("DATABASE_URL", &two), ("ETL_LOCK_TIMEOUT", "4")]),
    );
    assert!(
        run.stderr.contains("(report of role one_"),
        "{}",
        run.stderr
    );
    run.failed(1, "jobinsight::database::lock_timeout");
}
