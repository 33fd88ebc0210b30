//! Whether staging is a partitioned table.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use jobinsight_core::{EtlError, PhaseContext, Reject, Result, advice, database::Client};
use jobinsight_sql::tables;

use crate::reason::NO_PARTITION;

/// The kind of the staging table. Each process of a run reads it once.
#[derive(Debug, Default)]
pub(crate) struct StagingKind {
    is_plain: OnceLock<bool>,
    /// Whether a note of the run says that a row has no partition.
    is_noted: AtomicBool,
}

impl StagingKind {
    /// Whether staging is a plain table, and not a partitioned one. Reads it at the first call.
    pub(crate) async fn is_plain(
        &self,
        cx: &PhaseContext<'_>,
        client: &Client<'_>,
    ) -> Result<bool> {
        if let Some(is_plain) = self.is_plain.get() {
            return Ok(*is_plain);
        }
        let table = format!("{}.staging_jobs", cx.settings().staging_schema());
        let is_partitioned = tables::is_partitioned(&***client, &table)
            .await
            .map_err(|error| EtlError::database(error, "looking for the partitions of staging"))?;
        Ok(*self.is_plain.get_or_init(|| !is_partitioned))
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
