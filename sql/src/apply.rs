//! Applies scripts only if they changed since they were last applied (the schema cache).

use jobinsight_core::{EtlError, Result, Settings};
use sha2::{Digest, Sha256};
use tokio_postgres::{Error, GenericClient, Transaction};

use crate::scripts::{READ_CHECKSUM, RECORD_CHECKSUM};
use crate::{Rendered, Script, tables};

/// Whether a script was applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// The script was applied, for the first time or because it changed.
    Now,
    /// The script was applied before and has not changed.
    Before,
}

/// The checksum of a script as it is sent. It also depends on the names of tables in the settings.
pub fn checksum(rendered: &Rendered) -> String {
    use std::fmt::Write;
    Sha256::digest(rendered.sql())
        .iter()
        .fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

/// Applies the scripts whose checksum differs from the recorded one. The first script must create the table `etl_scripts`,
/// which records the checksums, unless it exists.
///
/// Lanes and processes may call this at the same time. One of them applies the scripts. The others wait until its transaction
/// ends, and then find the scripts applied. If they applied them again, they could meet the next statement of the first one in a
/// deadlock. Call this in a transaction with the isolation level READ COMMITTED, because a stricter one does not see what the
/// first one applied.
///
/// # Errors
/// The error of the statement that failed, with its position in the file. The caller must then drop the transaction.
pub async fn apply_changed(
    tx: &Transaction<'_>,
    settings: &Settings,
    scripts: &[Script],
) -> Result<Vec<Applied>> {
    let mut pending = changed(tx, settings, scripts).await?;
    if !pending.is_empty() {
        lock(tx, settings).await?;
        pending = changed(tx, settings, scripts).await?;
    }
    let mut results = Vec::with_capacity(scripts.len());
    for script in scripts {
        let is_changed = pending.iter().any(|other| other.name == script.name);
        if is_changed {
            apply(tx, settings, *script).await?;
        }
        results.push(if is_changed {
            Applied::Now
        } else {
            Applied::Before
        });
    }
    Ok(results)
}

/// The scripts whose checksum differs from the recorded one.
///
/// # Errors
/// A database error.
pub async fn changed(
    client: &impl GenericClient,
    settings: &Settings,
    scripts: &[Script],
) -> Result<Vec<Script>> {
    let table = format!("{}.etl_scripts", settings.staging_schema());
    if !tables::exists(client, &table).await.map_err(unreadable)? {
        return Ok(scripts.to_vec());
    }
    let read = READ_CHECKSUM.render(settings);
    let mut changed = Vec::new();
    for script in scripts {
        let row = client.query_opt(read.sql(), &[&script.name]).await;
        let recorded: Option<String> = row.map_err(unreadable)?.map(|row| row.get(0));
        if recorded != Some(checksum(&script.render(settings))) {
            changed.push(*script);
        }
    }
    Ok(changed)
}

/// Waits until no other transaction applies scripts. The lock ends with the transaction.
async fn lock(tx: &Transaction<'_>, settings: &Settings) -> Result<()> {
    let name = format!("jobinsight scripts of {}", settings.staging_schema());
    tx.execute("SELECT pg_advisory_xact_lock(hashtext($1))", &[&name])
        .await
        .map(|_| ())
        .map_err(|error| EtlError::database(error, "waiting for another lane that applies scripts"))
}

/// Applies a script, and records its checksum.
pub(crate) async fn apply(tx: &Transaction<'_>, settings: &Settings, script: Script) -> Result<()> {
    let rendered = script.render(settings);
    rendered.apply(tx, "applying a script").await?;
    let record = RECORD_CHECKSUM.render(settings);
    tx.execute(record.sql(), &[&script.name, &checksum(&rendered)])
        .await
        .map(|_| ())
        .map_err(unreadable)
}

fn unreadable(error: Error) -> EtlError {
    EtlError::database(error, "reading the schema cache")
}
