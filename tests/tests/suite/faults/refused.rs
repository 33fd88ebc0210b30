//! A run that is refused before it begins.

use std::time::Duration;

use jobinsight_tests::Db;

/// Starts a run that is refused, while another session has the ledger locked for longer than a second.
async fn refused_while_locked(db: &Db) {
    let lock = "BEGIN; LOCK TABLE jobinsight_staging.etl_runs";
    db.client.batch_execute(lock).await.unwrap();
    let run = db.spawn(&["run"], &[("ETL_PIPELINE", "schema_setup,nonsense")]);
    db.wait_for(
        "SELECT count(*) FROM pg_locks
          WHERE NOT granted AND relation = 'jobinsight_staging.etl_runs'::regclass",
    )
    .await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    db.client.batch_execute("COMMIT").await.unwrap();
    run.end().failed(2, "jobinsight::phases::unknown");
}

#[tokio::test]
async fn a_refused_run_is_in_the_ledger() {
    let db = Db::new().await;
    db.json(&["run"]).ok();
    refused_while_locked(&db).await;
    let entry = db.one("SELECT state || ' ' || error_code FROM jobinsight_staging.etl_runs ORDER BY started_at DESC LIMIT 1").await;
    assert_eq!(entry, "refused jobinsight::phases::unknown");
}

#[tokio::test]
async fn the_list_shows_a_refused_run_and_show_the_last_run_that_began() {
    let db = Db::new().await;
    let began = db.json(&["run"]).ok().object();
    db.json_with(&["run"], &[("ETL_PIPELINE", "schema_setup,nonsense")])
        .failed(2, "jobinsight::phases::unknown");
    let list = db.json(&["runs", "list"]).ok().object();
    let states: Vec<&str> = list["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| run["state"].as_str().unwrap())
        .collect();
    assert_eq!(states, ["refused", "done"]);
    let shown = db.json(&["runs", "show"]).ok().object();
    assert_eq!(shown["run"]["run_id"], began["run_id"]);
    let refused = list["runs"][0]["run_id"].as_str().unwrap();
    let shown = db.json(&["runs", "show", refused]).ok().object();
    assert_eq!(shown["run"]["state"], "refused");
}
