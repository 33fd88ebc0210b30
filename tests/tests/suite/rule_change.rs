//! Other rules for a live warehouse: a dry run counts what would change, and the page of the guide says how to switch.

use jobinsight_core::Settings;
use jobinsight_core::database::{self, Target, TargetOrigin};
use jobinsight_core::testing::postings::{real_file, sample_file};
use jobinsight_tests::{Db, without_digest};
use serde_json::{Value, json};
use tokio_postgres::error::SqlState;

use crate::upgrades;

const AS_OF: &str = "2026-01-16T00:00:00Z";
const LENIENT: &[(&str, &str)] = &[("ETL_INTEGRITY_THRESHOLD", "0")];
const DIMENSIONS: [&str; 3] = ["title_clean", "company_name_standardized", "location"];

/// A database with real postings if they are beside the checkout, otherwise with the sample; published by the rules `v1`.
async fn published_by_v1() -> Db {
    let db = Db::new().await;
    let file = real_file().unwrap_or_else(sample_file);
    db.jobinsight(&["import", file.to_str().unwrap()]).ok();
    db.json_with(&["run", "--rules", "v1", "--as-of", AS_OF], LENIENT)
        .ok();
    db
}

/// The versions of all rows of staging and of the ledger.
const WRITTEN: &str = "
    SELECT md5(string_agg(version, ',' ORDER BY version)) FROM (
        SELECT concat_ws(' ', ctid, xmin, to_jsonb(s)) AS version FROM jobinsight_staging.staging_jobs s
        UNION ALL SELECT concat_ws(' ', ctid, xmin, to_jsonb(s)) FROM jobinsight_staging.etl_rejects s
        UNION ALL SELECT concat_ws(' ', ctid, xmin, to_jsonb(s)) FROM jobinsight_staging.etl_runs s
        UNION ALL SELECT concat_ws(' ', ctid, xmin, to_jsonb(s)) FROM jobinsight_staging.etl_plans s
        UNION ALL SELECT concat_ws(' ', ctid, xmin, to_jsonb(s)) FROM jobinsight_staging.etl_batches s
        UNION ALL SELECT concat_ws(' ', ctid, xmin, to_jsonb(s)) FROM jobinsight_staging.etl_salaries s
        UNION ALL SELECT concat_ws(' ', ctid, xmin, to_jsonb(s)) FROM jobinsight_staging.etl_events s
        UNION ALL SELECT concat_ws(' ', ctid, xmin, to_jsonb(s)) FROM raw_jobs s) AS rows";

/// The change that a dry run with these flags foresees.
fn foreseen(db: &Db, flags: &[&str]) -> Value {
    let args = [&["run", "--dry-run"], flags].concat();
    db.json(&args).ok().object()["rule_change"].clone()
}

#[tokio::test]
async fn a_dry_run_counts_exactly_what_a_run_by_other_rules_changes() {
    let db = published_by_v1().await;
    // Between the runs: the loader takes all rows; the crawler empties one title, changes one and deletes one posting; a person
    // changes a row.
    let between = "
        UPDATE jobinsight_staging.staging_jobs SET processed_to_dwh = true;
        CREATE TEMPORARY TABLE numbered AS SELECT job_id, row_number() OVER (ORDER BY job_id) AS n FROM jobinsight_staging.staging_jobs;
        UPDATE raw_jobs SET title = E'\\u200b' WHERE job_id = (SELECT job_id FROM numbered WHERE n = 1);
        UPDATE raw_jobs SET title = 'Kế Toán Trưởng - Lương 20 Triệu', salary = '5 triệu' WHERE job_id = (SELECT job_id FROM numbered WHERE n = 2);
        DELETE FROM raw_jobs WHERE job_id = (SELECT job_id FROM numbered WHERE n = 3);
        UPDATE jobinsight_staging.staging_jobs SET title_clean = 'x' WHERE job_id = (SELECT job_id FROM numbered WHERE n = 4);
        CREATE TABLE before AS SELECT * FROM jobinsight_staging.staging_jobs";
    db.client.batch_execute(between).await.unwrap();

    let written = db.one(WRITTEN).await;
    let change = foreseen(&db, &["--rules", "standard"]);
    assert_eq!(db.one(WRITTEN).await, written, "a dry run writes nothing");
    db.json_with(&["run", "--as-of", AS_OF], LENIENT).ok();

    let both = "before b JOIN jobinsight_staging.staging_jobs s USING (job_id)";
    let mut columns = 0;
    for (column, rows) in change["columns"].as_object().unwrap() {
        let differ =
            format!("SELECT count(*) FROM {both} WHERE b.{column} IS DISTINCT FROM s.{column}");
        assert_eq!(*rows, db.count(&differ).await, "{column}");
        columns += i32::from(*rows != 0);
    }
    assert!(columns > 5, "{change}");
    let facts =
        format!("SELECT count(*) FROM {both} WHERE b.processed_to_dwh AND NOT s.processed_to_dwh");
    // The row that a person changed counts as changed, and was marked by the loader before.
    assert_eq!(change["changed"], db.count(&facts).await);
    let gone = "SELECT count(*) FROM before b WHERE NOT EXISTS (SELECT FROM jobinsight_staging.staging_jobs s WHERE s.job_id = b.job_id)";
    assert_eq!((&change["rejected"], db.count(gone).await), (&json!(1), 1));
    assert_eq!(
        change["reasons"],
        json!([{"field": "title", "reason": "title_missing", "rows": 1}])
    );
    assert_eq!(
        (&change["raw_changed"], &change["without_raw"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(
        without_digest(change["rule_set"].as_str().unwrap()),
        "standard/25000"
    );
    let all = db.count("SELECT count(*) FROM before").await;
    assert_eq!(change["published"], all - 1);
    let unchanged = change["unchanged"].as_i64().unwrap();
    assert_eq!(change["changed"].as_i64().unwrap() + unchanged + 2, all);

    for column in DIMENSIONS {
        let names = &change["names"][column];
        let (old, new) = ("before", "jobinsight_staging.staging_jobs");
        let distinct = |table| format!("SELECT count(DISTINCT {column}) FROM {table}");
        assert_eq!(names["before"], db.count(&distinct(old)).await, "{column}");
        assert_eq!(names["after"], db.count(&distinct(new)).await, "{column}");
        let without = |one, other| {
            format!(
                "SELECT count(*) FROM (SELECT {column} FROM {one} WHERE {column} IS NOT NULL EXCEPT SELECT {column} FROM {other}) AS names"
            )
        };
        assert_eq!(
            names["disappear"],
            db.count(&without(old, new)).await,
            "{column}"
        );
        assert_eq!(
            names["appear"],
            db.count(&without(new, old)).await,
            "{column}"
        );
        let changes = format!(
            "SELECT jsonb_agg(jsonb_build_object('before', old, 'after', new, 'rows', rows))::text FROM (
                 SELECT b.{column} AS old, s.{column} AS new, count(*) AS rows FROM {both}
                  WHERE b.{column} IS DISTINCT FROM s.{column} GROUP BY 1, 2
                  ORDER BY 3 DESC, b.{column} COLLATE \"C\" NULLS FIRST, s.{column} COLLATE \"C\" NULLS FIRST LIMIT 20) AS changes"
        );
        let changes: Value = serde_json::from_str(&db.one(&changes).await).unwrap();
        assert_eq!(names["examples"], changes, "{column}");
    }
    // The row without a raw row still has the old rules, and no run changes it.
    assert_eq!(foreseen(&db, &[]), Value::Null);
}

#[tokio::test]
async fn all_rows_are_compared_when_a_run_would_process_all() {
    let db = Db::new().await;
    for key in ["1", "2", "3"] {
        db.post(key, "Kế Toán").await;
    }
    assert_eq!(foreseen(&db, &[]), Value::Null, "nothing is published yet");
    db.json(&["run"]).ok();
    assert_eq!(foreseen(&db, &[]), Value::Null, "no row is processed again");
    let same = foreseen(&db, &["--only-unprocessed=false"]);
    assert_eq!(
        (&same["published"], &same["changed"], &same["unchanged"]),
        (&json!(3), &json!(0), &json!(3))
    );
    // Another exchange rate is another rule set.
    db.posting("4", &[("salary", "1000 USD")]).await;
    db.json(&["run"]).ok();
    let rate = [("ETL_PHASES__SQL_PROCEDURES__USD_VND_RATE", "26000")];
    let dry = db.json_with(&["run", "--dry-run"], &rate).ok().object();
    let change = &dry["rule_change"];
    assert_eq!(
        (&change["published"], &change["changed"]),
        (&json!(4), &json!(1)),
        "{change}"
    );
    assert_eq!(change["columns"]["salary_min"], 1, "{change}");
}

#[tokio::test]
async fn a_table_of_many_parts_is_compared_to_the_end() {
    let db = Db::new().await;
    let postings = "INSERT INTO raw_jobs (job_id, title, company_name, location_detail)
        SELECT n::text, 'Kế Toán R&D', 'cty ' || n % 100, repeat('Hà Nội: số ' || n % 100 || E'\\n', 40) FROM generate_series(1, 30000) n";
    db.client.batch_execute(postings).await.unwrap();
    db.json(&["run", "--rules", "v1"]).ok();
    let change = foreseen(&db, &["--max-workers", "2"]);
    let names = &change["names"];
    assert_eq!(change["columns"]["title_clean"], 30_000, "{change}");
    assert_eq!(names["title_clean"]["before"], 1);
    assert_eq!(names["company_name_standardized"]["before"], 100);
}

#[tokio::test]
async fn a_schema_of_an_older_program_is_not_compared_before_it_is_upgraded() {
    let db = upgrades::earlier("2a51ab4.dump").await;
    let dry = ["run", "--dry-run", "--rules", "v1"];
    let shown = db.jobinsight(&dry).ok().stdout;
    assert!(
        shown.contains("does not have the SQL functions of this program yet")
            && shown.contains("run --only schema_setup"),
        "{shown}"
    );
    let change = foreseen(&db, &["--rules", "v1"]);
    assert!(change["not_compared"].is_string(), "{change}");
    let rows = "SELECT md5(string_agg(concat_ws(' ', ctid, xmin), ',')) FROM jobinsight_staging.staging_jobs";
    let before = db.one(rows).await;
    db.json(&["run", "--only", "schema_setup"]).ok();
    assert_eq!(db.one(rows).await, before);
    let change = foreseen(&db, &["--rules", "v1"]);
    assert!(change["changed"].as_u64() > Some(0), "{change}");
}

#[tokio::test]
async fn an_error_of_the_comparison_fails_the_dry_run() {
    let db = published_by_v1().await;
    let slow = "CREATE OR REPLACE FUNCTION jobinsight_staging.due_after(
            days integer, minutes integer, is_whole_day boolean, end_of_day timestamptz, parsing_warning text,
            crawled_at timestamptz)
        RETURNS TABLE (due_date timestamptz, warning text) LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(60); END $$";
    db.client.batch_execute(slow).await.unwrap();
    let dry = db.json_with(&["run", "--dry-run"], &[("ETL_STATEMENT_TIMEOUT", "1")]);
    dry.failed(1, "jobinsight::database::statement_timeout");
}

#[tokio::test]
async fn a_read_only_pool_refuses_every_write() {
    let db = Db::new().await;
    let target = Target::parse(&db.url, TargetOrigin::Test).unwrap();
    let pool = database::read_only_pool(&target, &Settings::default(), "test")
        .await
        .unwrap();
    let client = database::client(&pool).await.unwrap();
    let insert = client
        .batch_execute("INSERT INTO raw_jobs (job_id, title) VALUES ('1', 'x')")
        .await;
    let code = insert.unwrap_err().code().cloned();
    assert_eq!(code, Some(SqlState::READ_ONLY_SQL_TRANSACTION));
    assert_eq!(db.count("SELECT count(*) FROM raw_jobs").await, 0);
}
