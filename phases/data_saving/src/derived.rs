//! The derived columns of a batch, sent to temporary tables of the server.

use std::pin::pin;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, Int64Array, StringArray};
use arrow_schema::DataType;
use hashbrown::HashMap;
use jobinsight_core::{Batch, EtlError, PhaseContext, Reject, Result, Settings, registry};
use jobinsight_sql::columns::{KEY, PER_ROW, SHARED};
use jobinsight_sql::scripts::{COPY_DERIVED, COPY_PLACES};
use tokio_postgres::Transaction;

use crate::binary::BinaryRows;
use crate::codes;

/// The columns of a batch that are published. A batch may have other columns.
pub(crate) struct Derived<'a> {
    keys: &'a StringArray,
    versions: &'a Int64Array,
    per_row: [&'a StringArray; PER_ROW.len()],
    shared: [&'a StringArray; SHARED.len()],
    warnings: &'a StringArray,
    rows: i32,
}

impl<'a> Derived<'a> {
    /// # Errors
    /// A column is missing, or has another type.
    pub(crate) fn of(cx: &PhaseContext<'_>, batch: &'a Batch) -> Result<Self> {
        let column = |name: &str, wanted: DataType| match batch.records.column_by_name(name) {
            None => Err(missing(name, &wanted)),
            Some(column) if *column.data_type() != wanted => {
                Err(wrong_type(cx, name, column.data_type(), &wanted))
            }
            Some(column) => Ok(column),
        };
        let text = |name: &str| column(name, DataType::Utf8).map(AsArray::as_string::<i32>);
        Ok(Self {
            keys: text(KEY)?,
            versions: column("row_version", DataType::Int64)?.as_primitive::<Int64Type>(),
            per_row: all(PER_ROW, &text)?,
            shared: all(SHARED, &text)?,
            warnings: text("warnings")?,
            rows: i32::try_from(batch.records.num_rows())
                .map_err(|_| EtlError::bug("a batch has more than 2,147,483,647 rows"))?,
        })
    }

    pub(crate) fn rows(&self) -> i32 {
        self.rows
    }

    pub(crate) fn key(&self, row: i32) -> &str {
        self.keys.value(usize::try_from(row).unwrap_or(0))
    }

    /// A rejected row that PostgreSQL refused.
    pub(crate) fn reject(&self, row: i32, phase: &str, reason: &str, message: &str) -> Reject {
        Reject {
            key: self.key(row).to_owned(),
            row_version: self.versions.value(usize::try_from(row).unwrap_or(0)),
            phase: phase.to_owned(),
            field: "(row)".to_owned(),
            reason: reason.to_owned(),
            value: Some(Reject::stored_value(message)),
        }
    }

    /// Sends the columns. Values that rows share are sent once, and PostgreSQL parses them as JSON and as arrays once.
    pub(crate) async fn copy_in(&self, tx: &Transaction<'_>, settings: &Settings) -> Result<()> {
        let places = self.copy_places(tx, settings).await?;
        let copy = COPY_DERIVED.render(settings);
        let fail = |error| copy.error(error, "copying derived columns in");
        let mut sink = pin!(tx.copy_in(copy.sql()).await.map_err(fail)?);
        let mut rows = BinaryRows::new(sink.as_mut(), 4 + PER_ROW.len());
        for (row, place) in (0..self.rows).zip(places) {
            let index = usize::try_from(row).unwrap_or(0);
            let values = rows.row().await.map_err(fail)?;
            values
                .int4(row)
                .text(Some(self.keys.value(index)))
                .int8(self.versions.value(index))
                .int4(place);
            for column in self.per_row {
                values.text(value(column, index));
            }
        }
        rows.finish().await.map_err(fail)
    }

    /// Sends each distinct set of shared values once. Returns the number of the set for each row.
    async fn copy_places(&self, tx: &Transaction<'_>, settings: &Settings) -> Result<Vec<i32>> {
        let copy = COPY_PLACES.render(settings);
        let fail = |error| copy.error(error, "copying places in");
        let mut sink = pin!(tx.copy_in(copy.sql()).await.map_err(fail)?);
        let mut rows = BinaryRows::new(sink.as_mut(), 2 + SHARED.len());
        let mut known = HashMap::new();
        let mut places = Vec::with_capacity(self.keys.len());
        let mut next = 0;
        for index in 0..self.keys.len() {
            let warnings = value(self.warnings, index);
            let set = self.shared.map(|column| value(column, index));
            let place = *known.entry((warnings, set)).or_insert(next);
            if place == next {
                next += 1;
                let values = rows.row().await.map_err(fail)?.int4(place).text(warnings);
                for text in set {
                    values.text(text);
                }
            }
            places.push(place);
        }
        rows.finish().await.map_err(fail)?;
        Ok(places)
    }
}

fn missing(name: &str, wanted: &DataType) -> EtlError {
    EtlError::new(
        codes::PHASES_MISSING_COLUMN,
        format!("no earlier phase produces the batch column `{name}` ({wanted})"),
    )
    .help("put data_processing, or another phase that produces the column, before data_saving in `pipeline`")
}

/// The error of a column with another type. Names the phase that produces the column, which is the last phase before this
/// one that has it in `GIVES`.
fn wrong_type(cx: &PhaseContext<'_>, name: &str, found: &DataType, wanted: &DataType) -> EtlError {
    let before = cx.settings().pipeline.iter();
    let producer = before
        .take_while(|phase| *phase != cx.phase)
        .filter(|phase| {
            let gives = registry::find(phase).map_or(&[][..], |spec| spec.gives);
            gives.iter().any(|give| give.column() == Some(name))
        })
        .last();
    let column = match producer {
        Some(producer) => format!("phase `{producer}` produces the batch column `{name}`"),
        None => format!("the batch has the column `{name}`"),
    };
    EtlError::new(
        codes::PHASES_MISSING_COLUMN,
        format!("{column} as {found}, but it must be {wanted}"),
    )
    .help(format!(
        "let the phase that produces the column return {wanted}"
    ))
}

/// The text columns of these names.
fn all<'a, const N: usize>(
    names: [&str; N],
    column: &impl Fn(&str) -> Result<&'a StringArray>,
) -> Result<[&'a StringArray; N]> {
    let columns = names.into_iter().map(column).collect::<Result<Vec<_>>>()?;
    columns
        .try_into()
        .map_err(|_| EtlError::bug("a column has no place"))
}

fn value(column: &StringArray, row: usize) -> Option<&str> {
    column.is_valid(row).then(|| column.value(row))
}
