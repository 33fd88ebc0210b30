use std::sync::Arc;

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::{ArrayRef, Int64Array, StringArray, TimestampMicrosecondArray};
use parquet::arrow::ArrowWriter;

use super::*;

#[test]
fn every_value_becomes_text_that_postgresql_reads() {
    let mut skills = ListBuilder::new(StringBuilder::new());
    skills.append_value([Some("SQL"), None, Some("\"x\"")]);
    skills.append_null();
    let time = TimestampMicrosecondArray::from(vec![Some(1_768_438_800_000_000), None])
        .with_timezone("+07:00");
    let batch = RecordBatch::try_from_iter([
        ("id", Arc::new(Int64Array::from(vec![1, 2])) as ArrayRef),
        (
            "name",
            Arc::new(StringArray::from(vec![Some("Kế Toán"), None])),
        ),
        ("skills", Arc::new(skills.finish())),
        ("at", Arc::new(time)),
    ])
    .unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let mut reader = ParquetReader::new(spool(bytes.as_slice()).unwrap()).unwrap();
    assert_eq!(reader.columns(), ["id", "name", "skills", "at"]);
    let first = reader.next().unwrap().unwrap().unwrap();
    let texts: Vec<&str> = first
        .values
        .iter()
        .map(|value| value.as_deref().unwrap())
        .collect();
    assert_eq!(
        texts,
        [
            "1",
            "Kế Toán",
            r#"["SQL",null,"\"x\""]"#,
            "2026-01-15T01:00:00Z"
        ]
    );
    let second = reader.next().unwrap().unwrap().unwrap();
    assert_eq!(
        (second.line, second.values),
        (2, vec![Some("2".into()), None, None, None])
    );
    assert!(reader.next().unwrap().is_none());
}

#[test]
fn only_selected_columns_are_read() {
    let batch = RecordBatch::try_from_iter([
        ("id", Arc::new(Int64Array::from(vec![1])) as ArrayRef),
        (
            "other",
            Arc::new(arrow_array::Float64Array::from(vec![f64::NAN])),
        ),
        ("name", Arc::new(StringArray::from(vec!["Kế Toán"]))),
    ])
    .unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let mut reader = ParquetReader::new(spool(bytes.as_slice()).unwrap()).unwrap();
    reader.select(&[2, 0]);
    let row = reader.next().unwrap().unwrap().unwrap();
    assert_eq!(row.values, [Some("1".into()), None, Some("Kế Toán".into())]);
}
