//! A password is never shown: not in output, not in files, not in the ledger, not to other processes.

use std::path::Path;

use jobinsight_core::failpoints::{
    COMMIT_BEFORE, RESULTS_BEFORE_RENAME, RUN_BEFORE_CLOSE, RUN_LOCKED,
    SQL_PROCEDURES_BEFORE_COMMIT, before,
};
use jobinsight_tests::{CommandOutput, Db, Pause, failpoint};

use super::{AS_OF, LENIENT, lenient_and, postings};

/// The password as it is, as part of a URL, and as the parts that a wrong split would leave.
const SPELLINGS: [&str; 4] = ["p@ss/w%rd'x", "p%40ss%2Fw%25rd%27x", "w%rd'x", "ss%2Fw"];

/// Creates a role with this password and returns the URL of the database for it.
async fn login(db: &Db) -> String {
    let (_, place) = db.url.rsplit_once('@').unwrap();
    let name = format!("secret_{}", place.rsplit('/').next().unwrap());
    db.client
        .batch_execute(&format!(
            "DROP ROLE IF EXISTS {name}; CREATE ROLE {name} SUPERUSER LOGIN PASSWORD 'p@ss/w%rd''x'"
        ))
        .await
        .unwrap();
    format!("postgresql://{name}:{}@{place}", SPELLINGS[1])
}

fn assert_hidden(text: &str, place: &str) {
    for spelling in SPELLINGS {
        assert!(!text.contains(spelling), "{place}: {text}");
    }
}

fn assert_not_printed(output: &CommandOutput) {
    assert_hidden(&output.stdout, "stdout");
    assert_hidden(&output.stderr, "stderr");
}

/// Asserts that no file of this directory contains the password.
fn assert_not_written(dir: &Path) {
    for entry in std::fs::read_dir(dir).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            assert_not_written(&path);
        } else {
            let bytes = std::fs::read(&path).unwrap();
            assert_hidden(
                &String::from_utf8_lossy(&bytes),
                &path.display().to_string(),
            );
        }
    }
}

/// Asserts that neither the ledger nor the rejected rows contain the password.
async fn assert_not_in_ledger(db: &Db) {
    for table in [
        "runs", "phases", "events", "workers", "plans", "batches", "rejects",
    ] {
        let sql = format!(
            "SELECT string_agg(to_jsonb(t)::text, ' ') FROM jobinsight_staging.etl_{table} t"
        );
        assert_hidden(&db.one(&sql).await, table);
    }
}

#[tokio::test]
async fn a_panic_anywhere_shows_no_secret() {
    let db = Db::new().await;
    let url = login(&db).await;
    db.json(&["run"]).ok();
    postings(&db, 4).await;
    let file = db.state.path().join("settings.toml");
    std::fs::write(&file, format!("[database]\nurl = \"{url}\"\n")).unwrap();
    for place in [
        RUN_LOCKED,
        &*before("schema_setup"),
        SQL_PROCEDURES_BEFORE_COMMIT,
        &*before("data_loading"),
        &*before("data_processing"),
        &*before("data_saving"),
        COMMIT_BEFORE,
        RUN_BEFORE_CLOSE,
        RESULTS_BEFORE_RENAME,
    ] {
        let env = [
            failpoint(place, "panic"),
            ("RUST_BACKTRACE", "full"),
            ("ETL_LOG_LEVEL", "trace"),
            ("ETL_INTEGRITY_THRESHOLD", "0.5"),
        ];
        let mut by_env = env.to_vec();
        by_env.push(("DATABASE_URL", &url));
        let by_env = db.json_with(&["run", "--as-of", AS_OF], &by_env);
        let mut by_file = env.to_vec();
        by_file.extend([
            ("DATABASE_URL", ""),
            ("JOBINSIGHT_CONFIG", file.to_str().unwrap()),
        ]);
        let by_file = db.json_with(&["run", "--as-of", AS_OF], &by_file);
        for run in [by_env, by_file] {
            assert_ne!(run.code, 0, "{place}: {}", run.stderr);
            assert!(run.stderr.contains("panic"), "{place}: {}", run.stderr);
            assert_not_printed(&run);
        }
    }
    std::fs::remove_file(&file).unwrap();
    assert_not_written(db.state.path());
    assert_not_in_ledger(&db).await;
    db.json_with(&["retry"], LENIENT).ok();
    db.assert_all_accounted_for().await;
}

#[tokio::test]
async fn a_refused_connection_shows_no_secret() {
    let db = Db::new().await;
    let url = login(&db).await;
    let (user, place) = url.rsplit_once('@').unwrap();
    for (wrong, exit) in [
        (format!("{user}x@{place}"), 2),
        (format!("{user}@127.0.0.1:1/x"), 75),
        (format!("{user}@{place}_gone"), 2),
        (format!("{user}@{place}?sslmode=require"), 2),
        (format!("{user}@{place}?sslmode=nonsense"), 2),
        (url.replace(SPELLINGS[1], SPELLINGS[0]), 2),
        (
            format!("host=127.0.0.1 user=x password='{}", SPELLINGS[0]),
            2,
        ),
    ] {
        for args in [
            &["run"][..],
            &["doctor"],
            &["config", "show", "--origin"],
            &["status"],
        ] {
            let output = db.json_with(
                args,
                &[
                    ("DATABASE_URL", &wrong),
                    ("ETL_LOG_LEVEL", "trace"),
                    ("ETL_TIMEOUT", "2"),
                ],
            );
            assert_not_printed(&output);
            if args == ["run"] {
                assert_eq!(output.code, exit, "{wrong}: {}", output.stderr);
            }
        }
    }
    assert_not_written(db.state.path());
}

#[tokio::test]
#[cfg(target_os = "linux")]
async fn a_running_process_shows_no_secret() {
    let db = Db::new().await;
    let url = login(&db).await;
    postings(&db, 4).await;
    let pause = Pause::new();
    let run = db.spawn(
        &["run", "--as-of", AS_OF],
        &lenient_and(&[
            ("DATABASE_URL", &url),
            failpoint(before("data_processing"), "return(wait)"),
            pause.env(),
        ]),
    );
    db.wait_for("SELECT count(*) FROM jobinsight_staging.etl_batches WHERE state = 'claimed'")
        .await;
    let process = format!("/proc/{}", run.pid());
    for name in ["cmdline", "comm"] {
        let text = std::fs::read_to_string(format!("{process}/{name}")).unwrap();
        assert_hidden(&text, name);
    }
    let seen = db
        .one("SELECT string_agg(to_jsonb(a)::text, ' ') FROM pg_stat_activity a")
        .await;
    assert!(seen.contains("jobinsight "), "{seen}");
    assert_hidden(&seen, "pg_stat_activity");
    pause.release();
    run.end().ok();
    assert_not_written(db.state.path());
    assert_not_in_ledger(&db).await;
}
