//! `jobinsight retry`.

use std::path::{Path, PathBuf};

use jobinsight_core::failpoints::{COMMIT_AFTER, SQL_PROCEDURES_BEFORE_COMMIT};
use jobinsight_tests::{Db, failpoint};

use super::{AS_OF, LENIENT, assert_promises, in_batches, lenient_and, postings};

/// A run whose second batch fails in `data_saving`, because the quality gate allows no rejected row.
async fn gate_closed() -> Db {
    let db = Db::new().await;
    postings(&db, 8).await;
    close_gate(&db);
    db
}

fn close_gate(db: &Db) {
    let strict = [("ETL_INTEGRITY_THRESHOLD", "1")];
    db.json_with(&in_batches("3", "1"), &strict)
        .failed(3, "jobinsight::quality::integrity");
}

/// The file of the spilled batch.
fn kept(db: &Db) -> PathBuf {
    let only = |folder: &Path| folder.read_dir().unwrap().next().unwrap().unwrap().path();
    only(&only(&db.state.path().join("spill")))
}

#[tokio::test]
async fn a_failed_batch_is_spilled_and_resumes_where_it_failed() {
    let db = gate_closed().await;
    let entry = "SELECT count(*) || ' ' || min(failed_phase) || ' ' || min(error_code) || ' ' || bool_and(spilled_to LIKE '%.arrow')
                   FROM jobinsight_staging.etl_batches WHERE state = 'failed'";
    assert_eq!(
        db.one(entry).await,
        "1 data_saving jobinsight::quality::integrity true"
    );
    let retry = db.json_with(&["retry"], LENIENT).ok().object();
    let phase = |name: &str| {
        let phases = retry["phases"].as_array().unwrap();
        phases
            .iter()
            .find(|phase| phase["name"] == name)
            .unwrap()
            .clone()
    };
    let notes = retry["notes"].to_string();
    assert!(
        notes.contains("resumes at data_saving")
            && notes.contains("2 of 3 batches are published already"),
        "{notes}"
    );
    assert_eq!(
        phase("data_loading")["rows_in"],
        0,
        "it is not loaded again"
    );
    assert_eq!(phase("data_processing")["rows_in"], 0, "nor processed");
    assert_eq!(phase("sql_procedures")["why"], "done in attempt 1");
    assert_eq!(retry["stats"]["new"], 8);
    assert_promises(&db, 8).await;
}

#[tokio::test]
async fn an_unreadable_spill_file_is_loaded_again() {
    let db = gate_closed().await;
    std::fs::write(kept(&db), b"ARROW1 and then nothing").unwrap();
    let retry = db.json_with(&["retry"], LENIENT).ok();
    assert!(
        retry
            .stderr
            .contains("is not used, so its batch is loaded again"),
        "{}",
        retry.stderr
    );
    assert_promises(&db, 8).await;
}

#[tokio::test]
async fn a_value_that_postgresql_cannot_read_rejects_only_its_row() {
    let db = Db::new().await;
    postings(&db, 8).await;
    let place = [
        ("title", "Kế Toán"),
        ("location_detail", "Huế: 77 Bạch Đằng"),
    ];
    db.posting("7", &place).await;
    close_gate(&db);
    // A phase from outside might pass on such a value.
    let (good, bad) = (r#"["Huế: 77 Bạch Đằng"]"#, r#"["Huế: 77 Bạch Đằng"["#);
    let file = kept(&db);
    let mut bytes = std::fs::read(&file).unwrap();
    let at = bytes
        .windows(good.len())
        .position(|part| part == good.as_bytes());
    let at = at.unwrap();
    bytes[at..at + good.len()].copy_from_slice(bad.as_bytes());
    std::fs::write(file, bytes).unwrap();
    db.json_with(&["retry"], LENIENT).ok();
    let rejected = "SELECT string_agg(job_id || ' ' || reason, ', ' ORDER BY job_id) FROM jobinsight_staging.etl_rejects";
    assert_eq!(
        db.one(rejected).await,
        "7 refused_by_database, blank title_missing"
    );
    assert_eq!(
        db.count("SELECT count(*) FROM jobinsight_staging.staging_jobs")
            .await,
        7
    );
    db.assert_all_accounted_for().await;
}

#[tokio::test]
async fn a_retry_that_fails_again_can_be_retried() {
    let db = gate_closed().await;
    db.json_with(&["retry"], &[("ETL_INTEGRITY_THRESHOLD", "1")])
        .failed(3, "jobinsight::quality::integrity");
    assert_eq!(
        db.json_with(&["retry"], LENIENT).ok().object()["attempt"],
        3
    );
    assert_promises(&db, 8).await;
}

#[tokio::test]
async fn a_retry_under_other_rules_starts_over_and_says_so() {
    let db = gate_closed().await;
    let retry = db
        .json_with(&["retry", "--rules", "v1", "--as-of", AS_OF], LENIENT)
        .ok();
    let notes = retry.object()["notes"].to_string();
    assert!(
        notes.contains("the work is planned again") && notes.contains("rules"),
        "{notes}"
    );
    let rules = db.one("SELECT string_agg(DISTINCT split_part(rule_set, '/', 1), ',') FROM jobinsight_staging.staging_jobs").await;
    assert_eq!(rules, "v1", "no row of the other rules is left");
    let link = "SELECT count(*) FROM jobinsight_staging.etl_runs a JOIN jobinsight_staging.etl_runs b ON a.retry_of = b.run_id";
    assert_eq!(db.count(link).await, 1);
    db.assert_all_accounted_for().await;
    db.assert_nothing_left().await;
}

#[tokio::test]
async fn a_retry_plans_again_after_a_server_crash() {
    let db = gate_closed().await;
    // What a crash leaves of a table that is not logged.
    db.client
        .batch_execute("TRUNCATE jobinsight_staging.etl_work")
        .await
        .unwrap();
    let retry = db.json_with(&["retry"], LENIENT).ok();
    assert!(
        retry.object()["notes"]
            .to_string()
            .contains("the table etl_work has lost its rows"),
        "{}",
        retry.stderr
    );
    assert_promises(&db, 8).await;
}

#[tokio::test]
async fn a_run_superseded_by_a_later_plan_is_not_retried() {
    let db = gate_closed().await;
    let first = db
        .one("SELECT run_id::text FROM jobinsight_staging.etl_runs")
        .await;
    db.json_with(&["run", "--as-of", AS_OF], LENIENT).ok();
    db.json(&["retry", &first])
        .failed(2, "jobinsight::run::superseded");
    let nothing = db.json(&["retry"]).ok();
    assert!(
        nothing.object()["message"]
            .as_str()
            .unwrap()
            .starts_with("nothing to retry")
    );
    db.json(&["retry", "ffff"])
        .failed(2, "jobinsight::run::unknown");
    assert_promises(&db, 8).await;
}

#[tokio::test]
async fn before_the_first_run_there_is_nothing_to_retry() {
    let db = Db::new().await;
    let nothing = db.json(&["retry"]).ok();
    assert!(
        nothing.object()["message"]
            .as_str()
            .unwrap()
            .contains("there was no run yet")
    );
}

#[tokio::test]
async fn a_failure_before_the_queue_exists_is_retried_from_that_phase() {
    let db = Db::new().await;
    db.json(&["run"]).ok();
    postings(&db, 8).await;
    let env = lenient_and(&[failpoint(SQL_PROCEDURES_BEFORE_COMMIT, "panic")]);
    db.json_with(&["run", "--as-of", AS_OF], &env)
        .failed(1, "jobinsight::phases::panicked");
    let retry = db.json_with(&["retry"], LENIENT).ok().object();
    assert_eq!(retry["phases"][0]["status"], "skipped");
    assert_eq!(retry["phases"][1]["status"], "done");
    assert_promises(&db, 8).await;
}

#[tokio::test]
async fn the_ledger_records_every_transition() {
    let db = gate_closed().await;
    db.json_with(&["retry"], LENIENT).ok();
    let shown = db.json(&["runs", "show"]).ok().object();
    let events: Vec<String> = shown["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| {
            [
                event["event"].as_str().unwrap(),
                event["phase"].as_str().unwrap_or(""),
            ]
            .join(" ")
        })
        .collect();
    for wanted in [
        "run begins ",
        "phase done sql_procedures",
        "batch failed data_saving",
        "phase failed data_saving",
        "run failed data_saving",
        "run is retried ",
        "phase skipped sql_procedures",
        "phase done data_saving",
        "run done ",
    ] {
        assert!(
            events.iter().any(|event| event == wanted),
            "no {wanted:?} in {events:?}"
        );
    }
    let run = shown["run"]["run_id"].as_str().unwrap();
    let text = db.jobinsight(&["runs", "show", &run[..13]]).ok().stdout;
    assert!(
        text.contains("attempt 2") && text.contains("3 published"),
        "{text}"
    );
    assert!(db.jobinsight(&["runs", "list"]).ok().stdout.contains(run));
    let status = db.jobinsight(&["status"]).ok().stdout;
    assert!(
        status.contains("Running   no") && status.contains("Staging   8 rows"),
        "{status}"
    );
}

#[tokio::test]
async fn the_quality_gate_of_a_retry_counts_the_whole_run() {
    let db = Db::new().await;
    for n in 0..59 {
        db.post(&n.to_string(), "Kế Toán").await;
    }
    db.post("bad", " ").await;
    db.json(&["run", "--until", "sql_procedures", "--batch-size", "20"])
        .ok();
    // The bad row is in the last batch. One bad row of 60 is allowed, but not one of the 20 that are left.
    db.client
        .batch_execute(
            "WITH bad AS (SELECT batch_no FROM jobinsight_staging.etl_work WHERE job_id = 'bad')
             UPDATE jobinsight_staging.etl_work w
                SET batch_no = CASE w.batch_no WHEN 3 THEN bad.batch_no ELSE 3 END
               FROM bad WHERE bad.batch_no <> 3 AND w.batch_no IN (3, bad.batch_no)",
        )
        .await
        .unwrap();
    let killed = [failpoint(COMMIT_AFTER, "1*off->return(kill)")];
    let run = ["run", "--from", "data_loading", "--max-workers", "1"];
    assert_eq!(db.json_with(&run, &killed).code, 137);
    let retry = db.json(&["retry"]).ok();
    assert_eq!((retry.stat("new"), retry.stat("rejected")), (59, 1));
    db.assert_all_accounted_for().await;
    db.assert_nothing_left().await;
}
