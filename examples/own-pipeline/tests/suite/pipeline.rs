//! The command with additional phases, as a user types it, on a real database.

use std::process::Command;

use crate::sandbox::{Sandbox, object};

#[test]
fn additional_phases_are_linked_beside_the_built_in_ones() {
    let output = Command::new(env!("CARGO_BIN_EXE_own-pipeline"))
        .args(["phases", "--format", "json"])
        .output()
        .unwrap();
    let phases = object(&output)["phases"].clone();
    let names: Vec<&str> = phases
        .as_array()
        .unwrap()
        .iter()
        .map(|phase| phase["name"].as_str().unwrap())
        .collect();
    assert_eq!(names[..2], ["schema_setup", "sql_procedures"]);
    // Phases that this repository links beside the default pipeline may be among them.
    for name in ["parquet_export", "seniority", "verbatim"] {
        assert!(names.contains(&name), "{name}: {names:?}");
    }
}

#[test]
fn explain_lists_the_error_codes_of_a_linked_phase() {
    let explain = |args: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_own-pipeline"))
            .args(["explain", "--format", "json"])
            .args(args)
            .output()
            .unwrap()
    };
    let one = object(&explain(&["jobinsight::parquet_export::dir"]));
    assert_eq!(one["exit"], "2");
    let all = object(&explain(&[]));
    let names: Vec<&str> = all["codes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|code| code["code"].as_str().unwrap())
        .collect();
    assert!(
        names.contains(&"jobinsight::parquet_export::dir"),
        "{names:?}"
    );
    assert!(names.contains(&"jobinsight::run::locked"), "{names:?}");
}

#[test]
fn explain_row_shows_the_steps_of_an_additional_phase() {
    let pipeline = "schema_setup,sql_procedures,data_loading,data_processing,seniority,data_saving";
    let output = Command::new(env!("CARGO_BIN_EXE_own-pipeline"))
        .args(["explain-row", "--format", "json"])
        .args(["--title", "Senior Java Developer - Lương 20 Triệu"])
        .env("ETL_PIPELINE", pipeline)
        .output()
        .unwrap();
    let explained = object(&output)["phases"][4].clone();
    assert_eq!(explained["phase"], "seniority");
    let field = &explained["story"]["fields"][0];
    assert_eq!(field["given"], "Senior Java Developer");
    assert_eq!(field["made"]["seniority"], "senior");
}

#[tokio::test]
async fn a_column_is_added_and_the_day_is_exported() {
    let sandbox = Sandbox::new().await;
    let phases = "data_loading,data_processing,seniority,data_saving,parquet_export";
    let ended = object(&sandbox.run(phases, &[], &[]));
    assert_eq!(
        (&ended["success"], &ended["stats"]["new"]),
        (&true.into(), &2.into()),
        "{ended}"
    );
    let levels =
        "SELECT string_agg(concat_ws(' ', job_id, title_clean, seniority), ', ' ORDER BY job_id)
                    FROM jobinsight_staging.jobs_with_seniority";
    assert_eq!(
        sandbox.db.one(levels).await,
        "1 Senior Java Developer senior, 2 Kế Toán"
    );
    assert!(
        sandbox
            .dir
            .path()
            .join("export/postings-2026-01-15.parquet")
            .is_file()
    );
    assert_eq!(ended["phases"][6]["rows_out"], 2);
    sandbox.db.assert_all_accounted_for().await;
}

/// A plan by ranges of blocks and a plan by rows load the same fingerprint, so the view has every level.
#[tokio::test]
async fn the_view_has_a_level_for_every_row_below_and_above_ranges_from() {
    for (ranges_from, ranges) in [("11", 0), ("10", 1)] {
        let sandbox = Sandbox::new().await;
        let env = [("ETL_PHASES__SQL_PROCEDURES__RANGES_FROM", ranges_from)];
        for key in 3..=10 {
            let fields = [("title", "Senior Java Developer")];
            sandbox.db.post(&key.to_string(), &fields).await;
        }
        let phases = "data_loading,data_processing,seniority,data_saving";
        let planned = "SELECT count(*) FROM jobinsight_staging.etl_batches WHERE first_block IS NOT NULL AND state = 'done'";
        let levels = "SELECT count(*) FROM jobinsight_staging.jobs_with_seniority WHERE seniority = 'senior'";
        let again = ["--only-unprocessed=false"];
        for (run, more) in [&[] as &[&str], &again].into_iter().enumerate() {
            let ended = object(&sandbox.run(phases, more, &env));
            assert_eq!(ended["success"], true, "{ended}");
            let runs = i64::try_from(run).unwrap() + 1;
            assert_eq!(sandbox.db.count(planned).await, ranges * runs);
            assert_eq!(
                sandbox.db.count(levels).await,
                9,
                "{ranges_from}, run {runs}"
            );
            sandbox
                .db
                .client
                .batch_execute("DELETE FROM jobinsight_staging.job_seniority")
                .await
                .unwrap();
        }
    }
}

#[tokio::test]
async fn settings_alone_replace_a_phase_by_another() {
    let sandbox = Sandbox::new().await;
    let titles = "SELECT title_clean FROM jobinsight_staging.staging_jobs WHERE job_id = '2'";
    object(&sandbox.run("data_loading,data_processing,data_saving", &[], &[]));
    assert_eq!(sandbox.db.one(titles).await, "Kế Toán");
    let swapped = object(&sandbox.run("data_loading,verbatim,data_saving", &[], &[]));
    assert_eq!(swapped["success"], true, "{swapped}");
    assert_eq!(swapped["rules"], "standard-data_processing+verbatim@1");
    assert_eq!(swapped["stats"]["updated"], 2, "{swapped}");
    assert_eq!(sandbox.db.one(titles).await, "[Gấp] Kế Toán");
    sandbox.db.assert_all_accounted_for().await;
}

/// The rows that a run publishes exist after its saving phase. The rows of earlier runs exist before it.
#[tokio::test]
async fn a_phase_that_reads_published_rows_comes_after_saving_or_runs_alone() {
    let sandbox = Sandbox::new().await;
    let early = "parquet_export,data_loading,data_processing,data_saving";
    let refused = sandbox.run(early, &[], &[]);
    assert_eq!(refused.status.code(), Some(2));
    assert_eq!(
        object(&refused)["error"]["message"],
        "`parquet_export` needs `published`, but `data_saving`, which produces it, comes later"
    );
    let late = "data_loading,data_processing,data_saving,parquet_export";
    assert_eq!(object(&sandbox.run(late, &[], &[]))["success"], true);
    let alone = object(&sandbox.run(late, &["--only", "parquet_export"], &[]));
    assert_eq!(alone["success"], true, "{alone}");
    assert_eq!(alone["phases"][5]["rows_out"], 2);
}

#[tokio::test]
async fn a_phase_in_the_wrong_place_is_refused_in_one_sentence() {
    let sandbox = Sandbox::new().await;
    let output = sandbox.run(
        "data_loading,seniority,data_processing,data_saving",
        &[],
        &[],
    );
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        object(&output)["error"]["message"],
        "`seniority` needs the batch column `title_clean`, but `data_processing`, which produces it, comes later"
    );
}
