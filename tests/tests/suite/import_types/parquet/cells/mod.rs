//! A table of cells: one value of each Arrow type, in a column of each type that the contract has. The value is right, or
//! the row is rejected with a reason.

mod kit;
mod nested;
mod scalars;
mod times;

use std::collections::BTreeMap;

use arrow_array::{Array, ArrayRef, RecordBatch, StringArray, UInt32Array};
use jobinsight_tests::Db;
use parquet::file::properties::WriterProperties;

use self::kit::{COLUMNS, Cells, array};
use super::file;
use crate::import_types::LENIENT;

/// A file with one row for each column: the value is in this column, and the other columns are NULL.
fn rows(name: &str, value: &ArrayRef) -> RecordBatch {
    let keys: Vec<String> = COLUMNS
        .iter()
        .map(|column| format!("{name}{column}"))
        .collect();
    let mut columns = vec![
        ("job_id", array(StringArray::from(keys))),
        ("title", array(StringArray::from(vec!["T"; COLUMNS.len()]))),
    ];
    for (at, column) in COLUMNS.iter().enumerate() {
        let places = (0..COLUMNS.len()).map(|row| (row == at).then_some(0));
        let places: UInt32Array = places.collect();
        columns.push((
            column,
            arrow_select::take::take(value, &places, None).unwrap(),
        ));
    }
    RecordBatch::try_from_iter_with_nullable(
        columns
            .into_iter()
            .map(|(name, values)| (name, values, true)),
    )
    .unwrap()
}

#[tokio::test]
async fn each_type_in_each_column_is_right_or_its_row_is_rejected_with_a_reason() {
    let db = Db::new().await;
    db.client
        .batch_execute("ALTER TABLE raw_jobs ALTER job_id TYPE text, ALTER crawled_at DROP DEFAULT")
        .await
        .unwrap();
    let cells: Vec<(ArrayRef, Cells)> = [
        scalars::texts(),
        scalars::integers(),
        scalars::floats_and_decimals(),
        times::other_times(),
        times::timestamps(),
        nested::nested(),
    ]
    .into_iter()
    .flatten()
    .collect();
    let mut command = vec!["import".to_owned()];
    for (number, (value, _)) in cells.iter().enumerate() {
        let path = db.state.path().join(format!("{number}.parquet"));
        let bytes = file(
            &rows(&format!("{number} "), value),
            WriterProperties::default(),
        );
        std::fs::write(&path, bytes).unwrap();
        command.push(path.to_str().unwrap().to_owned());
    }
    let command: Vec<&str> = command.iter().map(String::as_str).collect();
    db.json_with(&command, &[LENIENT]).ok();
    let mut found = BTreeMap::new();
    let imported = "SELECT job_id, coalesce(job_url, skills::text, verified_employer::text, (posted_time AT TIME ZONE 'UTC')::text, 'NULL') FROM raw_jobs";
    let rejected = "SELECT regexp_replace(origin, '^.*/(\\d+).parquet$', '\\1') || ' ' || (ARRAY['job_url', 'skills', 'verified_employer', 'posted_time'])[line], '!' || reason
         FROM jobinsight_staging.import_rejects";
    for sql in [imported, rejected] {
        for row in db.client.query(sql, &[]).await.unwrap() {
            assert!(
                found
                    .insert(row.get::<_, String>(0), row.get::<_, String>(1))
                    .is_none()
            );
        }
    }
    let mut wrong = Vec::new();
    for (number, (value, wanted)) in cells.iter().enumerate() {
        for (column, wanted) in COLUMNS.iter().zip(wanted) {
            let found = &found[&format!("{number} {column}")];
            let is_right = match wanted.strip_prefix('!') {
                Some(reason) => found.starts_with('!') && found.contains(reason),
                None => found == wanted,
            };
            if !is_right {
                wrong.push(format!(
                    "{} in {column}: {found}, and not {wanted}",
                    value.data_type()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
