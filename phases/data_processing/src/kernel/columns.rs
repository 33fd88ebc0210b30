//! The columns that are read, and those that are written.

use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow_schema::ArrowError;

use super::{Given, Reject, Transformed, derived_schema};
use crate::Warnings;

/// The columns that are read.
pub(super) struct Columns<'a> {
    keys: &'a StringArray,
    hashes: &'a Int64Array,
    titles: &'a StringArray,
    companies: &'a StringArray,
    locations: &'a StringArray,
    details: &'a StringArray,
}

impl<'a> Columns<'a> {
    pub(super) fn of(input: &'a RecordBatch) -> Result<Self, ArrowError> {
        let missing =
            |name: &str| ArrowError::SchemaError(format!("no column {name} of the wanted type"));
        let text = |name: &str| {
            input
                .column_by_name(name)
                .and_then(|column| column.as_string_opt::<i32>())
                .ok_or_else(|| missing(name))
        };
        Ok(Self {
            keys: text("job_id")?,
            hashes: input
                .column_by_name("source_hash")
                .and_then(|column| column.as_primitive_opt::<Int64Type>())
                .ok_or_else(|| missing("source_hash"))?,
            titles: text("title")?,
            companies: text("company_name")?,
            locations: text("location")?,
            details: text("location_detail")?,
        })
    }

    pub(super) fn key(&self, row: usize) -> &'a str {
        self.keys.value(row)
    }

    pub(super) fn row(&self, row: usize) -> Given<'a> {
        let value = |column: &'a StringArray| column.is_valid(row).then(|| column.value(row));
        Given {
            title: value(self.titles),
            company: value(self.companies),
            location: value(self.locations),
            detail: value(self.details),
        }
    }
}

/// A row's derived values, in buffers that the next row reuses.
#[derive(Default)]
pub(crate) struct Row {
    pub(crate) title: String,
    pub(crate) company: String,
    pub(crate) has_company: bool,
    pub(crate) location: String,
    pub(crate) has_location: bool,
    /// A JSON array.
    pub(crate) pairs: String,
    /// An array literal.
    pub(crate) codes: String,
    pub(crate) warnings: Warnings,
}

/// The columns that are written.
pub(super) struct Output {
    titles: StringBuilder,
    companies: StringBuilder,
    locations: StringBuilder,
    pairs: StringBuilder,
    codes: StringBuilder,
    warnings: StringBuilder,
    pub(super) rejects: Vec<Reject>,
    /// Composes the warnings of a row.
    buffer: String,
}

impl Output {
    /// Columns with room for what a batch comes to: hardly more than it holds.
    pub(super) fn like(given: &Columns<'_>) -> Self {
        let rows = given.keys.len();
        let of = |column: &StringArray, more: usize| {
            let offsets = column.value_offsets();
            let bytes = offsets.last().zip(offsets.first());
            let bytes = bytes.map_or(0, |(last, first)| {
                usize::try_from(last - first).unwrap_or(0)
            });
            StringBuilder::with_capacity(rows, bytes + rows * more)
        };
        Self {
            titles: of(given.titles, 0),
            companies: of(given.companies, 4),
            locations: of(given.locations, 4),
            pairs: of(given.details, 4),
            codes: StringBuilder::with_capacity(rows, rows * 8),
            warnings: StringBuilder::with_capacity(rows, rows * 2),
            rejects: Vec::new(),
            buffer: String::new(),
        }
    }

    pub(super) fn push(&mut self, row: &Row) {
        self.titles.append_value(&row.title);
        self.companies
            .append_option(row.has_company.then_some(&row.company));
        self.locations
            .append_option(row.has_location.then_some(&row.location));
        self.pairs.append_value(&row.pairs);
        self.codes.append_value(&row.codes);
        if row.warnings.is_empty() {
            self.warnings.append_value("{}");
            return;
        }
        self.buffer.clear();
        for word in row.warnings.words() {
            self.buffer
                .push(if self.buffer.is_empty() { '{' } else { ',' });
            self.buffer.push_str(word);
        }
        self.buffer.push('}');
        self.warnings.append_value(&self.buffer);
    }

    pub(super) fn finish(mut self, given: &Columns<'_>) -> Result<Transformed, ArrowError> {
        let [keys, hashes] = self.keys(given);
        let texts = [
            &mut self.titles,
            &mut self.companies,
            &mut self.locations,
            &mut self.pairs,
            &mut self.codes,
            &mut self.warnings,
        ];
        let texts = texts.map(|column| Arc::new(column.finish()) as ArrayRef);
        let columns = [keys, hashes].into_iter().chain(texts).collect();
        Ok(Transformed {
            batch: RecordBatch::try_new(Arc::new(derived_schema()), columns)?,
            rejects: self.rejects,
        })
    }

    /// Keys and hashes of the rows that go on: those of the batch itself where all do.
    fn keys(&self, given: &Columns<'_>) -> [ArrayRef; 2] {
        if self.rejects.is_empty() {
            return [Arc::new(given.keys.clone()), Arc::new(given.hashes.clone())];
        }
        let mut rejected = self.rejects.iter().map(|reject| reject.row).peekable();
        let (keys, hashes): (Vec<_>, Vec<_>) = (0..given.keys.len())
            .filter(|row| rejected.next_if_eq(row).is_none())
            .map(|row| (given.keys.value(row), given.hashes.value(row)))
            .unzip();
        [
            Arc::new(StringArray::from_iter_values(keys)),
            Arc::new(Int64Array::from(hashes)),
        ]
    }
}
