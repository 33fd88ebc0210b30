//! The quality gate after something went wrong: what is judged is what one undisturbed run would have been judged by.

use jobinsight_tests::{Db, Typed};

use super::{AS_OF, in_batches};

/// A run over sixty rows in three batches, these of them bad, that is killed when two batches are published. One bad
/// row of sixty is allowed, none of twenty.
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
        &[("FAILPOINTS", "commit/after=1*off->return(kill)")],
    );
    assert_eq!(killed.code, 137, "{}", killed.stderr);
    db
}

/// The same with a bad row in what was published, and one in what was not; and the row that was published. Which rows
/// come first is PostgreSQL's choice: a run without bad rows shows it.
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

fn run(db: &Db) -> Typed {
    db.json(&["run", "--as-of", AS_OF])
}

#[tokio::test]
async fn a_run_and_a_retry_after_a_kill_pass_where_the_undisturbed_run_would() {
    for again in [&["run", "--as-of", AS_OF][..], &["retry"]] {
        let (db, _) = killed_with_bad(false, true).await;
        let end = db.json(again).ok();
        assert_eq!(end.stat("rejected"), 1, "{again:?}");
        db.assert_all_accounted_for().await;
        db.assert_nothing_left().await;
    }
}

#[tokio::test]
async fn a_run_and_a_retry_after_a_kill_fail_where_the_undisturbed_run_would() {
    for again in [&["run", "--as-of", AS_OF][..], &["retry"]] {
        let (db, _) = killed_with_bad(true, true).await;
        let end = db.json(again);
        end.failed(3, "jobinsight::quality::integrity");
        let message = end.object()["error"]["message"].to_string();
        assert!(message.contains("2 of 60 rows are rejected"), "{message}");
    }
}

#[tokio::test]
async fn a_rejected_row_that_was_mended_since_is_not_held_against_the_next_run() {
    let (db, published) = killed_with_bad(true, true).await;
    db.post(&published, "Lái Xe").await;
    let end = run(&db).ok();
    assert_eq!(end.stat("rejected"), 1);
    db.assert_all_accounted_for().await;
}

#[tokio::test]
async fn a_mended_row_is_not_held_against_a_batch_before_its_own() {
    let (db, published) = killed_with_bad(true, true).await;
    // Batches come in the order in which rows lie: what is written anew lies last.
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
async fn a_run_that_ends_well_ends_the_count() {
    let (db, _) = killed_with_bad(false, true).await;
    run(&db).ok();
    // Counted with the sixty, a second bad row would be one too many; by itself it is one of fifty.
    for n in 100..150 {
        let title = if n == 110 { " " } else { "Kế Toán" };
        db.post(&n.to_string(), title).await;
    }
    assert_eq!(run(&db).ok().stat("rejected"), 2);
    db.post("200", " ").await;
    let end = run(&db);
    end.failed(3, "jobinsight::quality::integrity");
    let message = end.object()["error"]["message"].to_string();
    assert!(message.contains("1 of 1 rows are rejected"), "{message}");
}

#[tokio::test]
async fn what_the_help_says_lets_a_single_bad_row_be_kept_out() {
    let db = Db::new().await;
    for n in 0..60 {
        let title = if n == 10 { " " } else { "Kế Toán" };
        db.post(&n.to_string(), title).await;
    }
    run(&db).ok();
    db.json(&["rejects", "replay", "10"]).ok();
    let end = run(&db);
    end.failed(3, "jobinsight::quality::integrity");
    let help = end.object()["error"]["help"].as_str().unwrap().to_owned();
    let (threshold, rest) = help
        .split_once("ETL_INTEGRITY_THRESHOLD=")
        .and_then(|(_, typed)| typed.split_once(' '))
        .unwrap();
    assert!(rest.starts_with("jobinsight retry"), "{help}");
    let retry = db.json_with(&["retry"], &[("ETL_INTEGRITY_THRESHOLD", threshold)]);
    assert_eq!(retry.ok().stat("rejected"), 1);
    db.assert_all_accounted_for().await;
}
