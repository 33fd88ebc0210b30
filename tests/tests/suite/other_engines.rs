//! Other engines than PostgreSQL find the same versions of postings, and read limits and names of the pipeline from a file.

use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use jobinsight_core::testing::postings::{real_file, sample_file};
use jobinsight_core::{Reject, Settings};
use jobinsight_kernels::salary::SalaryOptions;
use jobinsight_kernels::{RuleSet, deadline, fingerprint, rules_name};
use jobinsight_sql::columns::{COLUMNS, Column, KEY, Origin};
use jobinsight_tests::{Db, jobinsight};
use serde_json::{Value, json};

/// Postings with values that the crawl does not have: each kind of JSON, old and missing times, and texts of many lengths.
const ODD: &str = r#"
    INSERT INTO raw_jobs (job_id, title, skills, verified_employer, posted_time, crawled_at, last_update)
    SELECT 'odd' || n, repeat('ơ', n % 90), value::jsonb, CASE n % 3 WHEN 0 THEN true WHEN 1 THEN false END,
           '1999-12-31 23:59:59.999999+00'::timestamptz + (n - 5) * interval '1000 days 0.3 s', NULL, repeat('x', n % 40)
      FROM (SELECT n::integer, value FROM unnest(ARRAY[
               NULL, '[]', '{}', 'null', 'true', 'false', '"x"', '""', '0', '-0.0', '5', '-5', '10000', '123456789012', '0.5', '0.00012',
               '1.50', '100000000', '1e20', '2.5e-7', '[[]]', '[{}, []]', '[1, "a", null, true, false, {"b": [2]}]',
               '{"bb": 1, "a": {"c": null}, "aa": [1, 2], "b": "x"}', '{"a": 1, "a": 2}', '["Tiếng Anh", "C#", "😀"]'
           ]) WITH ORDINALITY AS u (value, n)
           UNION ALL SELECT n, NULL FROM generate_series(100, 200) AS n) AS odd (n, value)"#;

/// The raw rows with the columns of the fingerprint, and their fingerprints in PostgreSQL.
async fn rows_and_hashes(db: &Db) -> (RecordBatch, Vec<String>, Vec<i64>) {
    let value = |name: &str| match name {
        "verified_employer" => format!("r.{name}"),
        "posted_time" | "crawled_at" => {
            format!("(extract(epoch FROM r.{name}) * 1000000)::bigint")
        }
        _ => format!("r.{name}::text"),
    };
    let values = fingerprint::COLUMNS.map(value).join(", ");
    let sql = format!(
        "SELECT r.job_id, s.source_hash, {values} FROM raw_jobs r JOIN jobinsight_staging.staging_jobs s USING (job_id)"
    );
    let rows = db.client.query(&sql, &[]).await.unwrap();
    let columns = fingerprint::COLUMNS.into_iter().enumerate();
    let columns = columns.map(|(index, name)| {
        let index = index + 2;
        let column: ArrayRef = match name {
            "verified_employer" => {
                let flags = rows.iter().map(|row| row.get::<_, Option<bool>>(index));
                Arc::new(flags.collect::<BooleanArray>())
            }
            "posted_time" | "crawled_at" => {
                let times = rows.iter().map(|row| row.get::<_, Option<i64>>(index));
                let times: TimestampMicrosecondArray = times.collect();
                Arc::new(times.with_timezone("+00:00"))
            }
            _ => {
                let texts = rows.iter().map(|row| row.get::<_, Option<&str>>(index));
                Arc::new(texts.collect::<StringArray>())
            }
        };
        (name, column, true)
    });
    let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
    let keys = rows.iter().map(|row| row.get(0)).collect();
    let hashes = rows.iter().map(|row| row.get(1)).collect();
    (batch, keys, hashes)
}

#[tokio::test]
async fn the_kernel_has_the_fingerprints_of_postgresql() {
    let raw = COLUMNS.iter().filter(|column| column.raw.is_some());
    let raw: Vec<&str> = raw.map(|column| column.name).collect();
    assert_eq!(raw, [&[KEY], &fingerprint::COLUMNS[..]].concat());

    let db = Db::new().await;
    let file = real_file().unwrap_or_else(sample_file);
    db.json(&["import", file.to_str().unwrap(), "--create"])
        .ok();
    db.client.batch_execute(ODD).await.unwrap();
    let env = [("ETL_INTEGRITY_THRESHOLD", "0.5")];
    db.json_with(&["run"], &env).ok();
    let (batch, keys, wanted) = rows_and_hashes(&db).await;
    assert!(keys.len() > 300, "{} rows", keys.len());
    assert!(keys.iter().filter(|key| key.starts_with("odd")).count() > 100);
    let found: Int64Array = fingerprint::fingerprints(&batch).unwrap();
    let wrong = (0..keys.len()).filter(|row| found.value(*row) != wanted[*row]);
    let wrong: Vec<&String> = wrong.map(|row| &keys[row]).collect();
    assert!(wrong.is_empty(), "{} differ: {wrong:?}", wrong.len());
}

#[tokio::test]
async fn the_kernels_name_the_rules_as_published_rows_do() {
    let db = Db::new().await;
    db.post("1", "Kế Toán").await;
    let folder = tempfile::tempdir().unwrap();
    let own = [
        ("acronyms", "# ours\nabc\n\n"),
        ("title_tails", "- lương <n>\nlương bổng"),
    ];
    for (table, text) in own {
        std::fs::write(folder.path().join(format!("{table}.txt")), text).unwrap();
    }
    let own = own.map(|(table, text)| (table.to_owned(), text.to_owned()));
    let default = SalaryOptions::default();
    let changed = SalaryOptions {
        month_days: 24.5,
        usd_vnd_rate: 26_000.0,
        ..default.clone()
    };
    let rates = [
        ("ETL_PHASES__SQL_PROCEDURES__USD_VND_RATE", "26000"),
        ("ETL_PHASES__SQL_PROCEDURES__MONTH_DAYS", "24.5"),
    ];
    for (rules, own, salary, env) in [
        (
            RuleSet::Standard,
            &[][..],
            &default,
            &[("ETL_RULES", "standard")][..],
        ),
        (RuleSet::Standard, &[], &changed, &rates),
        (RuleSet::V1, &[], &default, &[("ETL_RULES", "v1")]),
        (
            RuleSet::Standard,
            &own[..],
            &default,
            &[("ETL_RULES_DIR", folder.path().to_str().unwrap())],
        ),
    ] {
        db.json_with(&["run"], env).ok();
        let published: String = db
            .client
            .query_one("SELECT rule_set FROM jobinsight_staging.staging_jobs", &[])
            .await
            .unwrap()
            .get(0);
        assert_eq!(rules_name(rules, own, salary), published);
    }
}

/// The type of a column in Spark. JSON is text there, and a number of any precision has 18 decimals.
fn spark_type(definition: &str) -> &'static str {
    match definition.split(['(', ' ']).next().unwrap() {
        "VARCHAR" | "TEXT" | "JSONB" | "UUID" => "string",
        "NUMERIC" => "decimal(38,18)",
        "TIMESTAMPTZ" => "timestamp",
        "BOOLEAN" => "boolean",
        "BIGINT" => "bigint",
        "TEXT[]" => "array<string>",
        other => panic!("{other} has no type in Spark"),
    }
}

/// The longest text of a definition such as `VARCHAR(20)`.
fn longest(definition: &str) -> Option<u32> {
    let length = definition.split(['(', ')']).nth(1)?;
    length.parse().ok()
}

fn explained(code: &str) -> Value {
    let explained = jobinsight(&["--format", "json", "explain", code], &[]);
    explained.object().clone()
}

/// The code of an error, and its exit code.
fn error(code: &str) -> Value {
    let code = format!("jobinsight::{code}");
    let exit = explained(&code)["exit"].as_str().unwrap().parse::<u8>();
    json!([code, exit.unwrap()])
}

/// The file that the job reads.
fn pipeline_json() -> String {
    let defaults = Settings::default();
    let staging = |column: &Column| {
        use Origin::{Computed, Copied, PerRow, Salary, Shared};
        json!({
            "name": column.name,
            "type": spark_type(column.staging),
            "longest": longest(column.staging).filter(|_| column.origin == Copied),
            "is_fact": matches!(column.origin, PerRow | Shared | Salary | Computed),
        })
    };
    let raw =
        |column: &Column| Some(json!({ "name": column.name, "type": spark_type(column.raw?) }));
    let unit = |(word, seconds): (&str, f64)| json!({ "seconds": seconds, "after": format!(" {word}{}", deadline::AFTER) });
    let pipeline = json!({
        "schema_version": explained("jobinsight::run::locked")["schema_version"],
        "integrity_threshold": defaults.integrity_threshold,
        "integrity_min_rejects": defaults.integrity_min_rejects,
        "longest_value": Reject::stored_value(&"x".repeat(10_000)).len(),
        "errors": {
            "usage": error("settings::invalid"),
            "missing_input": error("import::open"),
            "missing_column": error("contract::missing_column"),
            "wrong_type": error("contract::wrong_type"),
            "no_key": error("contract::no_key"),
            "repeated_key": error("contract::repeated_key"),
            "integrity": error("quality::integrity"),
            "locked": error("run::locked"),
        },
        "time_remaining": {
            "over": deadline::OVER,
            "before": deadline::BEFORE,
            "units": deadline::UNITS.map(unit),
        },
        "raw_jobs": COLUMNS.iter().filter_map(raw).collect::<Vec<_>>(),
        "staging_jobs": COLUMNS.iter().map(staging).collect::<Vec<_>>(),
    });
    format!("{pipeline:#}\n")
}

/// The job of Spark gets the columns, the limits, the codes and the words of the pipeline from a file beside it.
/// `INSTA_UPDATE=always` writes the file.
#[test]
fn the_job_of_spark_reads_what_the_code_says() {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../deploy/spark/pipeline.json");
    let wanted = pipeline_json();
    if std::env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        std::fs::write(&file, &wanted).unwrap();
    }
    let found = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        found == wanted,
        "deploy/spark/pipeline.json differs from the code; INSTA_UPDATE=always writes it. It must be:\n{wanted}"
    );
}
