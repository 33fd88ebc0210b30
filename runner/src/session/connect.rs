//! Opens the control connection of a process, and asks for the run lock: see [`connect`].

use std::time::Duration;

use jobinsight_core::database::{self, Connection, Target};
use jobinsight_core::{EtlError, Result, Settings, heartbeat};
use jobinsight_sql::schema;

use super::run_lock::{self, LockHolder, TryLock};

/// A connection, and whether this process holds the run lock with it.
pub(crate) enum Connected {
    /// This process holds the run lock, so it leads the run.
    Leading(Connection),
    /// Another process holds the run lock.
    LockedBy(Connection, LockHolder),
}

/// Connects for a command that changes tables of the pipeline: with the run lock, so that no run writes meanwhile. A dry run needs no
/// lock.
///
/// # Errors
/// `jobinsight::run::locked`: another process has the lock. The error names it.
pub(crate) async fn connect_to_change(
    target: &Target,
    settings: &Settings,
    command: &str,
    is_dry_run: bool,
) -> Result<Connection> {
    if is_dry_run {
        return database::connect_for(target, command, settings).await;
    }
    match connect(target, settings, &format!("jobinsight {command}")).await? {
        Connected::Leading(client) => Ok(client),
        Connected::LockedBy(client, holder) => {
            let silent = holder.silent_for(&client, settings).await?;
            Err(holder.error(settings, silent))
        }
    }
}

/// Connects and asks for the run lock. A newer schema is refused. If the holder of the lock is dead, its connection is ended first.
pub(crate) async fn connect(target: &Target, settings: &Settings, name: &str) -> Result<Connected> {
    let link = open(target, settings, name).await?;
    // First, because a pooler may lose the prepared statements of all other checks.
    database::refuse_transaction_pooling(target, &link).await?;
    database::refuse_unfit_server(&link).await?;
    schema::refuse_newer(&*link, settings).await?;
    let holder = match run_lock::try_lock(&link, settings).await? {
        TryLock::Acquired => return Ok(Connected::Leading(link)),
        TryLock::HeldBy(holder) => holder,
        TryLock::Hidden => return Err(run_lock::hidden()),
    };
    let silent = holder.silent_for(&link, settings).await?;
    if silent.is_none_or(|silent| silent < heartbeat::LEASE) {
        return Ok(Connected::LockedBy(link, holder));
    }
    tracing::warn!(
        "the run that has the run lock sent no heartbeat for {} s; this run takes over",
        silent.unwrap_or_default().as_secs()
    );
    holder.end(&link).await?;
    for _ in 0..50 {
        if let TryLock::Acquired = run_lock::try_lock(&link, settings).await? {
            return Ok(Connected::Leading(link));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(Connected::LockedBy(link, holder))
}

/// Opens a connection with the `lock_timeout` of the settings for its statements, like the statements on staging.
pub(super) async fn open(target: &Target, settings: &Settings, name: &str) -> Result<Connection> {
    let link = database::connect(target, name).await?;
    let limit = database::milliseconds(settings.lock_timeout);
    link.batch_execute(&format!("SET lock_timeout = {limit}"))
        .await
        .map_err(|error| EtlError::database(error, "connecting"))?;
    Ok(link)
}
