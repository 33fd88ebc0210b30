//! The control connection of a run: it holds the run lock, sends heartbeats and writes the ledger. A watcher notices when
//! the server does not answer any more. It then opens this connection and the pool again.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jobinsight_core::database::{self, Connection, Pool, Target};
use jobinsight_core::{EtlError, Kind, Result, Settings, heartbeat};
use jobinsight_sql::scripts::CANCEL_STATEMENTS;
use tokio::sync::watch;

use super::run_lock::{self, TryLock};
use super::shutdown::Stop;
use super::watcher::{Shared, silent};
use crate::codes;
use crate::ledger::Ledger;

/// The control connection, and the task that watches it.
pub(crate) struct ControlConnection {
    shared: Arc<Shared>,
    watcher: tokio::task::JoinHandle<()>,
}

impl ControlConnection {
    /// Starts to watch the connection.
    pub(crate) fn watch(
        target: &Target,
        settings: &Arc<Settings>,
        ledger: &Ledger,
        pool: &Pool,
        stop: &Stop,
        link: Connection,
        leads: bool,
    ) -> Self {
        let shared = Arc::new(Shared {
            target: target.clone(),
            settings: Arc::clone(settings),
            ledger: ledger.clone(),
            pool: pool.clone(),
            stop: stop.clone(),
            link: watch::Sender::new(Some(Arc::new(link))),
            losses: watch::Sender::new(0),
            is_leader: AtomicBool::new(leads),
            is_enlisted: AtomicBool::new(false),
            blockers: Mutex::default(),
        });
        let watcher = tokio::spawn(Arc::clone(&shared).watch());
        Self { shared, watcher }
    }

    /// Whether this process holds the run lock, so that it leads the run.
    pub(crate) fn is_leader(&self) -> bool {
        self.shared.is_leader.load(SeqCst)
    }

    /// The time until the timeout of the run.
    pub(crate) fn time_left(&self) -> Duration {
        self.shared.stop.time_left().unwrap_or_default()
    }

    /// Records that the ledger has an entry of this process. From then on, heartbeats are sent.
    pub(crate) fn set_enlisted(&self) {
        self.shared.is_enlisted.store(true, SeqCst);
    }

    /// Whether the ledger has an entry of this process.
    pub(crate) fn is_enlisted(&self) -> bool {
        self.shared.is_enlisted.load(SeqCst)
    }

    /// Changes whenever the watcher gives up all connections. A statement that waits for an answer never gets one then.
    pub(crate) fn losses(&self) -> watch::Receiver<u64> {
        self.shared.losses.subscribe()
    }

    /// The sessions that this run waited for when the watcher last looked.
    pub(crate) fn blockers(&self) -> Option<String> {
        self.shared
            .blockers
            .lock()
            .ok()
            .and_then(|blockers| blockers.clone())
    }

    /// Does `work` on the connection. If the connection is lost meanwhile, the work is done again on the next one, until
    /// the run is stopped. So `work` must be safe to do twice.
    pub(crate) async fn write<T, F>(&self, work: impl Fn(Arc<Connection>) -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        let mut links = self.shared.link.subscribe();
        loop {
            let link = tokio::select! {
                found = links.wait_for(Option::is_some) => found.ok().and_then(|link| link.clone()),
                () = self.shared.stop.token.cancelled() => self.shared.link.borrow().clone(),
            };
            let Some(link) = link else {
                return Err(away());
            };
            let mut lost = self.losses();
            let result = tokio::select! {
                result = work(Arc::clone(&link)) => result,
                _ = lost.changed() => Err(silent(heartbeat::SERVER_TIMEOUT)),
            };
            match result {
                Err(error)
                    if error.kind() == Kind::Away && !self.shared.stop.token.is_cancelled() =>
                {
                    // The watcher needs a moment to notice. Until then the work would fail again.
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
                other => return other,
            }
        }
    }

    /// Like [`ControlConnection::write`], but for at most five seconds. A run uses it for its last writes.
    pub(crate) async fn write_last<T, F>(&self, work: impl Fn(Arc<Connection>) -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        tokio::time::timeout(Duration::from_secs(5), self.write(work))
            .await
            .unwrap_or_else(|_| Err(silent(Duration::from_secs(5))))
    }

    /// Opens another connection of this run under the same name, so that it is ended together with the others.
    pub(crate) async fn another(&self) -> Result<Connection> {
        database::connect(&self.shared.target, &self.shared.ledger.name).await
    }

    /// Asks for the run lock that another process of the same run had.
    pub(crate) async fn try_lead(&self) -> Result<bool> {
        let settings = Arc::clone(&self.shared.settings);
        let taken = self
            .write(|link| {
                let settings = Arc::clone(&settings);
                async move {
                    Ok(matches!(
                        run_lock::try_lock(&link, &settings).await?,
                        TryLock::Acquired
                    ))
                }
            })
            .await?;
        if taken {
            self.shared.is_leader.store(true, SeqCst);
        }
        Ok(taken)
    }

    /// Cancels the statements that the other connections of this process still execute.
    pub(crate) async fn cancel_statements(&self) {
        let name = self.shared.ledger.name.clone();
        let done = self
            .write_last(|link| {
                let (name, settings) = (name.clone(), Arc::clone(&self.shared.settings));
                async move {
                    let script = CANCEL_STATEMENTS.render(&settings);
                    link.query_one(script.sql(), &[&name])
                        .await
                        .map(|_| ())
                        .map_err(|error| script.error(error, "cancelling statements"))
                }
            })
            .await;
        if let Err(error) = done {
            tracing::debug!("{error}");
        }
    }
}

impl Drop for ControlConnection {
    fn drop(&mut self) {
        self.watcher.abort();
    }
}

fn away() -> EtlError {
    EtlError::new(
        codes::DATABASE_CONNECTION,
        "the server cannot be reached any more",
    )
}
