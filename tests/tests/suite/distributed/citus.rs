//! The pipeline on a Citus database, beside the same steps on plain tables. No registry has the extension, so these tests are skipped
//! unless `JOBINSIGHT_CITUS_URL` names a database that has it, with at least one other server. Its tables are dropped.

use jobinsight_core::Settings;
use jobinsight_core::failpoints::{COMMIT_AFTER, COMMIT_BEFORE};
use jobinsight_sql::scripts::SCHEMA_RAW_JOBS;
use jobinsight_tests::{Db, failpoint};
use tokio::sync::{Mutex, MutexGuard};

use crate::faults::{AS_OF, LENIENT, assert_promises, in_batches, lenient_and, postings};

const URL: &str = "JOBINSIGHT_CITUS_URL";

/// The tests share one database.
static TURN: Mutex<()> = Mutex::const_new(());

const RUN: [&str; 3] = ["run", "--as-of", AS_OF];
/// A run that reads the facts of all published postings.
const FACTS: [&str; 7] = [
    "run",
    "--as-of",
    AS_OF,
    "--with",
    "job_facts",
    "--fill",
    "job_facts",
];

/// The database with an empty raw table and an empty staging table, both distributed. `None` if no database is named.
async fn distributed() -> Option<(Db, MutexGuard<'static, ()>)> {
    let Ok(url) = std::env::var(URL) else {
        eprintln!("SKIPPED: {URL} is not set, so nothing runs on a distributed database");
        return None;
    };
    let turn = TURN.lock().await;
    let db = Db::at(url).await;
    for drop in [
        "DROP SCHEMA IF EXISTS jobinsight_staging CASCADE",
        "DROP TABLE IF EXISTS public.raw_jobs",
    ] {
        db.client.batch_execute(drop).await.unwrap();
    }
    let raw = SCHEMA_RAW_JOBS.render(&Settings::default());
    raw.apply(&db.client, "creating the raw table")
        .await
        .unwrap();
    db.json(&["run"]).ok();
    let dry = db.json(&["distribute", "--dry-run"]).ok().object();
    assert_eq!(dry["distributed"], false);
    let done = db.json(&["distribute"]).ok().object();
    assert_eq!(
        (&done["distributed"], &done["statements"]),
        (&true.into(), &dry["statements"])
    );
    let again = db.json(&["distribute"]).ok().object();
    assert_eq!(again["statements"].as_array().unwrap().len(), 0);
    Some((db, turn))
}

/// Changes rows, adds some, and fixes the row that is rejected.
async fn change(db: &Db) {
    for change in [
        "UPDATE raw_jobs SET title = title || ' Cao Cấp' WHERE job_id IN ('1', '2', '3')",
        "UPDATE raw_jobs SET title = 'Lái Xe' WHERE job_id = 'blank'",
        "UPDATE raw_jobs SET title = E'\\u200b' WHERE job_id = '4'",
        "DELETE FROM raw_jobs WHERE job_id = '5'",
    ] {
        db.client.batch_execute(change).await.unwrap();
    }
    db.post("new", "Kế Toán Trưởng - Lương 30 Triệu").await;
}

#[tokio::test]
async fn every_kind_of_run_has_the_content_of_plain_tables() {
    let Some((citus, _turn)) = distributed().await else {
        return;
    };
    let plain = Db::new().await;
    plain.json(&RUN).ok();
    let steps: [(&str, &[&str]); 6] = [
        ("first load", &in_batches("7", "4")),
        ("nothing new", &RUN),
        ("changes", &in_batches("2", "2")),
        ("other rules", &["run", "--as-of", AS_OF, "--rules", "v1"]),
        (
            "all rows again",
            &["run", "--as-of", AS_OF, "--only-unprocessed=false"],
        ),
        ("facts", &FACTS),
    ];
    let counts = ["new", "updated", "unchanged", "rejected", "left"];
    for (step, args) in steps {
        let mut results = Vec::new();
        for db in [&plain, &citus] {
            match step {
                "first load" => postings(db, 40).await,
                "changes" => change(db).await,
                _ => {}
            }
            let forecast = [args, &["--dry-run"]].concat();
            let forecast = db.json_with(&forecast, LENIENT).ok().object();
            let run = db.json_with(args, LENIENT).ok();
            results.push((
                forecast["rows"].clone(),
                counts.map(|count| run.stat(count)),
                db.content().await,
            ));
        }
        assert_eq!(results[0], results[1], "{step}");
    }
    for table in ["raw_jobs", "jobinsight_staging.staging_jobs"] {
        let local = format!("SELECT pg_relation_size('{table}')");
        assert_eq!(
            citus.count(&local).await,
            0,
            "{table} has no row on this server"
        );
    }
    let facts = "SELECT md5(string_agg((to_jsonb(f) - 'run_id')::text, '' ORDER BY job_id, source_hash)) FROM jobinsight_staging.job_facts f";
    assert_eq!(citus.one(facts).await, plain.one(facts).await);
    for command in [
        &["status"][..],
        &["doctor"],
        &["rejects", "list"],
        &["rejects", "show", "4"],
        &["explain-row", "1"],
        &["contract", "check"],
        &["report", "-o", "-"],
    ] {
        citus.jobinsight(command).ok();
    }
    citus
        .json(&["partition", "--parts", "4"])
        .failed(2, "jobinsight::partition::refused");
}

#[tokio::test]
async fn two_processes_share_a_distributed_run() {
    let Some((citus, _turn)) = distributed().await else {
        return;
    };
    postings(&citus, 60).await;
    let slow = lenient_and(&[failpoint("data_saving/before", "sleep(100)")]);
    let first = citus.spawn(&in_batches("2", "2"), &slow);
    citus
        .wait_for("SELECT count(*) FROM jobinsight_staging.etl_batches WHERE state = 'done'")
        .await;
    let second = citus.spawn(&["run", "--join", "--max-workers", "2"], LENIENT);
    second.end().ok();
    first.end().ok();
    let processes =
        "SELECT count(DISTINCT worker) FROM jobinsight_staging.etl_batches WHERE state = 'done'";
    assert_eq!(citus.count(processes).await, 2);
    assert_promises(&citus, 60).await;
}

#[tokio::test]
async fn a_killed_run_on_a_distributed_table_is_retried() {
    for place in [
        "data_loading/after",
        "data_saving/before",
        COMMIT_BEFORE,
        COMMIT_AFTER,
    ] {
        let Some((citus, _turn)) = distributed().await else {
            return;
        };
        postings(&citus, 8).await;
        let env = lenient_and(&[failpoint(place, "return(kill)")]);
        let run = citus.json_with(&in_batches("3", "1"), &env);
        assert_eq!(run.code, 137, "{place}: {}", run.stderr);
        let retry = citus.json_with(&["retry"], LENIENT).ok();
        assert_eq!(
            (retry.stat("new"), retry.stat("rejected")),
            (8, 1),
            "{place}"
        );
        assert_promises(&citus, 8).await;
    }
}

#[tokio::test]
async fn the_quality_gate_ends_a_run_on_a_distributed_table() {
    let Some((citus, _turn)) = distributed().await else {
        return;
    };
    postings(&citus, 4).await;
    // The gate ends no run with a few rejected rows.
    for n in 0..40 {
        citus.post(&format!("blank {n}"), "\u{200b}").await;
    }
    citus.json(&RUN).failed(3, "jobinsight::quality::integrity");
    let run = citus
        .json_with(&RUN, &[("ETL_INTEGRITY_THRESHOLD", "0.01")])
        .ok();
    assert_eq!((run.stat("new"), run.stat("rejected")), (4, 41));
    citus.assert_all_accounted_for().await;
}
