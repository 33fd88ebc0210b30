//! The columns that the kernel reads, and the columns that it writes.

use std::sync::Arc;

use arrow_array::builder::StringBuilder;
use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, BooleanArray, RecordBatch, StringArray};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use arrow_select::filter::filter;

use super::reject::{RejectedRow, RowError};
use super::row::{DerivedCompany, DerivedPlaces};
use super::text_column::TextColumn;
use crate::Warnings;
use crate::standard::title::CleanTitle;

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

/// The columns of [`Transformed::batch`]. `location_pairs` and `places` are texts of JSON arrays;
/// `location_codes`, `province_codes` and `warnings` are array literals of PostgreSQL. They are texts because they are cast where they are stored.
pub fn derived_schema() -> Schema {
    Schema::new(vec![
        Field::new("job_id", DataType::Utf8, false),
        Field::new("title_clean", DataType::Utf8, false),
        Field::new("company_name_standardized", DataType::Utf8, true),
        Field::new("location", DataType::Utf8, true),
        Field::new("location_pairs", DataType::Utf8, true),
        Field::new("location_codes", DataType::Utf8, false),
        Field::new("company_key", DataType::Utf8, true),
        Field::new("province_codes", DataType::Utf8, true),
        Field::new("places", DataType::Utf8, true),
        Field::new("title_salary", DataType::Utf8, true),
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
    pub(super) fn title(&self, row: usize) -> Option<&'a str> {
        value(self.titles, row)
    }

    #[inline]
    pub(super) fn company(&self, row: usize) -> Option<&'a str> {
        value(self.companies, row)
    }

    #[inline]
    pub(super) fn location(&self, row: usize) -> Option<&'a str> {
        value(self.locations, row)
    }

    #[inline]
    pub(super) fn detail(&self, row: usize) -> Option<&'a str> {
        value(self.details, row)
    }
}

/// The value of a column in a row; `None` for NULL.
#[inline]
fn value(column: &StringArray, row: usize) -> Option<&str> {
    column.is_valid(row).then(|| column.value(row))
}

/// The columns that are written. They are filled one field after another: places, companies, titles. A row that is
/// rejected gets no value from then on.
pub(super) struct Output {
    locations: TextColumn,
    pairs: TextColumn,
    codes: TextColumn,
    province_codes: TextColumn,
    places: TextColumn,
    companies: TextColumn,
    company_keys: TextColumn,
    titles: TextColumn,
    title_salaries: TextColumn,
    warnings: Vec<Warnings>,
    /// Whether each row is kept as far as the columns are filled.
    kept: Vec<bool>,
    /// Whether each row has a value in the columns of places.
    has_places: Vec<bool>,
    /// Whether each row has a value in the columns of companies.
    has_company: Vec<bool>,
    rejects: Vec<RejectedRow>,
}

impl Output {
    /// Empty columns, with room for values that are about as long as those of the input.
    pub(super) fn for_input(input: &Input<'_>) -> Self {
        let rows = input.rows();
        // The texts of the rows only, because the batch may be a slice of a larger one.
        let bytes = |column: &StringArray| {
            let offsets = column.value_offsets();
            usize::try_from(offsets[rows] - offsets[0]).unwrap_or(0)
        };
        let room = |column: &StringArray| TextColumn::with_capacity(rows, bytes(column) + rows * 4);
        Self {
            locations: room(input.locations),
            pairs: room(input.details),
            codes: TextColumn::with_capacity(rows, rows * 8),
            province_codes: TextColumn::with_capacity(rows, rows * 8),
            // A place without an address has about a hundred bytes, and a row may have several places.
            places: TextColumn::with_capacity(rows, rows * 192 + bytes(input.details) * 2),
            companies: room(input.companies),
            company_keys: room(input.companies),
            titles: room(input.titles),
            title_salaries: TextColumn::with_capacity(rows, rows),
            warnings: vec![Warnings::NONE; rows],
            kept: vec![true; rows],
            has_places: Vec::new(),
            has_company: Vec::new(),
            rejects: Vec::new(),
        }
    }

    pub(super) fn is_kept(&self, row: usize) -> bool {
        self.kept[row]
    }

    #[inline]
    pub(super) fn push_places(&mut self, row: usize, places: &DerivedPlaces<'_>) {
        self.locations.push(places.location);
        self.pairs.push(places.pairs);
        self.codes.push(Some(places.codes));
        self.province_codes.push(places.province_codes);
        self.places.push(places.places);
        self.warnings[row] |= places.warnings;
    }

    /// Ends the columns of places.
    pub(super) fn end_places(&mut self) {
        self.has_places.clone_from(&self.kept);
    }

    #[inline]
    pub(super) fn push_company(&mut self, company: &DerivedCompany<'_>) {
        self.companies.push(company.name);
        self.company_keys.push(company.key);
    }

    /// Ends the columns of companies.
    pub(super) fn end_companies(&mut self) {
        self.has_company.clone_from(&self.kept);
    }

    #[inline]
    pub(super) fn push_title(&mut self, row: usize, title: &CleanTitle<'_>) {
        self.titles.push(Some(title.text));
        self.title_salaries.push(title.pay);
        self.warnings[row] |= title.warnings;
    }

    /// Rejects a row.
    pub(super) fn reject(&mut self, row: usize, error: RowError) {
        self.kept[row] = false;
        self.rejects.push(RejectedRow {
            row,
            column: error.column,
            reason: error.reason,
            value: error.value,
        });
    }

    pub(super) fn finish(mut self, input: &Input<'_>) -> Result<Transformed, ArrowError> {
        let warnings = self.warnings();
        let kept = BooleanArray::from(self.kept);
        let has_places = BooleanArray::from(self.has_places);
        let has_company = BooleanArray::from(self.has_company);
        // Takes the values of rows that were rejected afterwards out of a column. Hardly any batch has such rows, because
        // nearly all rejected rows are rejected for their places.
        let keep = |column: TextColumn, filled: &BooleanArray| {
            let column = column.finish();
            if column.len() == kept.true_count() {
                return Ok(Arc::new(column) as ArrayRef);
            }
            let kept = filter(&kept, filled)?;
            filter(&column, kept.as_boolean())
        };
        let columns = vec![
            filter(input.keys, &kept)?,
            Arc::new(self.titles.finish()),
            keep(self.companies, &has_company)?,
            keep(self.locations, &has_places)?,
            keep(self.pairs, &has_places)?,
            keep(self.codes, &has_places)?,
            keep(self.company_keys, &has_company)?,
            keep(self.province_codes, &has_places)?,
            keep(self.places, &has_places)?,
            Arc::new(self.title_salaries.finish()),
            Arc::new(warnings),
        ];
        self.rejects.sort_by_key(|reject| reject.row);
        Ok(Transformed {
            batch: RecordBatch::try_new(Arc::new(derived_schema()), columns)?,
            kept,
            rejects: self.rejects,
        })
    }

    /// The warnings of the rows that are kept, as array literals.
    fn warnings(&self) -> StringArray {
        let rows = self.kept.len();
        let mut literals = StringBuilder::with_capacity(rows, rows * 2);
        for (warnings, is_kept) in self.warnings.iter().zip(&self.kept) {
            if !is_kept {
                continue;
            }
            if *warnings == Warnings::NONE {
                literals.append_value("{}");
            } else {
                literals.append_value(warnings.literal());
            }
        }
        literals.finish()
    }
}
