//! The derived columns of a batch, as this phase needs them.

use std::pin::pin;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{Array, Int64Array, StringArray};
use arrow_schema::DataType;
use jobinsight_core::{Batch, EtlError, Kind, Reject, Result, Settings};
use jobinsight_sql::scripts::COPY_DERIVED;
use tokio_postgres::Transaction;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::Type;

/// In the order of `copy_derived.sql`, after the key and the fingerprint.
const TEXTS: [&str; 6] = [
    "title_clean",
    "company_name_standardized",
    "location",
    "location_pairs",
    "location_codes",
    "warnings",
];

/// A view of a batch's columns by the names that we know; columns that we don't know are left alone.
pub(crate) struct Derived<'a> {
    keys: &'a StringArray,
    hashes: &'a Int64Array,
    texts: [&'a StringArray; TEXTS.len()],
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
        let [title, company, location, pairs, codes, warnings] = TEXTS;
        Ok(Self {
            keys: text("job_id")?,
            hashes: column("source_hash", DataType::Int64)?.as_primitive::<Int64Type>(),
            texts: [
                text(title)?,
                text(company)?,
                text(location)?,
                text(pairs)?,
                text(codes)?,
                text(warnings)?,
            ],
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

    pub(crate) async fn copy_in(&self, tx: &Transaction<'_>, settings: &Settings) -> Result<()> {
        let copy = COPY_DERIVED.render(settings);
        let fail = |error| copy.error(error, "copying derived columns in");
        let sink = tx.copy_in(copy.sql()).await.map_err(fail)?;
        let mut types = vec![Type::INT4, Type::TEXT, Type::INT8];
        types.extend(TEXTS.map(|_| Type::TEXT));
        let mut writer = pin!(BinaryCopyInWriter::new(sink, &types));
        for row in 0..self.rows {
            let index = usize::try_from(row).unwrap_or(0);
            let [title, company, location, pairs, codes, warnings] = self
                .texts
                .map(|column| column.is_valid(index).then(|| column.value(index)));
            let (key, hash) = (self.keys.value(index), self.hashes.value(index));
            writer
                .as_mut()
                .write(&[
                    &row, &key, &hash, &title, &company, &location, &pairs, &codes, &warnings,
                ])
                .await
                .map_err(fail)?;
        }
        writer.finish().await.map(|_| ()).map_err(fail)
    }
}
