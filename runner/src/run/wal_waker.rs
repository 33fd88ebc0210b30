//! Keeps the server's WAL writer awake while several lanes save.
//!
//! A lane produces tens of megabytes of WAL before it commits. Until then, almost only the WAL writer writes them to disk.
//! It sleeps for 200 ms (`wal_writer_delay`) after each round, and two lanes fill `wal_buffers` (16 MB by default at most)
//! in less time. Then each backend that needs a page of the buffer must write one itself, 8 kB at a time, while the others
//! wait. A WAL writer that is woken up writes everything at once.

use std::convert::Infallible;
use std::future::pending;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::Duration;

use jobinsight_core::database::Connection;
use jobinsight_core::{EtlError, Kind, Result};
use tokio::time::sleep;

use crate::session::control_connection::ControlConnection;

/// The time between two wake-ups of the WAL writer. Two lanes write one or two megabytes in this time.
const EVERY: Duration = Duration::from_millis(10);
/// The time to wait after a connection was lost.
const AGAIN: Duration = Duration::from_secs(1);

/// Writes a few bytes of WAL in a transaction without a transaction id. Its commit does not wait, and wakes the WAL
/// writer up.
const WAKE: &str = "SELECT pg_logical_emit_message(false, 'jobinsight', '')";

/// The number of lanes that are saving.
#[derive(Debug, Default)]
pub(crate) struct Savers(AtomicUsize);

/// Counts a lane as saving until it is dropped.
pub(crate) struct Saving<'a>(&'a Savers);

impl Savers {
    /// Counts a lane as saving from now on.
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

/// Wakes the WAL writer up again and again while a lane saves. A run with one lane does not need this. If the server
/// refuses, the run continues without it.
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
