//! A run while it is on: what its lanes and its end share.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jobinsight_core::{Batch, EtlError, RunContext};

use crate::codes;
use crate::ledger::{Ledger, RunHeader, host};
use crate::run::spill::{self, SpilledBatch};
use crate::run::wal_waker::Savers;
use crate::session::control_connection::ControlConnection;

/// A run while it is on.
pub(crate) struct ActiveRun {
    /// What its phases see.
    pub(crate) context: Arc<RunContext>,
    /// The connection that it holds on to.
    pub(crate) control: ControlConnection,
    /// Its lanes that save just now.
    pub(crate) savers: Savers,
    /// Its ledger.
    pub(crate) ledger: Ledger,
    /// Where it keeps what must outlive it.
    pub(crate) state_dir: PathBuf,
    /// Batches of an earlier attempt that go on where they failed.
    pub(crate) spilled: Mutex<VecDeque<SpilledBatch>>,
    /// What its entry begins with.
    pub(crate) header: RunHeader,
}

impl ActiveRun {
    /// The next batch of an earlier attempt.
    pub(crate) fn next_spilled(&self) -> Option<SpilledBatch> {
        self.spilled
            .lock()
            .ok()
            .and_then(|mut spilled| spilled.pop_front())
    }

    /// The numbers of these batches.
    pub(crate) fn spilled_ids(&self) -> Vec<i64> {
        self.spilled
            .lock()
            .map(|spilled| spilled.iter().map(|spilled| spilled.batch.id).collect())
            .unwrap_or_default()
    }

    /// Only batches that the queue still owes go on; what else was kept is of no use.
    pub(crate) fn keep_spilled(&self, owed: &[i64]) {
        if let Ok(mut spilled) = self.spilled.lock() {
            spilled.retain(|spilled| {
                let keep = owed.contains(&spilled.batch.id);
                if !keep {
                    let _ = std::fs::remove_file(&spilled.file);
                }
                keep
            });
        }
    }

    /// Adds to an error what only the run knows.
    ///
    /// PostgreSQL has one SQLSTATE for a statement that somebody cancelled and for one that took too long. An attempt
    /// that was shorter than statement_timeout cannot contain a statement that took too long.
    pub(crate) fn explain(&self, error: EtlError, attempt: Duration) -> EtlError {
        let settings = &self.context.settings;
        let limit = settings.statement_limit();
        match error.code() {
            codes::DATABASE_LOCK_TIMEOUT => {
                let more = match self.control.blockers() {
                    Some(blockers) => format!("it waited for {blockers}"),
                    None => "whoever holds it let go meanwhile".to_owned(),
                };
                error.and(&format!(
                    "lock_timeout = {} s; {more}",
                    settings.lock_timeout
                ))
            }
            codes::DATABASE_CANCELLED if attempt >= Duration::from_secs(limit) => error
                .with_code(codes::DATABASE_STATEMENT_TIMEOUT)
                .and(&format!("the limit is {limit} s")),
            _ => error,
        }
    }

    /// Keeps a batch that failed for good, and writes so to the ledger. That it can't be kept costs time, no row.
    pub(crate) async fn give_up(&self, phase: &str, batch: &Batch, error: &EtlError) {
        let file = match spill::write(&self.state_dir, self.context.run_id, phase, batch) {
            Ok(file) => Some(file),
            Err(error) => {
                tracing::warn!("{error}");
                None
            }
        };
        let place = file.map(|file| format!("{}:{}", host(), file.display()));
        let written = self
            .control
            .write_last(|link| {
                let place = place.clone();
                async move {
                    self.ledger
                        .fail_batch(&link, batch.id, phase, error, place.as_deref())
                        .await
                }
            })
            .await;
        if let Err(error) = written {
            tracing::warn!(
                "that batch {} failed could not be written: {error}",
                batch.id
            );
        }
    }
}
