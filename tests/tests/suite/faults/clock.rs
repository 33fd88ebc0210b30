//! Clocks: libfaketime sets back the wall clock of one process during a run, and runs have different clocks.

use std::path::Path;

use jobinsight_core::failpoints::after;
use jobinsight_tests::{Db, Pause, failpoint};

use super::first_load::{by_ranges, filled};
use super::{LENIENT, lenient_and, postings};

/// The path of libfaketime on Debian and Fedora. Returns `None` and prints a line if it is not installed.
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
async fn durations_and_due_dates_are_correct_when_the_clock_is_set_back() {
    let Some(library) = library() else { return };
    let db = Db::new().await;
    postings(&db, 8).await;
    let pause = Pause::new();
    let clock = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(clock.path(), "+0").unwrap();
    let run = db.spawn(
        &["run", "--batch-size", "3", "--max-workers", "1"],
        &lenient_and(&[
            failpoint(after("data_processing"), "1*off->return(wait)"),
            pause.env(),
            ("ETL_LOG_FORMAT", "json"),
            ("LD_PRELOAD", library),
            ("FAKETIME_TIMESTAMP_FILE", clock.path().to_str().unwrap()),
            ("FAKETIME_NO_CACHE", "1"),
            // A monotonic clock cannot be set.
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ]),
    );
    db.wait_for("SELECT count(*) FROM jobinsight_staging.etl_batches WHERE state = 'done'")
        .await;
    std::fs::write(clock.path(), "-2d").unwrap();
    pause.release();
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
    assert!((0.0..60.0).contains(&took), "{took} s");
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

/// The number of rows whose `time_remaining` is wrong at this time.
async fn stale(db: &Db, as_of: &str) -> i64 {
    db.count(&format!(
        "SELECT count(*) FROM jobinsight_staging.staging_jobs
          WHERE time_remaining IS DISTINCT FROM jobinsight_staging.time_remaining(due_date, '{as_of}')"
    ))
    .await
}

#[tokio::test]
async fn time_remaining_does_not_depend_on_the_clock_of_earlier_runs() {
    let db = filled().await;
    let (open, expired, later) = (
        "2026-01-20T00:00:00Z",
        "2026-02-10T00:00:00Z",
        "2026-02-11T00:00:00Z",
    );
    // A run with an earlier clock leaves the rows as they are.
    for (as_of, shown) in [
        (open, open),
        (expired, expired),
        (open, expired),
        (later, later),
    ] {
        let run = db
            .json_with(&["run", "--as-of", as_of], &by_ranges(&[]))
            .ok();
        assert_eq!(
            stale(&db, shown).await,
            0,
            "{as_of}: {}{}",
            run.stderr,
            run.stdout
        );
    }
    // This run has an earlier clock and no refresh, so it publishes a row as open that has expired.
    db.post("late", "Lái Xe").await;
    let off = by_ranges(&[(
        "ETL_PHASES__SQL_PROCEDURES__REFRESH_TIME_REMAINING",
        "false",
    )]);
    db.json_with(&["run", "--as-of", open], &off).ok();
    db.json_with(&["run", "--as-of", later], &by_ranges(&[]))
        .ok();
    assert_eq!(stale(&db, later).await, 0, "the row of the run between");
    let again = "2026-02-12T00:00:00Z";
    db.json_with(&["run", "--as-of", again], &by_ranges(&[]))
        .ok();
    assert_eq!(stale(&db, again).await, 0);
}
