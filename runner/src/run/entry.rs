//! The entry of a run in the ledger, as the run writes it while it works.

use std::time::Duration;

use jobinsight_core::database::{self, Target};
use jobinsight_core::{EtlError, Loaded, Result};
use jobinsight_sql::schema;
use uuid::Uuid;

use super::active_run::ActiveRun;
use crate::codes;
use crate::ledger::Ledger;
use crate::report::results::RunResults;

/// Writes the entry of the run, once, as soon as the ledger exists.
pub(super) async fn write_entry(run: &ActiveRun) -> Result<()> {
    if run.control.is_enlisted() {
        return Ok(());
    }
    let is_written = run
        .control
        .write(|link| async move {
            if !run.ledger.exists(&link).await?
                || run.header.fills.is_some() && !run.ledger.can_record_fills(&link).await?
            {
                return Ok(false);
            }
            run.ledger.begin(&link, &run.header).await?;
            Ok(true)
        })
        .await?;
    if is_written {
        run.control.set_enlisted();
    }
    Ok(())
}

/// Writes the state of each phase.
pub(super) async fn write_phases(run: &ActiveRun, results: &RunResults) -> Result<()> {
    if !run.control.is_enlisted() {
        return Ok(());
    }
    run.control
        .write_last(|link| async move { run.ledger.write_phases(&link, &results.phases).await })
        .await
}

/// The longest time for writing a refused run. A server that is not busy needs a few milliseconds.
const REFUSAL: Duration = Duration::from_secs(5);

/// Writes a run that was refused before it began, if a ledger exists. A server that did not answer is not asked again, and a
/// newer schema is not written.
pub(super) async fn write_refusal(
    loaded: &Loaded,
    target: &Target,
    run: Uuid,
    results: &RunResults,
    error: &EtlError,
) {
    if error.kind().is_repeatable() || error.code() == codes::SCHEMA_NEWER {
        return;
    }
    let write = async {
        let ledger = Ledger::new(&loaded.settings, run, 1, run);
        let link = database::connect(target, "jobinsight").await?;
        // The run may have been refused before it looked at the schema.
        schema::refuse_newer(&*link, &loaded.settings).await?;
        if ledger.exists(&link).await? {
            ledger.refuse(&link, results).await?;
        }
        Ok::<_, EtlError>(())
    };
    match tokio::time::timeout(REFUSAL, write).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!("the refused run was not written to the ledger: {error}"),
        Err(_) => tracing::debug!("the refused run was not written to the ledger: no answer"),
    }
}
