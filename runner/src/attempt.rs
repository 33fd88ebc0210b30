//! The only place that measures, cancels, repeats and catches panics.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use futures_util::FutureExt;
use jobinsight_core::metrics::measure;
use jobinsight_core::{EtlError, Kind, PhaseContext, Result, RunContext};

use crate::pipeline::Step;

/// How often passing errors are tried again: 3 times, longer each time.
const BACKOFF: [Duration; 3] = [
    Duration::from_millis(200),
    Duration::from_secs(1),
    Duration::from_secs(5),
];

/// Does one phase's work once, or again while its error passes.
pub(crate) async fn attempt<'a, T, F>(
    run: &'a RunContext,
    step: &'a Step,
    lane: usize,
    work: impl Fn(PhaseContext<'a>) -> F,
) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    let name = step.spec.name;
    let mut waits = BACKOFF.iter();
    loop {
        let work = AssertUnwindSafe(work(PhaseContext::new(run, name, lane, &step.metrics)))
            .catch_unwind();
        let result = tokio::select! {
            biased;
            () = run.cancel.cancelled() => Err(cancelled(name)),
            result = measure(&step.metrics, work) => {
                result.unwrap_or_else(|panic| Err(panicked(name, &*panic)))
            }
        };
        match result {
            Err(error) if error.kind().is_passing() => {
                let Some(wait) = waits.next() else {
                    return Err(error);
                };
                step.metrics.retries.fetch_add(1, Relaxed);
                tracing::warn!(phase = name, lane, "{error}; trying again in {wait:?}");
                tokio::select! {
                    () = run.cancel.cancelled() => return Err(cancelled(name)),
                    () = tokio::time::sleep(*wait) => {}
                }
            }
            other => return other,
        }
    }
}

/// The error of a phase that was stopped from outside; the run knows the reason.
fn cancelled(phase: &str) -> EtlError {
    EtlError::new(
        Kind::Operator,
        "jobinsight::run::cancelled",
        format!("phase {phase} was stopped"),
    )
}

/// Whether an error only says that somebody else's error stopped us.
pub(crate) fn is_cancelled(error: &EtlError) -> bool {
    error.stable_code() == "jobinsight::run::cancelled"
}

fn panicked(phase: &str, panic: &(dyn std::any::Any + Send)) -> EtlError {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no message".to_owned());
    EtlError::bug(format!("phase {phase} panicked: {text}"))
}
