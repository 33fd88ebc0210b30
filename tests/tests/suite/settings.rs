//! Settings: their sources, their order, and what is refused.

use jobinsight_tests::{Db, jobinsight};

#[test]
fn an_invalid_batch_size_exits_2_and_names_the_allowed_values() {
    for value in ["0", "-1", "abc", "1.5"] {
        let run = jobinsight(
            &["run"],
            &[
                ("ETL_BATCH_SIZE", value),
                ("DATABASE_URL", "postgresql://x@127.0.0.1:1/x"),
            ],
        );
        run.failed(2, "jobinsight::settings::invalid");
        assert!(
            run.stderr.contains("ETL_BATCH_SIZE") && run.stderr.contains("1 or more rows"),
            "{}",
            run.stderr
        );
    }
    assert_eq!(jobinsight(&["run", "--batch-size", "0"], &[]).code, 2);
}

#[test]
fn a_flag_overrides_the_environment_which_overrides_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("my.toml");
    std::fs::write(
        &file,
        "timeout = 10\nlock_timeout = 11\n\n[phases.sql_procedures]\nusd_vnd_rate = 26000\n",
    )
    .unwrap();
    let file = file.to_str().unwrap();
    let shown = jobinsight(
        &[
            "config",
            "show",
            "--origin",
            "--format",
            "json",
            "--config",
            file,
            "--log-level",
            "debug",
        ],
        &[
            ("ETL_TIMEOUT", "20"),
            ("ETL_LOG_LEVEL", "trace"),
            (
                "ETL_PHASES__SQL_PROCEDURES__REFRESH_TIME_REMAINING",
                "false",
            ),
        ],
    )
    .ok();
    let settings = shown.object()["settings"].as_array().unwrap().clone();
    let of = |key: &str| {
        let setting = settings
            .iter()
            .find(|setting| setting["key"] == key)
            .unwrap_or_else(|| panic!("no {key}"));
        format!(
            "{} from {}",
            setting["value"],
            setting["origin"].as_str().unwrap()
        )
    };
    assert_eq!(of("timeout"), "20 from environment ETL_TIMEOUT");
    assert_eq!(of("log_level"), "\"debug\" from flag --log-level");
    assert_eq!(of("max_workers"), "4 from default");
    assert_eq!(of("lock_timeout"), format!("11 from file {file}:2"));
    assert_eq!(
        of("phases.sql_procedures.usd_vnd_rate"),
        format!("26000 from file {file}:5")
    );
    assert_eq!(
        of("phases.sql_procedures.refresh_time_remaining"),
        "false from environment ETL_PHASES__SQL_PROCEDURES__REFRESH_TIME_REMAINING"
    );
}

#[test]
fn an_unknown_key_is_shown_in_its_file_with_the_nearest_name() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("my.toml");
    for (text, code, place, help) in [
        (
            "timeout = 5\nbatchsize = 10\n",
            "settings::unknown_key",
            "my.toml:2:1",
            "batch_size",
        ),
        (
            "[phases.sql_procedures]\nusd_rate = 1\n",
            "settings::unknown_key",
            "my.toml:2:1",
            "usd_vnd_rate",
        ),
        (
            // The phase is linked, but not in `pipeline`.
            "pipeline = [\"schema_setup\"]\n[phases.sql_procedures]\nusd_rate = 1\n",
            "settings::unknown_key",
            "my.toml:3:1",
            "usd_vnd_rate",
        ),
        (
            "pipeline = [\"schema_setup\"]\n\n[phases.sql_procedures]\nranges_from = \"many\"\n",
            "settings::invalid",
            "my.toml:4:1",
            "ranges_from",
        ),
        (
            "[phases]\nsql_procedures = 5\n",
            "settings::invalid",
            "my.toml:2:1",
            "must be a table",
        ),
        (
            "phases = 5\n",
            "settings::invalid",
            "my.toml:1:1",
            "[phases.NAME]",
        ),
        (
            "[phases.data_proccessing]\n",
            "settings::unknown_phase",
            "my.toml:1:1",
            "data_processing",
        ),
        (
            "\n[raw]\ntabel = \"x\"\n",
            "settings::unknown_key",
            "my.toml:3:1",
            "table",
        ),
        (
            "max_workers = \"many\"\n",
            "settings::invalid",
            "my.toml:1:1",
            "1 to 64",
        ),
        (
            "pipeline = [\"schema_setup\", \"data_savign\"]\n",
            "phases::unknown",
            "",
            "data_saving",
        ),
    ] {
        std::fs::write(&file, text).unwrap();
        let state = ("ETL_STATE_DIR", dir.path().to_str().unwrap());
        let address = ("DATABASE_URL", "postgresql://x@127.0.0.1:1/x");
        // Neither a missing address nor an unreachable server hides the error.
        for env in [&[state][..], &[state, address]] {
            let run = jobinsight(&["run", "--config", file.to_str().unwrap()], env);
            run.failed(2, code);
            assert!(
                run.stderr.contains(place) && run.stderr.contains(help),
                "{text}\n{}",
                run.stderr
            );
        }
    }
}

#[test]
fn pipeline_errors_are_reported_before_a_missing_database() {
    for (args, pipeline, code) in [
        (&["run"][..], "schema_setup,data_saving", "phases::order"),
        (&["retry"], "data_loading,data_saving", "phases::needs"),
        (
            &["run", "--join"],
            "schema_setup,schema_setup",
            "phases::order",
        ),
        (&["run", "--only", "data_saving"], "", "phases::choice"),
        (&["demo"], "schema_setup,data_saving", "phases::order"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let state = dir.path().to_str().unwrap();
        let run = jobinsight(
            args,
            &[("ETL_PIPELINE", pipeline), ("ETL_STATE_DIR", state)],
        );
        run.failed(2, code);
        assert!(
            !dir.path().join("postgres").exists(),
            "{args:?} started a server"
        );
    }
    // Only the phase itself can check this value.
    let run = jobinsight(
        &["run"],
        &[("ETL_PHASES__SQL_PROCEDURES__USD_VND_RATE", "-1")],
    );
    run.failed(2, "settings::invalid");
}

#[test]
fn a_misspelled_variable_is_refused_unless_strict_env_is_false() {
    for name in ["ETL_STAGING_SCHEMA", "ETL_BATCHSIZE", "ETL_BATCH_SIZ"] {
        jobinsight(&["config", "show"], &[(name, "5")])
            .failed(2, "jobinsight::settings::unknown_variable");
    }
    // A variable that resembles no setting belongs to another program.
    jobinsight(&["config", "show"], &[("ETL_MODE", "5")]).ok();
    let lenient = [("ETL_BATCHSIZE", "5"), ("ETL_STRICT_ENV", "false")];
    let shown = jobinsight(&["config", "show"], &lenient).ok();
    assert!(
        shown
            .stderr
            .contains("ETL_BATCHSIZE is not a setting; did you mean ETL_BATCH_SIZE?"),
        "{}",
        shown.stderr
    );
}

#[tokio::test]
async fn names_in_settings_are_quoted() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    let schema = "x\"; DROP TABLE raw_jobs;--";
    let run = db.json_with(&["run"], &[("ETL_STAGING__SCHEMA", schema)]);
    assert_eq!(run.ok().stat("new"), 1);
    assert_eq!(db.count("SELECT count(*) FROM raw_jobs").await, 1);
    assert_eq!(
        db.count("SELECT count(*) FROM \"x\"\"; DROP TABLE raw_jobs;--\".staging_jobs")
            .await,
        1
    );
}

#[tokio::test]
async fn an_unwritable_state_directory_exits_2_before_any_work() {
    let db = Db::new().await;
    let run = db.jobinsight_with(&["run"], &[("ETL_STATE_DIR", "/proc/nowhere")]);
    run.failed(2, "jobinsight::state::not_writable");
    assert_eq!(
        db.count("SELECT count(*) FROM pg_namespace WHERE nspname = 'jobinsight_staging'")
            .await,
        0
    );
}
