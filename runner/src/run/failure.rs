//! A run that failed: which error becomes the error of the run, and what the run restores.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt;
use jobinsight_core::metrics::measure;
use jobinsight_core::{EtlError, Kind, PhaseContext, Result, Role};
use jobinsight_sql::{indexes, privileges};

use crate::codes;
use crate::pipeline::Stage;
use crate::report::text;
use crate::run::active_run::ActiveRun;
use crate::run::repeat::is_cancelled;
use crate::session::shutdown::Stop;

/// Cleans up after a failed run. Returns the error of the run, with the facts that only the run knows.
pub(crate) async fn settle(
    running: &ActiveRun,
    stages: &[Stage],
    stop: &Stop,
    error: EtlError,
) -> EtlError {
    // Statements of other lanes must not continue after the run has failed.
    running.control.cancel_statements().await;
    let error = of_run(stop, error);
    put_right(running, stages, stop, &error).await;
    explain(running, error).await
}

/// The error of the run. A lane that was cancelled is not the cause of the failure.
fn of_run(stop: &Stop, error: EtlError) -> EtlError {
    let told_to = stop.error().is_some() && !(error.kind().is_repeatable() && stop.is_timeout());
    if !told_to && !is_cancelled(&error) {
        return error;
    }
    let reason = stop.reason();
    match error.phase() {
        // If the timeout ends the run, the phase that was working took too long.
        Some(phase) if stop.is_timeout() => reason.in_phase(phase),
        _ => reason,
    }
}

/// Whether the saving phases may put the staging table right after this error.
fn may_put_right(error: &EtlError) -> bool {
    match error.kind() {
        Kind::Data | Kind::Quality | Kind::Operator | Kind::Bug | Kind::Warning => true,
        // Kind::Server: a full disk, a lock, a timeout. After a broken contract or wrong flags, the error says that
        // nothing was written.
        Kind::Server
        | Kind::Contract
        | Kind::Usage
        | Kind::Passing
        | Kind::Away
        | Kind::Locked
        | Kind::Interrupted
        | Kind::Terminated => false,
    }
}

/// Lets saving phases do now what they do after the last batch of a successful run, such as creating indexes.
async fn put_right(running: &ActiveRun, stages: &[Stage], stop: &Stop, error: &EtlError) {
    let control = &running.control;
    if !control.is_leader() || !control.is_enlisted() || !may_put_right(error) {
        return;
    }
    for step in stages.iter().flat_map(Stage::steps) {
        let Role::Save(save) = &step.role else {
            continue;
        };
        let cx = PhaseContext::new(&running.context, step.spec.name, 0, &step.metrics);
        let work = AssertUnwindSafe(save.on_failure(&cx)).catch_unwind();
        tokio::select! {
            done = measure(&step.metrics, work) => match done {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(phase = step.spec.name, "{error}"),
                Err(_) => tracing::warn!(phase = step.spec.name, "the phase panicked while it cleaned up after the failure"),
            },
            () = stop.token.cancelled() => return control.cancel_statements().await,
        }
    }
}

/// Adds facts to an error that only the database knows.
async fn explain(running: &ActiveRun, error: EtlError) -> EtlError {
    let error = if error.code() == codes::DATABASE_PRIVILEGE {
        name_grants(running, error).await
    } else {
        error
    };
    if matches!(error.kind(), Kind::Away | Kind::Locked) || !running.control.is_leader() {
        return error;
    }
    let settings = &running.context.settings;
    let missing = running
        .control
        .write_last(|link| async move { indexes::missing(&link, settings).await })
        .await;
    match missing {
        Ok(missing) if !missing.is_empty() => error.and(&format!(
            "staging lacks {}; the next run or retry creates them; until then, queries that need them are slow",
            text::index_names(&missing)
        )),
        _ => error,
    }
}

/// Adds the missing GRANT statements to the error of a missing privilege. PostgreSQL reports row level security as a missing
/// privilege too.
async fn name_grants(running: &ActiveRun, error: EtlError) -> EtlError {
    let settings = &running.context.settings;
    let hidden = running
        .control
        .write_last(|link| async move { privileges::refuse_hidden_rows(&link, settings).await })
        .await;
    if let Err(hidden) = hidden
        && hidden.code() == codes::DATABASE_ROW_SECURITY
    {
        return hidden.and(error.message());
    }
    let missing: Result<Vec<String>> = running
        .control
        .write_last(|link| async move { privileges::missing(&link, settings).await })
        .await;
    privileges::with_grants(error, &missing.unwrap_or_default())
}
