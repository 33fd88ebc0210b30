//! The table of the facts in the database.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jobinsight_core::plural::{are, counted};
use jobinsight_core::{Batch, EtlError, PhaseContext, ReaderTable, Result, advice, database};
use jobinsight_kernels::facts::{self, Facts};
use jobinsight_sql::apply::apply_changed;
use jobinsight_sql::{Script, tables};
use tokio_postgres::Transaction;
use tokio_postgres::types::FromSql;

use crate::first_load::FirstLoad;
use crate::rules::rules_digest;
use crate::write::{begin, copy, numbers, upsert};

/// Creates the tables and the view, and adds new columns of staging to the view.
const SCHEMA: Script = Script::new("job_facts/schema.sql", include_str!("sql/schema.sql"));
/// Records a run that stores facts.
const OPEN: Script = Script::new("job_facts/open.sql", include_str!("sql/open.sql"));
/// Finds out whether neither facts nor postings are stored yet.
const IS_FIRST_LOAD: Script = Script::new(
    "job_facts/is_first_load.sql",
    include_str!("sql/is_first_load.sql"),
);
/// Counts the stored facts.
const COUNT_FACTS: Script = Script::new(
    "job_facts/count_facts.sql",
    include_str!("sql/count_facts.sql"),
);
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
    /// `None` until this process has created them or found them.
    found: Mutex<Option<Found>>,
    /// Whether the table had facts of a batch already. Then most facts are stored already, for instance in a fill that is
    /// repeated, so this process does not try COPY again.
    is_taken: AtomicBool,
}

/// The findings of this process when it created the tables.
#[derive(Debug)]
struct Found {
    /// Present if neither facts nor postings were stored, and only COPY has stored facts since then.
    first_load: Option<FirstLoad>,
}

impl Store {
    /// Creates the tables and the view, once in each process.
    pub(crate) async fn prepare(&self, cx: &PhaseContext<'_>) -> Result<()> {
        if self.found().is_some() {
            return Ok(());
        }
        let mut client = cx.client().await?;
        let tx = database::begin(&mut client).await?;
        apply_changed(&tx, cx.settings(), &[SCHEMA]).await?;
        let doing = "creating the table of facts";
        let is_first_load: bool = only(&tx, cx, IS_FIRST_LOAD, doing).await?;
        tx.commit()
            .await
            .map_err(|error| EtlError::database(error, doing))?;
        // Another lane may have been faster, and may have stored facts since then.
        self.found().get_or_insert_with(|| Found {
            first_load: is_first_load.then(FirstLoad::new),
        });
        Ok(())
    }

    fn found(&self) -> MutexGuard<'_, Option<Found>> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes the knowledge of a first load, if there is any.
    fn take_first_load(&self) -> Option<FirstLoad> {
        self.found().as_mut()?.first_load.take()
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
                let keys = numbers(&batch.records, "posting_key")?;
                if let Some(found) = &mut *self.found() {
                    let load = found.first_load.take();
                    found.first_load = load.and_then(|load| load.with(batch.id, keys.iter()));
                }
                return Ok(());
            }
            self.is_taken.store(true, Relaxed);
            self.take_first_load();
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
        let doing = "comparing postings";
        let repeated = match self.take_first_load() {
            Some(load) => load.repeated(only(&tx, cx, COUNT_FACTS, doing).await?),
            None => None,
        };
        let is_first = repeated.is_some() || only(&tx, cx, HAS_FIRST, doing).await?;
        let is_few = repeated.as_ref().is_some_and(|keys| keys.len() <= FEW);
        let staging = format!("{}.staging_jobs", cx.settings().staging_schema());
        let is_distributed = tables::any_distributed(&tx, &[&staging])
            .await
            .map_err(|error| EtlError::database(error, "comparing postings"))?;
        let flags = [
            ("is_first", is_first.into()),
            ("is_distributed", is_distributed.into()),
            ("is_known", repeated.is_some().into()),
            ("is_few", is_few.into()),
        ];
        let settle = SETTLE.render_with(cx.settings(), &flags);
        tx.batch_execute(MEANS)
            .await
            .map_err(|error| EtlError::database(error, "comparing postings"))?;
        match &repeated {
            Some(keys) => tx.execute(settle.sql(), &[keys]).await,
            None => tx.execute(settle.sql(), &[]).await,
        }
        .map_err(|error| settle.error(error, "comparing postings"))?;
        let counts = count_missing(&tx, cx).await?;
        tx.commit()
            .await
            .map_err(|error| EtlError::database(error, "comparing postings"))?;
        note_missing(cx, counts);
        Ok(())
    }
}

/// The number of published postings without facts, and of facts that other rules read.
async fn count_missing(tx: &Transaction<'_>, cx: &PhaseContext<'_>) -> Result<[u64; 2]> {
    let count = COUNT_MISSING.render(cx.settings());
    let counts = tx
        .query_one(count.sql(), &[&rules_digest()])
        .await
        .map_err(|error| count.error(error, "counting postings without facts"))?;
    Ok([0, 1].map(|index| counts.get::<_, i64>(index).cast_unsigned()))
}

/// Notes the postings without facts, and the facts that other rules read.
fn note_missing(cx: &PhaseContext<'_>, [missing, older]: [u64; 2]) {
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
}

/// The only value that a query without parameters returns.
async fn only<T: for<'a> FromSql<'a>>(
    tx: &Transaction<'_>,
    cx: &PhaseContext<'_>,
    script: Script,
    doing: &str,
) -> Result<T> {
    let query = script.render(cx.settings());
    let row = tx.query_one(query.sql(), &[]).await;
    row.and_then(|row| row.try_get(0))
        .map_err(|error| query.error(error, doing))
}

/// The command that reads the facts of all published rows.
const FILL: &str = "run --fill job_facts";

/// The largest number of keys for which PostgreSQL is asked one by one.
const FEW: usize = 10_000;

/// The setting for comparing postings. A million keys stay in memory.
const MEANS: &str = "SET LOCAL work_mem = '64MB'";
