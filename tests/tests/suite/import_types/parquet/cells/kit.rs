//! The columns of a cell, and the usual results.

use std::sync::Arc;

use arrow_array::types::ArrowPrimitiveType;
use arrow_array::{Array, ArrayRef, PrimitiveArray};

/// The columns, by type: text, jsonb, boolean, timestamptz.
pub(super) const COLUMNS: [&str; 4] = ["job_url", "skills", "verified_employer", "posted_time"];

/// The value in each column; `!` is the beginning of a part of the reason why the row is rejected.
pub(super) type Cells = [&'static str; 4];

pub(super) const NOT_JSON: &str = "!type json";
pub(super) const NOT_BOOLEAN: &str = "!type boolean";
pub(super) const NOT_A_DATE: &str = "!is not a date";
pub(super) const A_NUMBER: &str = "!is a number";
pub(super) const NOTHING: Cells = ["NULL"; 4];

pub(super) fn all(cell: &'static str) -> Cells {
    [cell; 4]
}

/// A text that is neither JSON nor a boolean nor a date.
pub(super) fn only_text(text: &'static str) -> Cells {
    [text, NOT_JSON, NOT_BOOLEAN, NOT_A_DATE]
}

pub(super) fn number(text: &'static str) -> Cells {
    [text, text, NOT_BOOLEAN, A_NUMBER]
}

pub(super) fn time(text: &'static str, meaning: &'static str) -> Cells {
    [text, NOT_JSON, NOT_BOOLEAN, meaning]
}

pub(super) fn json(text: &'static str, stored: &'static str) -> Cells {
    [text, stored, NOT_BOOLEAN, NOT_A_DATE]
}

pub(super) fn array(values: impl Array + 'static) -> ArrayRef {
    Arc::new(values)
}

pub(super) fn one<T: ArrowPrimitiveType>(value: T::Native) -> ArrayRef {
    array(PrimitiveArray::<T>::from_value(value, 1))
}
