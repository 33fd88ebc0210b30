//! Another program writes to staging as well: the Python pipeline, side by side with this one, or a person.

use jobinsight_tests::{CommandOutput, Db};
use serde_json::{Value, json};

type Variable = (&'static str, &'static str);

/// Rejected rows do not fail a run.
const LENIENT: Variable = ("ETL_INTEGRITY_THRESHOLD", "0");
pub(crate) const COMPARE_ALL: Variable = ("ETL_PHASES__SQL_PROCEDURES__COMPARE_ALL", "true");
/// A title that this pipeline rejects, because it is empty.
pub(crate) const EMPTY: &str = "\u{200b}";

/// Publishes a row as the Python pipeline does: it knows only its 23 columns.
async fn python_publishes(db: &Db, key: &str, title: &str) {
    let title = if title == EMPTY { "-" } else { title };
    let sql = format!(
        "INSERT INTO jobinsight_staging.staging_jobs (job_id, title, title_clean, salary, salary_min, salary_max, crawled_at)
         SELECT job_id, title, '{title}', salary, 0, 0, crawled_at FROM raw_jobs WHERE job_id = '{key}'
         ON CONFLICT (job_id) DO UPDATE
            SET title = EXCLUDED.title, title_clean = EXCLUDED.title_clean, salary = EXCLUDED.salary,
                salary_min = EXCLUDED.salary_min, salary_max = EXCLUDED.salary_max, crawled_at = EXCLUDED.crawled_at"
    );
    db.client.batch_execute(&sql).await.unwrap();
}

pub(crate) fn run(db: &Db, args: &[&str], env: &[(&str, &str)]) -> CommandOutput {
    let args = [&["run", "--as-of", "2026-01-16T00:00:00Z"], args].concat();
    db.json_with(&args, &[&[LENIENT], env].concat())
}

/// Three published rows (1 to 3) and a rejected one (4).
pub(crate) async fn loaded() -> Db {
    let db = Db::new().await;
    for key in ["1", "2", "3"] {
        db.post(key, "Kế Toán").await;
    }
    db.post("4", EMPTY).await;
    run(&db, &[], &[]).ok();
    db
}

/// The Python pipeline runs: it publishes the rejected row 4, a new row 5 that is rejected too, and other values of row 1.
async fn python_runs(db: &Db) {
    db.post("5", EMPTY).await;
    python_publishes(db, "4", EMPTY).await;
    python_publishes(db, "5", EMPTY).await;
    python_publishes(db, "1", "Lái Xe").await;
}

fn found(output: &CommandOutput) -> Value {
    output.object()["other_programs"].clone()
}

pub(crate) fn counts(inserted: u64, published: u64, changed: u64) -> Value {
    json!({ "inserted_and_rejected": inserted, "published_and_rejected": published, "changed": changed })
}

const KEYS: &str =
    "SELECT string_agg(job_id, ',' ORDER BY job_id) FROM jobinsight_staging.staging_jobs";

#[tokio::test]
async fn every_run_finds_counts_and_replaces_the_rows_of_another_program() {
    let modes: [(&[&str], &[Variable]); 4] = [
        (&[], &[]),
        (&[], &[COMPARE_ALL]),
        (&["--only-unprocessed=false"], &[]),
        (
            &["--only-unprocessed=false"],
            &[("ETL_PHASES__SQL_PROCEDURES__RANGES_FROM", "1")],
        ),
    ];
    for (args, env) in modes {
        let db = loaded().await;
        let content = db.content().await;
        python_runs(&db).await;
        let output = run(&db, args, env).ok();
        assert_eq!(found(&output), counts(1, 1, 1), "{args:?} {env:?}");
        assert_eq!(db.one(KEYS).await, "1,2,3", "{args:?} {env:?}");
        assert_eq!(db.content().await, content, "{args:?} {env:?}");
        db.assert_all_accounted_for().await;
        assert_eq!(found(&run(&db, &[], &[]).ok()), counts(0, 0, 0));
    }
}

#[tokio::test]
async fn the_ledger_and_the_commands_report_the_rows_of_another_program() {
    let db = loaded().await;
    python_runs(&db).await;
    let status = db.json(&["status"]).ok().object();
    assert_eq!(
        (
            &status["other_programs"]["inserted_since"],
            &status["other_programs"]["changed_since"]
        ),
        (&json!(2), &json!(1))
    );
    let case = |db: &Db, key: &str| {
        let text = db.jobinsight(&["explain-row", key]).ok().stdout;
        text[text
            .find("In staging")
            .or(text.find("Rejected for"))
            .unwrap()..]
            .to_owned()
    };
    assert!(
        case(&db, "1")
            .contains("changed by another program since then; the next run processes it again")
    );
    assert!(case(&db, "4").contains("inserted by another program; the next run deletes it"));
    assert!(case(&db, "5").contains("inserted by another program; the next run deletes it"));
    assert!(case(&db, "2").contains("the same values, written by run"));

    let shown = db.jobinsight_with(&["run"], &[LENIENT]);
    let lines = [
        "Another program wrote to staging: 1 row was inserted although it is rejected, and is deleted",
        "Another program wrote to staging: 1 row was published and is rejected now, and is deleted",
        "Another program wrote to staging: 1 row was changed, and is processed again",
    ];
    for line in lines {
        assert!(shown.stdout.contains(line), "{}", shown.stdout);
        for args in [&["status"][..], &["runs", "show"]] {
            let text = db.jobinsight(args).stdout;
            assert!(text.contains(line), "{args:?}: {text}");
        }
    }
    let status = db.json(&["status"]).ok().object();
    assert_eq!(
        status["other_programs"],
        json!({ "last_run": counts(1, 1, 1), "inserted_since": 0, "changed_since": 0 })
    );
    let stored = "SELECT results ->> 'other_programs' FROM jobinsight_staging.etl_runs ORDER BY started_at DESC LIMIT 1";
    let stored: Value = serde_json::from_str(&db.one(stored).await).unwrap();
    assert_eq!(stored, counts(1, 1, 1));
    for key in ["4", "5"] {
        assert!(
            case(&db, key).contains("a run deleted that row at"),
            "{key}"
        );
    }
}

#[tokio::test]
async fn a_value_that_a_person_changes_is_restored_by_the_next_run() {
    // A derived column, a copied column, and a list.
    for change in [
        "title_clean = 'x'",
        "salary = 'x'",
        "warnings = '{x}'",
        "due_date = NULL",
    ] {
        let db = loaded().await;
        let content = db.content().await;
        let sql = format!("UPDATE jobinsight_staging.staging_jobs SET {change} WHERE job_id = '2'");
        db.client.batch_execute(&sql).await.unwrap();
        let output = run(&db, &[], &[]).ok();
        assert_eq!(found(&output), counts(0, 0, 1), "{change}");
        assert_eq!(output.stat("updated"), 1, "{change}");
        assert_eq!(db.content().await, content, "{change}");
    }
}

#[tokio::test]
async fn neither_the_warehouse_nor_a_refresh_counts_as_another_program() {
    let db = loaded().await;
    for sql in [
        "UPDATE jobinsight_staging.staging_jobs SET processed_to_dwh = true",
        "CALL jobinsight_staging.update_deadline('2030-01-01')",
        "UPDATE jobinsight_staging.staging_jobs SET title_clean = title_clean, salary = salary",
    ] {
        db.client.batch_execute(sql).await.unwrap();
        let output = run(&db, &[], &[]).ok();
        assert_eq!(found(&output), counts(0, 0, 0), "{sql}");
        assert_eq!(output.stat("updated"), 0, "{sql}");
    }
}

#[tokio::test]
async fn a_retry_reports_what_its_plan_found() {
    let db = loaded().await;
    python_runs(&db).await;
    let strict = [("ETL_INTEGRITY_THRESHOLD", "1")];
    assert_eq!(db.json_with(&["run"], &strict).code, 3);
    assert_eq!(
        found(&db.json_with(&["retry"], &[LENIENT]).ok()),
        counts(1, 1, 1)
    );
}

#[tokio::test]
async fn compare_all_finds_rows_with_another_fingerprint_or_rule_set() {
    for change in ["source_hash = 0", "rule_set = 'standard/1'"] {
        let db = loaded().await;
        // Other tests hold the horizon back, so wait until every writer of the raw table is older than it.
        db.wait_for("SELECT (pg_snapshot_xmin(pg_current_snapshot())::text::bigint > max(xmin::text::bigint))::int::bigint FROM raw_jobs").await;
        run(&db, &[], &[]).ok();
        let sql = format!("UPDATE jobinsight_staging.staging_jobs SET {change} WHERE job_id = '2'");
        db.client.batch_execute(&sql).await.unwrap();
        assert_eq!(run(&db, &[], &[]).ok().stat("updated"), 0, "{change}");
        assert_eq!(
            run(&db, &[], &[COMPARE_ALL]).ok().stat("updated"),
            1,
            "{change}"
        );
    }
}

#[tokio::test]
async fn compare_all_does_not_find_values_that_were_changed_without_the_trigger() {
    let db = loaded().await;
    let content = db.content().await;
    db.client
        .batch_execute(
            "SET session_replication_role = replica;
             UPDATE jobinsight_staging.staging_jobs SET title_clean = 'x' WHERE job_id = '2';
             RESET session_replication_role",
        )
        .await
        .unwrap();
    assert_eq!(run(&db, &[], &[COMPARE_ALL]).ok().stat("updated"), 0);
    let all = run(&db, &["--only-unprocessed=false"], &[]).ok();
    assert_eq!(all.stat("updated"), 1);
    assert_eq!(db.content().await, content);
}
