//! A clock that is set back while a run is on, by libfaketime, which moves the wall clock of one process.

use std::path::Path;

use jobinsight_tests::Db;

use super::{LENIENT, and, postings};

/// Where Debian and Fedora have the library; `None`, loudly, where it is not installed.
fn library() -> Option<&'static str> {
    let found = [
        "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1",
        "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
        "/usr/lib64/faketime/libfaketimeMT.so.1",
    ]
    .into_iter()
    .find(|file| Path::new(file).exists());
    if found.is_none() {
        eprintln!(
            "SKIPPED: libfaketime is not installed, so a clock that is set back is not checked"
        );
    }
    found
}

const DUE: &str = "SELECT string_agg(job_id || ' ' || coalesce(due_date::text, '-'), ', ' ORDER BY job_id) FROM jobinsight_staging.staging_jobs";

#[tokio::test]
async fn a_clock_that_is_set_back_makes_no_duration_negative_and_moves_no_due_date() {
    let Some(library) = library() else { return };
    let db = Db::new().await;
    postings(&db, 8).await;
    let clock = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(clock.path(), "+0").unwrap();
    let run = db.spawn(
        &["run", "--batch-size", "3", "--max-workers", "1"],
        &and(&[
            ("FAILPOINTS", "data_processing/after=sleep(300)"),
            ("ETL_LOG_FORMAT", "json"),
            ("LD_PRELOAD", library),
            ("FAKETIME_TIMESTAMP_FILE", clock.path().to_str().unwrap()),
            ("FAKETIME_NO_CACHE", "1"),
            // Nobody sets the monotonic clock.
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ]),
    );
    db.wait_for("SELECT count(*) FROM jobinsight_staging.etl_batches WHERE state = 'done'")
        .await;
    std::fs::write(clock.path(), "-2d").unwrap();
    let run = run.end().ok();
    let times: Vec<String> = run
        .stderr
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter_map(|line| line["timestamp"].as_str().map(str::to_owned))
        .collect();
    assert!(times.last() < times.first(), "it was set back: {times:?}");

    let results = run.object();
    let took = results["stats"]["duration_seconds"].as_f64().unwrap();
    assert!(
        (0.9..60.0).contains(&took),
        "three batches of 0.3 s: {took}"
    );
    for phase in results["phases"].as_array().unwrap() {
        for name in ["duration_s", "wall_s", "busy_s", "cpu_s"] {
            let time = phase[name].as_f64().unwrap();
            assert!((0.0..60.0).contains(&time), "{name} of {phase}");
        }
    }
    let other = Db::new().await;
    postings(&other, 8).await;
    other.json_with(&["run"], LENIENT).ok();
    assert_eq!(db.one(DUE).await, other.one(DUE).await);
    db.assert_all_accounted_for().await;
    db.assert_nothing_left().await;
}
