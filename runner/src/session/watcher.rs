//! The watcher of the control connection: a task that sends heartbeats, and connects again when the server is silent.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jobinsight_core::database::{Connection, Pool, Target};
use jobinsight_core::state::RunState;
use jobinsight_core::{EtlError, Kind, Result, Settings, heartbeat};
use jobinsight_sql::scripts::{END_CONNECTIONS, FIND_BLOCKERS};
use tokio::sync::watch;
use tokio_postgres::Client;

use super::connect;
use super::run_lock::{self, TryLock};
use super::shutdown::Stop;
use crate::codes;
use crate::ledger::Ledger;

/// The state that the control connection and its watcher share.
pub(super) struct Shared {
    pub(super) target: Target,
    pub(super) settings: Arc<Settings>,
    pub(super) ledger: Ledger,
    pub(super) pool: Pool,
    pub(super) stop: Stop,
    /// The connection; `None` while the watcher connects again.
    pub(super) link: watch::Sender<Option<Arc<Connection>>>,
    /// The number of times that all connections were given up.
    pub(super) losses: watch::Sender<u64>,
    /// Whether this process holds the run lock.
    pub(super) is_leader: AtomicBool,
    /// Whether the ledger has an entry of this process.
    pub(super) is_enlisted: AtomicBool,
    /// The sessions that this run waited for when the watcher last looked.
    pub(super) blockers: Mutex<Option<String>>,
}

impl Shared {
    /// Sends heartbeats until the task is aborted.
    pub(super) async fn watch(self: Arc<Self>) {
        let every = heartbeat::INTERVAL.min(Duration::from_secs(self.settings.lock_timeout) / 3);
        loop {
            tokio::time::sleep(every).await;
            let Some(link) = self.link.borrow().clone() else {
                continue;
            };
            match tokio::time::timeout(heartbeat::SERVER_TIMEOUT, self.beat(&link)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) if error.kind() == Kind::Away => self.renew(&error).await,
                Ok(Err(error)) => tracing::debug!("{error}"),
                Err(_) => self.renew(&silent(heartbeat::SERVER_TIMEOUT)).await,
            }
        }
    }

    /// Sends a query that no lock can delay, then the heartbeat. An answer to the query proves that the server is reachable.
    async fn beat(&self, link: &Client) -> Result<()> {
        let script = FIND_BLOCKERS.render(&self.settings);
        let row = link
            .query_one(
                script.sql(),
                &[&self.ledger.name, &self.ledger.run_prefix()],
            )
            .await
            .map_err(|error| script.error(error, "checking that the server answers"))?;
        self.note_blockers(row.get(0));
        if !self.is_enlisted.load(SeqCst) {
            return Ok(());
        }
        // A locked ledger must not look like a silent server, so a slow heartbeat is not an error.
        let Ok(state) =
            tokio::time::timeout(heartbeat::SERVER_TIMEOUT / 2, self.ledger.beat(link)).await
        else {
            return Ok(());
        };
        if state? == Some(RunState::Abandoned) {
            self.stop.taken_over(RunState::Abandoned.as_str());
        }
        Ok(())
    }

    fn note_blockers(&self, found: Option<String>) {
        let Ok(mut blockers) = self.blockers.lock() else {
            return;
        };
        if found.is_none() && blockers.is_some() {
            return;
        }
        if let Some(found) = &found
            && blockers.as_ref() != Some(found)
        {
            tracing::warn!("a statement waits for a lock that another session has: {found}");
        }
        *blockers = found;
    }

    /// Gives up all connections, and opens the control connection again.
    async fn renew(&self, why: &EtlError) {
        tracing::warn!("{why}; connecting again");
        self.link.send_replace(None);
        self.pool.discard();
        self.losses.send_modify(|times| *times += 1);
        let mut wait = Duration::from_millis(200);
        // A silent server must not hide the next one of the address. The timeout of the server includes the usual time
        // for connecting to one server.
        let connecting = self.target.longest_wait();
        let longest =
            heartbeat::SERVER_TIMEOUT + connecting.saturating_sub(Target::CONNECT_TIMEOUT);
        loop {
            match tokio::time::timeout(longest, self.reconnect()).await {
                Ok(Ok(link)) => {
                    tracing::info!("connected again");
                    self.link.send_replace(Some(Arc::new(link)));
                    return;
                }
                Ok(Err(error)) if error.kind() == Kind::Locked => {
                    self.stop.taken_over("taken over");
                    return;
                }
                Ok(Err(error)) => tracing::debug!("{error}"),
                Err(_) => tracing::debug!("no answer"),
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(Duration::from_secs(3));
        }
    }

    /// Opens a new connection. A network failure may leave our old connections on the server, with the run lock. They
    /// are ended first.
    async fn reconnect(&self) -> Result<Connection> {
        let link = connect::open(&self.target, &self.settings, &self.ledger.name).await?;
        let script = END_CONNECTIONS.render(&self.settings);
        link.query_one(script.sql(), &[&self.ledger.name])
            .await
            .map_err(|error| script.error(error, "ending old connections"))?;
        if !self.is_leader.load(SeqCst) {
            return Ok(link);
        }
        for _ in 0..20 {
            match run_lock::try_lock(&link, &self.settings).await? {
                TryLock::Acquired => return Ok(link),
                TryLock::Hidden => {}
                TryLock::HeldBy(holder) if holder.name == self.ledger.name => {}
                TryLock::HeldBy(holder) if holder.run() == Some(self.ledger.run) => {
                    // Another process of this run leads now, so this process continues like one that joined.
                    self.is_leader.store(false, SeqCst);
                    return Ok(link);
                }
                TryLock::HeldBy(holder) => return Err(holder.error(&self.settings, None)),
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Err(silent(Duration::from_secs(2)))
    }
}

/// The error of a server that did not answer.
pub(super) fn silent(time: Duration) -> EtlError {
    EtlError::new(
        codes::DATABASE_SILENT,
        format!("the server did not answer for {} s", time.as_secs()),
    )
    .help("check the server and the network: a firewall drops idle connections without a message")
}
