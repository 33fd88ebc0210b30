//! Old crawls, clocks in the past, and what machines read about a run.

use jobinsight_tests::Db;
use serde_json::Value;

const MAX_AGE: &str = "ETL_UPSTREAM__MAX_AGE";

/// A posting that was crawled this long before now.
async fn crawled(db: &Db, key: &str, before: &str) {
    db.post(key, "Kế Toán").await;
    let sql = format!(
        "UPDATE raw_jobs SET crawled_at = now() - interval '{before}' WHERE job_id = '{key}'"
    );
    db.client.batch_execute(&sql).await.unwrap();
}

#[tokio::test]
async fn a_run_on_an_old_crawl_publishes_nothing() {
    let db = Db::new().await;
    crawled(&db, "1", "37 hours").await;
    // A crawl time in the future does not hide that the crawler has stopped.
    crawled(&db, "2", "-40 hours").await;
    let run = db.json_with(&["run"], &[(MAX_AGE, "36h")]);
    run.failed(3, "jobinsight::quality::stale_crawl");
    assert!(
        run.error_message().contains("37 hours ago"),
        "{}",
        run.error_message()
    );
    assert_eq!(
        db.count("SELECT count(*) FROM jobinsight_staging.staging_jobs")
            .await,
        0
    );
    let help = run.object()["error"]["help"].as_str().unwrap().to_owned();
    let longer = help
        .split("MAX_AGE=")
        .nth(1)
        .unwrap()
        .split(' ')
        .next()
        .unwrap();
    assert_eq!(
        db.json_with(&["retry"], &[(MAX_AGE, longer)])
            .ok()
            .stat("new"),
        2
    );
    crawled(&db, "3", "1 hour").await;
    db.json_with(&["run"], &[(MAX_AGE, "1d 12h")]).ok();
}

#[tokio::test]
async fn a_retry_after_a_new_crawl_publishes_it() {
    let db = Db::new().await;
    crawled(&db, "1", "37 hours").await;
    let limit = [(MAX_AGE, "36h")];
    db.json_with(&["run"], &limit)
        .failed(3, "jobinsight::quality::stale_crawl");
    // The crawl comes after the first attempt. Without a plan, the clock of that attempt is of no use.
    crawled(&db, "2", "0 hours").await;
    let retry = db.json_with(&["retry"], &limit).ok();
    assert_eq!(retry.stat("new"), 2);
    let shown = db.json(&["runs", "show"]).ok().object();
    assert_eq!(
        (&shown["run"]["attempt"], &shown["run"]["state"]),
        (&2.into(), &"done".into())
    );
    let as_of = "SELECT (as_of > (SELECT max(crawled_at) FROM raw_jobs))::text FROM jobinsight_staging.etl_runs";
    assert_eq!(db.one(as_of).await, "true");
    // The clock that a user typed stays.
    let typed = Db::new().await;
    crawled(&typed, "1", "37 hours").await;
    let old = ["run", "--as-of", "2020-01-01T00:00:00Z"];
    typed
        .json_with(&old, &limit)
        .failed(3, "jobinsight::quality::stale_crawl");
    typed
        .json_with(&["retry"], &limit)
        .failed(3, "jobinsight::quality::stale_crawl");
}

#[tokio::test]
async fn a_retry_after_more_rows_came_publishes_them() {
    let db = Db::new().await;
    crawled(&db, "1", "1 hour").await;
    let limit = [("ETL_UPSTREAM__MIN_ROWS", "2")];
    db.json_with(&["run"], &limit)
        .failed(3, "jobinsight::quality::too_few_rows");
    crawled(&db, "2", "0 hours").await;
    assert_eq!(db.json_with(&["retry"], &limit).ok().stat("new"), 2);
}

#[tokio::test]
async fn a_run_without_a_crawl_time_says_how_to_go_on() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    let forget = "UPDATE raw_jobs SET crawled_at = NULL";
    db.client.batch_execute(forget).await.unwrap();
    let run = db.json_with(&["run"], &[(MAX_AGE, "36h")]);
    run.failed(3, "jobinsight::quality::stale_crawl");
    let help = run.object()["error"]["help"].as_str().unwrap().to_owned();
    assert!(help.contains("remove the setting"), "{help}");
    assert_eq!(db.json(&["retry"]).ok().stat("new"), 1);
}

#[tokio::test]
async fn a_wrong_age_is_refused() {
    let db = Db::new().await;
    for age in ["36", "soon", "-3h", "1s"] {
        db.json_with(&["run"], &[(MAX_AGE, age)])
            .failed(2, "jobinsight::settings::invalid");
    }
}

#[tokio::test]
async fn status_and_doctor_show_the_age_of_the_crawl() {
    let db = Db::new().await;
    crawled(&db, "1", "400 days").await;
    let shown = |args: &[&str]| db.jobinsight(args).stdout;
    assert!(shown(&["status"]).contains("400 days ago"));
    db.json(&["run"]).ok();
    assert!(shown(&["status"]).contains("400 days ago"));
    assert!(shown(&["doctor"]).contains("400 days ago"));
    let status = db.json(&["status"]).ok().object();
    assert_eq!(status["crawl_age_s"].as_u64().unwrap() / 86_400, 400);
    let doctor = db.jobinsight_with(&["doctor"], &[(MAX_AGE, "2d")]).stdout;
    assert!(doctor.contains("longer than upstream.max_age"), "{doctor}");
}

#[tokio::test]
async fn a_clock_in_the_past_leaves_time_remaining_of_published_rows() {
    let db = Db::new().await;
    db.posting("1", &[("title", "Kế Toán"), ("deadline", "31/12/2026")])
        .await;
    db.json(&["run", "--as-of", "2026-12-01T00:00:00Z"]).ok();
    let remaining = "SELECT time_remaining FROM jobinsight_staging.staging_jobs";
    let before = db.one(remaining).await;
    let run = db.json(&["run", "--as-of", "2026-01-16T00:00:00Z"]).ok();
    assert_eq!(db.one(remaining).await, before);
    let notes = run.object()["notes"].to_string();
    assert!(
        notes.contains("update_deadline('2026-01-16T00:00:00Z')"),
        "{notes}"
    );
    db.json(&["run", "--as-of", "2026-12-03T00:00:00Z"]).ok();
    assert_ne!(db.one(remaining).await, before);
}

#[tokio::test]
async fn a_window_ends_at_the_clock_of_the_run() {
    let db = Db::new().await;
    crawled(&db, "1", "1 day").await;
    crawled(&db, "2", "-2 days").await;
    let window = [("ETL_PHASES__SQL_PROCEDURES__WINDOW_DAYS", "3")];
    assert_eq!(
        db.json_with(&["run"], &window).ok().stat("total_records"),
        1
    );
    assert_eq!(db.json(&["run"]).ok().stat("new"), 1);
}

#[tokio::test]
async fn results_say_where_and_when_a_run_worked() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    db.post("2", " ").await;
    db.json(&["run"]).ok();
    db.post("3", "Kế Toán").await;
    db.json(&["run"]).ok();
    let file = std::fs::read_to_string(db.state.path().join("run_results.json")).unwrap();
    let results: Value = serde_json::from_str(&file).unwrap();
    for key in ["started_at", "ended_at"] {
        let time = results[key].as_str().unwrap();
        assert!(jobinsight_core::clock::parse(time).is_ok(), "{key}: {time}");
    }
    assert_eq!(results["server"]["host"], "127.0.0.1");
    assert!(results["server"]["port"].is_u64() && results["server"]["version"].is_string());
    assert_eq!(results["schema"], "jobinsight_staging");
    assert_eq!(results["tables"]["raw"], "public.raw_jobs");
    assert!(
        results["version"].is_string()
            && results["database"].is_string()
            && results["host"].is_string()
    );
    let stats = &results["stats"];
    assert_eq!(
        (&stats["rejected_now"], &stats["rejected_before"]),
        (&0.into(), &1.into())
    );
}

#[tokio::test]
async fn json_logs_name_the_run_the_phase_and_the_batch() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    let run = db
        .json_with(
            &["--log-level", "debug", "run"],
            &[("ETL_LOG_FORMAT", "json")],
        )
        .ok();
    let id = run.object()["run_id"].clone();
    let lines: Vec<Value> = run
        .stderr
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let begin = lines.iter().position(|line| {
        line["message"]
            .as_str()
            .is_some_and(|text| text.starts_with("running on"))
    });
    let of_run = &lines[begin.unwrap()..];
    assert!(of_run.len() > 5, "{}", run.stderr);
    assert!(
        of_run.iter().all(|line| line["run_id"] == id),
        "{}",
        run.stderr
    );
    let committed = lines
        .iter()
        .find(|line| line["message"] == "batch committed")
        .unwrap();
    assert_eq!(
        (&committed["batch"], &committed["run_id"]),
        (&1.into(), &id)
    );
    let schema = lines
        .iter()
        .find(|line| line["message"].as_str().unwrap().starts_with("applied"))
        .unwrap();
    assert_eq!(schema["phase"], "schema_setup");
}
