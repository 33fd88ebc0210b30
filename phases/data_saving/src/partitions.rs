//! How staging stores its rows: in a plain table, in partitions, or on other servers.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use jobinsight_core::{EtlError, PhaseContext, Reject, Result, advice, database::Client};
use jobinsight_sql::tables;

use crate::reason::NO_PARTITION;

/// How staging stores its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Storage {
    /// In one table.
    Plain,
    /// In the partitions of a table.
    Partitioned,
    /// On other servers (Citus).
    Distributed,
}

/// The kind of the staging table. Each process of a run reads it once.
#[derive(Debug, Default)]
pub(crate) struct StagingKind {
    storage: OnceLock<Storage>,
    /// Whether a note of the run says that a row has no partition.
    is_noted: AtomicBool,
}

impl StagingKind {
    /// How staging stores its rows. Reads it at the first call.
    pub(crate) async fn get(&self, cx: &PhaseContext<'_>, client: &Client<'_>) -> Result<Storage> {
        if let Some(storage) = self.storage.get() {
            return Ok(*storage);
        }
        let fail = |error| EtlError::database(error, "looking for the partitions of staging");
        let table = format!("{}.staging_jobs", cx.settings().staging_schema());
        let storage = if tables::any_distributed(&***client, &[&table])
            .await
            .map_err(fail)?
        {
            Storage::Distributed
        } else if tables::is_partitioned(&***client, &table)
            .await
            .map_err(fail)?
        {
            Storage::Partitioned
        } else {
            Storage::Plain
        };
        Ok(*self.storage.get_or_init(|| storage))
    }

    /// Says once in a run that staging has no partition for a row, and what to type.
    pub(crate) fn note_rows_without_partition(&self, cx: &PhaseContext<'_>, rejects: &[Reject]) {
        let Some(reject) = rejects.iter().find(|reject| reject.reason == NO_PARTITION) else {
            return;
        };
        if !self.is_noted.swap(true, Relaxed) {
            cx.note(format!(
                "staging_jobs has no partition for some postings, such as {}, which are rejected; to see the missing partitions: {}; the next run after they are created publishes the postings",
                reject.key,
                advice::command("doctor")
            ));
        }
    }
}
