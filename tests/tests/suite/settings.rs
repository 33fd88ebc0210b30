//! Settings: what is read, what wins, what is refused.

use jobinsight_tests::{Db, Typed, command};

fn typed(args: &[&str], env: &[(&str, &str)]) -> Typed {
    Typed::of(&command(args).envs(env.iter().copied()).output().unwrap())
}

#[test]
fn a_batch_size_that_is_none_exits_2_and_says_what_is_allowed() {
    for value in ["0", "-1", "abc", "1.5"] {
        let run = typed(
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
    assert_eq!(typed(&["run", "--batch-size", "0"], &[]).code, 2);
}

#[test]
fn each_layer_wins_over_the_next() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("my.toml");
    std::fs::write(
        &file,
        "timeout = 10\nlock_timeout = 11\n\n[phases.sql_procedures]\nusd_vnd_rate = 26000\n",
    )
    .unwrap();
    let file = file.to_str().unwrap();
    let shown = typed(
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
fn a_wrong_key_is_shown_in_its_file_with_the_nearest_right_one() {
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
            // Of a phase that is linked, and not in the list.
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
        // An address that is not there hides nothing; nor does one where nobody answers.
        for env in [&[state][..], &[state, address]] {
            let run = typed(&["run", "--config", file.to_str().unwrap()], env);
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
fn without_a_database_what_is_wrong_in_the_list_is_said_first() {
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
        let run = typed(
            args,
            &[("ETL_PIPELINE", pipeline), ("ETL_STATE_DIR", state)],
        );
        run.failed(2, code);
        assert!(
            !dir.path().join("postgres").exists(),
            "{args:?} started a server"
        );
    }
    // A value that only the phase itself can judge.
    let run = typed(
        &["run"],
        &[("ETL_PHASES__SQL_PROCEDURES__USD_VND_RATE", "-1")],
    );
    run.failed(2, "settings::invalid");
}

#[test]
fn an_unknown_variable_is_a_warning_with_the_nearest_name() {
    let shown = typed(&["config", "show"], &[("ETL_BATCHSIZE", "5")]).ok();
    assert!(
        shown
            .stderr
            .contains("ETL_BATCHSIZE is no setting; did you mean ETL_BATCH_SIZE?"),
        "{}",
        shown.stderr
    );
}

#[test]
fn without_a_database_the_command_says_what_to_set() {
    let run = typed(&["run"], &[]);
    run.failed(2, "jobinsight::database::none");
    assert!(
        run.stderr.contains("DATABASE_URL") && run.stderr.contains("jobinsight demo"),
        "{}",
        run.stderr
    );
}

#[tokio::test]
async fn the_database_is_found_by_libpq_s_names_and_those_of_the_python_pipeline() {
    let db = Db::new().await;
    let config: tokio_postgres::Config = db.url.parse().unwrap();
    let password = String::from_utf8_lossy(config.get_password().unwrap()).into_owned();
    let port = config.get_ports()[0].to_string();
    let secret = db.state.path().join("password");
    std::fs::write(&secret, format!("{password}\n")).unwrap();
    let state = db.state.path().to_str().unwrap();
    for (names, note) in [
        (
            [
                "PGHOST",
                "PGPORT",
                "PGUSER",
                "PGPASSWORD_FILE",
                "PGDATABASE",
            ],
            "the PG* environment",
        ),
        (
            [
                "DB_HOST",
                "DB_PORT",
                "DB_USER",
                "DB_PASSWORD_FILE",
                "DB_NAME",
            ],
            "Python pipeline",
        ),
    ] {
        let values = [
            "127.0.0.1",
            &port,
            "jobinsight",
            secret.to_str().unwrap(),
            config.get_dbname().unwrap(),
        ];
        let mut env: Vec<(&str, &str)> = names.into_iter().zip(values).collect();
        env.push(("ETL_STATE_DIR", state));
        let run = typed(&["run"], &env).ok();
        assert!(run.stderr.contains(note), "{}", run.stderr);
        assert!(!run.stderr.contains(&password) && !run.stdout.contains(&password));
    }
}

#[tokio::test]
async fn a_password_with_signs_works_and_is_shown_nowhere() {
    let db = Db::new().await;
    db.client
        .batch_execute("DO $$ BEGIN CREATE ROLE odd SUPERUSER LOGIN PASSWORD 'p@ss/w%rd''x'; EXCEPTION WHEN duplicate_object THEN END $$")
        .await
        .unwrap();
    let url = format!(
        "postgresql://odd:p%40ss%2Fw%25rd%27x@{}",
        db.url.rsplit_once('@').unwrap().1
    );
    for args in [
        &["run", "--format", "json"][..],
        &["config", "show", "--origin"],
        &["run", "--log-level", "trace"],
    ] {
        let said = Typed::of(&db.command(args).env("DATABASE_URL", &url).output().unwrap()).ok();
        for text in [&said.stdout, &said.stderr] {
            assert!(!text.contains("p@ss") && !text.contains("p%40ss"), "{text}");
        }
    }
    let results = std::fs::read_to_string(db.state.path().join("run_results.json")).unwrap();
    assert!(!results.contains("p@ss"));
}

#[tokio::test]
async fn names_in_settings_are_quoted() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    let schema = "x\"; DROP TABLE raw_jobs;--";
    let run = db
        .command(&["run", "--format", "json"])
        .env("ETL_STAGING__SCHEMA", schema)
        .output()
        .unwrap();
    assert_eq!(Typed::of(&run).ok().stat("new"), 1);
    assert_eq!(db.count("SELECT count(*) FROM raw_jobs").await, 1);
    assert_eq!(
        db.count("SELECT count(*) FROM \"x\"\"; DROP TABLE raw_jobs;--\".staging_jobs")
            .await,
        1
    );
}

#[tokio::test]
async fn a_state_directory_that_can_not_be_written_is_said_before_any_work() {
    let db = Db::new().await;
    let run = db
        .command(&["run"])
        .env("ETL_STATE_DIR", "/proc/nowhere")
        .output()
        .unwrap();
    Typed::of(&run).failed(2, "jobinsight::state::not_writable");
    assert_eq!(
        db.count("SELECT count(*) FROM pg_namespace WHERE nspname = 'jobinsight_staging'")
            .await,
        0
    );
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn a_password_is_in_no_process_list() {
    let db = Db::new().await;
    let password = db.url.split([':', '@']).nth(2).unwrap().to_owned();
    let run = db.spawn(&["run"], &[("FAILPOINTS", "run/locked=sleep(500)")]);
    let names = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'jobinsight%'";
    db.wait_for(names).await;
    let line = std::fs::read_to_string(format!("/proc/{}/cmdline", run.pid())).unwrap();
    assert!(line.contains("run") && !line.contains(&password), "{line}");
    let shown = db.one("SELECT string_agg(application_name || query, ' ') FROM pg_stat_activity WHERE application_name LIKE 'jobinsight%'").await;
    assert!(!shown.contains(&password), "{shown}");
    run.end().ok();
    let warned = jobinsight_tests::command(&["run", "--database-url", &db.url])
        .env("ETL_STATE_DIR", db.state.path())
        .output()
        .unwrap();
    let warned = jobinsight_tests::Typed::of(&warned).ok();
    assert!(
        warned.stderr.contains("a password on the command line")
            && !warned.stderr.contains(&password),
        "{}",
        warned.stderr
    );
}
