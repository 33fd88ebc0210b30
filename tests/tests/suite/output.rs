//! Output for machines: JSON results and JSON logs.

use std::process::Stdio;

use jobinsight_tests::Db;

/// The first field of every JSON object. Serde refuses an object that has this field twice.
#[derive(serde::Deserialize)]
struct Head {
    schema_version: u32,
}

/// The commands with every kind of output: results, tables, help, errors, logs.
const COMMANDS: [&[&str]; 16] = [
    &["run"],
    &["run", "--only", "no_such_phase"],
    &["status"],
    &["runs", "list"],
    &["doctor"],
    &["rejects", "list"],
    &["import", "a.csv"],
    &["phases"],
    &["config", "show", "--origin"],
    &["explain"],
    &["completions", "bash"],
    &["man"],
    &["--help"],
    &["--version"],
    &["import"],
    &["no_such_command"],
];

/// The error of a command whose output is lost.
const LOST: &str = "jobinsight::output::stdout";

#[tokio::test]
async fn an_output_that_cannot_be_written_changes_only_the_exit_code() {
    let db = Db::new().await;
    std::fs::write(db.state.path().join("a.csv"), "job_id,title\n1,Kế Toán\n").unwrap();
    let closed = || {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        Stdio::from(writer)
    };
    let full = || {
        Stdio::from(
            std::fs::File::options()
                .write(true)
                .open("/dev/full")
                .unwrap(),
        )
    };
    for (words, format) in COMMANDS
        .iter()
        .flat_map(|words| ["text", "json"].map(|format| (*words, format)))
    {
        let args = [words, &["--format", format]].concat();
        let command = || {
            let mut command = db.command(&args);
            command.current_dir(db.state.path());
            command
        };
        let whole = command().output().unwrap();
        let own = whole.status.code();
        let lost = match own {
            Some(0) => Some(1),
            code => code,
        };
        for (stdout, code, is_lost) in [
            (closed(), own, false),
            (full(), lost, !whole.stdout.is_empty()),
        ] {
            let output = command().stdout(stdout).output().unwrap();
            let error = String::from_utf8_lossy(&output.stderr);
            assert!(!error.contains("panicked"), "{args:?}: {error}");
            assert_eq!(output.status.code(), code, "{args:?}: {error}");
            assert_eq!(error.contains(LOST), is_lost, "{args:?}: {error}");
        }
        for stderr in [closed(), full()] {
            let mut command = command();
            command.stdout(Stdio::null()).stderr(stderr);
            assert_eq!(command.status().unwrap().code(), own, "{args:?}");
        }
        let mut command = command();
        command.stdout(full()).stderr(closed());
        assert_eq!(command.status().unwrap().code(), lost, "{args:?}");
    }
}

#[tokio::test]
async fn a_run_whose_output_is_lost_keeps_its_work() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let run = db.command(&["run"]).stdout(full).output().unwrap();
    assert_eq!(run.status.code(), Some(1));
    let staged = "SELECT count(*) FROM jobinsight_staging.staging_jobs";
    assert_eq!(db.count(staged).await, 1);
    let state = "SELECT state FROM jobinsight_staging.etl_runs";
    assert_eq!(db.one(state).await, "done");
    db.json(&["run"]).ok();
}

#[tokio::test]
async fn every_json_output_has_a_schema_version() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    db.post("2", " ").await;
    for args in [
        &["status"][..],
        &["rejects", "list"],
        &["run"],
        &["status"],
        &["runs", "list"],
        &["runs", "show"],
        &["rejects", "list"],
        &["rejects", "show", "2"],
        &["explain-row", "1"],
        &["doctor"],
        &["phases"],
        &["phases", "data_saving"],
        &["config", "show"],
        &["rules", "list"],
        &["rules", "show", "recruiting"],
        &["explain"],
        &["explain", "jobinsight::contract::no_key"],
        &["run", "--only", "no_such_phase"],
    ] {
        let output = db.json(args);
        let head = serde_json::from_str::<Head>(&output.stdout);
        let version = head.map(|head| head.schema_version);
        assert_eq!(version.ok(), Some(2), "{args:?}: {}", output.stdout);
    }
}

#[tokio::test]
async fn run_results_are_one_json_line_and_a_file_in_the_state_directory() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    let run = db.json(&["run"]).ok();
    assert_eq!(run.stdout.lines().count(), 1);
    let object = run.object();
    assert_eq!(
        (&object["schema_version"], &object["success"]),
        (&2.into(), &true.into())
    );
    let phases = object["phases"].as_array().unwrap();
    let pipeline = jobinsight_core::Settings::default().pipeline;
    let names: Vec<&str> = phases
        .iter()
        .filter_map(|phase| phase["name"].as_str())
        .collect();
    assert_eq!(names, pipeline);
    for phase in phases {
        assert_eq!(phase["status"], "done");
        for number in [
            "duration_s",
            "busy_s",
            "cpu_s",
            "rss_before_mb",
            "rss_after_mb",
            "rss_peak_mb",
            "rows_in",
            "rows_out",
            "rejected",
        ] {
            assert!(phase[number].is_number(), "no {number} in {phase}");
        }
        assert!(phase["rss_peak_mb"].as_f64().unwrap() > 1.0, "{phase}");
    }
    let kept: serde_json::Value = serde_json::from_str(
        &std::fs::read_to_string(db.state.path().join("run_results.json")).unwrap(),
    )
    .unwrap();
    assert_eq!(kept, object);
    let ledger = db
        .one("SELECT state || ' ' || (results->'stats'->>'new') FROM jobinsight_staging.etl_runs")
        .await;
    assert_eq!(ledger, "done 1");
    for phase in pipeline {
        let lines = run
            .stderr
            .lines()
            .filter(|line| line.contains("phase done") && line.contains(&format!("\"{phase}\"")))
            .count();
        assert_eq!(lines, 1, "one log line for {phase}\n{}", run.stderr);
    }
}

#[tokio::test]
async fn json_logs_never_mix_with_results() {
    let db = Db::new().await;
    let run = db.json_with(&["run"], &[("ETL_LOG_FORMAT", "json")]);
    let run = run.ok();
    for line in run.stderr.lines() {
        serde_json::from_str::<serde_json::Value>(line)
            .unwrap_or_else(|error| panic!("{error}: {line}"));
    }
}
