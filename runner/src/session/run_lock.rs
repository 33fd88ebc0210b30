//! The run lock: at most one run works on a staging schema. It is an advisory lock that the control connection holds for
//! the whole run. PostgreSQL releases it when the connection ends, for whatever reason. The next run ends the connection
//! of a holder that sends no heartbeat.

use std::time::{Duration, Instant};

use jobinsight_core::{EtlError, Result, Settings, advice};
use jobinsight_sql::scripts::{FIND_LOCK_HOLDER, MEASURE_SILENCE};
use tokio_postgres::Client;
use uuid::Uuid;

use crate::codes;
use crate::ledger;

/// The holder of the run lock.
#[derive(Debug, Clone)]
pub(crate) struct LockHolder {
    /// The name of the connection.
    pub(crate) name: String,
    backend: i32,
    role: String,
    /// The address and the start of the connection. They are hidden from another role without `pg_read_all_stats`.
    address: Option<String>,
    since: Option<String>,
}

/// The answer to an attempt to take the lock.
pub(crate) enum TryLock {
    /// This connection has the lock now.
    Acquired,
    /// Another connection has it.
    HeldBy(LockHolder),
    /// The lock is taken, but not by a connection of the server. An example is a prepared transaction.
    Hidden,
}

/// The key of the run lock, which is a hash of the staging schema.
async fn key(client: &Client, settings: &Settings) -> Result<i64> {
    client
        .query_one(
            "SELECT hashtextextended('jobinsight:' || $1::text, 0)",
            &[&settings.staging.schema],
        )
        .await
        .map(|row| row.get(0))
        .map_err(|error| EtlError::database(error, "computing the key of the run lock"))
}

/// Asks for the lock without waiting.
pub(crate) async fn try_lock(client: &Client, settings: &Settings) -> Result<TryLock> {
    let key = key(client, settings).await?;
    let started = Instant::now();
    loop {
        let taken: bool = client
            .query_one("SELECT pg_try_advisory_lock($1)", &[&key])
            .await
            .map_err(|error| EtlError::database(error, "taking the run lock"))?
            .get(0);
        if taken {
            return Ok(TryLock::Acquired);
        }
        if let Some(holder) = holder_of(client, settings, key).await? {
            return Ok(TryLock::HeldBy(holder));
        }
        // The holder may have ended between the two queries.
        if started.elapsed() > Duration::from_secs(1) {
            return Ok(TryLock::Hidden);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The error of a lock without a visible holder.
pub(crate) fn hidden() -> EtlError {
    EtlError::new(
        codes::RUN_LOCKED,
        "the run lock is held, but no connection shows its holder",
    )
    .help("look for a prepared transaction that holds an advisory lock: SELECT * FROM pg_prepared_xacts")
}

/// The holder of the run lock; `None` if it is free. Does not ask for the lock.
pub(crate) async fn holder(client: &Client, settings: &Settings) -> Result<Option<LockHolder>> {
    holder_of(client, settings, key(client, settings).await?).await
}

async fn holder_of(client: &Client, settings: &Settings, key: i64) -> Result<Option<LockHolder>> {
    let script = FIND_LOCK_HOLDER.render(settings);
    let row = client
        .query_opt(script.sql(), &[&key])
        .await
        .map_err(|error| script.error(error, "looking who holds the run lock"))?;
    Ok(row.map(LockHolder::from))
}

/// Releases the lock.
pub(crate) async fn release(client: &Client, settings: &Settings) -> Result<()> {
    client
        .execute(
            "SELECT pg_advisory_unlock($1)",
            &[&key(client, settings).await?],
        )
        .await
        .map(|_| ())
        .map_err(|error| EtlError::database(error, "letting go of the run lock"))
}

impl From<tokio_postgres::Row> for LockHolder {
    fn from(row: tokio_postgres::Row) -> Self {
        Self {
            backend: row.get(0),
            name: row.get(1),
            role: row.get(2),
            address: row.get(3),
            since: row.get(4),
        }
    }
}

impl LockHolder {
    /// The holder, for people.
    pub(crate) fn describe(&self) -> String {
        let name = match self.run() {
            Some(run) => format!("run {run}"),
            None => format!("`{}`", self.name),
        };
        let backend = self.backend;
        match (&self.address, &self.since) {
            (Some(address), Some(since)) => {
                format!("{name}, backend {backend} from {address}, since {since}")
            }
            _ => format!("{name}, backend {backend} of the role {}", self.role),
        }
    }

    /// The run that the holder works on.
    pub(crate) fn run(&self) -> Option<Uuid> {
        ledger::run_in_name(&self.name)
    }

    /// Ends the connection of the holder.
    pub(crate) async fn end(&self, client: &Client) -> Result<()> {
        client
            .execute("SELECT pg_terminate_backend($1)", &[&self.backend])
            .await
            .map(|_| ())
            .map_err(|error| {
                EtlError::database(error, "ending a run-lock holder without a heartbeat")
            })
    }

    /// The time since the last heartbeat of the holder, if the ledger knows it.
    pub(crate) async fn silent_for(
        &self,
        client: &Client,
        settings: &Settings,
    ) -> Result<Option<Duration>> {
        let schema = settings.staging_schema();
        if !ledger::exists(client, &schema).await? {
            return Ok(None);
        }
        let script = MEASURE_SILENCE.render(settings);
        let seconds: Option<f64> = client
            .query_one(script.sql(), &[&self.name])
            .await
            .map_err(|error| script.error(error, "reading the last heartbeat"))?
            .get(0);
        Ok(seconds.map(|seconds| Duration::from_secs_f64(seconds.max(0.0))))
    }

    /// The error of the process that did not get the lock.
    pub(crate) fn error(&self, settings: &Settings, silent: Option<Duration>) -> EtlError {
        let silent = silent.map_or_else(String::new, |silent| {
            format!(", last heartbeat {} s ago", silent.as_secs())
        });
        EtlError::new(
            codes::RUN_LOCKED,
            format!(
                "another run works on the schema {}: {}{silent}",
                settings.staging.schema,
                self.describe()
            ),
        )
        .help(format!(
            "wait for it, or help it: {}; or end its process, which releases the lock",
            advice::command("run --join")
        ))
    }
}
