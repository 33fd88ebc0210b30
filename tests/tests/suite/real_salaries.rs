//! The salaries and deadlines of real postings: hand-made labels, and all texts of the files.

use std::collections::BTreeSet;
use std::path::Path;

use jobinsight_core::testing::postings::read_columns;
use jobinsight_tests::{Db, golden, shared};
use serde_json::Value;

use crate::goldens::with_functions;

/// The files with real postings, next to the project.
const FILES: [&str; 2] = ["data/raw_jobs.csv", "data/other_boards.csv"];

/// The salaries of these files that name no pay. They are beginnings of long texts about a company, such as "$1billion or".
const UNPARSED_SALARIES: i64 = 4;

/// The lines of a golden file, as a JSON array.
fn labels(name: &str) -> Value {
    let lines = golden(name);
    let labels = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    Value::Array(labels.collect())
}

async fn misses(db: &Db, sql: &str, labels: &Value) -> Vec<String> {
    let rows = db.client.query(sql, &[labels]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

#[tokio::test]
async fn labelled_salaries_and_deadlines_match() {
    let db = with_functions().await;
    let salaries = "SELECT concat(label, E'\n  gave ', to_jsonb(n))
           FROM jsonb_array_elements($1) AS labels (label)
          CROSS JOIN LATERAL jsonb_to_record(label) AS l (salary text, salary_min numeric, salary_max numeric, salary_type varchar,
                     salary_period varchar, salary_monthly_min numeric, salary_monthly_max numeric, warnings jsonb)
          CROSS JOIN LATERAL jobinsight_staging.normalize_salary(l.salary) n
          WHERE (n.salary_min, n.salary_max, n.salary_type, n.salary_period, n.salary_monthly_min, n.salary_monthly_max, n.warning)
                IS DISTINCT FROM (l.salary_min, l.salary_max, l.salary_type, l.salary_period, l.salary_monthly_min,
                                  l.salary_monthly_max, l.warnings ->> 0)";
    let found = misses(&db, salaries, &labels("labels_salaries.jsonl")).await;
    assert!(found.is_empty(), "{}", found.join("\n"));
    let deadlines = "SELECT concat(label, E'\n  gave ', to_jsonb(n))
           FROM jsonb_array_elements($1) AS labels (label)
          CROSS JOIN LATERAL jsonb_to_record(label) AS l (deadline text, crawled_at timestamptz, due_date timestamptz, warning text)
          CROSS JOIN LATERAL jobinsight_staging.parse_deadline(l.deadline, l.crawled_at) n
          WHERE (n.due_date, n.warning) IS DISTINCT FROM (l.due_date, l.warning)";
    let found = misses(&db, deadlines, &labels("labels_deadlines.jsonl")).await;
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The distinct texts of a column of all files. `None` if a file is missing.
fn texts(column: &str) -> Option<Vec<String>> {
    let mut texts = BTreeSet::new();
    for file in FILES {
        let file = shared(file)?;
        let rows = read_columns(Path::new(&file), [column]).unwrap();
        texts.extend(rows.into_iter().flatten().flatten());
    }
    Some(texts.into_iter().collect())
}

#[tokio::test]
async fn real_salaries_are_plausible_and_real_deadlines_are_read() {
    let (Some(salaries), Some(deadlines)) = (texts("salary"), texts("deadline")) else {
        return;
    };
    let db = with_functions().await;
    assert!(salaries.len() > 500 && deadlines.len() > 300);
    // Each text in both encodings of accents. The pay for a month is plausible, or there is none.
    let sql = "SELECT concat(t.text, E'\n  gave ', to_jsonb(n), E'\n  and ', to_jsonb(d))
           FROM unnest($1::text[]) AS t (text)
          CROSS JOIN LATERAL jobinsight_staging.normalize_salary(t.text) n
          CROSS JOIN LATERAL jobinsight_staging.normalize_salary(normalize(t.text, NFD)) d
          WHERE n.salary_monthly_min NOT BETWEEN 0.5 AND 1000 OR n.salary_monthly_max NOT BETWEEN 0.5 AND 1000
             OR n.salary_min > n.salary_max OR n IS DISTINCT FROM d
             OR (n.salary_type IN ('range', 'upto', 'from')) <> (num_nonnulls(n.salary_min, n.salary_max) > 0)
             OR (n.salary_type = 'unknown') <> (coalesce(n.warning, '') IN ('salary_unparsed', 'salary_implausible'))";
    let rows = db.client.query(sql, &[&salaries]).await.unwrap();
    let found: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
    let unparsed = "SELECT count(*) FROM unnest($1::text[]) AS t (text)
          CROSS JOIN LATERAL jobinsight_staging.normalize_salary(t.text) n WHERE n.warning = 'salary_unparsed'";
    let row = db.client.query_one(unparsed, &[&salaries]).await.unwrap();
    assert!(row.get::<_, i64>(0) <= UNPARSED_SALARIES);
    let unread = "SELECT t.text FROM unnest($1::text[]) AS t (text)
          CROSS JOIN LATERAL jobinsight_staging.parse_deadline(t.text, '2026-01-15T08:00:00+07:00') n
          CROSS JOIN LATERAL jobinsight_staging.parse_deadline(normalize(t.text, NFD), '2026-01-15T08:00:00+07:00') d
          WHERE n.due_date IS NULL OR n IS DISTINCT FROM d";
    let rows = db.client.query(unread, &[&deadlines]).await.unwrap();
    let found: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}
