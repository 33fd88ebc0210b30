//! Warnings are counted by field and kind, once for each row, whatever faults happen.

use jobinsight_core::failpoints::{COMMIT_AFTER, COMMIT_BEFORE, RUN_BEFORE_CLOSE, after, before};
use jobinsight_tests::{Db, Pause, WAITS, failpoint};
use serde_json::{Value, json};

use super::{AS_OF, LENIENT, in_batches, lenient_and};

/// Adds 13 postings, most of them with a warning.
async fn postings(db: &Db) {
    for n in 0..3 {
        let rows: [(&str, [(&str, &str); 1]); 4] = [
            ("title", [("title", "Lương 12 Triệu")]),
            ("salary", [("salary", "nhiều lắm 7x7")]),
            ("deadline", [("deadline", "31/02/2026")]),
            ("place", [("location_detail", "Hà Nội: 1&#0; Trần Phú")]),
        ];
        for (name, fields) in rows {
            db.posting(&format!("{name}{n}"), &fields).await;
        }
    }
    db.posting("salary2", &[("salary", "20 - 10 triệu")]).await;
}

/// The warnings of an undisturbed run over these postings.
fn counted() -> Value {
    json!({
        "title": { "title_kept": 3 },
        "salary": { "salary_unparsed": 2, "salary_swapped": 1 },
        "deadline": { "deadline_unparsed": 3 },
        "location_detail": { "nul_dropped": 3 },
    })
}

const RUN: [&str; 7] = in_batches("2", "1");

async fn in_ledger(db: &Db) -> Value {
    let text = db
        .one("SELECT (results -> 'warnings')::text FROM jobinsight_staging.etl_runs ORDER BY started_at DESC LIMIT 1")
        .await;
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn a_run_counts_warnings_by_field_and_kind() {
    let db = Db::new().await;
    postings(&db).await;
    let run = db.json(&["run", "--as-of", AS_OF]).ok();
    assert_eq!(run.object()["warnings"], counted());
    assert_eq!(in_ledger(&db).await, counted());
    // A run that processes the rows again counts them again. A run with nothing to do counts none.
    let again = db.json(&["run", "--only-unprocessed=false"]).ok();
    assert_eq!(again.object()["warnings"], counted());
    assert_eq!(db.json(&["run"]).ok().object()["warnings"], json!({}));
    // The text for people has them as well.
    let text = db
        .jobinsight(&["run", "--only-unprocessed=false"])
        .ok()
        .stdout;
    assert!(text.contains("warning on"), "{text}");
    assert!(text.contains("salary_swapped"), "{text}");
    let shown = db.jobinsight(&["runs", "show"]).ok().stdout;
    assert!(shown.contains("salary_swapped"), "{shown}");
}

#[tokio::test]
async fn a_killed_and_retried_run_counts_like_an_undisturbed_run() {
    for place in [
        &*after("data_processing"),
        &*before("data_saving"),
        COMMIT_BEFORE,
        COMMIT_AFTER,
        RUN_BEFORE_CLOSE,
    ] {
        let db = Db::new().await;
        db.json(&["run"]).ok();
        postings(&db).await;
        // The run is killed in its third batch, and at the last failpoint the first time.
        let action = if place == RUN_BEFORE_CLOSE {
            "return(kill)"
        } else {
            "2*off->return(kill)"
        };
        let run = db.json_with(&RUN, &lenient_and(&[failpoint(place, action)]));
        assert_eq!(run.code, 137, "{place}: {}", run.stderr);
        let retry = db.json(&["retry"]).ok();
        assert_eq!(retry.object()["warnings"], counted(), "{place}");
        assert_eq!(in_ledger(&db).await, counted(), "{place}");
    }
}

#[tokio::test]
async fn processes_that_share_a_run_count_all_warnings() {
    let db = Db::new().await;
    postings(&db).await;
    let pause = Pause::new();
    let failpoints = failpoint(after("data_processing"), "return(wait)");
    let env = lenient_and(&[failpoints, pause.env()]);
    let leader = db.spawn(&RUN, &env);
    db.wait_for("SELECT count(*) FROM jobinsight_staging.etl_plans WHERE batches > 0")
        .await;
    let helper = db.spawn(&["run", "--join", "--max-workers", "1"], &env);
    helper.wait_for_log(WAITS);
    pause.release();
    assert_eq!(leader.end().ok().object()["warnings"], counted());
    helper.end().ok();
    assert_eq!(in_ledger(&db).await, counted());
}

#[tokio::test]
async fn a_batch_published_in_parts_counts_each_row_once() {
    let db = Db::new().await;
    db.json(&["run"]).ok();
    db.client
        .batch_execute(
            "ALTER TABLE jobinsight_staging.staging_jobs ADD CHECK (job_id <> 'refused')",
        )
        .await
        .unwrap();
    postings(&db).await;
    db.posting("refused", &[("salary", "nhiều lắm 7x7")]).await;
    let run = db.json_with(&["run", "--as-of", AS_OF], LENIENT).ok();
    assert_eq!(run.stat("rejected"), 1);
    assert_eq!(run.object()["warnings"], counted());
}
