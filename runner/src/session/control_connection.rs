//! The connection that a run holds on to: it has the lock, gives the signs of life, writes the ledger, and notices
//! that the server does not answer any more. When it is lost, it is made anew, and with it the pool.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jobinsight_core::database::{self, Connection, Pool, Target};
use jobinsight_core::{EtlError, Kind, Result, Settings};
use tokio::sync::watch;
use tokio_postgres::Client;

use crate::ledger::Ledger;
use crate::session::run_lock::{self, Asked, Holder};
use crate::session::shutdown::Stop;

/// How often a sign of life is given, and looked for.
const BEAT: Duration = Duration::from_secs(2);
/// How long the server may leave the simplest question without an answer.
const SILENCE: Duration = Duration::from_secs(15);
/// Without a sign of life for so long, a holder of the lock counts as dead.
pub(crate) const DEAD: Duration = Duration::from_secs(30);

/// The connection, and what watches it.
pub(crate) struct Control {
    shared: Arc<Shared>,
    watcher: tokio::task::JoinHandle<()>,
}

struct Shared {
    target: Target,
    settings: Arc<Settings>,
    ledger: Ledger,
    pool: Pool,
    stop: Stop,
    /// `None` while it is made anew.
    link: watch::Sender<Option<Arc<Connection>>>,
    /// Grows whenever all connections are given up.
    lost: watch::Sender<u64>,
    leads: AtomicBool,
    /// Whether the ledger stands and knows us.
    known: AtomicBool,
    blockers: Mutex<Option<String>>,
}

/// What taking control came to.
pub(crate) enum Taken {
    Lead(Connection),
    Held(Connection, Holder),
}

/// Who locks the ledger holds a run up no longer than who locks staging.
async fn open(target: &Target, settings: &Settings, name: &str) -> Result<Connection> {
    let link = database::connect(target, name).await?;
    let limit = settings
        .lock_timeout
        .saturating_mul(1000)
        .min(i32::MAX as u64);
    link.batch_execute(&format!("SET lock_timeout = {limit}"))
        .await
        .map_err(|error| EtlError::database(error, "connecting"))?;
    Ok(link)
}

/// Connects and asks for the lock; a holder that is dead is ended first.
pub(crate) async fn take(target: &Target, settings: &Settings, name: &str) -> Result<Taken> {
    let link = open(target, settings, name).await?;
    database::refuse_transaction_pooling(target, &link).await?;
    let holder = match run_lock::ask(&link, settings).await? {
        Asked::Taken => return Ok(Taken::Lead(link)),
        Asked::Held(holder) => holder,
    };
    let silent = holder.silent_for(&link, settings).await?;
    if silent.is_none_or(|silent| silent < DEAD) {
        return Ok(Taken::Held(link, holder));
    }
    tracing::warn!(
        "the run that holds the lock gave no sign of life for {} s: taking over",
        silent.unwrap_or_default().as_secs()
    );
    holder.end(&link).await?;
    for _ in 0..50 {
        if let Asked::Taken = run_lock::ask(&link, settings).await? {
            return Ok(Taken::Lead(link));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(Taken::Held(link, holder))
}

impl Control {
    /// Watches over the connection from now on.
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
            lost: watch::Sender::new(0),
            leads: AtomicBool::new(leads),
            known: AtomicBool::new(false),
            blockers: Mutex::default(),
        });
        let watcher = tokio::spawn(Arc::clone(&shared).beat_on());
        Self { shared, watcher }
    }

    /// Whether this process has the lock.
    pub(crate) fn leads(&self) -> bool {
        self.shared.leads.load(SeqCst)
    }

    /// Signs of life are given from now on: the ledger knows us.
    pub(crate) fn known(&self) {
        self.shared.known.store(true, SeqCst);
    }

    /// Whether the ledger knows us.
    pub(crate) fn is_known(&self) -> bool {
        self.shared.known.load(SeqCst)
    }

    /// Grows whenever all connections are given up: what waits for an answer waits in vain.
    pub(crate) fn losses(&self) -> watch::Receiver<u64> {
        self.shared.lost.subscribe()
    }

    /// Who stood in the way of this run's statements when it was last looked at.
    pub(crate) fn blockers(&self) -> Option<String> {
        self.shared
            .blockers
            .lock()
            .ok()
            .and_then(|blockers| blockers.clone())
    }

    /// Does something on the connection; does it again when the connection was lost meanwhile, for as long as the run
    /// may last. What is done must bear being done twice.
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
                _ = lost.changed() => Err(silent(SILENCE)),
            };
            match result {
                Err(error)
                    if error.kind() == Kind::Away && !self.shared.stop.token.is_cancelled() =>
                {
                    // The watcher notices by itself; until then it would only fail again.
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
                other => return other,
            }
        }
    }

    /// The last words of a run: like [`Control::write`], but for no longer than a few seconds.
    pub(crate) async fn write_last<T, F>(&self, work: impl Fn(Arc<Connection>) -> F) -> Result<T>
    where
        F: Future<Output = Result<T>>,
    {
        tokio::time::timeout(Duration::from_secs(5), self.write(work))
            .await
            .unwrap_or_else(|_| Err(silent(Duration::from_secs(5))))
    }

    /// Another connection of this run, under the same name: it ends where those of a lost server are ended.
    pub(crate) async fn another(&self) -> Result<Connection> {
        database::connect(&self.shared.target, &self.shared.ledger.name).await
    }

    /// Asks for the lock where another process of the same run had it.
    pub(crate) async fn try_lead(&self) -> Result<bool> {
        let settings = Arc::clone(&self.shared.settings);
        let taken = self
            .write(|link| {
                let settings = Arc::clone(&settings);
                async move {
                    Ok(matches!(
                        run_lock::ask(&link, &settings).await?,
                        Asked::Taken
                    ))
                }
            })
            .await?;
        if taken {
            self.shared.leads.store(true, SeqCst);
        }
        Ok(taken)
    }

    /// Cancels the statements that this process's other connections still execute.
    pub(crate) async fn cancel_statements(&self) {
        let name = self.shared.ledger.name.clone();
        let done = self
            .write_last(|link| {
                let name = name.clone();
                async move {
                    let query = "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity
                                  WHERE application_name = $1 AND pid <> pg_backend_pid() AND usename = current_user AND state <> 'idle'";
                    link.query_one(query, &[&name])
                        .await
                        .map(|_| ())
                        .map_err(|error| EtlError::database(error, "cancelling statements"))
                }
            })
            .await;
        if let Err(error) = done {
            tracing::debug!("{error}");
        }
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        self.watcher.abort();
    }
}

impl Shared {
    async fn beat_on(self: Arc<Self>) {
        let every = BEAT.min(Duration::from_secs(self.settings.lock_timeout) / 3);
        loop {
            tokio::time::sleep(every).await;
            let Some(link) = self.link.borrow().clone() else {
                continue;
            };
            match tokio::time::timeout(SILENCE, self.beat(&link)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) if error.kind() == Kind::Away => self.renew(&error).await,
                Ok(Err(error)) => tracing::debug!("{error}"),
                Err(_) => self.renew(&silent(SILENCE)).await,
            }
        }
    }

    /// The simplest question first, which nobody can lock us out of: its answer says that the server is there.
    async fn beat(&self, link: &Client) -> Result<()> {
        let row = link
            .query_one(BLOCKERS, &[&self.ledger.name])
            .await
            .map_err(|error| EtlError::database(error, "looking whether the server is there"))?;
        let found: Option<String> = row.get(0);
        if let Ok(mut blockers) = self.blockers.lock()
            && (found.is_some() || blockers.is_none())
        {
            if let Some(found) = found
                .as_ref()
                .filter(|found| blockers.as_ref() != Some(*found))
            {
                tracing::warn!("waiting for a lock of {found}");
            }
            *blockers = found;
        }
        if !self.known.load(SeqCst) {
            return Ok(());
        }
        // A table that somebody has locked must not look like a silent server: who is slow here is only slow.
        let Ok(state) = tokio::time::timeout(SILENCE / 2, self.ledger.beat(link)).await else {
            return Ok(());
        };
        if let Some(state) = state?.filter(|state| state == "abandoned") {
            self.stop.taken_over(&state);
        }
        Ok(())
    }

    /// Gives up all connections, and makes this one anew.
    async fn renew(&self, why: &EtlError) {
        tracing::warn!("{why}; connecting again");
        self.link.send_replace(None);
        self.pool.discard();
        self.lost.send_modify(|times| *times += 1);
        let mut wait = Duration::from_millis(200);
        loop {
            match tokio::time::timeout(SILENCE, self.reconnect()).await {
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

    /// A new connection. What our old ones still hold on the server, the lock before all, is ended first: a network
    /// that went silent leaves them there.
    async fn reconnect(&self) -> Result<Connection> {
        let link = open(&self.target, &self.settings, &self.ledger.name).await?;
        let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                    WHERE application_name = $1 AND pid <> pg_backend_pid() AND usename = current_user";
        link.query_one(end, &[&self.ledger.name])
            .await
            .map_err(|error| EtlError::database(error, "ending old connections"))?;
        if !self.leads.load(SeqCst) {
            return Ok(link);
        }
        for _ in 0..20 {
            match run_lock::ask(&link, &self.settings).await? {
                Asked::Taken => return Ok(link),
                Asked::Held(holder) if holder.name == self.ledger.name => {}
                Asked::Held(holder) if holder.run() == Some(self.ledger.run) => {
                    // Another process of this run leads now: we go on as one that joined.
                    self.leads.store(false, SeqCst);
                    return Ok(link);
                }
                Asked::Held(holder) => return Err(holder.error(&self.settings, None)),
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Err(silent(Duration::from_secs(2)))
    }
}

/// Who our connections wait for.
const BLOCKERS: &str = "
    SELECT string_agg(DISTINCT format('backend %s (%s, %s since %s): %s', b.pid, coalesce(nullif(b.application_name, ''), b.usename), b.state,
                                      to_char(b.xact_start AT TIME ZONE 'UTC', 'HH24:MI:SS') || ' UTC', left(b.query, 200)), '; ')
      FROM pg_stat_activity w
     CROSS JOIN LATERAL unnest(pg_blocking_pids(w.pid)) AS p (pid)
      JOIN pg_stat_activity b ON b.pid = p.pid
     WHERE w.application_name = $1 AND w.wait_event_type = 'Lock' AND b.application_name <> $1";

fn away() -> EtlError {
    EtlError::new(
        Kind::Away,
        "jobinsight::database::connection",
        "the server can't be reached any more",
    )
}

fn silent(time: Duration) -> EtlError {
    EtlError::new(
        Kind::Away,
        "jobinsight::database::silent",
        format!("the server did not answer for {} s", time.as_secs()),
    )
    .help("look at the server and at the network between: a firewall that drops connections does it silently")
}
