//! Reads Parquet files, one batch of rows at a time.

use std::fs::File;
use std::io::{self, Read, Seek};

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::DataType;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::errors::ParquetError;
use serde_json::{Map, Value};

use super::record::{Line, Record, RecordReader};

/// Reads a Parquet file; every value becomes text that PostgreSQL can convert.
pub(super) struct ParquetReader {
    columns: Vec<String>,
    batches: ParquetRecordBatchReader,
    batch: Option<RecordBatch>,
    next: usize,
    line: u64,
}

impl ParquetReader {
    pub(super) fn new(file: File) -> Result<Self, ParquetError> {
        let builder = ParquetRecordBatchReaderBuilder::try_new(file)?.with_batch_size(1024);
        let columns = builder
            .schema()
            .fields()
            .iter()
            .map(|field| field.name().clone())
            .collect();
        Ok(Self {
            columns,
            batches: builder.build()?,
            batch: None,
            next: 0,
            line: 0,
        })
    }
}

impl RecordReader for ParquetReader {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn next(&mut self) -> io::Result<Option<Line>> {
        let batch = loop {
            match &self.batch {
                Some(batch) if self.next < batch.num_rows() => break batch,
                _ => match self.batches.next() {
                    None => return Ok(None),
                    Some(batch) => {
                        self.batch = Some(batch.map_err(io::Error::other)?);
                        self.next = 0;
                    }
                },
            }
        };
        let row = self.next;
        let values = batch
            .columns()
            .iter()
            .map(|column| text(column, row))
            .collect::<io::Result<_>>()?;
        self.next += 1;
        self.line += 1;
        Ok(Some(Ok(Record {
            line: self.line,
            values,
            absent: Vec::new(),
        })))
    }
}

/// Copies a stream into a temporary file, because the index of a Parquet file is at its end.
pub(super) fn spool(mut stream: impl Read) -> io::Result<File> {
    let mut file = tempfile::tempfile()?;
    io::copy(&mut stream, &mut file)?;
    file.rewind()?;
    Ok(file)
}

fn text(column: &ArrayRef, row: usize) -> io::Result<Option<String>> {
    if column.is_null(row) {
        return Ok(None);
    }
    if column.data_type().is_nested() {
        return Ok(Some(json(column, row)?.to_string()));
    }
    plain(column, row).map(Some)
}

fn plain(column: &ArrayRef, row: usize) -> io::Result<String> {
    let options = FormatOptions::default();
    let formatter = ArrayFormatter::try_new(column, &options).map_err(io::Error::other)?;
    formatter
        .value(row)
        .try_to_string()
        .map_err(io::Error::other)
}

fn json(column: &ArrayRef, row: usize) -> io::Result<Value> {
    if column.is_null(row) {
        return Ok(Value::Null);
    }
    let list = |items: ArrayRef| {
        (0..items.len())
            .map(|item| json(&items, item))
            .collect::<io::Result<Vec<_>>>()
    };
    Ok(match column.data_type() {
        DataType::List(_) => Value::Array(list(column.as_list::<i32>().value(row))?),
        DataType::LargeList(_) => Value::Array(list(column.as_list::<i64>().value(row))?),
        DataType::Struct(fields) => {
            let columns = column.as_struct().columns();
            let pairs = fields
                .iter()
                .zip(columns)
                .map(|(field, column)| Ok((field.name().clone(), json(column, row)?)));
            Value::Object(pairs.collect::<io::Result<Map<_, _>>>()?)
        }
        kind if kind.is_numeric() || *kind == DataType::Boolean => {
            let text = plain(column, row)?;
            serde_json::from_str(&text).unwrap_or(Value::String(text))
        }
        _ => Value::String(plain(column, row)?),
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::builder::{ListBuilder, StringBuilder};
    use arrow_array::{Int64Array, StringArray, TimestampMicrosecondArray};
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
                "2026-01-15T08:00:00+07:00"
            ]
        );
        let second = reader.next().unwrap().unwrap().unwrap();
        assert_eq!(
            (second.line, second.values),
            (2, vec![Some("2".into()), None, None, None])
        );
        assert!(reader.next().unwrap().is_none());
    }
}
