//! The run, the phase and the batch that a line of the JSON log names besides its own fields.

use std::future::Future;
use std::sync::Mutex;

/// The run of this process. A process has one run at a time.
static RUN: Mutex<Option<String>> = Mutex::new(None);

tokio::task_local! {
    /// The phase and the batch at work in this task.
    static AT_WORK: (Option<&'static str>, Option<i64>);
}

/// Sets the run of this process.
pub(crate) fn set_run(id: &str) {
    if let Ok(mut run) = RUN.lock() {
        *run = Some(id.to_owned());
    }
}

/// The run of this process.
pub(crate) fn run() -> Option<String> {
    RUN.lock().ok().and_then(|run| run.clone())
}

/// The phase and the batch at work in this task.
pub(crate) fn at_work() -> (Option<&'static str>, Option<i64>) {
    AT_WORK.try_with(|at_work| *at_work).unwrap_or_default()
}

/// Does the work of a phase.
pub(crate) fn in_phase<F: Future>(phase: &'static str, work: F) -> impl Future<Output = F::Output> {
    AT_WORK.scope((Some(phase), at_work().1), work)
}

/// Carries a batch.
pub(crate) fn in_batch<F: Future>(batch: i64, work: F) -> impl Future<Output = F::Output> {
    AT_WORK.scope((at_work().0, Some(batch)), work)
}
