//! A table that the kernels clean in one call has the values that the pipeline publishes.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType};
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray, TimestampMicrosecondArray};
use arrow_schema::DataType;
use jobinsight_core::testing::postings::{real_file, sample_file};
use jobinsight_kernels::RuleSet;
use jobinsight_kernels::clean::{CleanOptions, clean};
use jobinsight_tests::Db;
use serde_json::{Map, Value, json};

/// The clock of the run: 2025-11-01 in UTC.
const AS_OF: &str = "2025-11-01T00:00:00Z";
const AS_OF_MICROS: i64 = 1_761_955_200_000_000;

/// The raw texts that are cleaned.
const TEXTS: [&str; 8] = [
    "job_id",
    "title",
    "company_name",
    "location",
    "location_detail",
    "salary",
    "deadline",
    "skills",
];

/// The raw rows, as a user would read them into a table.
async fn raw_rows(db: &Db) -> RecordBatch {
    let sql = format!(
        "SELECT {}, (extract(epoch FROM crawled_at) * 1000000)::bigint FROM raw_jobs ORDER BY job_id",
        TEXTS.map(|name| format!("{name}::text")).join(", ")
    );
    let rows = db.client.query(&sql, &[]).await.unwrap();
    let mut columns: Vec<(&str, ArrayRef)> = Vec::new();
    for (index, name) in TEXTS.into_iter().enumerate() {
        let texts = rows.iter().map(|row| row.get::<_, Option<&str>>(index));
        columns.push((name, Arc::new(texts.collect::<StringArray>())));
    }
    let times = rows
        .iter()
        .map(|row| row.get::<_, Option<i64>>(TEXTS.len()));
    let times: TimestampMicrosecondArray = times.collect();
    columns.push(("crawled_at", Arc::new(times.with_timezone("UTC"))));
    RecordBatch::try_from_iter_with_nullable(
        columns
            .into_iter()
            .map(|(name, column)| (name, column, true)),
    )
    .unwrap()
}

/// A value of a column as JSON. Amounts are whole numbers of a millionth of a VND, times are microseconds, and years have three
/// decimals.
fn value(name: &str, column: &ArrayRef, row: usize) -> Value {
    if column.is_null(row) {
        return Value::Null;
    }
    match column.data_type() {
        DataType::Utf8 => {
            let text = column.as_string::<i32>().value(row);
            match name {
                "location_pairs" | "places" => serde_json::from_str(text).unwrap(),
                _ => text.into(),
            }
        }
        DataType::List(_) => {
            let words = column.as_list::<i32>().value(row);
            let words = words.as_string::<i32>().iter();
            words.map(Option::unwrap_or_default).collect()
        }
        DataType::Decimal128(_, 18) => {
            let digits = column.as_primitive::<Decimal128Type>().value(row);
            let millionths = (digits + 500_000) / 1_000_000;
            Value::from(millionths.to_string())
        }
        DataType::Float64 => {
            let years = column.as_primitive::<Float64Type>().value(row);
            format!("{years:.3}").into()
        }
        DataType::Int64 => column.as_primitive::<Int64Type>().value(row).into(),
        DataType::Timestamp(..) => {
            let times = column.as_primitive::<TimestampMicrosecondType>();
            times.value(row).into()
        }
        other => panic!("{name} has the type {other}"),
    }
}

/// The derived columns of each clean row.
fn cleaned(raw: &RecordBatch, rules: RuleSet) -> Vec<Value> {
    let options = CleanOptions {
        rules,
        as_of: Some(AS_OF_MICROS),
        with_facts: true,
        ..CleanOptions::default()
    };
    let rows = clean(raw, &options).unwrap().rows;
    let schema = rows.schema();
    let names = schema.fields().iter().map(|field| field.name().as_str());
    // The raw columns pass through, and the places are not among them.
    let is_derived = |name: &&str| {
        !TEXTS.contains(name) && *name != "crawled_at" || ["job_id", "location"].contains(name)
    };
    let names: Vec<&str> = names.filter(is_derived).collect();
    (0..rows.num_rows())
        .map(|row| {
            let column = |name: &&str| rows.column_by_name(name).unwrap();
            let values = names
                .iter()
                .map(|name| (name, value(name, column(name), row)));
            let values = values.map(|(name, value)| ((*name).to_owned(), value));
            Value::Object(values.collect::<Map<_, _>>())
        })
        .collect()
}

/// These columns of the published rows.
async fn published(db: &Db, names: &Map<String, Value>) -> Vec<Value> {
    let fields = names.keys().map(|name| {
        let value = match name.as_str() {
            "salary_min" | "salary_max" | "salary_monthly_min" | "salary_monthly_max" => {
                format!("round({name} * 1000000000000, 0)::text")
            }
            "due_date" => format!("(extract(epoch FROM {name}) * 1000000)::bigint"),
            "experience_min" | "experience_max" => format!("round({name}, 3)::text"),
            _ => name.clone(),
        };
        format!("jsonb_build_object('{name}', {value})")
    });
    let fields: Vec<String> = fields.collect();
    let sql = format!(
        "SELECT ({})::text FROM jobinsight_staging.jobs ORDER BY job_id",
        fields.join(" || ")
    );
    let rows = db.client.query(&sql, &[]).await.unwrap();
    let rows = rows
        .iter()
        .map(|row| serde_json::from_str(row.get(0)).unwrap());
    rows.collect()
}

async fn assert_equal(rules: RuleSet, name: &str) {
    let db = Db::new().await;
    let file = real_file().unwrap_or_else(sample_file);
    db.json(&["import", file.to_str().unwrap(), "--create"])
        .ok();
    let env = [("ETL_RULES", name), ("ETL_AS_OF", AS_OF)];
    db.json_with(&["run", "--with", "job_facts"], &env).ok();

    let rows = cleaned(&raw_rows(&db).await, rules);
    let published = published(&db, rows[0].as_object().unwrap()).await;
    assert_eq!(rows.len(), published.len());
    assert!(rows.len() >= 100, "{} rows", rows.len());
    let different = rows
        .iter()
        .zip(&published)
        .filter(|(row, wanted)| row != wanted);
    let different: Vec<Value> = different
        .map(|(row, wanted)| {
            let wrong = row.as_object().unwrap().iter();
            let wrong = wrong.filter(|(name, value)| wanted[*name] != **value);
            let wrong = wrong.map(|(name, value)| json!({ name: [value, wanted[name]] }));
            json!([row["job_id"], wrong.collect::<Vec<_>>()])
        })
        .collect();
    let count = different.len();
    let first: Vec<String> = different.iter().take(20).map(Value::to_string).collect();
    assert!(
        count == 0,
        "{count} rows differ, the first are:\n{}",
        first.join("\n")
    );
}

#[tokio::test]
async fn a_cleaned_table_equals_the_published_rows() {
    assert_equal(RuleSet::Standard, "standard").await;
}

#[tokio::test]
async fn a_table_that_v1_cleans_equals_the_published_rows() {
    assert_equal(RuleSet::V1, "v1").await;
}
