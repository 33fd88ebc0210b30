//! The page in each situation of an operator: a failed run, a killed run, many runs, many rejected rows, and none.

use jobinsight_core::failpoints::{COMMIT_BEFORE, before};
use jobinsight_tests::{Db, Pause, WAITS, failpoint};

use super::{Written, crawl};

#[tokio::test]
async fn a_failed_run_says_what_to_type() {
    let db = Db::new().await;
    crawl(&db).await;
    db.json(&["run"]).ok();
    db.posting("4", &[("title", " ")]).await;
    db.posting("5", &[("title", "\u{200b}")]).await;
    let failed = db.json_with(&["run"], &[("ETL_INTEGRITY_THRESHOLD", "1")]);
    failed.failed(3, "jobinsight::quality::");
    let error = failed.object()["error"].clone();
    let report = Written::new(&db);
    assert_eq!(report.json["verdict"]["grade"], "bad");
    assert_eq!(report.json["verdict"]["error"], error);
    report.says(&[
        "The run failed",
        error["code"].as_str().unwrap(),
        error["message"].as_str().unwrap(),
        error["help"].as_str().unwrap(),
        "jobinsight retry",
        &format!("jobinsight explain {}", error["code"].as_str().unwrap()),
        "Not processed",
    ]);
    report.lacks("Nothing must be done");
    report.assert_in_browser();

    // The report of the run before it points to the last run.
    let before = &report.json["history"]["runs"][0]["run_id"];
    let earlier = Written::of(&db, &[before.as_str().unwrap()]);
    assert_eq!(earlier.json["verdict"]["grade"], "good");
    earlier.says(&["This is not the last run.", "jobinsight report"]);
    earlier.lacks("jobinsight retry");
}

#[tokio::test]
async fn a_refused_run_says_why() {
    let db = Db::new().await;
    crawl(&db).await;
    db.json(&["run"]).ok();
    db.break_contract().await;
    let refused = db.json(&["run"]);
    refused.failed(4, "jobinsight::contract::missing_column");
    let report = Written::new(&db);
    let error = &refused.object()["error"];
    assert_eq!(report.json["verdict"]["error"], *error);
    assert_eq!(report.json["flow"], serde_json::Value::Null);
    report.says(&["The run failed", "The run has no plan"]);
}

#[tokio::test]
async fn an_interrupted_run_has_an_error_without_a_phase() {
    let db = Db::new().await;
    crawl(&db).await;
    let env = [failpoint(before("data_loading"), "1*return(int)")];
    db.json_with(&["run"], &env)
        .failed(130, "jobinsight::run::interrupted");
    let report = Written::new(&db);
    let error = &report.json["verdict"]["error"];
    assert_eq!(error["code"], "jobinsight::run::interrupted");
    assert_eq!(error.get("phase"), None, "{error}");
    report.says(&["The run failed", "jobinsight retry"]);
}

#[tokio::test]
async fn a_killed_run_and_a_run_in_progress_are_told_apart() {
    let db = Db::new().await;
    crawl(&db).await;
    db.json(&["run"]).ok();
    for n in 10..40 {
        db.post(&n.to_string(), "Lái Xe").await;
    }
    let pause = Pause::new();
    let env = [failpoint(COMMIT_BEFORE, "return(wait)"), pause.env()];
    let args = ["run", "--batch-size", "10", "--max-workers", "2"];
    let run = db.spawn(&args, &env);
    run.wait_for_log(WAITS);
    let report = Written::new(&db);
    assert_eq!(report.json["verdict"]["grade"], "running");
    assert_eq!(report.json["flow"]["unprocessed"], 30);
    report.says(&["The run is in progress", "jobinsight status", "has no end"]);

    run.signal("-KILL");
    drop(run);
    db.wait_for(
        "SELECT (NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory'
            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())))::int::bigint",
    )
    .await;
    let report = Written::new(&db);
    assert_eq!(report.json["run"]["state"], "abandoned");
    report.says(&["because its process was killed", "jobinsight retry"]);
}

#[tokio::test]
async fn a_run_without_rejected_rows_and_a_run_without_rows() {
    let db = Db::new().await;
    db.json(&["report"]).failed(2, "jobinsight::run::unknown");
    db.json(&["run"]).ok();
    let empty = Written::new(&db);
    empty.says(&[
        "The raw table has no rows.",
        "Staging has no rows.",
        "no raw row has a crawl time",
    ]);
    db.post("1", "Kế Toán").await;
    db.json(&["run"]).ok();
    let report = Written::new(&db);
    assert_eq!(report.json["rejected"]["rows"], 0);
    report.says(&["No row is rejected."]);
    report.lacks("jobinsight rejects list");
    report.assert_in_browser();
}

#[tokio::test]
async fn many_rejected_rows_make_a_small_page() {
    let db = Db::new().await;
    crawl(&db).await;
    db.json(&["run"]).ok();
    db.client
        .batch_execute(
            "INSERT INTO jobinsight_staging.etl_rejects (job_id, source_hash, rule_set, phase, field, reason, value, run_id)
             SELECT 'r' || n, 0, 'standard', 'data_processing', 'title', 'reason_' || n % 40, repeat('<td>', 500), gen_random_uuid()
               FROM generate_series(1, 5000) n",
        )
        .await
        .unwrap();
    let report = Written::new(&db);
    let rejected = &report.json["rejected"];
    assert_eq!(
        (&rejected["rows"], &rejected["of_run"]),
        (&5001.into(), &1.into())
    );
    let reasons = rejected["reasons"].as_array().unwrap();
    assert_eq!(
        (reasons.len(), &rejected["other_reasons"]),
        (30, &1251.into())
    );
    assert_eq!(reasons[0]["examples"].as_array().unwrap().len(), 3);
    report.says(&[
        "Rejected now: 5,001 rows. Rejected by this run: 1 row.",
        "jobinsight rejects list --limit 1000",
    ]);
    assert!(report.bytes < 400_000, "{} bytes", report.bytes);
    report.assert_in_browser();
}

#[tokio::test]
async fn a_run_is_compared_with_the_last_thirty() {
    let db = Db::new().await;
    crawl(&db).await;
    db.json(&["run"]).ok();
    // 50 runs before it, each a day earlier: the n-th took n seconds, and each tenth failed.
    db.client
        .batch_execute(
            "INSERT INTO jobinsight_staging.etl_runs (run_id, started_at, finished_at, state, host, pid, error_code, message, results)
             SELECT gen_random_uuid(), r.started_at - make_interval(days => n), r.started_at - make_interval(days => n) + make_interval(secs => n),
                    CASE WHEN n % 10 = 0 THEN 'failed' ELSE 'done' END, 'host', 1, CASE WHEN n % 10 = 0 THEN 'jobinsight::run::timeout' END, '',
                    jsonb_set(r.results, '{stats,duration_seconds}', to_jsonb(n))
               FROM generate_series(1, 50) n, jobinsight_staging.etl_runs r",
        )
        .await
        .unwrap();
    let report = Written::new(&db);
    let history = &report.json["history"];
    assert_eq!(history["runs"].as_array().unwrap().len(), 30);
    assert_eq!(
        history["compared"], 27,
        "29 runs before it, of which 10 and 20 failed"
    );
    let duration = &history["figures"][0];
    assert_eq!(duration["name"], "duration");
    // 1 to 29 without 10 and 20: the middle is 15.
    assert_eq!(duration["median"], 15.0);
    assert_eq!(duration["values"][0], 29.0);
    assert_eq!(duration["values"][29], report.json["run"]["duration_s"]);
    report.says(&["Among the last 30 runs", "15.0 s"]);
    report.assert_in_browser();
}

#[tokio::test]
async fn staging_of_another_version_is_told() {
    let db = Db::new().await;
    crawl(&db).await;
    db.json(&["run"]).ok();
    db.client
        .batch_execute(
            "UPDATE jobinsight_staging.etl_scripts SET version = 2 WHERE version IS NOT NULL;
             ALTER TABLE jobinsight_staging.staging_jobs DROP COLUMN salary_source CASCADE;
             UPDATE jobinsight_staging.etl_runs SET results = '{\"old\": true}'",
        )
        .await
        .unwrap();
    let report = Written::new(&db);
    assert_eq!(report.json["quality"], serde_json::Value::Null);
    report.says(&[
        "The rows of staging were not counted",
        "The staging schema has version 2",
        "another version of this program",
        "3 raw rows: 2 new",
    ]);
}
