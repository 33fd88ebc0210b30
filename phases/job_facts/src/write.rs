//! Writes the facts of a batch.

use std::pin::pin;

use jobinsight_core::arrow_array::cast::AsArray;
use jobinsight_core::arrow_array::types::{Float64Type, Int64Type};
use jobinsight_core::arrow_array::{Array, Int64Array, RecordBatch};
use jobinsight_core::database::Client;
use jobinsight_core::{Batch, EtlError, PhaseContext, Result, database};
use jobinsight_kernels::facts::Facts;
use jobinsight_sql::{BinaryRows, Script};
use tokio_postgres::Transaction;
use tokio_postgres::error::SqlState;

use crate::columns::texts;
use crate::rules::rules_digest;

/// Writes the facts of a batch of which no row is stored.
const COPY: Script = Script::new("job_facts/copy.sql", include_str!("sql/copy.sql"));
/// Writes the facts of any batch.
const STORE: Script = Script::new("job_facts/store.sql", include_str!("sql/store.sql"));

/// A commit of facts does not wait for the disk. The commit that publishes the batch comes later, and writes the log of both.
/// If the server crashes before, the batch is not published, and its facts are read again, unless a retry finds the processed
/// batch in a file. Its facts are then missing, and a note says so.
const UNHURRIED: &str = "SET LOCAL synchronous_commit = off";

/// Begins a transaction that stores facts.
pub(crate) async fn begin<'a>(client: &'a mut Client<'_>) -> Result<Transaction<'a>> {
    let tx = database::begin(client).await?;
    tx.batch_execute(UNHURRIED)
        .await
        .map_err(|error| EtlError::database(error, "storing facts"))?;
    Ok(tx)
}

/// Stores the facts of new rows. Returns false, and stores nothing, if the table has facts of one of them.
pub(crate) async fn copy(
    cx: &PhaseContext<'_>,
    client: &mut Client<'_>,
    batch: &Batch,
    facts: &[Facts],
) -> Result<bool> {
    let records = &batch.records;
    let keys = texts(records, Batch::KEY)?;
    let hashes = numbers(records, Batch::SOURCE_HASH)?;
    let posting_keys = numbers(records, "posting_key")?;
    let copy = COPY.render(cx.settings());
    let fail = |error| copy.error(error, "storing facts");
    let tx = begin(client).await?;
    let mut sink = pin!(tx.copy_in(copy.sql()).await.map_err(fail)?);
    let mut rows = BinaryRows::new(sink.as_mut(), 13);
    for (row, facts) in facts.iter().enumerate() {
        let key = Some(keys.value(row));
        let number = |numbers: &Int64Array| numbers.is_valid(row).then(|| numbers.value(row));
        rows.row()
            .await
            .map_err(fail)?
            .text(key)
            .int8(number(hashes))
            .numeric(facts.experience_min)
            .numeric(facts.experience_max)
            .text(facts.level)
            .text(facts.work_mode)
            .text(facts.employment_type)
            .texts(&facts.languages)
            .texts(&facts.skills)
            .int8(number(posting_keys))
            .text(key)
            .uuid(cx.run.run_id)
            .text(rules_digest());
    }
    match rows.finish().await {
        Ok(()) => tx.commit().await.map(|()| true).map_err(fail),
        Err(error) if error.code() == Some(&SqlState::UNIQUE_VIOLATION) => Ok(false),
        Err(error) => Err(fail(error)),
    }
}

/// Stores the facts of rows of which some may be stored already.
pub(crate) async fn upsert(
    cx: &PhaseContext<'_>,
    tx: &Transaction<'_>,
    records: &RecordBatch,
) -> Result<()> {
    let text = |name| -> Result<Vec<Option<&str>>> { Ok(texts(records, name)?.iter().collect()) };
    let number =
        |name| -> Result<Vec<Option<i64>>> { Ok(numbers(records, name)?.iter().collect()) };
    let (keys, hashes) = (text(Batch::KEY)?, number(Batch::SOURCE_HASH)?);
    let [least, most] = [
        years(records, "experience_min")?,
        years(records, "experience_max")?,
    ];
    let [level, mode, kind] = [text("level")?, text("work_mode")?, text("employment_type")?];
    let [languages, skills] = [text("languages")?, text("skills_normalized")?];
    let posting_keys = number("posting_key")?;
    let store = STORE.render(cx.settings());
    tx.execute(
        store.sql(),
        &[
            &cx.run.run_id,
            &keys,
            &hashes,
            &least,
            &most,
            &level,
            &mode,
            &kind,
            &languages,
            &skills,
            &posting_keys,
            &rules_digest(),
        ],
    )
    .await
    .map(|_| ())
    .map_err(|error| store.error(error, "storing facts"))
}

pub(crate) fn numbers<'a>(records: &'a RecordBatch, name: &str) -> Result<&'a Int64Array> {
    let column = records.column_by_name(name);
    let numbers = column.and_then(|column| column.as_primitive_opt::<Int64Type>());
    numbers.ok_or_else(|| {
        EtlError::bug(format!(
            "the batch column `{name}` does not contain numbers"
        ))
    })
}

fn years(records: &RecordBatch, name: &str) -> Result<Vec<Option<f64>>> {
    let column = records.column_by_name(name);
    let years = column.and_then(|column| column.as_primitive_opt::<Float64Type>());
    let years = years.map(|years| years.iter().collect());
    years.ok_or_else(|| EtlError::bug(format!("the batch column `{name}` does not contain years")))
}
