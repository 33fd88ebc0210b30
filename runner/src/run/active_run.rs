//! The state that the lanes and the end of an active run share.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jobinsight_core::{Batch, EtlError, RunContext};

use crate::codes;
use crate::display::RunTracks;
use crate::ledger::{Ledger, RunHeader, host};
use crate::run::spill::{self, SpilledBatch};
use crate::run::wal_waker::Savers;
use crate::session::control_connection::ControlConnection;

/// A run in progress.
pub(crate) struct ActiveRun {
    /// The context that the phases see.
    pub(crate) context: Arc<RunContext>,
    /// The control connection.
    pub(crate) control: ControlConnection,
    /// The lanes that are saving.
    pub(crate) savers: Savers,
    /// The ledger of the run.
    pub(crate) ledger: Ledger,
    /// The state directory.
    pub(crate) state_dir: PathBuf,
    /// Batches of an earlier attempt that resume at the phase that failed.
    pub(crate) spilled: Mutex<VecDeque<SpilledBatch>>,
    /// The header of the entry in the ledger.
    pub(crate) header: RunHeader,
    /// The progress of the phases and lanes, for the display.
    pub(crate) tracks: Arc<RunTracks>,
}

impl ActiveRun {
    /// The next batch of an earlier attempt.
    pub(crate) fn next_spilled(&self) -> Option<SpilledBatch> {
        self.spilled
            .lock()
            .ok()
            .and_then(|mut spilled| spilled.pop_front())
    }

    /// The numbers of the spilled batches.
    pub(crate) fn spilled_ids(&self) -> Vec<i64> {
        self.spilled
            .lock()
            .map(|spilled| spilled.iter().map(|spilled| spilled.batch.id).collect())
            .unwrap_or_default()
    }

    /// Keeps only the spilled batches that are still unpublished, and removes the files of the others.
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

    /// Adds facts to an error of a phase that only the run knows. `duration` is the duration of the try that failed.
    ///
    /// PostgreSQL has the same SQLSTATE for a cancelled statement and for a statement that took too long. A try that was
    /// shorter than statement_timeout cannot contain a statement that took too long.
    pub(crate) fn explain(&self, error: EtlError, duration: Duration) -> EtlError {
        let settings = &self.context.settings;
        let limit = settings.statement_limit();
        match error.code() {
            codes::DATABASE_LOCK_TIMEOUT => {
                let more = match self.control.blockers() {
                    Some(blockers) => format!("it waited for {blockers}"),
                    None => "the session that had the lock has released it meanwhile".to_owned(),
                };
                error.and(&format!(
                    "lock_timeout = {} s; {more}",
                    settings.lock_timeout
                ))
            }
            codes::DATABASE_CANCELLED if duration >= Duration::from_secs(limit) => error
                .with_code(codes::DATABASE_STATEMENT_TIMEOUT)
                .and(&format!("the limit is {limit} s")),
            _ => error,
        }
    }

    /// Spills a batch that failed, and writes the failure to the ledger. If the batch cannot be spilled, the retry loads it
    /// again.
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
                "the failure of batch {} could not be written to the ledger: {error}",
                batch.id
            );
        }
    }
}
