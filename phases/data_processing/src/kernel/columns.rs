//! The columns that the kernel reads, and the columns that it writes.

use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, BooleanArray, RecordBatch, StringArray};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use arrow_select::filter::filter;

use super::reject::{RejectedRow, RowError};
use super::row::{DerivedRow, RawPosting};
use crate::Warnings;

/// The result of a batch.
#[derive(Debug, Clone)]
pub struct Transformed {
    /// The derived columns of the rows that are kept, see [`derived_schema`].
    pub batch: RecordBatch,
    /// Which rows of the input are kept.
    pub kept: BooleanArray,
    /// The other rows.
    pub rejects: Vec<RejectedRow>,
}

/// The columns of [`Transformed::batch`]. `location_pairs` is the text of a JSON array; `location_codes` and `warnings`
/// are array literals of PostgreSQL. They are texts because they are cast where they are stored.
pub fn derived_schema() -> Schema {
    Schema::new(vec![
        Field::new("job_id", DataType::Utf8, false),
        Field::new("title_clean", DataType::Utf8, false),
        Field::new("company_name_standardized", DataType::Utf8, true),
        Field::new("location", DataType::Utf8, true),
        Field::new("location_pairs", DataType::Utf8, false),
        Field::new("location_codes", DataType::Utf8, false),
        Field::new("warnings", DataType::Utf8, false),
    ])
}

/// The columns that are read.
pub(super) struct Input<'a> {
    keys: &'a StringArray,
    titles: &'a StringArray,
    companies: &'a StringArray,
    locations: &'a StringArray,
    details: &'a StringArray,
}

impl<'a> Input<'a> {
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
            titles: text("title")?,
            companies: text("company_name")?,
            locations: text("location")?,
            details: text("location_detail")?,
        })
    }

    pub(super) fn rows(&self) -> usize {
        self.keys.len()
    }

    #[inline]
    pub(super) fn posting(&self, row: usize) -> RawPosting<'a> {
        RawPosting {
            title: value(self.titles, row),
            company: value(self.companies, row),
            location: value(self.locations, row),
            detail: value(self.details, row),
        }
    }
}

/// The value of a column in a row; `None` for NULL.
#[inline]
fn value(column: &StringArray, row: usize) -> Option<&str> {
    column.is_valid(row).then(|| column.value(row))
}

/// The columns that are written.
pub(super) struct Output {
    titles: StringBuilder,
    companies: StringBuilder,
    locations: StringBuilder,
    pairs: StringBuilder,
    codes: StringBuilder,
    warnings: StringBuilder,
    kept: BooleanBuilder,
    rejects: Vec<RejectedRow>,
}

impl Output {
    /// Empty columns, with room for values that are about as long as those of the input.
    pub(super) fn for_input(input: &Input<'_>) -> Self {
        let rows = input.rows();
        let room = |column: &StringArray| {
            let offsets = column.value_offsets();
            let bytes = offsets[rows] - offsets[0];
            StringBuilder::with_capacity(rows, usize::try_from(bytes).unwrap_or(0) + rows * 4)
        };
        Self {
            titles: room(input.titles),
            companies: room(input.companies),
            locations: room(input.locations),
            pairs: room(input.details),
            codes: StringBuilder::with_capacity(rows, rows * 8),
            warnings: StringBuilder::with_capacity(rows, rows * 2),
            kept: BooleanBuilder::with_capacity(rows),
            rejects: Vec::new(),
        }
    }

    /// Appends a row.
    #[inline]
    pub(super) fn push(&mut self, row: &DerivedRow<'_>) {
        self.titles.append_value(row.title);
        self.companies.append_option(row.company);
        self.locations.append_option(row.places.location);
        self.pairs.append_value(row.places.pairs);
        self.codes.append_value(row.places.codes);
        if row.warnings == Warnings::NONE {
            self.warnings.append_value("{}");
        } else {
            self.warnings.append_value(row.warnings.literal());
        }
        self.kept.append_value(true);
    }

    /// Rejects a row.
    pub(super) fn reject(&mut self, row: usize, error: RowError) {
        self.kept.append_value(false);
        self.rejects.push(RejectedRow {
            row,
            column: error.column,
            reason: error.reason,
            value: error.value,
        });
    }

    pub(super) fn finish(mut self, input: &Input<'_>) -> Result<Transformed, ArrowError> {
        let kept = self.kept.finish();
        let columns: Vec<ArrayRef> = vec![
            filter(input.keys, &kept)?,
            Arc::new(self.titles.finish()),
            Arc::new(self.companies.finish()),
            Arc::new(self.locations.finish()),
            Arc::new(self.pairs.finish()),
            Arc::new(self.codes.finish()),
            Arc::new(self.warnings.finish()),
        ];
        Ok(Transformed {
            batch: RecordBatch::try_new(Arc::new(derived_schema()), columns)?,
            kept,
            rejects: self.rejects,
        })
    }
}
