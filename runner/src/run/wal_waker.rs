//! Keeps the server's WAL writer awake while several lanes save.
//!
//! A lane writes tens of megabytes of WAL before it commits. Until then hardly anybody but the WAL writer writes them out,
//! and it sleeps between two looks (`wal_writer_delay`, 200 ms) longer than two lanes need to fill `wal_buffers` (16 MB at
//! most, unless somebody set more). Then each backend that wants a page writes one out by itself, 8 kB at a time, while the
//! others wait for it. Woken up, the WAL writer writes out all there is at once.

use std::convert::Infallible;
use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use jobinsight_core::database::Connection;
use jobinsight_core::{EtlError, Kind, Result};
use tokio::time::sleep;

use crate::session::control_connection::ControlConnection;

/// How often the WAL writer is woken up: two lanes write a megabyte or two in this time.
const EVERY: Duration = Duration::from_millis(10);
/// How long to wait after a connection was lost.
const AGAIN: Duration = Duration::from_secs(1);

/// Writes a few bytes of WAL in a transaction that takes no number: its end waits for nothing, and wakes the WAL writer up.
const WAKE: &str = "SELECT pg_logical_emit_message(false, 'jobinsight', '')";

/// The lanes that save just now.
#[derive(Debug, Default)]
pub(crate) struct Savers(AtomicUsize);

/// A lane that saves, until this is dropped.
pub(crate) struct Saving<'a>(&'a Savers);

impl Savers {
    /// A lane saves from now on.
    pub(crate) fn saving(&self) -> Saving<'_> {
        self.0.fetch_add(1, SeqCst);
        Saving(self)
    }
}

impl Drop for Saving<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, SeqCst);
    }
}

/// Wakes the WAL writer up again and again while a lane saves; one lane alone gains nothing by it. Where the server refuses,
/// the run goes without.
pub(crate) async fn keep(control: &ControlConnection, savers: &Savers, lanes: u64) -> Infallible {
    if lanes > 1 {
        loop {
            let Err(error) = wake_on(control, savers).await;
            tracing::debug!("{error}");
            if error.kind() != Kind::Away {
                break;
            }
            sleep(AGAIN).await;
        }
    }
    pending().await
}

/// Uses a separate connection, because the heartbeat must never wait for a disk that is full of WAL.
async fn wake_on(control: &ControlConnection, savers: &Savers) -> Result<Infallible> {
    let mut link: Option<Connection> = None;
    loop {
        sleep(EVERY).await;
        if savers.0.load(SeqCst) == 0 {
            continue;
        }
        let link = match &mut link {
            Some(link) => link,
            none => none.insert(control.another().await?),
        };
        link.batch_execute(WAKE)
            .await
            .map_err(|error| EtlError::database(error, "waking up the WAL writer"))?;
    }
}
