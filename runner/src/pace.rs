//! Keeps the server's WAL writer at work while lanes save.
//!
//! A lane writes tens of megabytes of WAL before it commits. Until then only the WAL writer writes them out, and it sleeps
//! between two looks (`wal_writer_delay`, 200 ms) longer than two lanes need to fill `wal_buffers` (16 MB at most, unless
//! somebody set more). Then each backend that wants a page writes one out by itself, 8 kB at a time, while the others
//! wait for it. A commit that need not wait for its WAL wakes the WAL writer up, and it writes out all there is at once.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use jobinsight_core::EtlError;

use crate::control::Control;

/// How often the WAL writer is woken up: two lanes write a megabyte or two in this time.
const EVERY: Duration = Duration::from_millis(10);

/// Writes a few bytes of WAL outside of any transaction, which only logical decoding that asks for messages ever sees.
const WAKE: &str = "SELECT pg_logical_emit_message(false, 'jobinsight', '')";

/// The lanes that save just now.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    saving: AtomicUsize,
}

/// A lane that saves, until it is dropped.
pub(crate) struct Saving<'a>(&'a Pace);

impl Pace {
    /// A lane saves from now on.
    pub(crate) fn saving(&self) -> Saving<'_> {
        self.saving.fetch_add(1, SeqCst);
        Saving(self)
    }

    /// Wakes up the WAL writer again and again while a lane saves. Where the server refuses, it goes without.
    pub(crate) async fn keep(&self, control: &Control) {
        loop {
            tokio::time::sleep(EVERY).await;
            if self.saving.load(SeqCst) == 0 {
                continue;
            }
            let woken = control.write(|link| async move {
                link.batch_execute(WAKE)
                    .await
                    .map_err(|error| EtlError::database(error, "waking up the WAL writer"))
            });
            if let Err(error) = woken.await {
                tracing::debug!("{error}");
                return;
            }
        }
    }
}

impl Drop for Saving<'_> {
    fn drop(&mut self) {
        self.0.saving.fetch_sub(1, SeqCst);
    }
}
