//! Does the work of a phase, and repeats it after a passing error or a lost connection. One execution of the work is a try.
//! The try is measured, it can be cancelled, and its panics are caught. `failure` does the same for `on_failure`, but does not
//! repeat it.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, Instant};

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use futures_util::FutureExt;
use jobinsight_core::metrics::measure;
use jobinsight_core::{EtlError, Kind, PhaseContext, Result, failpoints, phase_panic};

use crate::codes;
use crate::log_context;
use crate::pipeline::Step;
use crate::run::active_run::ActiveRun;
use crate::run::blocking;
use crate::run::rare_log::RareLog;
use crate::session::shutdown::AtWork;

/// The number of times that the work is repeated after a passing error.
const CONFLICTS: usize = 3;

/// Does the work of one phase. After a passing error, such as a conflict or a server without a free connection, the work is
/// repeated up to three times. While the server is unreachable,
/// the work is repeated until the timeout of the run.
pub(crate) async fn with_repeats<'a, T, F>(
    running: &'a ActiveRun,
    step: &'a Step,
    lane: usize,
    work: impl Fn(PhaseContext<'a>) -> F,
) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    let (run, name) = (&running.context, step.spec.name);
    let mut repeats = Repeats::new();
    let mut log = RareLog::new();
    let mut last: Option<EtlError> = None;
    loop {
        let mut losses = running.control.losses();
        let began = Instant::now();
        let _at_work = AtWork::begin(name);
        let work = AssertUnwindSafe(log_context::in_phase(name, async {
            failpoints::point(&failpoints::before(name));
            work(PhaseContext::new(run, name, lane, &step.metrics)).await
        }))
        .catch_unwind();
        let result = tokio::select! {
            biased;
            // The last error is the reason why the phase did not finish.
            () = run.cancel.cancelled() => return Err(last.unwrap_or_else(cancelled).in_phase(name)),
            _ = losses.changed() => Err(connection_lost()),
            result = blocking::watched(name, lane, measure(&step.metrics, work)) => {
                result.unwrap_or_else(|panic| Err(phase_panic::panicked(name, &*panic)))
            }
        };
        let Err(error) = result else {
            failpoints::point(&failpoints::after(name));
            return result;
        };
        let Some(wait) = repeats.wait_after(error.kind()) else {
            return Err(running.explain(error, began.elapsed()).in_phase(name));
        };
        step.metrics.retries.fetch_add(1, Relaxed);
        if error.kind() != Kind::Away {
            tracing::warn!(
                phase = name,
                lane,
                "{error}; the next try begins in {wait:.1?}"
            );
        } else if log.is_due() {
            let left = running.control.time_left().as_secs();
            tracing::warn!(
                phase = name,
                lane,
                "{error}; the run waits for the server for at most {left} s"
            );
        }
        tokio::select! {
            () = run.cancel.cancelled() => return Err(error.in_phase(name)),
            () = tokio::time::sleep(wait) => {}
        }
        last = Some(error);
    }
}

/// The waits before the next tries. They double up to 5 s, and have a random part.
struct Repeats {
    /// Waits after passing errors.
    conflicts: ExponentialBackoff,
    /// Waits for an unreachable server.
    away: ExponentialBackoff,
}

impl Repeats {
    fn new() -> Self {
        let backoff = ExponentialBuilder::new()
            .with_min_delay(Duration::from_millis(200))
            .with_max_delay(Duration::from_secs(5))
            .with_jitter();
        Self {
            conflicts: backoff.with_max_times(CONFLICTS).build(),
            away: backoff.without_max_times().build(),
        }
    }

    /// The wait before the next try; `None` if the work is not repeated after such an error.
    fn wait_after(&mut self, kind: Kind) -> Option<Duration> {
        match kind {
            Kind::Passing => self.conflicts.next(),
            Kind::Away => self.away.next(),
            Kind::Server
            | Kind::Operator
            | Kind::Data
            | Kind::Usage
            | Kind::Quality
            | Kind::Contract
            | Kind::Locked
            | Kind::Interrupted
            | Kind::Terminated
            | Kind::Bug
            | Kind::Warning => None,
        }
    }
}

/// The error of a phase that the run stopped. The error of the run has the reason.
fn cancelled() -> EtlError {
    EtlError::new(codes::RUN_CANCELLED, "the phase was stopped")
}

fn connection_lost() -> EtlError {
    EtlError::new(
        codes::DATABASE_SILENT,
        "the connection was closed, because the server did not answer",
    )
}

/// Whether an error only says that this lane was stopped: by another lane, a signal, the timeout or a takeover.
pub(crate) fn is_cancelled(error: &EtlError) -> bool {
    error.code() == codes::RUN_CANCELLED
}
