//! The table of the facts in the database.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use jobinsight_core::arrow_array::RecordBatch;
use jobinsight_core::arrow_array::cast::AsArray;
use jobinsight_core::arrow_array::types::{Float64Type, Int64Type};
use jobinsight_core::plural::{are, counted};
use jobinsight_core::{Batch, EtlError, PhaseContext, Result, advice, database};
use jobinsight_sql::Script;
use jobinsight_sql::apply::apply_changed;

use crate::columns::texts;

/// Creates the tables and the view, and adds new columns of staging to the view.
const SCHEMA: Script = Script::new("job_facts/schema.sql", include_str!("sql/schema.sql"));
/// Writes the facts of a batch.
const STORE: Script = Script::new("job_facts/store.sql", include_str!("sql/store.sql"));
/// Computes the earliest posting of each key.
const SETTLE: Script = Script::new("job_facts/settle.sql", include_str!("sql/settle.sql"));
/// Counts the published postings without facts.
const COUNT_MISSING: Script = Script::new(
    "job_facts/count_missing.sql",
    include_str!("sql/count_missing.sql"),
);

/// The tables and the view of the phase.
#[derive(Debug, Default)]
pub(crate) struct Store {
    /// Whether this process has created them or found them.
    exists: AtomicBool,
}

impl Store {
    /// Creates the tables and the view, once in each process.
    pub(crate) async fn prepare(&self, cx: &PhaseContext<'_>) -> Result<()> {
        if self.exists.load(Relaxed) {
            return Ok(());
        }
        let mut client = cx.client().await?;
        let tx = database::begin(&mut client).await?;
        apply_changed(&tx, cx.settings(), &[SCHEMA]).await?;
        tx.commit()
            .await
            .map_err(|error| EtlError::database(error, "creating the table of facts"))?;
        self.exists.store(true, Relaxed);
        Ok(())
    }

    /// Stores the facts of a batch, each with the fingerprint of the raw row that they were read from.
    pub(crate) async fn put(&self, cx: &PhaseContext<'_>, batch: &Batch) -> Result<()> {
        self.prepare(cx).await?;
        let records = &batch.records;
        let text =
            |name| -> Result<Vec<Option<&str>>> { Ok(texts(records, name)?.iter().collect()) };
        let keys = text("job_id")?;
        let hashes = numbers(records, Batch::SOURCE_HASH)?;
        let [least, most] = [
            years(records, "experience_min")?,
            years(records, "experience_max")?,
        ];
        let [level, mode, kind] = [text("level")?, text("work_mode")?, text("employment_type")?];
        let [languages, skills] = [text("languages")?, text("skills_normalized")?];
        let posting_keys = numbers(records, "posting_key")?;
        let store = STORE.render(cx.settings());
        let client = cx.client().await?;
        client
            .execute(
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
                ],
            )
            .await
            .map(|_| ())
            .map_err(|error| store.error(error, "storing facts"))
    }

    /// Computes the earliest posting of each key that was touched, and counts the postings that have no facts.
    pub(crate) async fn settle(&self, cx: &PhaseContext<'_>) -> Result<()> {
        self.prepare(cx).await?;
        let mut client = cx.client().await?;
        let tx = database::begin(&mut client).await?;
        cx.fence(&tx).await?;
        let settle = SETTLE.render(cx.settings());
        tx.execute(settle.sql(), &[])
            .await
            .map_err(|error| settle.error(error, "comparing postings"))?;
        let count = COUNT_MISSING.render(cx.settings());
        let missing: i64 = tx
            .query_one(count.sql(), &[])
            .await
            .map_err(|error| count.error(error, "counting postings without facts"))?
            .get(0);
        tx.commit()
            .await
            .map_err(|error| EtlError::database(error, "comparing postings"))?;
        if missing > 0 {
            let missing = missing.cast_unsigned();
            cx.note(format!(
                "{} of staging {} without facts, because they were published without this phase; to read their facts: {}",
                counted(missing, "row"),
                are(missing),
                advice::command("run --fill job_facts")
            ));
        }
        Ok(())
    }
}

fn numbers(records: &RecordBatch, name: &str) -> Result<Vec<Option<i64>>> {
    let column = records.column_by_name(name);
    let numbers = column.and_then(|column| column.as_primitive_opt::<Int64Type>());
    let numbers = numbers.map(|numbers| numbers.iter().collect());
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
