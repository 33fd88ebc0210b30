//! The metrics file after each kind of end of a run.

use jobinsight_tests::{Db, HttpServer, Proxy};

use super::{assert_promtool_accepts, crawl, last_success, metrics_file, samples};

/// The metrics that count the rows of the last run.
const ROWS: [&str; 3] = [
    "jobinsight_raw_rows",
    "jobinsight_rows",
    "jobinsight_warning_rows",
];

/// Whether a text has one of these metrics.
fn has_any(text: &str, metrics: &[&str]) -> bool {
    let found = samples(text);
    let mut names = found.keys().map(|key| key.split('{').next().unwrap());
    names.any(|name| metrics.contains(&name))
}

#[tokio::test]
async fn a_failed_run_keeps_the_last_success() {
    let db = Db::new().await;
    crawl(&db).await;
    let (_folder, file) = metrics_file();
    db.json(&["run", "--metrics-file", &file]).ok();
    let text = || std::fs::read_to_string(&file).unwrap();
    let success = last_success(&text());

    // A run that is refused, and a run that does not reach the server.
    db.break_contract().await;
    let env = [("ETL_METRICS__FILE", &*file)];
    db.json_with(&["run"], &env)
        .failed(4, "jobinsight::contract::missing_column");
    let refused = text();
    let away = [
        env[0],
        ("DATABASE_URL", "postgres://nobody@localhost:1/none"),
    ];
    db.json_with(&["run"], &away)
        .failed(75, "jobinsight::database::connection");
    let unreachable = text();
    for (text, code) in [
        (&refused, "jobinsight::contract::missing_column"),
        (&unreachable, "jobinsight::database::connection"),
    ] {
        let found = samples(text);
        assert_eq!(found["jobinsight_last_run_success"], "0");
        assert_eq!(
            found[&*format!("jobinsight_last_run_error_info{{code=\"{code}\"}}")],
            "1"
        );
        let kept = last_success(text);
        assert!((kept - success).abs() < 1.0, "{kept} is {success}");
        assert!(!has_any(text, &ROWS), "{text}");
    }
    assert_eq!(samples(&refused)["jobinsight_staging_rows"], "2");
    assert!(!unreachable.contains("jobinsight_staging_rows"));

    db.mend_contract().await;
    db.json_with(&["run"], &env).ok();
    let text = text();
    let found = samples(&text);
    assert_eq!(found["jobinsight_last_run_success"], "1");
    assert!(!text.contains("error_info"));
    assert_eq!(found["jobinsight_rows{result=\"unchanged\"}"], "2");
}

#[tokio::test]
async fn a_metrics_file_that_cannot_be_written_does_not_fail_the_run() {
    let db = Db::new().await;
    crawl(&db).await;
    let run = db.json(&["run", "--metrics-file", "/nowhere/jobinsight.prom"]);
    let run = run.ok();
    assert_eq!(run.stat("new"), 2);
    assert!(
        run.stderr
            .contains("the metrics file cannot be written: /nowhere/jobinsight.prom"),
        "{}",
        run.stderr
    );
}

#[tokio::test]
async fn a_run_that_finds_another_one_leaves_the_metrics_file_alone() {
    let db = Db::new().await;
    crawl(&db).await;
    let (_folder, file) = metrics_file();
    db.json(&["run", "--metrics-file", &file]).ok();
    let before = std::fs::read_to_string(&file).unwrap();
    let lock = "SELECT pg_advisory_lock(hashtextextended('jobinsight:jobinsight_staging', 0))";
    db.client.execute(lock, &[]).await.unwrap();
    db.json(&["run", "--metrics-file", &file])
        .failed(5, "jobinsight::run::locked");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), before);
    let printed = db.jobinsight(&["metrics"]).ok().stdout;
    assert_eq!(samples(&printed)["jobinsight_last_run_success"], "1");
}

#[tokio::test]
async fn a_run_without_a_plan_has_no_counts_of_rows() {
    let db = Db::new().await;
    crawl(&db).await;
    let (_folder, file) = metrics_file();
    let env = [("ETL_METRICS__FILE", &*file)];
    let written = || std::fs::read_to_string(&file).unwrap();
    let printed = || db.jobinsight(&["metrics"]).ok().stdout;
    db.json_with(&["run"], &env).ok();
    for text in [written(), printed()] {
        assert_eq!(samples(&text)["jobinsight_raw_rows"], "3");
    }

    // A run that fails in its first phase, and a run that is refused before it.
    db.break_contract().await;
    let failed = db.json_with(&["run"], &env);
    failed.failed(4, "jobinsight::contract::missing_column");
    assert_eq!(failed.object()["planned"], false);
    let unplanned = [written(), printed()];
    let order = [env[0], ("ETL_PIPELINE", "data_saving,schema_setup")];
    db.json_with(&["run"], &order)
        .failed(2, "jobinsight::phases::order");
    for text in [&unplanned[..], &[written(), printed()]].concat() {
        assert!(!has_any(&text, &ROWS), "{text}");
        let found = samples(&text);
        assert_eq!(found["jobinsight_last_run_success"], "0");
        assert_eq!(found["jobinsight_staging_rows"], "2");
        assert!(found.contains_key("jobinsight_run_duration_seconds"));
        assert_promtool_accepts(&[&text]);
    }

    // A run that fails after its plan has counted the rows.
    db.mend_contract().await;
    db.post("4", " ").await;
    let strict = [env[0], ("ETL_INTEGRITY_THRESHOLD", "1")];
    let failed = db.json_with(&["run"], &strict);
    failed.failed(3, "jobinsight::quality::");
    for text in [written(), printed()] {
        assert_eq!(samples(&text)["jobinsight_raw_rows"], "4");
    }
}

#[tokio::test]
async fn an_empty_raw_table_is_a_count_of_zero() {
    let db = Db::new().await;
    let (_folder, file) = metrics_file();
    db.json(&["run", "--metrics-file", &file]).ok();
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(samples(&text)["jobinsight_raw_rows"], "0");
}

#[tokio::test]
async fn a_retry_with_nothing_to_retry_is_not_a_success() {
    let db = Db::new().await;
    crawl(&db).await;
    let (_folder, file) = metrics_file();
    let webhook = HttpServer::answering("200 OK");
    let env = [
        ("ETL_METRICS__FILE", &*file),
        ("ETL_NOTIFY__WEBHOOK", &*webhook.address),
    ];
    db.json_with(&["run"], &env).ok();
    let order = [env[0], env[1], ("ETL_PIPELINE", "data_saving,schema_setup")];
    db.json_with(&["run"], &order)
        .failed(2, "jobinsight::phases::order");
    assert_eq!(webhook.request().body["event"], "failure");
    let before = std::fs::read_to_string(&file).unwrap();

    let retry = db.json_with(&["retry"], &env).ok();
    let message = retry.object()["message"].to_string();
    assert!(message.contains("nothing to retry"), "{message}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), before);
    assert!(webhook.requests().is_empty(), "nothing has recovered");
}

#[tokio::test]
async fn metrics_and_notification_read_the_ledger_on_one_connection() {
    let db = Db::new().await;
    crawl(&db).await;
    let (_folder, file) = metrics_file();
    let webhook = HttpServer::answering("200 OK");
    let receivers = [
        ("ETL_METRICS__FILE", &*file),
        ("ETL_NOTIFY__WEBHOOK", &*webhook.address),
        ("ETL_WARN__MEMORY_MB", "1"),
    ];
    // A connection for the work of a run has the id of the run in its name. The list has the other names.
    let others = |env: &[(&str, &str)]| -> Vec<String> {
        let proxy = Proxy::to(db.port());
        let url = proxy.url(&db.url);
        let env = [env, &[("DATABASE_URL", &*url)]].concat();
        let run = db.json_with(&["run"], &env).ok().object();
        let run = run["run_id"].as_str().unwrap().to_owned();
        let names = proxy.names().into_iter();
        names.filter(|name| !name.contains(&run)).collect()
    };
    let alone = others(&[]);
    assert_eq!(
        others(&receivers),
        [alone, vec!["jobinsight end of run".to_owned()]].concat()
    );
    assert_eq!(webhook.request().body["event"], "warning");
    assert!(
        std::fs::read_to_string(&file)
            .unwrap()
            .contains("jobinsight_staging_rows 2")
    );
}
