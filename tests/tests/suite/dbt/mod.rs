//! The package of deploy/dbt, with dbt itself.

mod project;

use jobinsight_core::failpoints::COMMIT_AFTER;
use jobinsight_tests::{Db, failpoint};

use self::project::{Dbt, package};
use crate::reading_staging::{LENIENT, postings};

const MODEL: &str = "warehouse.stg_jobinsight__jobs";

/// The columns of staging that the copy does not have.
const UNNOTICED: &str = "'processed_to_dwh' - 'time_remaining'";

/// The rows by which the copy and staging differ.
async fn difference(db: &Db) -> i64 {
    db.count(&format!(
        "SELECT count(*) FROM (
            (SELECT to_jsonb(c) FROM {MODEL} c
             EXCEPT SELECT to_jsonb(s) - {UNNOTICED} FROM jobinsight_staging.staging_jobs s)
            UNION ALL
            (SELECT to_jsonb(s) - {UNNOTICED} FROM jobinsight_staging.staging_jobs s
             EXCEPT SELECT to_jsonb(c) FROM {MODEL} c)) AS differing"
    ))
    .await
}

async fn rows(db: &Db) -> i64 {
    db.count(&format!("SELECT count(*) FROM {MODEL}")).await
}

/// A run of 60 postings that was killed after its second batch. Its clock is long before the newest `processed_at`.
async fn killed() -> Db {
    let db = postings(60).await;
    db.json(&["run", "--limit", "1"]).ok();
    let run = db.json_with(
        &[
            "run",
            "--batch-size",
            "10",
            "--max-workers",
            "1",
            "--as-of",
            "2026-01-16T00:00:00Z",
        ],
        &[failpoint(COMMIT_AFTER, "1*off->return(kill)")],
    );
    assert_eq!(run.code, 137, "{}", run.stderr);
    db
}

#[tokio::test]
#[ignore = "needs dbt: cargo xtask dbt"]
async fn a_run_that_is_killed_and_retried_between_two_builds_loses_no_row() {
    let db = killed().await;
    let dbt = Dbt::of(&db);
    dbt.ok(&["build"]);
    assert_eq!(rows(&db).await, 21);
    assert_eq!(difference(&db).await, 0);

    db.json(&["retry"]).ok();
    // The clock of the retry is the one of its first attempt, so `processed_at` does not find its rows.
    let late = format!(
        "SELECT count(*) FROM jobinsight_staging.staging_jobs
          WHERE processed_at > (SELECT max(processed_at) FROM {MODEL})"
    );
    assert_eq!(db.count(&late).await, 0);
    dbt.ok(&["build"]);
    assert_eq!(rows(&db).await, 60);
    assert_eq!(difference(&db).await, 0);

    // A posting is rejected, another changes, and an upgrade adds a column.
    db.post("7", "\u{200b}").await;
    db.post("8", "Lái Xe").await;
    let alter = "ALTER TABLE jobinsight_staging.staging_jobs ADD COLUMN added TEXT";
    db.client.batch_execute(alter).await.unwrap();
    assert_eq!(db.json_with(&["run"], LENIENT).ok().stat("rejected"), 1);
    dbt.ok(&["build"]);
    assert_eq!(rows(&db).await, 59);
    assert_eq!(difference(&db).await, 0);
    dbt.ok(&["build", "--full-refresh"]);
    assert_eq!(difference(&db).await, 0);
}

#[tokio::test]
#[ignore = "needs dbt: cargo xtask dbt"]
async fn a_posting_that_the_overlap_missed_is_reported() {
    let db = postings(3).await;
    db.json(&["run"]).ok();
    let dbt = Dbt::of(&db);
    dbt.ok(&["build"]);
    // A transaction that took longer than the overlap commits a row.
    db.client
        .batch_execute(
            "INSERT INTO jobinsight_staging.staging_jobs (job_id, title, title_clean, published_at)
             VALUES ('late', 'x', 'x', now() - interval '2 hours')",
        )
        .await
        .unwrap();
    assert!(!dbt.output(&["build"]).status.success());
    assert_eq!(
        dbt.failed(),
        ["jobinsight_nothing_is_lost_stg_jobinsight__jobs_"]
    );
    // A longer overlap finds it.
    dbt.ok(&["build", "--vars", "jobinsight_overlap: 3 hours"]);
    assert_eq!(difference(&db).await, 0);
}

#[tokio::test]
#[ignore = "needs dbt: cargo xtask dbt"]
async fn each_value_that_the_code_does_not_write_fails_its_test() {
    let db = postings(3).await;
    db.json(&["run", "--with", "job_facts"]).ok();
    let dbt = Dbt::of(&db);
    let all = "{jobinsight_raw: true, jobinsight_job_facts: true}";
    dbt.ok(&["build", "--vars", all]);
    db.client
        .batch_execute(
            "UPDATE jobinsight_staging.staging_jobs
                SET salary_type = 'odd', salary_period = 'odd', salary_source = 'odd', rule_set = 'odd',
                    warnings = '{odd}', location_codes = '{VN-HN,odd}', province_codes = '{odd}',
                    salary_min = 2, salary_max = 1, salary_monthly_min = 2, salary_monthly_max = 1
              WHERE job_id = '1';
             UPDATE jobinsight_staging.job_facts SET level = 'odd', work_mode = 'odd', employment_type = 'odd' WHERE job_id = '1'",
        )
        .await
        .unwrap();
    assert!(
        !dbt.output(&["test", "--vars", all, "--select", "source:*"])
            .status
            .success()
    );
    let failed = dbt.failed().join("\n");
    for test in [
        "accepted_values_jobinsight_job_facts_level",
        "accepted_values_jobinsight_job_facts_work_mode",
        "jobinsight_staging_jobs_salary_type",
        "jobinsight_staging_jobs_salary_source",
        "jobinsight_at_most_jobinsight_staging_jobs_salary_max__salary_min",
        "jobinsight_at_most_jobinsight_staging_jobs_salary_monthly_max__salary_monthly_min",
        "jobinsight_items_in_jobinsight_staging_jobs_warnings",
        "jobinsight_items_match_jobinsight_staging_jobs_location_codes",
        "jobinsight_items_match_jobinsight_staging_jobs_province_codes",
        "jobinsight_matches_jobinsight_staging_jobs_rule_set",
    ] {
        assert!(failed.contains(test), "{test} is not one of:\n{failed}");
    }
    assert_eq!(dbt.failed().len(), 12, "{failed}");
}

#[tokio::test]
#[ignore = "needs dbt: cargo xtask dbt"]
async fn an_old_crawl_and_an_old_publication_are_not_fresh() {
    let db = postings(3).await;
    db.json(&["run"]).ok();
    let dbt = Dbt::of(&db);
    let all = &["source", "freshness", "--vars", "jobinsight_raw: true"];
    let states = || -> Vec<String> {
        let results = dbt.artifact("sources.json");
        let results = results["results"].as_array().unwrap().clone();
        let mut states: Vec<String> = results
            .iter()
            .map(|result| {
                let id = result["unique_id"].as_str().unwrap();
                let table = id.rsplit('.').next().unwrap();
                format!("{table} {}", result["status"].as_str().unwrap())
            })
            .collect();
        states.sort();
        states
    };
    let crawled = |age: &str| format!("UPDATE raw_jobs SET crawled_at = now() - interval '{age}'");
    db.client.batch_execute(&crawled("1 hour")).await.unwrap();
    dbt.ok(all);
    assert_eq!(states(), ["raw_jobs pass", "staging_jobs pass"]);

    db.client.batch_execute(&crawled("40 hours")).await.unwrap();
    dbt.ok(all);
    assert_eq!(states(), ["raw_jobs warn", "staging_jobs pass"]);

    let published =
        "UPDATE jobinsight_staging.staging_jobs SET published_at = now() - interval '4 days'";
    db.client.batch_execute(published).await.unwrap();
    assert!(!dbt.output(all).status.success());
    assert_eq!(states(), ["raw_jobs warn", "staging_jobs error"]);
}

#[tokio::test]
#[ignore = "needs dbt: cargo xtask dbt"]
async fn the_package_has_no_deprecated_form_and_describes_every_column() {
    let db = postings(3).await;
    db.json(&["run"]).ok();
    let dbt = Dbt::of(&db);
    let strict = r#"{"error": "all"}"#;
    dbt.ok(&["parse", "--warn-error-options", strict]);
    dbt.ok(&["build", "--warn-error-options", strict]);

    let manifest = dbt.artifact("manifest.json");
    let described = manifest["nodes"]["model.jobinsight.stg_jobinsight__jobs"]["columns"].clone();
    let described: Vec<String> = described.as_object().unwrap().keys().cloned().collect();
    let found = db
        .one(
            "SELECT string_agg(column_name, ',' ORDER BY column_name COLLATE \"C\") FROM information_schema.columns
              WHERE table_schema = 'warehouse' AND table_name = 'stg_jobinsight__jobs'",
        )
        .await;
    assert_eq!(described.join(","), found);
    assert_eq!(
        manifest["exposures"]["exposure.jobinsight.jobinsight_warehouse"]["depends_on"]["nodes"],
        serde_json::json!(["model.jobinsight.stg_jobinsight__jobs"])
    );
}

#[tokio::test]
#[ignore = "needs dbt: cargo xtask dbt"]
async fn a_project_uses_the_package_with_its_own_schema_names() {
    let db = postings(3).await;
    let staging = &[("ETL_STAGING__SCHEMA", "clean")];
    db.json_with(&["run"], staging).ok();
    let project = tempfile::tempdir().unwrap();
    // JSON is YAML.
    let write = |name: &str, text: String| std::fs::write(project.path().join(name), text).unwrap();
    write(
        "dbt_project.yml",
        serde_json::json!({
            "name": "team", "version": "1.0", "profile": "jobinsight",
            "vars": { "jobinsight_staging_schema": "clean" },
            "models": { "jobinsight": { "+schema": "staging" } },
        })
        .to_string(),
    );
    let local = package().canonicalize().unwrap();
    write(
        "packages.yml",
        serde_json::json!({ "packages": [{ "local": local }] }).to_string(),
    );
    std::fs::create_dir(project.path().join("models")).unwrap();
    write(
        "models/companies.sql",
        "select company_key, count(*) as jobs from {{ ref('stg_jobinsight__jobs') }} group by 1"
            .into(),
    );
    let dbt = Dbt {
        project: project.path().to_owned(),
        ..Dbt::of(&db)
    };
    dbt.ok(&["deps"]);
    dbt.ok(&["build"]);
    let jobs = "SELECT sum(jobs)::bigint FROM warehouse.companies";
    assert_eq!(db.count(jobs).await, 3);
    let copied = "SELECT count(*) FROM warehouse_staging.stg_jobinsight__jobs";
    assert_eq!(db.count(copied).await, 3);
}
