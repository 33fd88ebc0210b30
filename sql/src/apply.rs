//! Applying scripts only where they changed: the schema cache.

use jobinsight_core::{Result, Settings};
use sha2::{Digest, Sha256};
use tokio_postgres::Transaction;

use crate::{Rendered, Script};

/// What became of a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// It was applied, for the first time or because it changed.
    Now,
    /// It stands as it is recorded.
    Before,
}

/// The checksum of a script as it is sent: other names in the settings make another script of it.
pub fn checksum(rendered: &Rendered) -> String {
    use std::fmt::Write;
    Sha256::digest(rendered.sql())
        .iter()
        .fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

/// Applies the scripts whose checksum differs from the recorded one. The first must create the table `etl_scripts`,
/// in which checksums are recorded.
///
/// # Errors
/// The statement that failed, with its place in the file; the transaction is then to be dropped.
pub async fn apply_changed(
    tx: &Transaction<'_>,
    settings: &Settings,
    scripts: &[Script],
) -> Result<Vec<Applied>> {
    let table = format!("{}.etl_scripts", settings.staging_schema());
    let fail = |error| jobinsight_core::EtlError::database(error, "reading the schema cache");
    let cached: bool = tx
        .query_one("SELECT to_regclass($1) IS NOT NULL", &[&table])
        .await
        .map_err(fail)?
        .get(0);
    let mut results = Vec::with_capacity(scripts.len());
    let mut known = cached;
    for script in scripts {
        let rendered = script.render(settings);
        let sum = checksum(&rendered);
        let recorded: Option<String> = if known {
            let query = format!("SELECT checksum FROM {table} WHERE name = $1");
            tx.query_opt(&query, &[&script.name])
                .await
                .map_err(fail)?
                .map(|row| row.get(0))
        } else {
            None
        };
        if recorded.as_ref() == Some(&sum) {
            results.push(Applied::Before);
            continue;
        }
        tx.batch_execute(rendered.sql())
            .await
            .map_err(|error| rendered.error(error, "applying a script"))?;
        known = true;
        let record = format!(
            "INSERT INTO {table} (name, checksum) VALUES ($1, $2)
             ON CONFLICT (name) DO UPDATE SET checksum = EXCLUDED.checksum, applied_at = now()"
        );
        tx.execute(&record, &[&script.name, &sum])
            .await
            .map_err(fail)?;
        results.push(Applied::Now);
    }
    Ok(results)
}
