//! The derived columns of a batch, as this phase needs them.

use std::pin::pin;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, Int64Array, StringArray};
use arrow_schema::DataType;
use hashbrown::HashMap;
use jobinsight_core::{Batch, EtlError, Kind, Reject, Result, Settings};
use jobinsight_sql::scripts::{COPY_DERIVED, COPY_PLACES};
use tokio_postgres::Transaction;

use crate::binary::BinaryRows;

/// In the order of `copy_derived.sql`, between the fingerprint and the place.
const OWN: [&str; 2] = ["title_clean", "company_name_standardized"];
/// In the order of `copy_places.sql`, after the number: what many rows have in common.
const COMMON: [&str; 4] = ["location", "location_pairs", "location_codes", "warnings"];

/// A view of a batch's columns by the names that we know; columns that we don't know are left alone.
pub(crate) struct Derived<'a> {
    keys: &'a StringArray,
    hashes: &'a Int64Array,
    own: [&'a StringArray; OWN.len()],
    common: [&'a StringArray; COMMON.len()],
    rows: i32,
}

impl<'a> Derived<'a> {
    pub(crate) fn of(batch: &'a Batch) -> Result<Self> {
        let column = |name: &str, wanted: DataType| {
            batch.records.column_by_name(name).filter(|column| *column.data_type() == wanted).ok_or_else(|| {
                EtlError::new(
                    Kind::Usage,
                    "jobinsight::phases::missing_column",
                    format!("data_saving needs the batch column `{name}` ({wanted}), and no phase before it gives it"),
                )
                .help("put data_processing, or a phase that gives it, before data_saving in `pipeline`")
            })
        };
        let text = |name: &str| column(name, DataType::Utf8).map(AsArray::as_string::<i32>);
        let ([title, company], [location, pairs, codes, warnings]) = (OWN, COMMON);
        Ok(Self {
            keys: text("job_id")?,
            hashes: column("source_hash", DataType::Int64)?.as_primitive::<Int64Type>(),
            own: [text(title)?, text(company)?],
            common: [text(location)?, text(pairs)?, text(codes)?, text(warnings)?],
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

    /// The rejection of one row by PostgreSQL.
    pub(crate) fn reject(&self, row: i32, phase: &str, reason: &str, message: &str) -> Reject {
        Reject {
            key: self.key(row).to_owned(),
            source_hash: self.hashes.value(usize::try_from(row).unwrap_or(0)),
            phase: phase.to_owned(),
            field: "(row)".to_owned(),
            reason: reason.to_owned(),
            value: Some(message.chars().take(300).collect()),
        }
    }

    /// Brings the columns in. What many rows have in common goes once: on the way, and when PostgreSQL reads it as JSON and
    /// as arrays.
    pub(crate) async fn copy_in(&self, tx: &Transaction<'_>, settings: &Settings) -> Result<()> {
        let places = self.copy_places(tx, settings).await?;
        let copy = COPY_DERIVED.render(settings);
        let fail = |error| copy.error(error, "copying derived columns in");
        let mut sink = pin!(tx.copy_in(copy.sql()).await.map_err(fail)?);
        let mut rows = BinaryRows::new(sink.as_mut(), 6);
        for (row, place) in (0..self.rows).zip(places) {
            let index = usize::try_from(row).unwrap_or(0);
            let [title, company] = self.own.map(|column| value(column, index));
            rows.row()
                .await
                .map_err(fail)?
                .int4(row)
                .text(Some(self.keys.value(index)))
                .int8(self.hashes.value(index))
                .text(title)
                .text(company)
                .int4(place);
        }
        rows.finish().await.map_err(fail)
    }

    /// Brings in each set of what rows have in common, and tells which is whose.
    async fn copy_places(&self, tx: &Transaction<'_>, settings: &Settings) -> Result<Vec<i32>> {
        let copy = COPY_PLACES.render(settings);
        let fail = |error| copy.error(error, "copying places in");
        let mut sink = pin!(tx.copy_in(copy.sql()).await.map_err(fail)?);
        let mut rows = BinaryRows::new(sink.as_mut(), 5);
        let mut known = HashMap::new();
        let mut places = Vec::with_capacity(self.keys.len());
        let mut next = 0;
        for index in 0..self.keys.len() {
            let set = self.common.map(|column| value(column, index));
            let place = *known.entry(set).or_insert(next);
            if place == next {
                next += 1;
                let row = rows.row().await.map_err(fail)?.int4(place);
                for text in set {
                    row.text(text);
                }
            }
            places.push(place);
        }
        rows.finish().await.map_err(fail)?;
        Ok(places)
    }
}

fn value(column: &StringArray, row: usize) -> Option<&str> {
    column.is_valid(row).then(|| column.value(row))
}
