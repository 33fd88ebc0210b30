//! Events of OpenLineage. Every event is checked against the published schemas.

mod columns;
mod ends;
mod package;
mod receivers;
mod settings;

use jobinsight_tests::{Db, HttpRequest, HttpServer, check_event};
use serde_json::{Value, json};

/// The phases of the default pipeline.
const PHASES: [&str; 5] = [
    "schema_setup",
    "sql_procedures",
    "data_loading",
    "data_processing",
    "data_saving",
];

/// Events in the order in which they came, each checked.
struct Events(Vec<Value>);

impl Events {
    fn of(requests: Vec<HttpRequest>) -> Self {
        Self::checked(requests.into_iter().map(|request| request.body))
    }

    fn in_file(file: &std::path::Path) -> Self {
        let text = std::fs::read_to_string(file).unwrap();
        Self::checked(text.lines().map(|line| serde_json::from_str(line).unwrap()))
    }

    fn checked(events: impl Iterator<Item = Value>) -> Self {
        Self(events.inspect(check_event).collect())
    }

    /// The types of the events and the last word of their jobs: `START data_saving`.
    fn words(&self) -> Vec<String> {
        let word = |event: &Value| {
            let job = event["job"]["name"].as_str().unwrap();
            let phase = job.rsplit('.').next().unwrap();
            format!("{} {phase}", event["eventType"].as_str().unwrap())
        };
        self.0.iter().map(word).collect()
    }

    /// The only event of this type about this phase, or about the run.
    fn one(&self, words: &str) -> &Value {
        let all = self.words();
        let mut found = self.0.iter().zip(&all).filter(|(_, word)| *word == words);
        let (event, _) = found.next().unwrap_or_else(|| panic!("{words}: {all:?}"));
        assert!(found.next().is_none(), "{words}: {all:?}");
        event
    }
}

/// The last word of the job of a run.
const RUN: &str = "jobinsight_staging";

fn env(server: &HttpServer) -> [(&'static str, &str); 1] {
    [("ETL_OPENLINEAGE__URL", &server.address)]
}

/// The only dataset among the inputs or outputs.
fn only<'a>(event: &'a Value, key: &str) -> &'a Value {
    let datasets = event[key].as_array().unwrap();
    assert_eq!(datasets.len(), 1, "{datasets:#?}");
    &datasets[0]
}

#[tokio::test]
async fn a_run_and_each_phase_have_an_event_at_the_start_and_one_at_the_end() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    db.post("2", "Lái Xe").await;
    let server = HttpServer::answering("201 Created");
    let run = db.json_with(&["run"], &env(&server)).ok().object();
    let requests = server.requests();
    assert!(
        requests
            .iter()
            .all(|request| request.path == "/api/v1/lineage")
    );
    let events = Events::of(requests);
    let lane = &PHASES[2..];
    let words = |word: &'static str, phases: &'static [&str]| {
        phases.iter().map(move |phase| format!("{word} {phase}"))
    };
    let mut wanted = vec![format!("START {RUN}")];
    for phase in &PHASES[..2] {
        wanted.extend([format!("START {phase}"), format!("COMPLETE {phase}")]);
    }
    wanted.extend(words("START", lane).chain(words("COMPLETE", lane)));
    wanted.push(format!("COMPLETE {RUN}"));
    assert_eq!(events.words(), wanted);

    let end = events.one(&format!("COMPLETE {RUN}"));
    assert_eq!(end["run"]["runId"], run["run_id"]);
    assert_eq!(end["job"]["namespace"], "jobinsight");
    let place = &run["server"];
    let namespace = format!(
        "postgres://{}:{}",
        place["host"].as_str().unwrap(),
        place["port"]
    );
    let (raw, staging) = (only(end, "inputs"), only(end, "outputs"));
    let database = run["database"].as_str().unwrap();
    for (dataset, table) in [
        (raw, "public.raw_jobs"),
        (staging, "jobinsight_staging.staging_jobs"),
    ] {
        assert_eq!(dataset["namespace"], namespace);
        assert_eq!(dataset["name"], format!("{database}.{table}"));
    }
    let facets = &raw["inputFacets"];
    assert_eq!(facets["inputStatistics"]["rowCount"], 2);
    assert_eq!(facets["dataQualityMetrics"]["rowCount"], 2);
    let integrity = &facets["dataQualityAssertions"]["assertions"][0];
    assert_eq!(
        (&integrity["name"], &integrity["success"]),
        (&json!("integrity_threshold"), &json!(true))
    );
    assert_eq!(staging["outputFacets"]["outputStatistics"]["rowCount"], 2);

    let saving = events.one("COMPLETE data_saving");
    let parent = &saving["run"]["facets"]["parent"];
    assert_eq!(parent["run"]["runId"], run["run_id"]);
    assert_eq!(parent["job"]["name"], format!("{database}.{RUN}"));
    assert_eq!(
        only(saving, "outputs")["outputFacets"]["outputStatistics"]["rowCount"],
        2
    );
    assert_ne!(saving["run"]["runId"], run["run_id"]);
    let setup = events.one("COMPLETE schema_setup");
    assert_eq!(
        (&setup["inputs"], &setup["outputs"]),
        (&json!([]), &json!([]))
    );
    let words = saving["job"]["facets"]["documentation"]["description"].to_string();
    assert!(words.contains("publishes a batch"), "{words}");

    // A run that changes nothing writes no row.
    db.json_with(&["run"], &env(&server)).ok();
    let events = Events::of(server.requests());
    let end = events.one(&format!("COMPLETE {RUN}"));
    assert_eq!(
        only(end, "outputs")["outputFacets"]["outputStatistics"]["rowCount"],
        0
    );
}

#[tokio::test]
async fn no_event_contains_a_secret() {
    let db = Db::new().await;
    let config: tokio_postgres::Config = db.url.parse().unwrap();
    let password = String::from_utf8_lossy(config.get_password().unwrap()).into_owned();
    assert!(password.len() > 8);
    let server = HttpServer::answering("201 Created");
    let variables = [
        ("ETL_OPENLINEAGE__URL", &*server.address),
        ("ETL_OPENLINEAGE__API_KEY", "K3Y-0F-A-S3RV3R"),
    ];
    let run = db.json_with(&["run"], &variables).ok();
    db.break_contract().await;
    let failed = db.json_with(&["run"], &variables);
    failed.failed(4, "jobinsight::contract::missing_column");
    let requests = server.requests();
    assert!(requests.len() > 14);
    for request in &requests {
        assert_eq!(request.headers["authorization"], "Bearer K3Y-0F-A-S3RV3R");
        let event = request.body.to_string();
        assert!(
            !event.contains(&password) && !event.contains("K3Y-0F"),
            "{event}"
        );
    }
    let shown = db
        .jobinsight_with(&["config", "show", "--origin"], &variables)
        .ok();
    assert!(
        shown.stdout.contains("openlineage.api_key"),
        "{}",
        shown.stdout
    );
    for output in [&run, &failed, &shown] {
        for text in [&output.stdout, &output.stderr] {
            assert!(!text.contains("K3Y-0F"), "{text}");
        }
    }
}
