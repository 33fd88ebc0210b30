//! The quality gate after a failure. A run that resumes is judged like one undisturbed run.

use jobinsight_core::failpoints::COMMIT_AFTER;
use jobinsight_tests::{CommandOutput, Db, failpoint};

use super::{AS_OF, in_batches};

/// Kills a run over 60 rows in three batches when two batches are published. `bad` are the keys of bad rows. One bad row
/// of 60 is allowed, and none of 20.
async fn killed_with(bad: &[&str]) -> Db {
    let db = Db::new().await;
    for n in 0..60 {
        let n = n.to_string();
        let title = if bad.contains(&n.as_str()) {
            " "
        } else {
            "Kế Toán"
        };
        db.post(&n, title).await;
    }
    let killed = db.json_with(
        &in_batches("20", "1"),
        &[failpoint(COMMIT_AFTER, "1*off->return(kill)")],
    );
    assert_eq!(killed.code, 137, "{}", killed.stderr);
    db
}

/// Does the same with one bad row in a published batch, or one in the batch that is left, or both. Returns the key of the
/// published bad row. PostgreSQL chooses the order of the rows, so a run without bad rows finds both keys.
async fn killed_with_bad(published: bool, left: bool) -> (Db, String) {
    let db = killed_with(&[]).await;
    let early = db
        .one("SELECT min(job_id)::text FROM jobinsight_staging.staging_jobs")
        .await;
    let late = db
        .one("SELECT min(job_id)::text FROM raw_jobs r WHERE NOT EXISTS (SELECT FROM jobinsight_staging.staging_jobs s WHERE s.job_id = r.job_id)")
        .await;
    let mut bad = Vec::new();
    if published {
        bad.push(early.as_str());
    }
    if left {
        bad.push(late.as_str());
    }
    let db = killed_with(&bad).await;
    let stands = db.one("SELECT (SELECT count(*) FROM jobinsight_staging.staging_jobs) || ' ' || (SELECT count(*) FROM jobinsight_staging.etl_rejects)").await;
    let rejected = usize::from(published);
    assert_eq!(stands, format!("{} {rejected}", 40 - rejected));
    (db, early)
}

fn run(db: &Db) -> CommandOutput {
    db.json(&["run", "--as-of", AS_OF])
}

#[tokio::test]
async fn after_a_kill_a_run_and_a_retry_pass_like_an_undisturbed_run() {
    for again in [&["run", "--as-of", AS_OF][..], &["retry"]] {
        let (db, _) = killed_with_bad(false, true).await;
        let end = db.json(again).ok();
        assert_eq!(end.stat("rejected"), 1, "{again:?}");
        db.assert_all_accounted_for().await;
        db.assert_nothing_left().await;
    }
}

#[tokio::test]
async fn after_a_kill_a_run_and_a_retry_fail_like_an_undisturbed_run() {
    for again in [&["run", "--as-of", AS_OF][..], &["retry"]] {
        let (db, _) = killed_with_bad(true, true).await;
        let end = db.json(again);
        end.failed(3, "jobinsight::quality::integrity");
        let message = end.error_message();
        assert!(message.contains("2 of 60 rows are rejected"), "{message}");
    }
}

#[tokio::test]
async fn a_fixed_row_does_not_count_against_the_next_run() {
    let (db, published) = killed_with_bad(true, true).await;
    db.post(&published, "Lái Xe").await;
    let end = run(&db).ok();
    assert_eq!(end.stat("rejected"), 1);
    db.assert_all_accounted_for().await;
}

#[tokio::test]
async fn a_fixed_row_does_not_count_against_an_earlier_batch() {
    let (db, published) = killed_with_bad(true, true).await;
    // Batches are in the physical order of the rows, and a row that is written again is the last one.
    db.client
        .execute("DELETE FROM raw_jobs WHERE job_id = $1", &[&published])
        .await
        .unwrap();
    db.post(&published, "Lái Xe").await;
    let last = db
        .one("SELECT job_id FROM raw_jobs ORDER BY ctid DESC LIMIT 1")
        .await;
    assert_eq!(last, published);
    let end = db.json(&in_batches("1", "1")).ok();
    assert_eq!((end.stat("new"), end.stat("rejected")), (20, 1));
    db.assert_all_accounted_for().await;
}

#[tokio::test]
async fn a_successful_run_resets_the_count() {
    let (db, _) = killed_with_bad(false, true).await;
    run(&db).ok();
    // A second bad row would be too many for the first 60 rows, but one of 50 new rows is allowed.
    for n in 100..150 {
        let title = if n == 110 { " " } else { "Kế Toán" };
        db.post(&n.to_string(), title).await;
    }
    assert_eq!(run(&db).ok().stat("rejected"), 2);
    // All 112 rows allow 2 rejected ones, and these 2 exist already. One more always passes, and 2 more do not.
    db.post("200", " ").await;
    db.post("201", " ").await;
    let end = run(&db);
    end.failed(3, "jobinsight::quality::integrity");
    let message = end.error_message();
    assert!(message.contains("2 of 2 rows are rejected"), "{message}");
}

#[tokio::test]
async fn the_threshold_in_the_help_accepts_the_bad_rows() {
    let db = Db::new().await;
    for n in 0..60 {
        let title = if n % 20 == 10 { " " } else { "Kế Toán" };
        db.post(&n.to_string(), title).await;
    }
    let end = run(&db);
    end.failed(3, "jobinsight::quality::integrity");
    let help = end.object()["error"]["help"].as_str().unwrap().to_owned();
    let (threshold, rest) = help
        .split_once("ETL_INTEGRITY_THRESHOLD=")
        .and_then(|(_, typed)| typed.split_once(' '))
        .unwrap();
    assert!(rest.starts_with("jobinsight retry"), "{help}");
    let retry = db.json_with(&["retry"], &[("ETL_INTEGRITY_THRESHOLD", threshold)]);
    assert_eq!(retry.ok().stat("rejected"), 3);
    db.assert_all_accounted_for().await;
}

#[tokio::test]
async fn replayed_rows_of_a_failed_run_are_judged_with_the_rest() {
    let (db, _) = killed_with_bad(true, true).await;
    db.json(&["rejects", "replay", "--all"]).ok();
    let end = run(&db);
    end.failed(3, "jobinsight::quality::integrity");
    let message = end.error_message();
    assert!(message.contains("2 of 60 rows are rejected"), "{message}");
}
