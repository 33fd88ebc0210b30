//! SIGKILL at each failpoint.

use jobinsight_tests::Db;

use super::{AS_OF, LENIENT, assert_promises, in_batches, lenient_and, postings};

/// Every phase of the pipeline.
const ALL: usize = usize::MAX;

/// Failpoints at which a run is killed, and the number of phases that its retry skips.
const PLACES: [(&str, usize); 14] = [
    ("run/locked", 0),
    ("schema_setup/before_commit", 0),
    ("schema_setup/after_commit", 0),
    ("sql_procedures/before", 1),
    ("sql_procedures/before_commit", 1),
    ("sql_procedures/after_commit", 1),
    ("data_loading/after", 2),
    ("data_processing/before", 2),
    ("data_saving/before", 2),
    ("commit/before", 2),
    ("commit/after", 2),
    ("data_saving/after", 2),
    ("run/before_close", ALL),
    ("results/before_rename", 0),
];

async fn killed(place: &str, action: &str) -> Db {
    let db = Db::new().await;
    // The ledger exists, as on every day after the first.
    db.json(&["run"]).ok();
    postings(&db, 8).await;
    let failpoints = format!("{place}={action}");
    let env = lenient_and(&[("FAILPOINTS", &failpoints)]);
    let run = db.json_with(&in_batches("3", "1"), &env);
    assert_eq!(run.code, 137, "{place}: {}", run.stderr);
    db
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
            states == "done,abandoned,done" || (place == "run/locked" && states == "done,done"),
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
        .filter(|(place, _)| *place != "results/before_rename")
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
        assert_eq!(states, "done,done", "{place}: the same run went on");
        assert_promises(&db, 8).await;
    }
}

#[tokio::test]
async fn published_batches_of_a_killed_run_are_not_repeated() {
    let db = killed("commit/after", "1*off->return(kill)").await;
    // A row that is written again has another transaction id.
    db.client
        .batch_execute("CREATE TABLE stood AS SELECT job_id, xmin::text AS written FROM jobinsight_staging.staging_jobs")
        .await
        .unwrap();
    assert!(
        db.count("SELECT count(*) FROM stood").await >= 5,
        "two batches stand"
    );
    let retry = db.json_with(&["retry"], LENIENT).ok();
    assert!(
        retry
            .stderr
            .contains("2 of 3 batches are published already"),
        "{}",
        retry.stderr
    );
    let again = "SELECT count(*) FROM stood JOIN jobinsight_staging.staging_jobs s USING (job_id) WHERE s.xmin::text <> written";
    assert_eq!(db.count(again).await, 0);
    assert_promises(&db, 8).await;
}
