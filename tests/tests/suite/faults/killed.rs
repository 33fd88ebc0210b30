//! SIGKILL at each failpoint.

use jobinsight_core::failpoints::{
    COMMIT_AFTER, COMMIT_BEFORE, RESULTS_BEFORE_RENAME, RUN_BEFORE_CLOSE, RUN_LOCKED,
    SCHEMA_SETUP_AFTER_COMMIT, SCHEMA_SETUP_BEFORE_COMMIT, SQL_PROCEDURES_AFTER_COMMIT,
    SQL_PROCEDURES_BEFORE_COMMIT,
};
use jobinsight_tests::{Db, failpoint};

use super::{AS_OF, LENIENT, assert_promises, in_batches, lenient_and, postings};

/// Every phase of the pipeline.
const ALL: usize = usize::MAX;

/// Failpoints at which a run is killed, and the number of phases that its retry skips. The names around a phase are text,
/// because a constant cannot call `before` and `after`.
const PLACES: [(&str, usize); 14] = [
    (RUN_LOCKED, 0),
    (SCHEMA_SETUP_BEFORE_COMMIT, 0),
    (SCHEMA_SETUP_AFTER_COMMIT, 0),
    ("sql_procedures/before", 1),
    (SQL_PROCEDURES_BEFORE_COMMIT, 1),
    (SQL_PROCEDURES_AFTER_COMMIT, 1),
    ("data_loading/after", 2),
    ("data_processing/before", 2),
    ("data_saving/before", 2),
    (COMMIT_BEFORE, 2),
    (COMMIT_AFTER, 2),
    ("data_saving/after", 2),
    (RUN_BEFORE_CLOSE, ALL),
    (RESULTS_BEFORE_RENAME, 0),
];

async fn killed(place: &str, action: &str) -> Db {
    let db = Db::new().await;
    // The ledger exists, as on every day after the first.
    db.json(&["run"]).ok();
    postings(&db, 8).await;
    let env = lenient_and(&[failpoint(place, action)]);
    let run = db.json_with(&in_batches("3", "1"), &env);
    assert_eq!(run.code, 137, "{place}: {}", run.stderr);
    db
}

#[tokio::test]
async fn commands_show_a_killed_run_as_abandoned() {
    let db = killed("data_loading/after", "return(kill)").await;
    db.wait_for("SELECT (NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())))::int::bigint")
        .await;
    for args in [
        &["status"][..],
        &["doctor"],
        &["runs", "list"],
        &["runs", "show"],
    ] {
        let shown = db.jobinsight(args).stdout;
        assert!(shown.contains("abandoned"), "{args:?}: {shown}");
    }
    // A refused run did not begin, so it is listed but not shown.
    db.json(&["run", "--only", "no_such_phase"]);
    let listed = db.jobinsight(&["runs", "list"]).stdout;
    assert!(listed.contains("refused"), "{listed}");
    let shown = db.jobinsight(&["runs", "show"]).stdout;
    assert!(shown.contains(": abandoned, attempt 1"), "{shown}");
}

#[tokio::test]
async fn the_next_run_marks_a_killed_run_abandoned_and_does_the_rest() {
    for (place, _) in PLACES {
        let db = killed(place, "return(kill)").await;
        let run = db.json_with(&["run", "--as-of", AS_OF], LENIENT).ok();
        assert_eq!(run.stat("total_records"), 9, "{place}");
        let states = db
            .one("SELECT string_agg(state, ',' ORDER BY started_at) FROM jobinsight_staging.etl_runs")
            .await;
        // A run that is killed before its entry is written leaves no trace.
        assert!(
            states == "done,abandoned,done" || (place == RUN_LOCKED && states == "done,done"),
            "{place}: {states}"
        );
        assert_promises(&db, 8).await;
    }
}

#[tokio::test]
async fn a_retry_starts_at_the_first_unfinished_phase() {
    let all = jobinsight_core::Settings::default().pipeline.len();
    for (place, skipped) in PLACES
        .into_iter()
        .skip(1)
        .filter(|(place, _)| *place != RESULTS_BEFORE_RENAME)
    {
        let db = killed(place, "return(kill)").await;
        let retry = db.json_with(&["retry"], LENIENT).ok().object();
        assert_eq!(retry["attempt"], 2, "{place}");
        let found = retry["phases"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|phase| phase["status"] == "skipped")
            .count();
        assert_eq!(found, skipped.min(all), "{place}: {}", retry["phases"]);
        assert_eq!(
            (&retry["stats"]["new"], &retry["stats"]["rejected"]),
            (&8.into(), &1.into()),
            "{place}"
        );
        let states = db
            .one("SELECT string_agg(state, ',' ORDER BY started_at) FROM jobinsight_staging.etl_runs")
            .await;
        assert_eq!(states, "done,done", "{place}: the run continued");
        assert_promises(&db, 8).await;
    }
}

#[tokio::test]
async fn published_batches_of_a_killed_run_are_not_repeated() {
    let db = killed(COMMIT_AFTER, "1*off->return(kill)").await;
    // A row that is written again has another transaction id.
    db.client
        .batch_execute("CREATE TABLE published AS SELECT job_id, xmin::text AS written FROM jobinsight_staging.staging_jobs")
        .await
        .unwrap();
    assert!(
        db.count("SELECT count(*) FROM published").await >= 5,
        "two batches are published"
    );
    let retry = db.json_with(&["retry"], LENIENT).ok();
    assert!(
        retry
            .stderr
            .contains("2 of 3 batches are published already"),
        "{}",
        retry.stderr
    );
    let again = "SELECT count(*) FROM published JOIN jobinsight_staging.staging_jobs s USING (job_id) WHERE s.xmin::text <> written";
    assert_eq!(db.count(again).await, 0);
    assert_promises(&db, 8).await;
}
