//! Where the command finds the database. It never shows the password.

use jobinsight_core::failpoints::RUN_LOCKED;
use jobinsight_tests::{Db, Pause, WAITS, failpoint, jobinsight};

#[test]
fn a_run_without_a_database_address_says_what_to_set() {
    let run = jobinsight(&["run"], &[]);
    run.failed(2, "jobinsight::database::none");
    // The help is wrapped, so a line may end between two words.
    let words: Vec<&str> = run.stderr.split_whitespace().collect();
    let shown = words.join(" ");
    assert!(
        shown.contains("DATABASE_URL") && shown.contains("jobinsight demo"),
        "{shown}"
    );
}

#[test]
fn a_dry_run_without_a_database_address_shows_the_selection_and_says_how_to_count_the_rows() {
    let dry = jobinsight(&["run", "--dry-run"], &[("COLUMNS", "1000")]).ok();
    for words in ["data_saving", "To count them, set DATABASE_URL="] {
        assert!(dry.stdout.contains(words), "{}", dry.stdout);
    }
}

#[tokio::test]
async fn a_dry_run_that_cannot_count_the_rows_fails_like_the_run() {
    let db = Db::new().await;
    db.client
        .batch_execute("DROP TABLE raw_jobs")
        .await
        .unwrap();
    for args in [&["run"][..], &["run", "--dry-run"]] {
        db.json(args)
            .failed(4, "jobinsight::contract::missing_table");
    }
}

#[tokio::test]
async fn the_database_address_may_come_from_pg_or_db_variables() {
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
        let run = jobinsight(&["run"], &env).ok();
        assert!(run.stderr.contains(note), "{}", run.stderr);
        assert!(!run.stderr.contains(&password) && !run.stdout.contains(&password));
    }
}

#[tokio::test]
async fn a_password_with_special_characters_works_and_is_never_shown() {
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
        let output = db.jobinsight_with(args, &[("DATABASE_URL", &url)]).ok();
        for text in [&output.stdout, &output.stderr] {
            assert!(!text.contains("p@ss") && !text.contains("p%40ss"), "{text}");
        }
    }
    let results = std::fs::read_to_string(db.state.path().join("run_results.json")).unwrap();
    assert!(!results.contains("p@ss"));
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn a_password_is_not_in_the_process_list() {
    let db = Db::new().await;
    let password = db.url.split([':', '@']).nth(2).unwrap().to_owned();
    let pause = Pause::new();
    let env = [failpoint(RUN_LOCKED, "return(wait)"), pause.env()];
    let run = db.spawn(&["run"], &env);
    run.wait_for_log(WAITS);
    let line = std::fs::read_to_string(format!("/proc/{}/cmdline", run.pid())).unwrap();
    assert!(line.contains("run") && !line.contains(&password), "{line}");
    let shown = db.one("SELECT string_agg(application_name || query, ' ') FROM pg_stat_activity WHERE application_name LIKE 'jobinsight%'").await;
    assert!(!shown.contains(&password), "{shown}");
    pause.release();
    run.end().ok();
    let state = db.state.path().to_str().unwrap();
    let args = ["run", "--database-url", &db.url];
    let warned = jobinsight(&args, &[("ETL_STATE_DIR", state)]).ok();
    assert!(
        warned.stderr.contains("a password on the command line")
            && !warned.stderr.contains(&password),
        "{}",
        warned.stderr
    );
}

#[test]
fn a_wrong_port_is_logged_rarely_and_ends_with_an_error() {
    let url = [("DATABASE_URL", "postgresql://me@127.0.0.1:1/jobs")];
    let run = jobinsight(&["run"], &url);
    let waits = run.stderr.matches("waiting for the server at").count();
    assert!((2..=6).contains(&waits), "{waits} lines:\n{}", run.stderr);
    assert!(run.stderr.contains("for at most"), "{}", run.stderr);
    let words: Vec<&str> = run.stderr.split_whitespace().collect();
    let shown = words.join(" ");
    assert!(
        shown.contains("did not answer for 30 s") && shown.contains("type the command again"),
        "{shown}"
    );
    run.failed(75, "jobinsight::database::connection");
}

/// A server that accepts connections and never answers.
fn silent_server() -> (std::net::TcpListener, u16) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

#[tokio::test]
async fn a_silent_first_host_does_not_hide_the_second() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    let (_listener, port) = silent_server();
    let url = db.url.replace('@', &format!("@127.0.0.1:{port},"));
    let started = std::time::Instant::now();
    db.jobinsight_with(
        &["run"],
        &[(
            "DATABASE_URL",
            &format!("{url}?connect_timeout=2&target_session_attrs=read-write"),
        )],
    )
    .ok();
    // Without the limit for each host, the run ended after 30 s.
    assert!(started.elapsed().as_secs() < 60);
    assert_eq!(
        db.count("SELECT count(*) FROM jobinsight_staging.staging_jobs")
            .await,
        1
    );
    let url = format!("postgresql://me@127.0.0.1:{port},127.0.0.1:1/jobs?connect_timeout=1");
    let shown = jobinsight(&["status"], &[("DATABASE_URL", &url)]);
    shown.failed(75, "jobinsight::database::connection");
    let words: Vec<&str> = shown.stderr.split_whitespace().collect();
    assert!(
        words.join(" ").contains("no connection within 1 s"),
        "{}",
        shown.stderr
    );
}
