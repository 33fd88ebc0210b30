//! Receivers that work, that fail, and that are slow. None of them changes a run.

use std::time::{Duration, Instant};

use jobinsight_tests::{Db, HttpServer};
use serde_json::json;

use super::{Events, PHASES, RUN, env};

/// The events of a run of the default pipeline.
const EVENTS: usize = 2 + 2 * PHASES.len();

#[tokio::test]
async fn the_events_of_each_run_are_appended_to_a_file() {
    let db = Db::new().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.jsonl");
    let server = HttpServer::answering("201 Created");
    let mut variables = env(&server).to_vec();
    variables.push(("ETL_OPENLINEAGE__FILE", file.to_str().unwrap()));
    for runs in 1..=2 {
        db.json_with(&["run"], &variables).ok();
        assert_eq!(Events::in_file(&file).0.len(), runs * EVENTS);
    }
    let sent: Vec<_> = server
        .requests()
        .into_iter()
        .map(|request| request.body)
        .collect();
    assert_eq!(Events::in_file(&file).0, sent);
}

#[tokio::test]
async fn a_receiver_that_fails_costs_one_warning() {
    let db = Db::new().await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("events.jsonl");
    let broken = HttpServer::answering("500 Internal Server Error");
    let refused = "http://127.0.0.1:1".to_owned();
    let file_setting = ("ETL_OPENLINEAGE__FILE", file.to_str().unwrap());
    let nowhere = ("ETL_OPENLINEAGE__FILE", "/nowhere/events.jsonl");
    let no_key = ("ETL_OPENLINEAGE__API_KEY_FILE", "/nowhere/key");
    let url = "ETL_OPENLINEAGE__URL";
    for (variables, why) in [
        (vec![(url, &*broken.address), file_setting], "status 500"),
        (vec![(url, &*refused), file_setting], "the server failed"),
        (vec![(url, "no address"), file_setting], "the server failed"),
        (
            vec![(url, &*refused), no_key, file_setting],
            "/nowhere/key, which cannot be read",
        ),
        (vec![nowhere], "/nowhere/events.jsonl"),
    ] {
        let _ = std::fs::remove_file(&file);
        let run = db.json_with(&["run"], &variables).ok();
        let lost = "events of OpenLineage are lost";
        assert_eq!(run.stderr.matches(lost).count(), 1, "{}", run.stderr);
        assert!(run.stderr.contains(why), "{why}: {}", run.stderr);
        assert_eq!(run.object()["success"], json!(true));
        if variables.contains(&file_setting) {
            assert_eq!(
                Events::in_file(&file).0.len(),
                EVENTS,
                "the file has them all"
            );
        }
    }
    assert_eq!(broken.requests().len(), 1, "the server was not asked again");
}

#[tokio::test]
async fn a_server_that_does_not_answer_delays_a_run_by_its_time_limit_at_most() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    let duration = |variables: &[(&str, &str)]| {
        let started = Instant::now();
        let run = db.json_with(&["run"], variables).ok();
        (started.elapsed(), run.stderr)
    };
    let (usual, _) = duration(&[]);
    let server = HttpServer::silent();
    let mut variables = env(&server).to_vec();
    variables.push(("ETL_OPENLINEAGE__TIMEOUT", "3"));
    let (slow, log) = duration(&variables);
    // A dozen events would take 36 s, if each of them waited.
    assert!(
        slow < usual * 4 + Duration::from_secs(6),
        "{slow:?}, {usual:?}"
    );
    assert!(log.contains("events of OpenLineage are lost"), "{log}");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn without_a_receiver_nothing_is_sent() {
    let db = Db::new().await;
    let server = HttpServer::answering("201 Created");
    let mut variables = env(&server).to_vec();
    variables.push(("OPENLINEAGE_DISABLED", "True"));
    let run = db.json_with(&["run"], &variables).ok();
    assert!(server.requests().is_empty());
    assert!(!run.stderr.contains("OpenLineage"), "{}", run.stderr);
    // A joined process leaves the events to the process that leads. Here it leads, because no run is in progress.
    db.json_with(&["run", "--join"], &env(&server)).ok();
    Events::of(server.requests()).one(&format!("COMPLETE {RUN}"));
}
