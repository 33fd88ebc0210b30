//! The rejected rows and the warnings of a cleaning, as tables.

use std::sync::Arc;

use arrow_array::builder::{StringBuilder, UInt64Builder};
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray};
use arrow_schema::{ArrowError, DataType, Field, Schema};

/// The columns of rejected rows.
const REJECTED: [&str; 5] = ["row", KEY, "field", "reason", "value"];
/// The columns of warnings.
const WARNINGS: [&str; 4] = ["row", KEY, "field", "warning"];

/// The key of a posting.
pub(super) const KEY: &str = "job_id";

/// A table of reports about rows, while it is filled. The keys and the last column may be NULL.
pub(super) struct Reports<'a> {
    keys: Option<&'a StringArray>,
    /// The number of the first row of the batch.
    first: u64,
    rows: UInt64Builder,
    texts: Vec<StringBuilder>,
    columns: &'static [&'static str],
}

impl<'a> Reports<'a> {
    pub(super) fn of_rejected(keys: Option<&'a StringArray>, first: u64) -> Self {
        Self::new(&REJECTED, keys, first)
    }

    pub(super) fn of_warnings(keys: Option<&'a StringArray>, first: u64) -> Self {
        Self::new(&WARNINGS, keys, first)
    }

    fn new(columns: &'static [&'static str], keys: Option<&'a StringArray>, first: u64) -> Self {
        Self {
            keys,
            first,
            rows: UInt64Builder::new(),
            texts: columns[1..].iter().map(|_| StringBuilder::new()).collect(),
            columns,
        }
    }

    /// Adds a report about a row of the batch, with the values of the columns after the key.
    pub(super) fn add<const N: usize>(&mut self, row: usize, values: [Option<&str>; N]) {
        let number = u64::try_from(row).unwrap_or(u64::MAX);
        self.rows.append_value(self.first.saturating_add(number));
        let keys = self.keys.filter(|keys| keys.is_valid(row));
        let key = keys.map(|keys| keys.value(row));
        for (column, value) in self.texts.iter_mut().zip([key].into_iter().chain(values)) {
            column.append_option(value);
        }
    }

    pub(super) fn finish(mut self) -> Result<RecordBatch, ArrowError> {
        let names = self.columns.iter();
        let fields: Vec<Field> = names
            .map(|name| match *name {
                "row" => Field::new("row", DataType::UInt64, false),
                name => Field::new(name, DataType::Utf8, name == KEY || name == "value"),
            })
            .collect();
        let rows: ArrayRef = Arc::new(self.rows.finish());
        let texts = self.texts.iter_mut();
        let texts = texts.map(|text| Arc::new(text.finish()) as ArrayRef);
        let columns = std::iter::once(rows).chain(texts).collect();
        RecordBatch::try_new(Arc::new(Schema::new(fields)), columns)
    }
}
