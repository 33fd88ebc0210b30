//! The derived columns of a batch, sent to temporary tables of the server.

use std::pin::pin;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, Int64Array, StringArray};
use hashbrown::HashMap;
use jobinsight_core::{Batch, EtlError, PhaseContext, Reject, Result, Settings};
use jobinsight_sql::BinaryRows;
use jobinsight_sql::columns::{KEY, PER_ROW, ROW_VERSION, SHARED, SOURCE_HASH, TITLE_SALARY};
use jobinsight_sql::scripts::{COPY_DERIVED, COPY_PLACES, PARSE_TITLE_SALARIES};
use tokio_postgres::Transaction;

use crate::codes;

/// The columns of a batch that are published. A batch may have other columns.
pub(crate) struct Derived<'a> {
    keys: &'a StringArray,
    versions: &'a Int64Array,
    /// The fingerprints, if a phase of the run needs them. Otherwise PostgreSQL computes them.
    hashes: Option<&'a Int64Array>,
    title_salaries: &'a StringArray,
    per_row: [&'a StringArray; PER_ROW.len()],
    shared: [&'a StringArray; SHARED.len()],
    warnings: &'a StringArray,
    rows: i32,
}

impl<'a> Derived<'a> {
    /// # Errors
    /// A column is missing, or has another type.
    pub(crate) fn of(batch: &'a Batch) -> Result<Self> {
        let column = |name: &str| batch.records.column_by_name(name);
        let text = |name: &str| {
            let texts = column(name).and_then(|column| column.as_string_opt::<i32>());
            texts.ok_or_else(|| missing(name, "text"))
        };
        let numbers =
            |name: &str| column(name).and_then(|column| column.as_primitive_opt::<Int64Type>());
        Ok(Self {
            keys: text(KEY)?,
            versions: numbers(ROW_VERSION).ok_or_else(|| missing(ROW_VERSION, "numbers"))?,
            hashes: numbers(SOURCE_HASH),
            title_salaries: text(TITLE_SALARY)?,
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
            field: Reject::WHOLE_ROW.to_owned(),
            reason: reason.to_owned(),
            value: Some(Reject::stored_value(message)),
        }
    }

    /// Sends the columns. Values that rows share are sent once, and PostgreSQL parses them as JSON and as arrays once.
    pub(crate) async fn copy_in(&self, tx: &Transaction<'_>, settings: &Settings) -> Result<()> {
        let sets = self.copy_places(tx, settings).await?;
        let copy = COPY_DERIVED.render(settings);
        let fail = |error| copy.error(error, "copying derived columns in");
        let mut sink = pin!(tx.copy_in(copy.sql()).await.map_err(fail)?);
        let mut rows = BinaryRows::new(sink.as_mut(), 6 + PER_ROW.len());
        for (row, set_no) in (0..self.rows).zip(sets) {
            let index = usize::try_from(row).unwrap_or(0);
            let values = rows.row().await.map_err(fail)?;
            values
                .int4(row)
                .text(Some(self.keys.value(index)))
                .int8(Some(self.versions.value(index)))
                .int8(self.hashes.map(|hashes| hashes.value(index)))
                .int4(set_no)
                .text(value(self.title_salaries, index));
            for column in self.per_row {
                values.text(value(column, index));
            }
        }
        rows.finish().await.map_err(fail)
    }

    /// Parses the pay that titles name, if a title of the batch names any.
    pub(crate) async fn parse_title_salaries(
        &self,
        cx: &PhaseContext<'_>,
        tx: &Transaction<'_>,
        rule_set: &str,
    ) -> Result<()> {
        if self.title_salaries.null_count() == self.title_salaries.len() {
            return Ok(());
        }
        let parse = PARSE_TITLE_SALARIES.render(cx.settings());
        tx.execute(parse.sql(), &[&rule_set, &cx.run.run_id])
            .await
            .map_err(|error| parse.error(error, "parsing the pay of titles"))?;
        Ok(())
    }

    /// Sends each distinct set of shared values once. Returns the number of the set for each row.
    async fn copy_places(&self, tx: &Transaction<'_>, settings: &Settings) -> Result<Vec<i32>> {
        let copy = COPY_PLACES.render(settings);
        let fail = |error| copy.error(error, "copying places in");
        let mut sink = pin!(tx.copy_in(copy.sql()).await.map_err(fail)?);
        let mut rows = BinaryRows::new(sink.as_mut(), 2 + SHARED.len());
        let mut known = HashMap::new();
        let mut sets = Vec::with_capacity(self.keys.len());
        let mut next = 0;
        for index in 0..self.keys.len() {
            let warnings = value(self.warnings, index);
            let set = self.shared.map(|column| value(column, index));
            let set_no = *known.entry((warnings, set)).or_insert(next);
            if set_no == next {
                next += 1;
                let values = rows.row().await.map_err(fail)?.int4(set_no).text(warnings);
                for text in set {
                    values.text(text);
                }
            }
            sets.push(set_no);
        }
        rows.finish().await.map_err(fail)?;
        Ok(sets)
    }
}

fn missing(name: &str, values: &str) -> EtlError {
    EtlError::new(
        codes::PHASES_MISSING_COLUMN,
        format!("no earlier phase produces the batch column `{name}` as {values}"),
    )
    .help("put data_processing, or another phase that produces the column, before data_saving in `pipeline`")
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
