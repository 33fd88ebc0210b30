//! Phases from outside this repository: how the runner treats them, also when they break their contract.

mod broken_promises;
mod fingerprints;
mod outside_a_run;
mod phases;
mod rule_set;

use jobinsight_core::Loaded;
use jobinsight_core::configuration::load;
use jobinsight_core::database::{Target, TargetOrigin};
use jobinsight_core::failpoints::before;
use jobinsight_core::settings::Flag;
use jobinsight_core::state::PhaseState;
use jobinsight_runner::run::{Ended, run};
use jobinsight_tests::{Db, LIMITS, failpoint};
use serde_json::{Value, json};

async fn run_with(db: &Db, phase: &str) -> Ended {
    run_for(db, phase, 600).await
}

async fn run_for(db: &Db, phase: &str, seconds: u64) -> Ended {
    run_pipeline(db, &["data_processing", phase], seconds).await
}

/// Runs the pipeline with these phases between loading and saving.
async fn run_pipeline(db: &Db, phases: &[&str], seconds: u64) -> Ended {
    run_pipeline_with(db, phases, vec![flag("timeout", json!(seconds))]).await
}

/// Runs the pipeline with these phases and more settings.
async fn run_pipeline_with(db: &Db, phases: &[&str], more: Vec<Flag>) -> Ended {
    let loaded = loaded_with(db, phases, more);
    run(
        &loaded,
        &Target::parse(&db.url, TargetOrigin::Test).unwrap(),
    )
    .await
}

/// The settings of the pipeline with these phases between loading and saving.
fn loaded_with(db: &Db, phases: &[&str], more: Vec<Flag>) -> Loaded {
    let mut pipeline = vec!["schema_setup", "sql_procedures", "data_loading"];
    pipeline.extend(phases);
    pipeline.push("data_saving");
    let mut flags = vec![
        flag("pipeline", json!(pipeline)),
        flag("state_dir", json!(db.state.path())),
        // With so few rows, a part of them may be rejected.
        flag("integrity_threshold", json!(0.5)),
    ];
    flags.extend(more);
    load(None, std::iter::empty(), flags).unwrap()
}

fn flag(key: &'static str, value: Value) -> Flag {
    Flag {
        key,
        value,
        flag: "test",
    }
}

#[tokio::test]
async fn a_row_changed_while_saving_stays_in_the_queue() {
    let db = Db::new().await;
    for n in 0..4 {
        db.post(&n.to_string(), "Kế Toán").await;
    }
    let ended = run_with(&db, "test_crawler").await;
    assert!(ended.error.is_none(), "{:?}", ended.error);
    let stats = ended.results.stats;
    assert_eq!((stats.new, stats.left, stats.total_records), (2, 2, 4));
    assert_eq!(
        db.count("SELECT count(*) FROM jobinsight_staging.staging_jobs WHERE job_id IN ('1', '2')")
            .await,
        0
    );
    let next = db.json(&["run"]).ok();
    assert_eq!((next.stat("new"), next.stat("unchanged")), (1, 2));
    assert_eq!(
        db.one("SELECT title_clean FROM jobinsight_staging.staging_jobs WHERE job_id = '1'")
            .await,
        "Lái Xe"
    );
    db.assert_all_accounted_for().await;
}

#[tokio::test]
async fn a_panicking_phase_fails_its_run_by_name() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    let ended = run_with(&db, "test_panics").await;
    let error = ended.error.expect("a failure");
    assert_eq!(error.code().name(), "jobinsight::phases::panicked");
    assert_eq!(error.phase(), Some("test_panics"));
    assert!(
        error
            .message()
            .contains("`test_panics` of the crate `suite` panicked: the phase is broken"),
        "{error}"
    );
    assert!(
        error.help_text().contains("not of jobinsight"),
        "{}",
        error.help_text()
    );
    assert_eq!(error.kind().exit_code(), 1);
    assert_eq!(
        db.count("SELECT count(*) FROM jobinsight_staging.staging_jobs")
            .await,
        0
    );
    let statuses: Vec<&str> = ended
        .results
        .phases
        .iter()
        .map(|phase| phase.status.as_str())
        .collect();
    assert_eq!(
        statuses,
        ["done", "done", "stopped", "stopped", "failed", "stopped"]
    );
    assert_eq!(db.json(&["run"]).ok().stat("new"), 1);
}

#[tokio::test]
async fn a_phase_that_panics_while_it_is_built_is_named_before_the_run_starts() {
    let db = Db::new().await;
    let ended = run_with(&db, "test_panics_at_start").await;
    let error = ended.error.expect("a failure");
    assert_eq!(error.code().name(), "jobinsight::phases::panicked");
    assert_eq!(
        error.message(),
        "the phase `test_panics_at_start` of the crate `suite` panicked: no model"
    );
    assert!(error.help_text().contains("not of jobinsight"), "{error:?}");
}

#[tokio::test]
async fn a_phase_that_blocks_its_thread_for_a_while_gets_a_warning() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    let blocked = db.json_with(
        &["run"],
        &[failpoint(before("data_processing"), "sleep(11500)")],
    );
    assert!(
        blocked
            .stderr
            .contains("phase `data_processing` has blocked an async thread for 10 s"),
        "{}",
        blocked.stderr
    );
    assert_eq!(blocked.ok().stat("new"), 1);
}

#[tokio::test]
async fn a_passing_error_is_retried_and_counted() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    let ended = run_with(&db, "test_fails_once").await;
    assert!(ended.error.is_none(), "{:?}", ended.error);
    let phase = ended
        .results
        .phases
        .iter()
        .find(|phase| phase.name == "test_fails_once")
        .unwrap();
    assert_eq!((phase.retries, phase.rows_in, phase.rows_out), (1, 1, 1));
}

#[tokio::test]
async fn a_hanging_phase_fails_its_run_by_name_at_the_timeout() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    let mut was_named = false;
    for limit in LIMITS {
        let ended = run_for(&db, "test_hangs", limit).await;
        let error = ended.error.expect("a failure");
        was_named = error.phase() == Some("test_hangs");
        if was_named {
            assert_eq!(error.code().name(), "jobinsight::run::timeout");
            assert_eq!(ended.results.phases[4].status, PhaseState::Failed);
            break;
        }
    }
    assert!(was_named, "a run reached the phase");
    assert_eq!(db.json(&["run"]).ok().stat("new"), 1);
    db.assert_all_accounted_for().await;
}

#[tokio::test]
async fn a_phase_that_blocks_its_thread_is_named_and_ended() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    let blocks = failpoint(before("data_processing"), "sleep(3600000)");
    let mut runs = LIMITS.iter().map(|limit| {
        let limit = limit.to_string();
        db.json_with(&["run"], &[blocks, ("ETL_TIMEOUT", &limit)])
    });
    let named = runs.find(|run| run.stderr.contains("data_processing did not stop"));
    let named = named.expect("a run that reached the phase");
    named.failed(1, "jobinsight::run::timeout");
    assert_eq!(db.json(&["run"]).ok().stat("new"), 1);
    db.assert_all_accounted_for().await;
}

#[tokio::test]
async fn a_phase_before_processing_adds_a_warning_and_a_column() {
    let db = Db::new().await;
    db.post("1", "KẾ TOÁN").await;
    db.post("2", "Lái Xe").await;
    db.post("3", " ").await; // rejected: its row of the column goes with it
    db.post("4", "LƯƠNG 12 TRIỆU").await; // a warning of processing as well
    let phases = ["test_shouts", "data_processing", "test_wants_loud"];
    let ended = run_pipeline(&db, &phases, 600).await;
    assert!(ended.error.is_none(), "{:?}", ended.error);
    let warned = "SELECT string_agg(job_id || array_to_string(warnings, '+'), ' ' ORDER BY job_id) FROM jobinsight_staging.staging_jobs";
    assert_eq!(
        db.one(warned).await,
        "1title_shouts 2 4title_shouts+title_kept"
    );
    assert_eq!(
        serde_json::to_value(&ended.results.warnings).unwrap(),
        json!({ "title": { "title_shouts": 2, "title_kept": 1 } })
    );
    db.assert_all_accounted_for().await;
}

#[tokio::test]
async fn a_pipeline_that_lacks_a_column_is_refused_before_it_starts() {
    let db = Db::new().await;
    for (phase, sentence) in [
        (
            "test_wants_mood",
            "`test_wants_mood` needs the batch column `mood`, but `test_gives_less`, which produces it, is not in `pipeline`",
        ),
        (
            "test_wants_raw",
            "`test_wants_raw` needs the batch column `location_detail`, but `data_processing` drops it",
        ),
    ] {
        let error = run_with(&db, phase).await.error.expect("a refusal");
        assert_eq!(error.code().name(), "jobinsight::phases::needs");
        assert_eq!(error.message(), sentence);
    }
    let schemas = "SELECT count(*) FROM pg_namespace WHERE nspname = 'jobinsight_staging'";
    assert_eq!(db.count(schemas).await, 0, "no phase started");
}
