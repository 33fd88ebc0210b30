//! The columns that are read, and those that are written.

use std::sync::Arc;

use arrow_array::builder::{BooleanBufferBuilder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, ArrayRef, BooleanArray, Int64Array, RecordBatch, StringArray};
use arrow_schema::ArrowError;
use arrow_select::filter::filter;

use super::{Fault, MadePlaces, Reject, Transformed, derived_schema};
use crate::Warnings;

/// The columns that are read.
pub(super) struct Columns<'a> {
    keys: &'a StringArray,
    hashes: &'a Int64Array,
    pub(super) titles: &'a StringArray,
    pub(super) companies: &'a StringArray,
    pub(super) locations: &'a StringArray,
    pub(super) details: &'a StringArray,
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
}

/// What a column has in a row.
#[inline]
pub(super) fn value(column: &StringArray, row: usize) -> Option<&str> {
    column.is_valid(row).then(|| column.value(row))
}

/// The fields in the order in which they are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Field {
    Places,
    Title,
    Company,
}

impl Field {
    /// The order in which a fault is the reason of a row: of two, the first.
    fn rank(self) -> u8 {
        match self {
            Self::Title => 0,
            Self::Company => 1,
            Self::Places => 2,
        }
    }
}

/// The columns that are written. What is made of a row that was at fault before is not pushed, so that nothing has to be
/// taken out of the columns that are made behind.
pub(super) struct Output {
    titles: StringBuilder,
    companies: StringBuilder,
    locations: StringBuilder,
    pairs: StringBuilder,
    codes: StringBuilder,
    warnings: Vec<Warnings>,
    /// The field at which a row was first found at fault.
    fell: Vec<Option<Field>>,
    faults: Vec<(usize, Field, Fault)>,
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
            fell: vec![None; rows],
            faults: Vec::new(),
        }
    }

    #[inline]
    pub(super) fn push_title(&mut self, row: usize, made: Result<(&str, Warnings), Fault>) {
        if let Some((title, warnings)) = self.good(row, Field::Title, made) {
            self.titles.append_value(title);
            self.warnings[row] |= warnings;
        }
    }

    #[inline]
    pub(super) fn push_company(&mut self, row: usize, made: Result<Option<&str>, Fault>) {
        if let Some(name) = self.good(row, Field::Company, made) {
            self.companies.append_option(name);
        }
    }

    #[inline]
    pub(super) fn push_places(&mut self, row: usize, made: Result<MadePlaces<'_>, Fault>) {
        if let Some(places) = self.good(row, Field::Places, made) {
            self.locations.append_option(places.location);
            self.pairs.append_value(places.pairs);
            self.codes.append_value(places.codes);
            self.warnings[row] |= places.warnings;
        }
    }

    /// What is to be pushed of a row.
    #[inline]
    fn good<T>(&mut self, row: usize, field: Field, made: Result<T, Fault>) -> Option<T> {
        match made {
            Ok(made) => self.fell[row].is_none().then_some(made),
            Err(fault) => {
                self.fell[row].get_or_insert(field);
                self.faults.push((row, field, fault));
                None
            }
        }
    }

    /// Which of the rows that stand in the columns of a field go on; the faults are one a row by now, in the rows' order.
    fn mask(&self, of: Option<Field>) -> BooleanArray {
        let mut absent = 0;
        let mut at_fault = Vec::with_capacity(self.faults.len());
        for (row, ..) in &self.faults {
            // Some(_) is more than None: in the columns that were not made field by field all rows stand.
            if self.fell[*row] > of {
                at_fault.push(row - absent);
            } else {
                absent += 1;
            }
        }
        let mut mask = BooleanBufferBuilder::new(self.fell.len());
        mask.append_n(self.fell.len() - absent, true);
        for at in at_fault {
            mask.set_bit(at, false);
        }
        mask.build().into()
    }

    pub(super) fn finish(mut self, given: &Columns<'_>) -> Result<Transformed, ArrowError> {
        let texts = [
            (Field::Title, self.titles.finish()),
            (Field::Company, self.companies.finish()),
            (Field::Places, self.locations.finish()),
            (Field::Places, self.pairs.finish()),
            (Field::Places, self.codes.finish()),
        ];
        let keys = Arc::new(given.keys.clone()) as ArrayRef;
        let hashes = Arc::new(given.hashes.clone()) as ArrayRef;
        let mut columns = vec![(None, keys), (None, hashes)];
        columns.extend(texts.map(|(of, text)| (Some(of), Arc::new(text) as ArrayRef)));
        columns.push((None, Arc::new(literals(&self.warnings))));
        self.faults
            .sort_by_key(|(row, field, _)| (*row, field.rank()));
        self.faults.dedup_by_key(|(row, ..)| *row);
        let goes_on = self.fell.len() - self.faults.len();
        let mut kept = Vec::with_capacity(columns.len());
        for (of, column) in columns {
            kept.push(if column.len() == goes_on {
                column
            } else {
                filter(&column, &self.mask(of))?
            });
        }
        let reject = |(row, _, fault): (usize, Field, Fault)| Reject {
            row,
            job_id: given.keys.value(row).to_owned(),
            field: fault.field,
            reason: fault.reason,
            value: fault.value,
        };
        Ok(Transformed {
            batch: RecordBatch::try_new(Arc::new(derived_schema()), kept)?,
            rejects: self.faults.into_iter().map(reject).collect(),
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
