//! The progress of imports, of planning and of index builds.

use std::fs::OpenOptions;
use std::io::Write;
use std::process::Command;

use jobinsight_core::failpoints::{DATA_SAVING_INDEX_MADE, SQL_PROCEDURES_BEFORE_COMMIT};
use jobinsight_sql::scripts::READ_INDEX_BUILDS;
use jobinsight_tests::{Db, Terminal, failpoint};

use super::{PATIENT, has_progress, release};

const HEAD: &str = "job_id,title,crawled_at\n";

#[tokio::test]
async fn an_import_shows_bytes_of_the_file_and_records() {
    let db = Db::new().await;
    let blocker = db.connect().await;
    let lock = "BEGIN; LOCK TABLE raw_jobs IN EXCLUSIVE MODE";
    blocker.batch_execute(lock).await.unwrap();
    let file = db.state.path().join("jobs.csv");
    let records = (0..100).map(|n| format!("{n},Kế Toán,2026-01-15\n"));
    let text = HEAD.to_owned() + &records.collect::<String>();
    std::fs::write(&file, &text).unwrap();
    let mut import = db.command(&["import", file.to_str().unwrap()]);
    import.envs([PATIENT]);
    let terminal = Terminal::spawn(import, 100, 30);
    let size = format!(
        "{:.2} kB",
        f64::from(u32::try_from(text.len()).unwrap()) / 1_000.0
    );
    terminal.wait_for(&["jobs.csv", &format!("{size} of {size}"), "0 records"]);
    release(blocker).await;
    let ended = terminal.end();
    assert_eq!(ended.code, Some(0), "{}", ended.screen);
    assert!(
        ended.screen.contains("100 records read"),
        "{}",
        ended.screen
    );
    assert!(!has_progress(&ended.screen), "{}", ended.screen);
}

#[tokio::test]
async fn an_import_from_a_pipe_has_no_size() {
    let db = Db::new().await;
    let pipe = db.state.path().join("pipe.csv");
    let made = Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let import = db.command(&["import", pipe.to_str().unwrap()]);
    let terminal = Terminal::spawn(import, 100, 30);
    let mut writer = OpenOptions::new().write(true).open(&pipe).unwrap();
    let records = (0..2_500).map(|n| format!("{n},Kế Toán,2026-01-15\n"));
    let text = HEAD.to_owned() + &records.collect::<String>();
    writer.write_all(text.as_bytes()).unwrap();
    let screen = terminal.wait_for(&["pipe.csv", " kB", "2,000 records"]);
    assert!(
        !screen.contains(" of ") && !screen.contains("left"),
        "{screen}"
    );
    drop(writer);
    assert_eq!(terminal.end().code, Some(0));
}

#[tokio::test]
async fn planning_and_index_building_say_what_they_do() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    let points = [
        failpoint(SQL_PROCEDURES_BEFORE_COMMIT, "sleep(1500)").1,
        failpoint(DATA_SAVING_INDEX_MADE, "sleep(1500)").1,
    ];
    let mut run = db.command(&["run"]);
    run.env("FAILPOINTS", points.join(";"))
        .env("ETL_PHASES__SQL_PROCEDURES__RANGES_FROM", "1");
    let terminal = Terminal::spawn(run, 100, 30);
    terminal.wait_for(&["sql_procedures  parsing salaries and deadlines"]);
    terminal.wait_for(&["data_saving     creating the indexes of staging"]);
    assert_eq!(terminal.end().code, Some(0));
}

#[tokio::test]
async fn the_server_says_how_far_an_index_build_is() {
    let db = Db::new().await;
    for key in ["1", "2", "3"] {
        db.post(key, "Kế Toán").await;
    }
    let builder = db.connect().await;
    builder
        .batch_execute(
            "CREATE FUNCTION slow(key text) RETURNS text IMMUTABLE LANGUAGE plpgsql
                 AS 'BEGIN PERFORM pg_sleep(1); RETURN key; END';
             SET application_name = 'builder'",
        )
        .await
        .unwrap();
    let build = tokio::spawn(async move {
        let statement = "CREATE INDEX ON raw_jobs (slow(job_id::text))";
        builder.batch_execute(statement).await.unwrap();
    });
    let script = READ_INDEX_BUILDS.render(&jobinsight_core::Settings::default());
    let builds = loop {
        let row = db
            .client
            .query_one(script.sql(), &[&"builder"])
            .await
            .unwrap();
        match row.get::<_, Option<String>>(0) {
            Some(builds) => break builds,
            None => tokio::time::sleep(std::time::Duration::from_millis(10)).await,
        }
    };
    assert!(builds.starts_with("1 × "), "{builds}");
    build.await.unwrap();
    let row = db
        .client
        .query_one(script.sql(), &[&"builder"])
        .await
        .unwrap();
    assert_eq!(row.get::<_, Option<String>>(0), None);
}
