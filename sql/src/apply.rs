//! Applies scripts only if they changed since they were last applied (the schema cache).

use jobinsight_core::{Result, Settings};
use sha2::{Digest, Sha256};
use tokio_postgres::Transaction;

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
/// which records the checksums.
///
/// # Errors
/// The error of the statement that failed, with its position in the file. The caller must then drop the transaction.
pub async fn apply_changed(
    tx: &Transaction<'_>,
    settings: &Settings,
    scripts: &[Script],
) -> Result<Vec<Applied>> {
    let table = format!("{}.etl_scripts", settings.staging_schema());
    let fail = |error| jobinsight_core::EtlError::database(error, "reading the schema cache");
    let cached = tables::exists(tx, &table).await.map_err(fail)?;
    let read = READ_CHECKSUM.render(settings);
    let record = RECORD_CHECKSUM.render(settings);
    let mut results = Vec::with_capacity(scripts.len());
    let mut known = cached;
    for script in scripts {
        let rendered = script.render(settings);
        let sum = checksum(&rendered);
        let recorded: Option<String> = if known {
            tx.query_opt(read.sql(), &[&script.name])
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
        tx.execute(record.sql(), &[&script.name, &sum])
            .await
            .map_err(fail)?;
        results.push(Applied::Now);
    }
    Ok(results)
}
