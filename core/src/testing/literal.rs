//! Batches as literals in tests, and assertions about batches.

use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Float64Builder, Int64Builder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{ArrayRef, RecordBatch};

use crate::Batch;

/// One value of a batch literal: a text, a number, true or false, or `null`.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// No value.
    Null,
    /// A text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// True or false.
    Bool(bool),
}

macro_rules! cells {
    ($($from:ty => $to:ident),*) => {
        $(impl From<$from> for Cell {
            fn from(value: $from) -> Self {
                Self::$to(value.into())
            }
        })*
    };
}
cells!(&str => Text, String => Text, i64 => Int, i32 => Int, f64 => Float, bool => Bool);

impl<T: Into<Self>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A [`Batch`] from a literal: first the names of the columns, then one row per line. `null` stands for NULL. A value of
/// several tokens needs parentheses. The first value of a column decides its type; if all are null, the type is text.
///
/// ```
/// use jobinsight_core::testing::{BatchExt, batch_of};
///
/// let batch = batch_of![
///     [job_id, source_hash, title],
///     ["1", 11, "Kế Toán"],
///     ["2", (-12), null],
/// ];
/// assert_eq!(batch.rows(), 2);
/// assert_eq!(batch.numbers("source_hash"), [Some(11), Some(-12)]);
/// ```
#[macro_export]
macro_rules! batch_of {
    (@cell null) => { $crate::testing::Cell::Null };
    (@cell $cell:expr) => { $crate::testing::Cell::from($cell) };
    ([$($name:ident),+ $(,)?] $(, [$($cell:tt),+ $(,)?])* $(,)?) => {
        $crate::testing::batch_from(
            &[$(stringify!($name)),+],
            vec![$(vec![$($crate::batch_of!(@cell $cell)),+]),*],
        )
    };
}

/// The batch of [`batch_of!`](crate::batch_of): number 1, with as many expected rows as it has.
pub fn batch_from(names: &[&str], rows: Vec<Vec<Cell>>) -> Batch {
    let expected = rows.len() as u64;
    let mut columns: Vec<Vec<Cell>> = names
        .iter()
        .map(|_| Vec::with_capacity(rows.len()))
        .collect();
    for (number, row) in rows.into_iter().enumerate() {
        assert_eq!(
            row.len(),
            names.len(),
            "row {}: the number of values differs from the number of columns",
            number + 1
        );
        for (column, cell) in columns.iter_mut().zip(row) {
            column.push(cell);
        }
    }
    let columns = names
        .iter()
        .zip(columns)
        .map(|(name, cells)| (*name, array(name, &cells), true));
    Batch {
        id: 1,
        expected,
        records: RecordBatch::try_from_iter_with_nullable(columns)
            .expect("columns of equal length"),
        rejects: Vec::new(),
    }
}

fn array(name: &str, cells: &[Cell]) -> ArrayRef {
    macro_rules! build {
        ($builder:expr, $kind:ident) => {{
            let mut builder = $builder;
            for cell in cells {
                match cell {
                    Cell::$kind(value) => builder.append_value(value.to_owned()),
                    Cell::Null => builder.append_null(),
                    other => {
                        panic!("column {name} contains {other:?} among values of another type")
                    }
                }
            }
            Arc::new(builder.finish())
        }};
    }
    match cells.iter().find(|cell| **cell != Cell::Null) {
        Some(Cell::Int(_)) => build!(Int64Builder::new(), Int),
        Some(Cell::Float(_)) => build!(Float64Builder::new(), Float),
        Some(Cell::Bool(_)) => build!(BooleanBuilder::new(), Bool),
        Some(Cell::Text(_) | Cell::Null) | None => build!(StringBuilder::new(), Text),
    }
}

/// Functions that read a batch in a test, and assert about it.
pub trait BatchExt {
    /// The values of a text column.
    fn texts(&self, column: &str) -> Vec<Option<&str>>;
    /// The values of a column of whole numbers.
    fn numbers(&self, column: &str) -> Vec<Option<i64>>;
    /// Fails the test unless the batch has exactly these columns, in this order.
    fn assert_columns<const N: usize>(&self, columns: [&str; N]);
    /// Fails the test unless exactly these rows were rejected: key, field, reason.
    fn assert_rejects<const N: usize>(&self, rejects: [(&str, &str, &str); N]);
}

impl BatchExt for Batch {
    fn texts(&self, column: &str) -> Vec<Option<&str>> {
        find(self, column)
            .as_string_opt::<i32>()
            .unwrap_or_else(|| panic!("column {column} is not a text column"))
            .iter()
            .collect()
    }

    fn numbers(&self, column: &str) -> Vec<Option<i64>> {
        find(self, column)
            .as_primitive_opt::<Int64Type>()
            .unwrap_or_else(|| panic!("column {column} is not a column of whole numbers"))
            .iter()
            .collect()
    }

    fn assert_columns<const N: usize>(&self, columns: [&str; N]) {
        assert_eq!(names(self), columns, "the columns of the batch");
    }

    fn assert_rejects<const N: usize>(&self, rejects: [(&str, &str, &str); N]) {
        let found: Vec<_> = self
            .rejects
            .iter()
            .map(|reject| (&*reject.key, &*reject.field, &*reject.reason))
            .collect();
        assert_eq!(found, rejects, "the rejects of the batch");
    }
}

fn names(batch: &Batch) -> Vec<String> {
    let schema = batch.records.schema();
    schema.fields().iter().map(|f| f.name().clone()).collect()
}

fn find<'a>(batch: &'a Batch, column: &str) -> &'a ArrayRef {
    batch
        .records
        .column_by_name(column)
        .unwrap_or_else(|| panic!("no column {column} among {}", names(batch).join(", ")))
}
