//! Claims the batches of the queue, and finds their rows, for loading phases.
//!
//! The rows of a batch are listed in `etl_work`, or the batch is a range of blocks of the raw table. The plan decides this
//! (see the setting `ranges_from`), so a loading phase must be able to read both. [`ClaimedBatch`] hides the difference.
//!
//! ```no_run
//! # use jobinsight_core::arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
//! # use jobinsight_core::{Batch, EtlError, PhaseContext, Result};
//! # use jobinsight_sql::queue::ClaimedBatch;
//! # use std::sync::Arc;
//! # async fn load(cx: &PhaseContext<'_>) -> Result<Option<Batch>> {
//! let client = cx.client().await?;
//! let Some(batch) = ClaimedBatch::next(cx, &client).await? else {
//!     return Ok(None);
//! };
//! let select = batch.select(cx.settings());
//! let sql = format!("SELECT job_id, row_version, (raw).title::text FROM ({}) AS b", select.sql());
//! let rows = client.query(&sql, &[]).await.map_err(|error| EtlError::database(error, "reading a batch"))?;
//! let keys: StringArray = rows.iter().map(|row| Some(row.get::<_, &str>(0))).collect();
//! let versions: Int64Array = rows.iter().map(|row| Some(row.get::<_, i64>(1))).collect();
//! let titles: StringArray = rows.iter().map(|row| row.get::<_, Option<&str>>(2)).collect();
//! let records = RecordBatch::try_from_iter([
//!     ("job_id", Arc::new(keys) as ArrayRef),
//!     ("row_version", Arc::new(versions)),
//!     ("title", Arc::new(titles)),
//! ]);
//! let records = records.map_err(|error| EtlError::bug(format!("the columns cannot form a batch: {error}")))?;
//! batch.loaded(cx, &client, records).await.map(Some)
//! # }
//! ```

use jobinsight_core::arrow_array::RecordBatch;
use jobinsight_core::{Batch, EtlError, PhaseContext, Result, Settings, database, heartbeat};
use tokio_postgres::Client;

use crate::kept::RAW_SKILLS;
use crate::scripts::{CLAIM_BATCH, COPY_BATCH, COUNT_RANGE, LOCK_PLAN, SELECT_BATCH, SPLIT_BATCH};
use crate::{BlockRange, Rendered, Script, Value, plan};

/// A batch that a lane claimed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedBatch {
    /// The number in the queue.
    pub id: i64,
    /// The rows of the batch according to the plan. A range may have more or fewer rows.
    pub expected: i64,
    range: Option<BlockRange>,
}

impl ClaimedBatch {
    /// Claims the next batch of the queue for the lane of the context; `None` if no batch is left.
    ///
    /// # Errors
    /// A database error; `jobinsight::run::partition_gone`.
    pub async fn next(cx: &PhaseContext<'_>, client: &Client) -> Result<Option<Self>> {
        let claim = CLAIM_BATCH.render(cx.settings());
        let lane = format!("{}/{}", cx.run.process, cx.lane);
        let number = i32::try_from(cx.lane).unwrap_or(0);
        let lanes = i32::try_from(cx.settings().max_workers).unwrap_or(1).max(1);
        let claimed = client
            .query_opt(
                claim.sql(),
                &[
                    &cx.run.run_id,
                    &cx.run.worker,
                    &lane,
                    &heartbeat::LEASE.as_secs_f64(),
                    &heartbeat::LEASE_OF_CLOSED.as_secs_f64(),
                    &number,
                    &lanes,
                ],
            )
            .await
            .map_err(|error| claim.error(error, "claiming a batch"))?;
        let Some(row) = claimed else {
            return Ok(None);
        };
        let columns = [
            "first_block",
            "end_block",
            "has_partition",
            "partition_name",
        ];
        Ok(Some(Self {
            id: row.get(0),
            expected: row.get(1),
            range: BlockRange::read(&row, columns)?,
        }))
    }

    /// Splits the batch if its loaded texts have more than `most_bytes`, and returns its first part. The other parts are
    /// batches of the queue then. A row with more bytes is a part of its own. A range that is split becomes lists of rows.
    ///
    /// # Errors
    /// A database error; `jobinsight::run::taken_over`.
    pub async fn split(
        self,
        cx: &PhaseContext<'_>,
        client: &mut database::Client<'_>,
        most_bytes: usize,
    ) -> Result<Self> {
        let settings = cx.settings();
        let tx = database::begin(client).await?;
        cx.fence(&tx).await?;
        let lock = LOCK_PLAN.render(settings);
        tx.execute(lock.sql(), &[&cx.run.run_id])
            .await
            .map_err(|error| lock.error(error, "locking the plan"))?;
        let has_skills = cx.is_needed(RAW_SKILLS);
        let split = self.render(SPLIT_BATCH, settings, &[("has_skills", has_skills.into())]);
        let most_bytes = i64::try_from(most_bytes).unwrap_or(i64::MAX);
        let part = tx
            .query_opt(
                split.sql(),
                &[&cx.run.run_id, &self.id, &cx.run.worker, &most_bytes],
            )
            .await
            .map_err(|error| split.error(error, "splitting a batch"))?;
        let counts = plan::read(&tx, settings, cx.run.run_id).await?;
        tx.commit()
            .await
            .map_err(|error| EtlError::database(error, "splitting a batch"))?;
        let Some(part) = part else {
            return Ok(self);
        };
        let more: i64 = part.get(3);
        if more > 0 {
            tracing::info!(
                batch = self.id,
                "the batch has more than {most_bytes} bytes of text, so {more} of its parts became batches of the queue"
            );
            if let Some(counts) = counts {
                cx.plan(counts);
            }
        }
        let is_range = part.get::<_, Option<i64>>(1).is_some();
        Ok(Self {
            expected: part.get(0),
            range: self.range.filter(|_| is_range),
            ..self
        })
    }

    /// A query for the rows of the batch. It has the columns `job_id`, `row_version`, `source_hash` and `raw`, which is the
    /// whole raw row. Use it as a subquery, and select the columns that your phase needs.
    pub fn select(&self, settings: &Settings) -> Rendered {
        self.render(SELECT_BATCH, settings, &[])
    }

    /// The statement that copies the columns of the batch which the default pipeline needs, in the binary format.
    /// The fingerprint and the skills are in it if a phase needs them.
    pub fn copy(&self, settings: &Settings, has_source_hash: bool, has_skills: bool) -> Rendered {
        self.render(
            COPY_BATCH,
            settings,
            &[
                ("has_source_hash", has_source_hash.into()),
                ("has_skills", has_skills.into()),
            ],
        )
    }

    fn render(
        &self,
        script: Script,
        settings: &Settings,
        more: &[(&'static str, Value<'_>)],
    ) -> Rendered {
        let mut values = BlockRange::values(self.range.as_ref());
        values.push(("batch", self.id.into()));
        values.extend(more);
        script.render_with(settings, &values)
    }

    /// The batch with the rows that were loaded. If a range had another number of rows than the plan expected, the queue and
    /// the plan get the true number.
    ///
    /// # Errors
    /// A database error.
    pub async fn loaded(
        self,
        cx: &PhaseContext<'_>,
        client: &Client,
        records: RecordBatch,
    ) -> Result<Batch> {
        let loaded = i64::try_from(records.num_rows()).unwrap_or(i64::MAX);
        let mut expected = self.expected;
        if self.range.is_some() && loaded != expected {
            let count = COUNT_RANGE.render(cx.settings());
            client
                .execute(count.sql(), &[&cx.run.run_id, &self.id, &loaded])
                .await
                .map_err(|error| count.error(error, "counting a range"))?;
            expected = loaded;
        }
        Ok(Batch {
            id: self.id,
            expected: expected.cast_unsigned(),
            records,
            rejects: Vec::new(),
        })
    }
}
