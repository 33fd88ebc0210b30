//! Golden files: through the whole pipeline where a value fits into a row, and on the SQL functions.

use std::collections::BTreeMap;
use std::fmt::Display;

use jobinsight_tests::{Db, golden, shared};
use serde_json::Value;
use tokio_postgres::types::ToSql;

/// Fails the test and shows every line with another result.
fn assert_none(misses: &[String]) {
    assert!(
        misses.is_empty(),
        "{} misses:\n{}",
        misses.len(),
        misses.join("\n")
    );
}

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

/// The whole golden file if the `shared` folder exists, otherwise the sample in `golden/`.
fn v1(shared_name: &str, sample: &str) -> Vec<Value> {
    match shared(&format!("golden/{shared_name}")) {
        Some(file) => lines(&std::fs::read_to_string(file).unwrap()),
        None => lines(&golden(sample)),
    }
}

/// A database with the SQL functions.
pub(crate) async fn with_functions() -> Db {
    let db = Db::new().await;
    db.json(&["run"]).ok();
    db
}

#[tokio::test]
async fn v1_transforms_match_the_goldens_through_the_pipeline() {
    let goldens = v1("v1_transforms.jsonl", "v1_transforms_sample.jsonl");
    let fits = |value: &Value, length: usize| {
        value
            .as_str()
            .is_some_and(|text| text.chars().count() <= length && !text.contains('\0'))
    };
    let mut expected: BTreeMap<String, (&str, Value)> = BTreeMap::new();
    let mut rows = Vec::new();
    let mut beside = 0;
    for (n, line) in goldens.iter().enumerate() {
        let (key, input, out) = (n.to_string(), &line["in"], line["out"].clone());
        let mut row = serde_json::json!({"job_id": key, "title": "x"});
        let column = match line["fn"].as_str().unwrap() {
            // A title without a letter is rejected here, whatever the Python function returned.
            "clean_title"
                if fits(input, 255) && out.as_str().is_some_and(|out| !out.is_empty()) =>
            {
                row["title"] = input.clone();
                "title_clean"
            }
            "clean_company_name" if fits(input, 200) && fits(&out, 200) => {
                row["company_name"] = input.clone();
                "company_name_standardized"
            }
            "extract_location_info" if input.is_null() || fits(input, usize::MAX) => {
                row["location_detail"] = input.clone();
                "location_pairs"
            }
            _ => {
                beside += 1;
                continue;
            }
        };
        rows.push(row);
        expected.insert(key, (column, out));
    }
    let db = Db::new().await;
    db.client
        .execute("INSERT INTO raw_jobs (job_id, title, company_name, location_detail) SELECT job_id, title, company_name, location_detail FROM jsonb_populate_recordset(NULL::raw_jobs, $1)", &[&Value::Array(rows)])
        .await
        .unwrap();
    db.json(&["run", "--rules", "v1"]).ok();
    let found = db
        .client
        .query("SELECT job_id::text, title_clean::text, company_name_standardized::text, location_pairs FROM jobinsight_staging.staging_jobs", &[])
        .await
        .unwrap();
    let mut misses = Vec::new();
    let mut seen = 0;
    for row in &found {
        let (column, wanted) = &expected[row.get::<_, &str>(0)];
        let got = match *column {
            "title_clean" => Value::from(row.get::<_, Option<&str>>(1)),
            "company_name_standardized" => Value::from(row.get::<_, Option<&str>>(2)),
            _ => row.get::<_, Option<Value>>(3).unwrap_or_default(),
        };
        seen += 1;
        if got != *wanted {
            misses.push(format!(
                "{column} of {}: {got} instead of {wanted}",
                row.get::<_, &str>(0)
            ));
        }
    }
    let lost: Vec<String> = db
        .client
        .query("SELECT job_id || ': ' || reason || ' ' || coalesce(value, 'NULL') FROM jobinsight_staging.etl_rejects", &[])
        .await
        .unwrap()
        .iter()
        .map(|row| row.get(0))
        .collect();
    assert_none(&misses);
    assert!(lost.is_empty(), "rejected:\n{}", lost.join("\n"));
    assert_eq!(seen, expected.len());
    eprintln!(
        "{seen} golden lines through the pipeline; {beside} that fit no row are checked on the kernels"
    );
}

/// Asks for one result: whether it is the wanted one, and the result itself. Returns a text if it is not.
async fn miss(
    db: &Db,
    line: &dyn Display,
    sql: &str,
    parameters: &[&(dyn ToSql + Sync)],
) -> Option<String> {
    let row = db.client.query_one(sql, parameters).await.unwrap();
    let is_right = row.get::<_, Option<bool>>(0) == Some(true);
    (!is_right).then(|| format!("{line}: the result is {}", row.get::<_, Value>(1)))
}

#[tokio::test]
async fn v1_salaries_match_the_goldens_as_numbers() {
    let db = with_functions().await;
    let mut misses = Vec::new();
    for line in v1("v1_salary.jsonl", "v1_salary_sample.jsonl") {
        let out = &line["out"];
        let (min, max, kind, warning) = if line["error"].is_null() {
            (
                out["salary_min"].clone(),
                out["salary_max"].clone(),
                out["salary_type"].clone(),
                false,
            )
        } else {
            ("0".into(), "0".into(), "negotiable".into(), true)
        };
        let sql = "SELECT salary_min = $2::text::numeric AND salary_max = $3::text::numeric AND salary_type = $4
                        AND (warning IS NOT NULL) = $5, to_jsonb(n)
                   FROM jobinsight_staging.normalize_salary($1, 'v1') n";
        let found = miss(
            &db,
            &line,
            sql,
            &[
                &line["in"].as_str(),
                &min.as_str(),
                &max.as_str(),
                &kind.as_str(),
                &warning,
            ],
        )
        .await;
        misses.extend(found);
    }
    assert_none(&misses);
}

#[tokio::test]
async fn v1_salaries_match_the_goldens_through_the_pipeline() {
    let db = Db::new().await;
    let fits = |line: &Value| {
        line["in"]
            .as_str()
            .is_none_or(|text| text.chars().count() <= 100)
    };
    let goldens: Vec<Value> = v1("v1_salary.jsonl", "v1_salary_sample.jsonl")
        .into_iter()
        .filter(fits)
        .collect();
    let rows = goldens
        .iter()
        .enumerate()
        .map(|(n, line)| serde_json::json!({"job_id": n.to_string(), "title": "x", "salary": line["in"]}));
    db.client
        .execute(
            "INSERT INTO raw_jobs (job_id, title, salary)
             SELECT job_id, title, salary FROM jsonb_populate_recordset(NULL::raw_jobs, $1)",
            &[&Value::Array(rows.collect())],
        )
        .await
        .unwrap();
    let run = db.json(&["run", "--rules", "v1"]).ok();
    assert_eq!(run.stat("new"), goldens.len() as u64);
    let mut misses = Vec::new();
    for (n, line) in goldens.iter().enumerate() {
        let failed = !line["error"].is_null();
        let wanted = |name: &str, instead: &str| {
            if failed {
                instead.to_owned()
            } else {
                line["out"][name].as_str().unwrap_or(instead).to_owned()
            }
        };
        let sql = "SELECT (salary_min, salary_max, salary_type) IS NOT DISTINCT FROM
                        ($2::text::numeric, $3::text::numeric, $4::text::varchar), to_jsonb(s)
                   FROM jobinsight_staging.staging_jobs s WHERE job_id = $1";
        let found = miss(
            &db,
            &line,
            sql,
            &[
                &n.to_string(),
                &wanted("salary_min", "0"),
                &wanted("salary_max", "0"),
                &wanted("salary_type", "negotiable"),
            ],
        )
        .await;
        misses.extend(found);
    }
    assert_none(&misses);
}

#[tokio::test]
async fn standard_salaries_match_the_specification() {
    let db = with_functions().await;
    let mut misses = Vec::new();
    for line in lines(&golden("salary_standard.jsonl")) {
        let sql = "SELECT (salary_min, salary_max, salary_type, salary_period, warning, salary_monthly_min, salary_monthly_max)
                        IS NOT DISTINCT FROM
                        (($2::jsonb->>'salary_min')::numeric, ($2::jsonb->>'salary_max')::numeric, ($2::jsonb->>'salary_type')::varchar,
                         ($2::jsonb->>'salary_period')::varchar, $2::jsonb->>'warning',
                         ($2::jsonb->>'salary_monthly_min')::numeric, ($2::jsonb->>'salary_monthly_max')::numeric), to_jsonb(n)
                   FROM jobinsight_staging.normalize_salary($1) n";
        let found = miss(&db, &line, sql, &[&line["in"].as_str(), &line["out"]]).await;
        misses.extend(found);
    }
    assert_none(&misses);
}

#[tokio::test]
async fn deadlines_match_the_specification_in_any_time_zone() {
    let db = with_functions().await;
    let mut misses = Vec::new();
    for zone in ["UTC", "Asia/Ho_Chi_Minh", "America/New_York"] {
        db.client
            .batch_execute(&format!("SET timezone = '{zone}'"))
            .await
            .unwrap();
        for line in lines(&golden("deadline_standard.jsonl")) {
            let sql = "SELECT (due_date, warning) IS NOT DISTINCT FROM (($3::text)::timestamptz, $4::text), to_jsonb(n)
                       FROM jobinsight_staging.parse_deadline($1, $2::text::timestamptz) n";
            let found = miss(
                &db,
                &format!("{zone}: {line}"),
                sql,
                &[
                    &line["deadline"].as_str(),
                    &line["crawled_at"].as_str(),
                    &line["due_date"].as_str(),
                    &line["warning"].as_str(),
                ],
            )
            .await;
            misses.extend(found);
        }
    }
    assert_none(&misses);
}

#[tokio::test]
async fn text_that_crashed_the_python_pipeline_aborts_nothing() {
    let db = Db::new().await;
    for (key, salary, deadline) in [
        ("1", "1.000.000 - 2.000.000 triệu", "abc"),
        ("2", ",,, - ... USD", "31/12/2025"),
        ("3", "Tới . triệu", "-1"),
        ("4", "10 - 15 triệu", "99999999999999"),
    ] {
        db.posting(key, &[("salary", salary), ("deadline", deadline)])
            .await;
    }
    for rules in ["standard", "v1"] {
        let run = db.json(&["run", "--rules", rules]).ok();
        assert_eq!(run.stat("success_count"), 4);
    }
    db.json(&["run"]).ok();
    let due = db.one("SELECT string_agg(coalesce(due_date::text, 'NULL'), '|' ORDER BY job_id) FROM (SELECT job_id, due_date AT TIME ZONE 'Asia/Ho_Chi_Minh' AS due_date FROM jobinsight_staging.staging_jobs) s").await;
    assert_eq!(due, "NULL|2025-12-31 23:59:59|NULL|NULL");
    assert_eq!(db.one("SELECT array_to_string(warnings, ',') FROM jobinsight_staging.staging_jobs WHERE job_id = '4'").await, "deadline_unparsed");
}
