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
    warnings: Vec<Warnings>,
    rejects: Vec<Reject>,
    kept: Vec<bool>,
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
            warnings: vec![Warnings::NONE; rows],
            rejects: Vec::new(),
            kept: vec![true; rows],
        }
    }

    pub(super) fn is_kept(&self, row: usize) -> bool {
        self.kept[row]
    }

    pub(super) fn reject(&mut self, reject: Reject) {
        self.kept[reject.row] = false;
        self.rejects.push(reject);
    }

    pub(super) fn push_title(&mut self, at: usize, row: &Row) {
        self.titles.append_value(&row.title);
        self.warnings[at] |= row.warnings;
    }

    pub(super) fn push_company(&mut self, at: usize, row: &Row) {
        self.companies
            .append_option(row.has_company.then_some(&row.company));
        self.warnings[at] |= row.warnings;
    }

    pub(super) fn push_places(&mut self, at: usize, row: &Row) {
        self.locations
            .append_option(row.has_location.then_some(&row.location));
        self.pairs.append_value(&row.pairs);
        self.codes.append_value(&row.codes);
        self.warnings[at] |= row.warnings;
    }

    pub(super) fn finish(mut self, given: &Columns<'_>) -> Result<Transformed, ArrowError> {
        let texts = [
            given.keys.clone(),
            self.titles.finish(),
            self.companies.finish(),
            self.locations.finish(),
            self.pairs.finish(),
            self.codes.finish(),
            literals(&self.warnings),
        ];
        // All rows go on in nearly every batch, and then nothing is copied.
        let all = self.rejects.is_empty();
        let texts = texts.map(|column| {
            let column = if all {
                column
            } else {
                kept(&column, &self.kept)
            };
            Arc::new(column) as ArrayRef
        });
        let hashes: ArrayRef = if all {
            Arc::new(given.hashes.clone())
        } else {
            let hashes = given.hashes.values().iter().zip(&self.kept);
            let hashes = hashes.filter(|(_, kept)| **kept).map(|(hash, _)| *hash);
            Arc::new(Int64Array::from_iter_values(hashes))
        };
        let mut columns = texts.to_vec();
        columns.insert(1, hashes);
        self.rejects.sort_by_key(|reject| reject.row);
        Ok(Transformed {
            batch: RecordBatch::try_new(Arc::new(derived_schema()), columns)?,
            rejects: self.rejects,
        })
    }
}

/// The warnings of each row as an array literal.
fn literals(warnings: &[Warnings]) -> StringArray {
    let mut out = StringBuilder::with_capacity(warnings.len(), warnings.len() * 2);
    let mut buffer = String::new();
    for row in warnings {
        if row.is_empty() {
            out.append_value("{}");
            continue;
        }
        buffer.clear();
        for word in row.words() {
            buffer.push(if buffer.is_empty() { '{' } else { ',' });
            buffer.push_str(word);
        }
        buffer.push('}');
        out.append_value(&buffer);
    }
    out.finish()
}

/// The rows of a column that are kept.
fn kept(column: &StringArray, kept: &[bool]) -> StringArray {
    let rows = column.iter().zip(kept);
    rows.filter(|(_, kept)| **kept)
        .map(|(text, _)| text)
        .collect()
}
