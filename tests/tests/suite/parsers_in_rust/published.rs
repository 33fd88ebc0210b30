//! The columns that the pipeline publishes are those of the kernels in Rust.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, TimestampMicrosecondType};
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray, TimestampMicrosecondArray};
use jobinsight_core::testing::postings::{real_file, sample_file};
use jobinsight_kernels::kernel::transform;
use jobinsight_kernels::{RuleSet, deadline, salary};
use jobinsight_tests::Db;
use tokio_postgres::Row;

/// The raw columns of the published rows, and the published columns as texts: a bound has 18 decimals, as in Arrow.
const ROWS: &str = "
    SELECT r.job_id::text, r.title::text, r.company_name::text, r.location::text, r.location_detail::text,
           r.salary::text, r.deadline::text, (extract(epoch FROM r.crawled_at) * 1000000)::bigint,
           (extract(epoch FROM s.processed_at) * 1000000)::bigint,
           array_to_string(ARRAY[s.salary_min::numeric(38,18)::text, s.salary_max::numeric(38,18)::text, s.salary_type::text,
               s.salary_period::text, s.salary_monthly_min::numeric(38,18)::text, s.salary_monthly_max::numeric(38,18)::text,
               s.salary_source::text, (extract(epoch FROM s.due_date) * 1000000)::bigint::text, s.time_remaining,
               (SELECT string_agg(word, ',' ORDER BY n) FROM unnest(s.warnings) WITH ORDINALITY AS w (word, n)
                 WHERE word LIKE 'salary%' OR word LIKE 'deadline%')], '|', '-')
      FROM raw_jobs r JOIN jobinsight_staging.staging_jobs s USING (job_id)";

/// A column of texts.
fn texts(rows: &[Row], at: usize) -> StringArray {
    rows.iter()
        .map(|row| row.get::<_, Option<&str>>(at))
        .collect()
}

/// The values of a column, as SQL writes them.
fn shown(batch: &RecordBatch, name: &str) -> Vec<String> {
    let column = batch.column_by_name(name).unwrap();
    let value = |row: usize| {
        if column.is_null(row) {
            return "-".to_owned();
        }
        if let Some(words) = column.as_string_opt::<i32>() {
            return words.value(row).to_owned();
        }
        match column.as_primitive_opt::<Decimal128Type>() {
            Some(bounds) => bounds.value_as_string(row),
            None => column
                .as_primitive::<TimestampMicrosecondType>()
                .value(row)
                .to_string(),
        }
    };
    (0..batch.num_rows()).map(value).collect()
}

/// The columns of the kernels, in the order of [`ROWS`].
fn derived(rows: &[Row], rules: RuleSet) -> Vec<String> {
    let raw = [
        "job_id",
        "title",
        "company_name",
        "location",
        "location_detail",
    ];
    let raw = raw.iter().enumerate();
    let raw = raw.map(|(at, name)| (*name, Arc::new(texts(rows, at)) as ArrayRef));
    let made = transform(
        &RecordBatch::try_from_iter_with_nullable(raw.map(|(name, column)| (name, column, true)))
            .unwrap(),
        rules,
    )
    .unwrap();
    assert!(made.rejects.is_empty(), "only published rows are compared");
    let pay = made.batch.column_by_name("title_salary").unwrap();
    let salaries = salary::parse(
        &texts(rows, 5),
        Some(pay.as_string()),
        rules,
        &salary::SalaryOptions::default(),
    )
    .unwrap();
    let crawled: TimestampMicrosecondArray = rows
        .iter()
        .map(|row| row.get::<_, Option<i64>>(7))
        .collect();
    let now = rows.first().map_or(0, |row| row.get(8));
    let deadlines = deadline::parse(&texts(rows, 6), &crawled, now, rules).unwrap();
    let mut columns: Vec<Vec<String>> = Vec::new();
    for name in [
        "salary_min",
        "salary_max",
        "salary_type",
        "salary_period",
        "salary_monthly_min",
        "salary_monthly_max",
        "salary_source",
    ] {
        columns.push(shown(&salaries, name));
    }
    columns.push(shown(&deadlines, "due_date"));
    columns.push(shown(&deadlines, "time_remaining"));
    let warnings = [
        shown(&salaries, "salary_warning"),
        shown(&deadlines, "deadline_warning"),
    ];
    let row = |at: usize| {
        let words = warnings
            .iter()
            .map(|words| words[at].as_str())
            .filter(|word| *word != "-");
        let words = words.collect::<Vec<_>>().join(",");
        let words = if words.is_empty() { "-" } else { &words };
        let values = columns.iter().map(|column| column[at].as_str());
        values.chain([words]).collect::<Vec<_>>().join("|")
    };
    (0..rows.len()).map(row).collect()
}

#[tokio::test]
async fn each_published_row_has_the_values_of_the_kernels() {
    let file = real_file().unwrap_or_else(|| {
        eprintln!(
            "SKIPPED: the real postings, because ../shared/data is missing; the sample is published"
        );
        sample_file()
    });
    let db = Db::new().await;
    db.json(&["import", file.to_str().unwrap()]).ok();
    // A salary that is negotiable, and a title that names pay, which few real postings have.
    for (key, title, salary, deadline) in [
        (
            "pay",
            "Kế Toán - Lương 10-15 Triệu",
            "Thoả thuận",
            "Hôm nay",
        ),
        (
            "pay-implausible",
            "Bán Hàng - Lương 900 Triệu/Ngày",
            "Cạnh tranh",
            "31/02/2026",
        ),
        (
            "pay-of-both",
            "Kế Toán - Lương 10-15 Triệu",
            "20 triệu",
            "Hết hạn trong 22 giờ",
        ),
    ] {
        db.posting(
            key,
            &[("title", title), ("salary", salary), ("deadline", deadline)],
        )
        .await;
    }
    for (name, rules) in [("standard", RuleSet::Standard), ("v1", RuleSet::V1)] {
        db.json(&["run", "--rules", name]).ok();
        let rows = db.client.query(ROWS, &[]).await.unwrap();
        assert!(rows.len() > 100);
        let sources = rows
            .iter()
            .filter(|row| row.get::<_, &str>(9).contains("|title|"))
            .count();
        assert_eq!(sources > 0, rules == RuleSet::Standard);
        let differences = rows
            .iter()
            .zip(derived(&rows, rules))
            .filter(|(row, found)| row.get::<_, &str>(9) != found);
        let differences: Vec<String> = differences
            .map(|(row, found)| {
                format!(
                    "{}\n  SQL  {}\n  Rust {found}",
                    row.get::<_, &str>(0),
                    row.get::<_, &str>(9)
                )
            })
            .take(20)
            .collect();
        assert!(
            differences.is_empty(),
            "{name}:\n{}",
            differences.join("\n")
        );
    }
}
