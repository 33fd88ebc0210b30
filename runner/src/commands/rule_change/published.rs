//! Published rows, with the raw rows from which a run would process them again.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, Int64Array, RecordBatch, StringArray};
use jobinsight_core::{Batch, DataType, EtlError, Result};
use jobinsight_sql::columns::{
    DIMENSIONS, KEY, LOADED, PUBLISHED_RESOURCES, ROW_VERSION, SOURCE_HASH,
};
use serde_json::{Map, Value};
use tokio_postgres::Row;

/// The names of a row, in the order of [`DIMENSIONS`].
pub(super) type RowNames = [Option<String>; DIMENSIONS.len()];

/// Some published rows.
pub(super) struct PublishedRows {
    /// The raw rows of `processed`.
    pub(super) batch: Batch,
    /// The rows that a run would process again: key and published names.
    pub(super) processed: Vec<(String, RowNames)>,
    /// The names of the rows that stay as they are.
    pub(super) stay: Vec<RowNames>,
    /// The number of rows among `stay` that other rules produced, and that have no raw row any more.
    pub(super) without_raw: u64,
}

impl PublishedRows {
    /// Reads the rows of `sql/report/read_published.sql`.
    pub(super) fn of(rows: &[Row], has_source_hash: bool) -> Result<Self> {
        let (mut processed, mut stay, mut without_raw) = (Vec::new(), Vec::new(), 0);
        let mut raw = Vec::new();
        for row in rows {
            let names = std::array::from_fn(|name| row.get(3 + LOADED.len() + name));
            match row.get::<_, Option<String>>(1) {
                Some(key) => {
                    processed.push((key, names));
                    raw.push(row);
                }
                None => {
                    without_raw += u64::from(row.get::<_, bool>(0));
                    stay.push(names);
                }
            }
        }
        let keys: StringArray = processed.iter().map(|(key, _)| Some(key)).collect();
        let hashes: ArrayRef = Arc::new(Int64Array::from_iter_values(
            raw.iter().map(|row| row.get::<_, i64>(2)),
        ));
        let mut columns: Vec<(&str, ArrayRef)> =
            vec![(KEY, Arc::new(keys)), (ROW_VERSION, Arc::clone(&hashes))];
        columns.extend(has_source_hash.then_some((SOURCE_HASH, hashes)));
        for (index, name) in LOADED.into_iter().enumerate() {
            let texts = raw.iter().map(|row| row.get::<_, Option<&str>>(3 + index));
            columns.push((name, Arc::new(texts.collect::<StringArray>())));
        }
        let records = RecordBatch::try_from_iter(columns)
            .map_err(|error| EtlError::bug(format!("published rows form no batch: {error}")))?;
        Ok(Self {
            batch: Batch {
                id: 0,
                expected: records.num_rows() as u64,
                records,
                rejects: Vec::new(),
            },
            processed,
            stay,
            without_raw,
        })
    }
}

/// The text columns of a processed batch that a run would publish.
pub(super) struct ProcessedTexts<'a> {
    columns: Vec<(&'static str, &'a StringArray)>,
    rows: usize,
}

impl<'a> ProcessedTexts<'a> {
    /// # Errors
    /// A column is missing.
    pub(super) fn of(batch: &'a Batch) -> Result<Self> {
        let mut columns = Vec::new();
        for resource in PUBLISHED_RESOURCES {
            if let (Some(name), Some(DataType::Utf8)) = (resource.column(), resource.data_type()) {
                let column = batch.records.column_by_name(name);
                let texts = column.and_then(|column| column.as_string_opt::<i32>());
                let texts = texts.ok_or_else(|| {
                    EtlError::bug(format!(
                        "no phase produces the batch column `{name}` as text"
                    ))
                })?;
                columns.push((name, texts));
            }
        }
        Ok(Self {
            columns,
            rows: batch.records.num_rows(),
        })
    }

    /// The rows as JSON, for `sql/report/compare_published.sql`.
    pub(super) fn to_json(&self) -> Value {
        let row = |row: usize| {
            let cells = self.columns.iter().map(|(name, texts)| {
                let text = value(texts, row).map_or(Value::Null, Value::from);
                ((*name).to_owned(), text)
            });
            Value::Object(cells.collect::<Map<_, _>>())
        };
        (0..self.rows).map(row).collect()
    }

    /// The value of a column in each row.
    pub(super) fn column(&self, name: &str) -> impl Iterator<Item = Option<&'a str>> {
        let found = self.columns.iter().find(|(column, _)| *column == name);
        found.into_iter().flat_map(|(_, texts)| texts.iter())
    }
}

fn value(texts: &StringArray, row: usize) -> Option<&str> {
    texts.is_valid(row).then(|| texts.value(row))
}
