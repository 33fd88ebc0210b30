//! `run --fill` that is refused: the work of an unfinished run, and phases that have no values to fill.

use serde_json::json;

use crate::fill::{AFTER, BEFORE, FILL, published};
use crate::sandbox::object;

#[tokio::test]
async fn a_fill_does_not_replace_the_work_of_an_unfinished_run() {
    let sandbox = published("1000").await;
    sandbox.db.post("9", &[("title", " ")]).await;
    let strict = [("ETL_INTEGRITY_THRESHOLD", "1")];
    assert_eq!(sandbox.run(AFTER, &[], &strict).status.code(), Some(3));
    let filled = sandbox.run(AFTER, &FILL, &[]);
    assert_eq!(filled.status.code(), Some(2));
    let error = &object(&filled)["error"];
    assert_eq!(error["code"], "jobinsight::run::unfinished", "{error}");
    // The refused fill is not what a retry resumes.
    let mut retry = sandbox.command(AFTER, &["retry", "--format", "json"]);
    let retried = object(&retry.env("ETL_INTEGRITY_THRESHOLD", "0").output().unwrap());
    assert_eq!(
        (&retried["success"], &retried["fills"]),
        (&json!(true), &json!(null))
    );
    assert_eq!(object(&sandbox.run(AFTER, &FILL, &[]))["success"], true);
}

#[tokio::test]
async fn a_phase_that_cannot_be_filled_is_refused_with_the_reason() {
    let sandbox = published("1000").await;
    let with_export = "data_loading,data_processing,seniority,data_saving,parquet_export";
    for (phases, phase, message, help) in [
        (
            BEFORE,
            "seniority",
            "`seniority` is linked, but `pipeline` does not name it, so new rows would get no values",
            "put `seniority` into `pipeline`",
        ),
        (
            AFTER,
            "data_processing",
            "`data_processing` produces values that `data_saving` publishes, and a fill publishes nothing",
            "own-pipeline run --only-unprocessed=false",
        ),
        (
            AFTER,
            "data_saving",
            "`data_saving` publishes rows, and a fill publishes nothing",
            "own-pipeline run --only-unprocessed=false",
        ),
        (
            AFTER,
            "data_loading",
            "`data_loading` loads batches and stores no values",
            "name the processing phase",
        ),
        (
            with_export,
            "parquet_export",
            "`parquet_export` works once a run, so it has no values for single rows",
            "own-pipeline run --only parquet_export",
        ),
        (
            AFTER,
            "senority",
            "`senority` is not a phase of the pipeline",
            "did you mean `seniority`?",
        ),
        (
            AFTER,
            "xyz",
            "the phase `xyz` is not linked",
            "the linked phases are",
        ),
    ] {
        for more in [
            &["--fill", phase] as &[&str],
            &["--fill", phase, "--dry-run"],
        ] {
            let refused = sandbox.run(phases, more, &[]);
            assert_eq!(refused.status.code(), Some(2), "{phase}");
            let error = object(&refused)["error"].clone();
            assert_eq!(error["message"], message);
            let text = error["help"].as_str().unwrap();
            assert!(text.contains(help), "{text}");
        }
    }
    let runs = "SELECT count(*) FROM jobinsight_staging.etl_runs WHERE state <> 'refused'";
    assert_eq!(sandbox.db.count(runs).await, 1);
}

#[tokio::test]
async fn a_phase_that_is_selected_alone_is_refused_with_the_command_that_fills_it() {
    let sandbox = published("1000").await;
    for (phase, command) in [
        ("seniority", "own-pipeline run --fill seniority"),
        (
            "data_processing",
            "own-pipeline run --only-unprocessed=false",
        ),
    ] {
        let refused = sandbox.run(AFTER, &["--only", phase], &[]);
        assert_eq!(refused.status.code(), Some(2), "{phase}");
        let help = object(&refused)["error"]["help"].to_string();
        assert!(help.contains(command), "{help}");
        let lane = "own-pipeline run --only data_loading,data_processing,seniority,data_saving";
        assert!(help.contains(&lane[..48]), "{help}");
    }
}
