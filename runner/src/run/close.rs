//! The end of a run: what it writes when its stages are done or have failed.

use jobinsight_core::{EtlError, Result};

use super::active_run::ActiveRun;
use super::progress::Progress;
use super::{entry, spill};
use crate::codes;
use crate::report::results::RunResults;
use crate::session::run_lock;

/// Returns the batches that this process claimed and did not finish, and reads the counts of the run.
pub(super) async fn read_outcome(run: &ActiveRun, progress: &mut Progress) {
    if !run.control.is_enlisted() {
        return;
    }
    let read = run
        .control
        .write_last(|link| async move {
            run.ledger.release(&link).await?;
            let queue = run.ledger.queue(&link).await?;
            let warnings = run.ledger.warnings(&link).await?;
            let kept = run.ledger.kept_in_staging(&link).await?;
            // Loading corrects the counts of a plan by ranges. A process that joined read them in the middle of the work.
            let plan = run.ledger.plan(&link, &run.context.settings).await?;
            Ok((queue, warnings, kept, plan))
        })
        .await;
    if let Ok((queue, warnings, kept, plan)) = read {
        if let Some(counts) = plan {
            run.context.plan(counts);
        }
        progress.results.kept_in_staging = kept;
        progress.outcome = queue.outcome;
        progress.results.other_programs = queue.other_programs;
        progress.results.warnings = warnings;
    }
}

/// Writes how the run ended, and releases the run lock. A process that does not lead only writes that it stopped.
pub(super) async fn close(run: &ActiveRun, leads: bool, progress: &Progress) -> Result<()> {
    let (control, ledger, results) = (&run.control, &run.ledger, &progress.results);
    if !leads {
        return control
            .write_last(|link| async move { ledger.retire(&link).await })
            .await;
    }
    if results.success {
        spill::sweep(&run.state_dir, None);
    }
    entry::write_entry(run).await?;
    if !control.is_enlisted() {
        return Ok(());
    }
    entry::write_phases(run, results).await?;
    write_end(run, results).await?;
    let settings = &run.context.settings;
    if results.success
        && let Err(error) = control
            .write_last(|link| async move { ledger.forget(&link, settings).await })
            .await
    {
        // The run itself has succeeded. The next run removes what is too old.
        tracing::warn!("{error}");
    }
    // The lock is released before the connection ends, because a process that joined may ask for it at once.
    control
        .write_last(|link| async move { run_lock::release(&link, settings).await })
        .await
}

/// Writes the end of the run, and notifies listeners if staging changed.
async fn write_end(run: &ActiveRun, results: &RunResults) -> Result<()> {
    run.control
        .write_last(|link| async move {
            run.ledger.close(&link, results).await?;
            if results.success && results.stats.new + results.stats.updated > 0 {
                let message = serde_json::json!({
                    "run_id": results.run_id, "new": results.stats.new, "updated": results.stats.updated
                });
                let sent = link
                    .execute("SELECT pg_notify('jobinsight_staging_ready', $1)", &[&message.to_string()])
                    .await
                    .map_err(|error| EtlError::database(error, "telling downstream"));
                match sent {
                    // A server may refuse the function. The rows are published nevertheless.
                    Err(error) if error.code() == codes::DATABASE_PRIVILEGE => tracing::warn!("listeners are not notified: {error}"),
                    other => drop(other?),
                }
            }
            Ok(())
        })
        .await
}
