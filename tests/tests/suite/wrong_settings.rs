//! Wrong settings: each is refused, and the message names the file and the line, or the variable.

use jobinsight_tests::{CommandOutput, Db, jobinsight};

#[test]
fn a_misspelled_log_level_is_refused() {
    for level in ["loud", "info,loud", "jobinsight_core=loud"] {
        jobinsight(&["config", "show"], &[("ETL_LOG_LEVEL", level)])
            .failed(2, "jobinsight::settings::invalid");
    }
    for level in ["off", "WARN", "warn,jobinsight_core=debug"] {
        jobinsight(&["config", "show"], &[("ETL_LOG_LEVEL", level)]).ok();
    }
}

#[test]
fn a_syntax_error_in_the_settings_file_names_file_and_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("etl.toml");
    std::fs::write(&file, "batch_size = 5\nrules = v1\n").unwrap();
    let refused = jobinsight(&["--config", file.to_str().unwrap(), "config", "show"], &[]);
    refused.failed(2, "etl.toml, line 2, is not TOML");
}

#[test]
fn an_error_about_a_value_in_the_settings_file_names_file_and_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("etl.toml");
    for (text, command, line) in [
        ("max_worker = 2", "config show", 1),
        ("\nmax_workers = 0", "config show", 2),
        ("\n\nmax_workers = \"x\"", "config show", 3),
        ("rules = \"v3\"", "config show", 1),
        ("as_of = \"x\"", "config show", 1),
        ("log_level = \"loud\"", "config show", 1),
        ("[raw]\ntable = \"\"", "config show", 2),
        (
            "[phases.sql_procedures]\nusd_vnd_rate = 0.5",
            "config show",
            2,
        ),
        ("[phases.nowhere]", "config show", 1),
        ("\npipeline = [\"schema_setup\", \"nowhere\"]", "run", 2),
        ("pipeline = [\"data_saving\"]", "run", 1),
    ] {
        std::fs::write(&file, text).unwrap();
        let mut args = vec!["--config", file.to_str().unwrap()];
        args.extend(command.split(' '));
        jobinsight(&args, &[]).failed(2, &format!("etl.toml:{line}:"));
    }
    // The line of the file is not shown for a value that comes from elsewhere.
    std::fs::write(&file, "max_workers = 2").unwrap();
    let args = ["--config", file.to_str().unwrap(), "config", "show"];
    let refused = jobinsight(&args, &[("ETL_MAX_WORKERS", "0")]);
    refused.failed(2, "ETL_MAX_WORKERS");
    assert!(!refused.stderr.contains("etl.toml"), "{}", refused.stderr);
}

#[tokio::test]
async fn values_that_are_not_unicode_or_huge_cause_no_panic() {
    use std::os::unix::ffi::OsStrExt;
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    let wrong = std::ffi::OsStr::from_bytes(b"\xff");
    let run = |name: &str, value: &std::ffi::OsStr| {
        let output = db.command(&["run"]).env(name, value).output().unwrap();
        CommandOutput::of(&output)
    };
    run("OF_ANOTHER_PROGRAM", wrong).ok();
    run("ETL_RULES", wrong).failed(2, "jobinsight::settings::invalid");
    let state = db
        .command(&["--state-dir"])
        .arg(wrong)
        .arg("status")
        .status();
    assert_eq!(state.unwrap().code(), Some(2));
    for (name, value) in [
        ("ETL_LIMIT", "18446744073709551615"),
        ("ETL_TIMEOUT", "18446744073709551615"),
        ("ETL_STATEMENT_TIMEOUT", "18446744073709551615"),
        ("ETL_LOCK_TIMEOUT", "18446744073709551615"),
        ("ETL_UPSTREAM__MIN_ROWS", "0"),
        ("ETL_PHASES__SQL_PROCEDURES__WINDOW_DAYS", "4294967295"),
        (
            "ETL_PHASES__SQL_PROCEDURES__RANGES_FROM",
            "18446744073709551615",
        ),
        ("ETL_BATCH_SIZE", "4294967295"),
        ("ETL_AS_OF", "9999-12-30T00:00:00Z"),
        ("ETL_AS_OF", "-009999-01-02T00:00:00Z"),
    ] {
        let output = run(name, value.as_ref());
        let text = format!("{name}={value}: {}", output.stderr);
        assert!(!text.contains("panic") && !text.contains("bug"), "{text}");
    }
}
