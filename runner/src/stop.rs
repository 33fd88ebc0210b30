//! Why a run stops before its end: a signal, or its time is up.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use jobinsight_core::{EtlError, Kind};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Watches for signals and the run's timeout.
#[derive(Debug, Clone)]
pub(crate) struct Stop {
    /// Cancelled when the run is to stop.
    pub(crate) token: CancellationToken,
    reason: Arc<OnceLock<Reason>>,
}

#[derive(Debug, Clone, Copy)]
enum Reason {
    Signal(u8),
    Timeout(u64),
    TakenOver,
}

impl Stop {
    /// Listens for SIGINT and SIGTERM from now on. A second signal ends the process at once.
    ///
    /// It listens on a thread of its own: a phase that blocks the async threads must not make us deaf.
    pub(crate) fn on_signals() -> Self {
        let stop = Self {
            token: CancellationToken::new(),
            reason: Arc::default(),
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
                    watcher.listen(interrupt, terminate).await;
                }
            });
        });
        if listening.recv().is_err() {
            tracing::warn!(
                "signals can't be watched: Ctrl-C will end the process without cleaning up"
            );
        }
        stop
    }

    async fn listen(&self, mut interrupt: Signal, mut terminate: Signal) {
        loop {
            let code = tokio::select! {
                _ = interrupt.recv() => 130,
                _ = terminate.recv() => 143,
            };
            if self.reason.set(Reason::Signal(code)).is_err() && self.token.is_cancelled() {
                std::process::exit(i32::from(code));
            }
            tracing::warn!("stopping; once more stops at once");
            self.token.cancel();
        }
    }

    /// Stops the run after so many seconds.
    pub(crate) fn after(&self, seconds: u64) -> tokio::task::JoinHandle<()> {
        let stop = self.clone();
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            let _ = stop.reason.set(Reason::Timeout(seconds));
            stop.token.cancel();
        })
    }

    /// Stops a run that is another's now.
    pub(crate) fn taken_over(&self, how: &str) {
        tracing::warn!("the run was {how}: stopping");
        let _ = self.reason.set(Reason::TakenOver);
        self.token.cancel();
    }

    /// Whether the run's time is up.
    pub(crate) fn is_timeout(&self) -> bool {
        matches!(self.reason.get(), Some(Reason::Timeout(_)))
    }

    /// The error of a run that was stopped.
    pub(crate) fn error(&self) -> Option<EtlError> {
        self.reason.get().map(|reason| match *reason {
            Reason::Signal(code) => EtlError::new(
                Kind::Interrupted(code),
                "jobinsight::run::interrupted",
                format!("stopped by {}; what was committed stays; the rest: jobinsight retry", if code == 130 { "Ctrl-C" } else { "SIGTERM" }),
            ),
            Reason::Timeout(seconds) => EtlError::new(
                Kind::Operator,
                "jobinsight::run::timeout",
                format!("the run took longer than timeout = {seconds} s; what was committed stays; the rest: jobinsight retry"),
            )
            .help("raise ETL_TIMEOUT, or set ETL_BATCH_SIZE so that more is committed in the time"),
            Reason::TakenOver => crate::ledger::taken_over(),
        })
    }
}
