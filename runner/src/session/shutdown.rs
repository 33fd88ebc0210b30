//! Stops a run before its end, and keeps the reason: a signal, the timeout, or another run that took over.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use jobinsight_core::{Code, EtlError, advice};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::codes;
use crate::display::screen;
use crate::report::text;

/// Watches for signals and the run's timeout.
#[derive(Debug, Clone)]
pub(crate) struct Stop {
    /// Cancelled when the run must stop.
    pub(crate) token: CancellationToken,
    reason: Arc<OnceLock<Reason>>,
    /// Whether a second signal ends the process.
    is_ending: Arc<AtomicBool>,
    /// The moment of the timeout.
    ends: Arc<OnceLock<Instant>>,
    /// The command that starts the demo again, if a demo is stopped and not a run.
    demo: Option<Arc<str>>,
}

#[derive(Debug, Clone, Copy)]
enum Reason {
    Interrupted,
    Terminated,
    Timeout(u64),
    TakenOver,
}

/// The timeout of a run. Dropping it switches the timeout off.
pub(crate) struct Deadline {
    _ended: Sender<()>,
}

/// The time in which a phase must stop after the run asks it to stop.
const LET_GO: Duration = Duration::from_secs(10);

impl Stop {
    /// Listens for SIGINT and SIGTERM from now on. A second signal ends the process at once.
    ///
    /// Signals are received on a separate thread, because a phase may block the async threads.
    pub(crate) fn on_signals() -> Self {
        Self::listening(None, || ())
    }

    /// Listens like [`Stop::on_signals`], for a demo. `again` is the command that starts it again. `before_exit` is called
    /// when a second signal ends the process.
    pub(crate) fn demo_on_signals(
        again: String,
        before_exit: impl FnOnce() + Send + 'static,
    ) -> Self {
        Self::listening(Some(again.into()), before_exit)
    }

    fn listening(demo: Option<Arc<str>>, before_exit: impl FnOnce() + Send + 'static) -> Self {
        let stop = Self {
            token: CancellationToken::new(),
            reason: Arc::default(),
            is_ending: Arc::default(),
            ends: Arc::default(),
            demo,
        };
        let (ready, listening) = std::sync::mpsc::channel();
        let watcher = stop.clone();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_io()
                .build();
            let Ok(runtime) = runtime else { return };
            runtime.block_on(async {
                let signals = (
                    signal(SignalKind::interrupt()),
                    signal(SignalKind::terminate()),
                );
                if let (Ok(interrupt), Ok(terminate)) = signals {
                    let _ = ready.send(());
                    let code = watcher.listen(interrupt, terminate).await;
                    before_exit();
                    screen::close();
                    std::process::exit(i32::from(code.kind().exit_code()));
                }
            });
        });
        if listening.recv().is_err() {
            tracing::warn!(
                "signals cannot be received, so Ctrl-C will end the process without cleaning up"
            );
        }
        stop
    }

    /// Stops the work at the first signal, and returns at the second.
    async fn listen(&self, mut interrupt: Signal, mut terminate: Signal) -> Code {
        let work = if self.demo.is_some() { "demo" } else { "run" };
        loop {
            let (reason, code) = tokio::select! {
                _ = interrupt.recv() => (Reason::Interrupted, codes::RUN_INTERRUPTED),
                _ = terminate.recv() => (Reason::Terminated, codes::RUN_TERMINATED),
            };
            if self.reason.set(reason).is_err() && self.token.is_cancelled() {
                self.is_ending.store(true, Ordering::Release);
                return code;
            }
            tracing::warn!("stopping the {work}; a second signal ends the process at once");
            self.token.cancel();
        }
    }

    /// Waits for the end of the process if a second signal ends it. Otherwise returns at once. Without this, an error of work
    /// that the end disturbs could decide the exit code.
    pub(crate) async fn let_process_end(&self) {
        if self.is_ending.load(Ordering::Acquire) {
            std::future::pending::<()>().await;
        }
    }

    /// Stops the run after this number of seconds, unless the returned value is dropped before.
    ///
    /// A separate thread measures the time, because a phase may block the async threads. If the phase does not return after
    /// the timeout, the process ends. This is safe, because PostgreSQL rolls back what was not committed, and the next run
    /// finds that work.
    pub(crate) fn after(&self, seconds: u64) -> Deadline {
        let stop = self.clone();
        if let Some(ends) = Instant::now().checked_add(Duration::from_secs(seconds)) {
            let _ = self.ends.set(ends);
        }
        let (ended, end) = channel::<()>();
        std::thread::spawn(move || {
            if end.recv_timeout(Duration::from_secs(seconds)) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            let _ = stop.reason.set(Reason::Timeout(seconds));
            stop.token.cancel();
            let names = loop {
                if end.recv_timeout(LET_GO) != Err(RecvTimeoutError::Timeout) {
                    return;
                }
                // No phase is at work, so the run is closing, which may take longer.
                let names = at_work().join(", ");
                if !names.is_empty() {
                    break names;
                }
            };
            let error = EtlError::new(
                codes::RUN_TIMEOUT,
                format!("the run took longer than timeout = {seconds} s, and {names} did not stop, so the process ends; committed batches stay"),
            )
            .help(format!("`{}`, which does the rest; if the phase is yours: it must not block, so do long work in PhaseContext::compute, and wait in async code", advice::command("retry")));
            let code = i32::from(error.kind().exit_code());
            screen::close();
            text::show_error(error);
            std::process::exit(code);
        });
        Deadline { _ended: ended }
    }

    /// Stops a run that another run took over.
    pub(crate) fn taken_over(&self, how: &str) {
        tracing::warn!("stopping, because the run was {how}");
        let _ = self.reason.set(Reason::TakenOver);
        self.token.cancel();
    }

    /// The time until the timeout; `None` if there is no timeout.
    pub(crate) fn time_left(&self) -> Option<Duration> {
        let ends = self.ends.get()?;
        Some(ends.saturating_duration_since(Instant::now()))
    }

    /// Whether the run's time is up.
    pub(crate) fn is_timeout(&self) -> bool {
        matches!(self.reason.get(), Some(Reason::Timeout(_)))
    }

    /// The reason why the run was stopped, for a caller that knows that it was stopped.
    pub(crate) fn reason(&self) -> EtlError {
        self.error()
            .unwrap_or_else(|| EtlError::bug("the run was stopped without a reason"))
    }

    /// The error of a run that was stopped; `None` if nothing stopped it.
    pub(crate) fn error(&self) -> Option<EtlError> {
        let reason = self.reason.get()?;
        if let Some(again) = &self.demo
            && let Some(error) = of_demo(*reason)
        {
            return Some(error.help(format!(
                "{again}, which starts again with an empty database"
            )));
        }
        Some(match *reason {
            Reason::Interrupted => EtlError::new(
                codes::RUN_INTERRUPTED,
                "Ctrl-C stopped the run; committed batches stay",
            )
            .help(rest()),
            Reason::Terminated => EtlError::new(
                codes::RUN_TERMINATED,
                "SIGTERM stopped the run; committed batches stay",
            )
            .help(rest()),
            Reason::Timeout(seconds) => EtlError::new(
                codes::RUN_TIMEOUT,
                format!("the run took longer than timeout = {seconds} s; committed batches stay"),
            )
            .help(format!("{}; for more time, raise ETL_TIMEOUT, or lower ETL_BATCH_SIZE so that more batches are committed before the timeout", rest())),
            Reason::TakenOver => crate::ledger::taken_over(),
        })
    }
}

/// The error of a demo that a signal stopped. The next demo deletes its database, so nothing of the run can be resumed.
fn of_demo(reason: Reason) -> Option<EtlError> {
    match reason {
        Reason::Interrupted => Some(EtlError::new(
            codes::RUN_INTERRUPTED,
            "Ctrl-C stopped the demo",
        )),
        Reason::Terminated => Some(EtlError::new(
            codes::RUN_TERMINATED,
            "SIGTERM stopped the demo",
        )),
        Reason::Timeout(_) | Reason::TakenOver => None,
    }
}

/// The advice for a run that was stopped.
fn rest() -> String {
    format!("to do the rest: {}", advice::command("retry"))
}

/// The phases at work in this process, one name for each lane. If a phase does not stop, the error names it.
static AT_WORK: Mutex<Vec<&'static str>> = Mutex::new(Vec::new());

/// The phases that are at work, each once.
fn at_work() -> Vec<&'static str> {
    let mut names = AT_WORK
        .lock()
        .map(|names| names.clone())
        .unwrap_or_default();
    names.sort_unstable();
    names.dedup();
    names
}

/// Marks a phase as at work until it is dropped.
pub(crate) struct AtWork(&'static str);

impl AtWork {
    pub(crate) fn begin(name: &'static str) -> Self {
        if let Ok(mut names) = AT_WORK.lock() {
            names.push(name);
        }
        Self(name)
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        if let Ok(mut names) = AT_WORK.lock()
            && let Some(place) = names.iter().position(|name| *name == self.0)
        {
            names.swap_remove(place);
        }
    }
}
