//! The table of the facts in the database.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use jobinsight_core::arrow_array::cast::AsArray;
use jobinsight_core::arrow_array::types::{Float64Type, Int64Type};
use jobinsight_core::arrow_array::{Array, Int64Array, RecordBatch};
use jobinsight_core::database::Client;
use jobinsight_core::plural::{are, counted};
use jobinsight_core::{Batch, EtlError, PhaseContext, ReaderTable, Result, advice, database};
use jobinsight_kernels::facts::{self, Facts};
use jobinsight_sql::apply::apply_changed;
use jobinsight_sql::{BinaryRows, Script, tables};
use tokio_postgres::Transaction;
use tokio_postgres::error::SqlState;

use crate::columns::texts;
use crate::rules::rules_digest;

/// Creates the tables and the view, and adds new columns of staging to the view.
const SCHEMA: Script = Script::new("job_facts/schema.sql", include_str!("sql/schema.sql"));
/// Records a run that stores facts.
const OPEN: Script = Script::new("job_facts/open.sql", include_str!("sql/open.sql"));
/// Writes the facts of a batch of which no row is stored.
const COPY: Script = Script::new("job_facts/copy.sql", include_str!("sql/copy.sql"));
/// Writes the facts of any batch.
const STORE: Script = Script::new("job_facts/store.sql", include_str!("sql/store.sql"));
/// Finds out whether an open run is the first.
const HAS_FIRST: Script = Script::new("job_facts/has_first.sql", include_str!("sql/has_first.sql"));
/// Computes the earliest posting of each key.
const SETTLE: Script = Script::new("job_facts/settle.sql", include_str!("sql/settle.sql"));
/// Counts the published postings without facts, and the facts that other rules read.
const COUNT_MISSING: Script = Script::new(
    "job_facts/count_missing.sql",
    include_str!("sql/count_missing.sql"),
);

/// The table of the facts, for those who read it.
pub(crate) const TABLE: ReaderTable = ReaderTable {
    name: "job_facts",
    script: SCHEMA.text,
    words: &[
        ("level", &facts::LEVELS),
        ("work_mode", &facts::WORK_MODES),
        ("employment_type", &facts::EMPLOYMENT_TYPES),
    ],
};

/// The tables and the view of the phase.
#[derive(Debug, Default)]
pub(crate) struct Store {
    /// Whether this process has created them or found them.
    exists: AtomicBool,
    /// Whether the table had facts of a batch already. Then most facts are stored already, for instance in a fill that is
    /// repeated, so this process does not try COPY again.
    is_taken: AtomicBool,
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

    /// Stores the facts of a batch, each with the fingerprint of the raw row that they were read from. The facts of the
    /// published version stay until the run ends, so a batch that fails later does not change the view.
    pub(crate) async fn put(
        &self,
        cx: &PhaseContext<'_>,
        batch: &Batch,
        facts: &[Facts],
    ) -> Result<()> {
        self.prepare(cx).await?;
        let mut client = cx.client().await?;
        // A statement of its own, so that no lane waits for the COPY of another.
        let open = OPEN.render(cx.settings());
        client
            .execute(open.sql(), &[&cx.run.run_id])
            .await
            .map_err(|error| open.error(error, "storing facts"))?;
        if !self.is_taken.load(Relaxed) {
            if copy(cx, &mut client, batch, facts).await? {
                return Ok(());
            }
            self.is_taken.store(true, Relaxed);
        }
        let tx = begin(&mut client).await?;
        upsert(cx, &tx, &batch.records).await?;
        tx.commit()
            .await
            .map_err(|error| EtlError::database(error, "storing facts"))
    }

    /// Computes the earliest posting of each key that was touched, and counts the postings that have no facts.
    pub(crate) async fn settle(&self, cx: &PhaseContext<'_>) -> Result<()> {
        cx.doing("finding the earliest posting of each key");
        self.prepare(cx).await?;
        let mut client = cx.client().await?;
        let tx = database::begin(&mut client).await?;
        cx.fence(&tx).await?;
        let has_first = HAS_FIRST.render(cx.settings());
        let is_first: bool = tx
            .query_one(has_first.sql(), &[])
            .await
            .map_err(|error| has_first.error(error, "comparing postings"))?
            .get(0);
        let staging = format!("{}.staging_jobs", cx.settings().staging_schema());
        let is_distributed = tables::any_distributed(&tx, &[&staging])
            .await
            .map_err(|error| EtlError::database(error, "comparing postings"))?;
        let flags = [
            ("is_first", is_first.into()),
            ("is_distributed", is_distributed.into()),
        ];
        let settle = SETTLE.render_with(cx.settings(), &flags);
        tx.batch_execute(MEANS)
            .await
            .map_err(|error| EtlError::database(error, "comparing postings"))?;
        tx.execute(settle.sql(), &[])
            .await
            .map_err(|error| settle.error(error, "comparing postings"))?;
        let count = COUNT_MISSING.render(cx.settings());
        let counts = tx
            .query_one(count.sql(), &[&rules_digest()])
            .await
            .map_err(|error| count.error(error, "counting postings without facts"))?;
        let [missing, older] = [0, 1].map(|index| counts.get::<_, i64>(index).cast_unsigned());
        tx.commit()
            .await
            .map_err(|error| EtlError::database(error, "comparing postings"))?;
        if missing > 0 {
            cx.note(format!(
                "{} of staging {} without facts, because they were published without this phase; to read their facts: {}",
                counted(missing, "row"),
                are(missing),
                advice::command(FILL)
            ));
        }
        if older > 0 {
            cx.note(format!(
                "the facts of {} were read by the rules of another release; to read them again: {}",
                counted(older, "row"),
                advice::command(FILL)
            ));
        }
        Ok(())
    }
}

/// The command that reads the facts of all published rows.
const FILL: &str = "run --fill job_facts";

/// The setting for comparing postings. A million keys stay in memory.
const MEANS: &str = "SET LOCAL work_mem = '64MB'";

/// A commit of facts does not wait for the disk. The commit that publishes the batch comes later, and writes the log of both.
/// If the server crashes before, the batch is not published, and its facts are read again.
const UNHURRIED: &str = "SET LOCAL synchronous_commit = off";

/// Begins a transaction that stores facts.
async fn begin<'a>(client: &'a mut Client<'_>) -> Result<Transaction<'a>> {
    let tx = database::begin(client).await?;
    tx.batch_execute(UNHURRIED)
        .await
        .map_err(|error| EtlError::database(error, "storing facts"))?;
    Ok(tx)
}

/// Stores the facts of new rows. Returns false, and stores nothing, if the table has facts of one of them.
async fn copy(
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
async fn upsert(cx: &PhaseContext<'_>, tx: &Transaction<'_>, records: &RecordBatch) -> Result<()> {
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

fn numbers<'a>(records: &'a RecordBatch, name: &str) -> Result<&'a Int64Array> {
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
