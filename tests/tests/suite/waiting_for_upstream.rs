//! Waiting for upstream, and the query `upstream.sql`.

use jobinsight_tests::{Db, jobinsight};

const MAX_AGE: (&str, &str) = ("ETL_UPSTREAM__MAX_AGE", "6h");
const MIN_ROWS: (&str, &str) = ("ETL_UPSTREAM__MIN_ROWS", "2");
const SQL: &str = "ETL_UPSTREAM__SQL";

/// The crawler writes down when it has finished.
const CRAWLS: (&str, &str) = (SQL, "SELECT max(finished_at) IS NOT NULL FROM crawls");

/// A posting that was crawled now.
async fn crawled(db: &Db, key: &str) {
    db.post(key, "Kế Toán").await;
    let sql = format!("UPDATE raw_jobs SET crawled_at = now() WHERE job_id = '{key}'");
    db.client.batch_execute(&sql).await.unwrap();
}

async fn assert_no_run(db: &Db) {
    let ledger = "SELECT count(*) FROM pg_tables WHERE tablename = 'etl_runs'";
    assert_eq!(db.count(ledger).await, 0, "no run has begun");
}

#[tokio::test]
async fn a_wait_ends_when_every_condition_is_met() {
    let db = Db::new().await;
    let create = "CREATE TABLE crawls (finished_at timestamptz)";
    db.client.batch_execute(create).await.unwrap();
    let wait = ["wait", "--at-most", "5m", "--format", "json"];
    let wait = db.spawn(&wait, &[MAX_AGE, MIN_ROWS, CRAWLS]);
    wait.wait_for_log("waiting for upstream: no raw row has a crawl time");
    crawled(&db, "1").await;
    wait.wait_for_log("waiting for upstream: the raw table has 1 row");
    crawled(&db, "2").await;
    wait.wait_for_log("waiting for upstream: the query upstream.sql returned false");
    let finish = "INSERT INTO crawls VALUES (now())";
    db.client.batch_execute(finish).await.unwrap();
    let waited = wait.end().ok().object();
    assert_eq!(waited["ready"], true);
    assert!(waited["waited_s"].as_f64() > Some(0.0));
    assert_no_run(&db).await;
}

#[tokio::test]
async fn a_wait_begins_before_the_crawler_has_created_the_raw_table() {
    let db = Db::new().await;
    let rename = |from, to| format!("ALTER TABLE {from} RENAME TO {to}");
    let away = rename("raw_jobs", "raw_jobs_later");
    db.client.batch_execute(&away).await.unwrap();
    let late = db.json_with(&["wait", "--at-most", "1s"], &[MIN_ROWS]);
    late.failed(75, "jobinsight::upstream::not_ready");
    let missing = "the table public.raw_jobs does not exist in this database";
    assert!(
        late.error_message().ends_with(missing),
        "{}",
        late.error_message()
    );
    let wait = db.spawn(
        &["wait", "--at-most", "5m"],
        &[("ETL_UPSTREAM__MIN_ROWS", "0")],
    );
    wait.wait_for_log(missing);
    let back = rename("raw_jobs_later", "raw_jobs");
    db.client.batch_execute(&back).await.unwrap();
    wait.end().ok();
}

#[tokio::test]
async fn a_run_that_waits_publishes_what_arrives() {
    let db = Db::new().await;
    crawled(&db, "1").await;
    let run = ["run", "--wait-upstream", "5m", "--format", "json"];
    let run = db.spawn(&run, &[MIN_ROWS]);
    run.wait_for_log("waiting for upstream");
    crawled(&db, "2").await;
    let run = run.end().ok();
    assert_eq!(run.stat("new"), 2);
}

#[tokio::test]
async fn upstream_that_is_not_ready_in_time_exits_75_and_begins_no_run() {
    let db = Db::new().await;
    crawled(&db, "1").await;
    for args in [
        &["wait", "--at-most", "1s"][..],
        &["run", "--wait-upstream", "1s"],
    ] {
        let ended = db.json_with(args, &[MIN_ROWS]);
        ended.failed(75, "jobinsight::upstream::not_ready");
        let message = ended.error_message();
        assert!(
            message
                .ends_with("not ready in 1s: the raw table has 1 row, and upstream.min_rows = 2"),
            "{message}"
        );
    }
    assert_no_run(&db).await;
}

#[tokio::test]
async fn a_wait_without_a_condition_is_refused() {
    let db = Db::new().await;
    db.json(&["wait"])
        .failed(2, "jobinsight::upstream::no_condition");
    let run = db.json(&["run", "--wait-upstream", "1h"]);
    run.failed(2, "jobinsight::upstream::no_condition");
    assert_no_run(&db).await;
}

#[test]
fn a_retry_says_why_it_does_not_wait() {
    let retry = jobinsight(&["retry", "--wait-upstream", "1h"], &[]);
    retry.failed(2, "a retry finishes the work that its run planned");
    assert!(
        retry.stderr.contains("`run --wait-upstream`"),
        "{}",
        retry.stderr
    );
}

#[tokio::test]
async fn a_signal_ends_a_wait() {
    let db = Db::new().await;
    let wait = db.spawn(
        &["run", "--wait-upstream", "1h", "--format", "json"],
        &[MAX_AGE],
    );
    wait.wait_for_log("waiting for upstream");
    wait.signal("-TERM");
    wait.end().failed(143, "jobinsight::run::terminated");
    assert_no_run(&db).await;
}

#[tokio::test]
async fn a_run_publishes_nothing_before_the_query_returns_true() {
    let db = Db::new().await;
    crawled(&db, "1").await;
    db.client
        .batch_execute("CREATE TABLE crawls (is_done boolean)")
        .await
        .unwrap();
    let query = [(SQL, "SELECT is_done FROM crawls")];
    for (change, found) in [
        ("SELECT", "NULL or no row"),
        ("INSERT INTO crawls VALUES (NULL)", "NULL or no row"),
        ("UPDATE crawls SET is_done = false", "returned false"),
    ] {
        db.client.batch_execute(change).await.unwrap();
        let run = db.json_with(&["run"], &query);
        run.failed(3, "jobinsight::quality::upstream_not_ready");
        assert!(
            run.error_message().contains(found),
            "{}",
            run.error_message()
        );
        let staging = "SELECT count(*) FROM jobinsight_staging.staging_jobs";
        assert_eq!(db.count(staging).await, 0);
    }
    let finish = "UPDATE crawls SET is_done = true";
    db.client.batch_execute(finish).await.unwrap();
    assert_eq!(db.json_with(&["retry"], &query).ok().stat("new"), 1);
}

#[tokio::test]
async fn a_query_that_is_wrong_or_writes_is_refused() {
    let db = Db::new().await;
    crawled(&db, "1").await;
    for (query, why) in [
        (
            "SELECT true FROM crawl",
            "relation \"crawl\" does not exist",
        ),
        ("SELEKT true", "syntax error"),
        ("SELECT 1", "does not return a boolean"),
        (
            "SELECT true FROM generate_series(1, 2)",
            "more than one row",
        ),
        (
            "DELETE FROM raw_jobs RETURNING true",
            "read-only transaction",
        ),
    ] {
        for args in [&["run"][..], &["wait"]] {
            let ended = db.json_with(args, &[(SQL, query)]);
            ended.failed(2, "jobinsight::upstream::query");
            let message = ended.error_message();
            assert!(
                message.contains(why) && message.contains(query),
                "{message}"
            );
        }
    }
    assert_eq!(db.count("SELECT count(*) FROM raw_jobs").await, 1);
}
