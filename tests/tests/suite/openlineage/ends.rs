//! How runs and phases end: failures, stops, retries, and runs that another program started.

use jobinsight_core::failpoints::before;
use jobinsight_tests::{Db, HttpServer, failpoint};
use serde_json::{Value, json};

use super::{Events, RUN, env, only};

#[tokio::test]
async fn a_failed_run_says_what_failed() {
    let db = Db::new().await;
    db.break_contract().await;
    let server = HttpServer::answering("201 Created");
    let run = db.json_with(&["run"], &env(&server));
    run.failed(4, "jobinsight::contract::missing_column");
    let events = Events::of(server.requests());
    let wanted = [
        format!("START {RUN}"),
        "START schema_setup".to_owned(),
        "FAIL schema_setup".to_owned(),
        format!("FAIL {RUN}"),
    ];
    assert_eq!(events.words(), wanted);
    for words in &wanted[2..] {
        let facet = &events.one(words)["run"]["facets"]["errorMessage"];
        let message = facet["message"].as_str().unwrap();
        assert!(
            message.starts_with("jobinsight::contract::missing_column: ")
                && message.ends_with(&run.error_message()),
            "{message}"
        );
    }
}

#[tokio::test]
async fn a_phase_that_stops_because_another_one_failed_is_aborted() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    db.post("2", " ").await;
    let server = HttpServer::answering("201 Created");
    let mut variables = env(&server).to_vec();
    variables.push(("ETL_INTEGRITY_MIN_REJECTS", "0"));
    variables.push(("ETL_INTEGRITY_THRESHOLD", "1"));
    variables.push(("ETL_UPSTREAM__MIN_ROWS", "2"));
    variables.push(("ETL_UPSTREAM__SQL", "SELECT true"));
    db.json_with(&["run"], &variables)
        .failed(3, "jobinsight::quality::integrity");
    let events = Events::of(server.requests());
    for words in [
        "ABORT data_loading",
        "ABORT data_processing",
        "FAIL data_saving",
    ] {
        events.one(words);
    }
    let end = events.one(&format!("FAIL {RUN}"));
    let checks = &only(end, "inputs")["inputFacets"]["dataQualityAssertions"]["assertions"];
    let success = |name: &str| {
        let mut checks = checks.as_array().unwrap().iter();
        checks.find(|check| check["name"] == name).unwrap()["success"].clone()
    };
    assert_eq!(success("integrity_threshold"), false);
    assert_eq!(success("upstream.min_rows"), true);
    assert_eq!(success("upstream.sql"), true);
}

#[tokio::test]
async fn a_stopped_run_is_aborted_and_its_retry_is_another_run() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    let server = HttpServer::answering("201 Created");
    let mut variables = env(&server).to_vec();
    variables.push(failpoint(before("data_processing"), "sleep(2000)"));
    let run = db.spawn(&["run"], &variables);
    db.wait_for("SELECT count(*) FROM jobinsight_staging.etl_batches WHERE state = 'claimed'")
        .await;
    run.signal("-TERM");
    let stopped = run.end();
    stopped.failed(143, "jobinsight::run::terminated");
    let events = Events::of(server.requests());
    let first = events.one(&format!("ABORT {RUN}"))["run"]["runId"].clone();
    assert_eq!(first, stopped.object()["run_id"]);
    for phase in ["data_loading", "data_processing", "data_saving"] {
        events.one(&format!("START {phase}"));
        events.one(&format!("ABORT {phase}"));
    }

    let retried = db.json_with(&["retry"], &env(&server)).ok().object();
    assert_eq!(retried["run_id"], first, "our run is the same");
    let events = Events::of(server.requests());
    let end = events.one(&format!("COMPLETE {RUN}"));
    assert_ne!(end["run"]["runId"], first, "a run of OpenLineage ends once");
    assert_eq!(end["run"], {
        let mut start = events.one(&format!("START {RUN}"))["run"].clone();
        start["facets"] = end["run"]["facets"].clone();
        start
    });
    let tags = end["run"]["facets"]["tags"]["tags"].as_array().unwrap();
    let tag = |key: &str| {
        let found = tags.iter().find(|tag| tag["key"] == key);
        found.unwrap()["value"].clone()
    };
    assert_eq!((tag("run_id"), tag("attempt")), (first, json!("2")));
    let staging = only(end, "outputs");
    assert_eq!(staging["outputFacets"]["outputStatistics"]["rowCount"], 1);
}

#[tokio::test]
async fn a_retry_counts_only_the_rows_that_it_writes() {
    let db = Db::new().await;
    for key in ["1", "2", "3"] {
        db.post(key, "Kế Toán").await;
    }
    let server = HttpServer::answering("201 Created");
    let mut variables = env(&server).to_vec();
    // The third batch fails.
    variables.push(failpoint(before("data_saving"), "2*off->panic"));
    let args = ["run", "--batch-size", "1", "--max-workers", "1"];
    assert_ne!(db.json_with(&args, &variables).code, 0);
    let written = |words: &str| {
        let events = Events::of(server.requests());
        let end = events.one(&format!("{words} {RUN}"));
        only(end, "outputs")["outputFacets"]["outputStatistics"]["rowCount"].clone()
    };
    assert_eq!(written("FAIL"), 2);
    db.json_with(&["retry"], &env(&server)).ok();
    assert_eq!(written("COMPLETE"), 1);
}

#[tokio::test]
async fn a_run_that_airflow_started_names_its_parent() {
    let db = Db::new().await;
    let server = HttpServer::answering("201 Created");
    let (task, dag) = (
        "f99310b4-3c3c-1a1a-2b2b-c1b95c24ff11",
        "0190b3c4-0000-7000-8000-000000000001",
    );
    let (parent, root) = (
        format!("airflow/nightly.etl/{task}"),
        format!("airflow/nightly/{dag}"),
    );
    let mut variables = env(&server).to_vec();
    variables.push(("OPENLINEAGE_PARENT_ID", &parent));
    variables.push(("OPENLINEAGE_ROOT_PARENT_ID", &root));
    let run = db.json_with(&["run"], &variables).ok().object();
    let events = Events::of(server.requests());
    let other = |run: &Value, job: &str, namespace: &str| json!({ "run": { "runId": run }, "job": { "namespace": namespace, "name": job } });
    let facet = |words: &str| {
        let mut facet = events.one(words)["run"]["facets"]["parent"].clone();
        let fields = facet.as_object_mut().unwrap();
        fields.retain(|key, _| !key.starts_with('_'));
        facet
    };
    let root = other(&json!(dag), "nightly", "airflow");
    let mut wanted = other(&json!(task), "nightly.etl", "airflow");
    wanted["root"] = root.clone();
    for words in ["START", "COMPLETE"] {
        assert_eq!(facet(&format!("{words} {RUN}")), wanted);
    }
    let job = format!("{}.{RUN}", run["database"].as_str().unwrap());
    let mut wanted = other(&run["run_id"], &job, "jobinsight");
    wanted["root"] = root;
    assert_eq!(facet("COMPLETE data_saving"), wanted);

    // A value that cannot be read is ignored, with a warning.
    let mut variables = env(&server).to_vec();
    variables.push(("OPENLINEAGE_PARENT_ID", "nonsense"));
    let run = db.json_with(&["run"], &variables).ok();
    assert!(
        run.stderr
            .contains("OPENLINEAGE_PARENT_ID is not NAMESPACE/JOB/RUN"),
        "{}",
        run.stderr
    );
    let events = Events::of(server.requests());
    assert_eq!(
        events.one(&format!("COMPLETE {RUN}"))["run"]["facets"]["parent"],
        Value::Null
    );
}

#[tokio::test]
async fn a_run_that_is_refused_has_events_unless_another_run_is_in_progress() {
    let db = Db::new().await;
    let server = HttpServer::answering("201 Created");
    let lock = "SELECT pg_advisory_lock(hashtextextended('jobinsight:jobinsight_staging', 0))";
    db.client.execute(lock, &[]).await.unwrap();
    db.json_with(&["run"], &env(&server))
        .failed(5, "jobinsight::run::locked");
    assert!(server.requests().is_empty());
    let unlock = "SELECT pg_advisory_unlock_all()";
    db.client.execute(unlock, &[]).await.unwrap();
    db.json_with(&["run", "--from", "data_loading"], &env(&server))
        .failed(2, "jobinsight::run::no_queue");
    let events = Events::of(server.requests());
    assert_eq!(
        events.words(),
        [format!("START {RUN}"), format!("FAIL {RUN}")]
    );
}
