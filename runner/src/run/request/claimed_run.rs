//! A run that this process may work on. To get such a run, the process connects, waits for a server that is starting, and
//! asks for the run lock.

use std::time::Duration;

use jobinsight_core::database::{Connection, Target};
use jobinsight_core::{EtlError, Loaded, Result, clock};

use super::content_settings::recorded;
use crate::ledger::{Ledger, RunHeader};
use crate::pipeline::selection::PhaseChoice;
use crate::run::rare_log::RareLog;
use crate::run::spill::SpilledBatch;
use crate::session::connect::{self, Connected};
use crate::session::shutdown::Stop;

/// A run that this process may work on.
pub(crate) struct ClaimedRun {
    pub(crate) link: Connection,
    pub(crate) ledger: Ledger,
    pub(crate) choices: Vec<PhaseChoice>,
    pub(crate) header: RunHeader,
    /// Whether this process holds the run lock.
    pub(crate) leads: bool,
    /// Whether the phases work on a queue that an earlier run filled.
    pub(crate) needs_queue: bool,
    /// Batches of the previous attempt that resume at the phase that failed.
    pub(crate) spilled: Vec<SpilledBatch>,
    pub(crate) notes: Vec<String>,
}

impl ClaimedRun {
    /// A new run that this process leads.
    pub(super) fn leading(
        link: Connection,
        ledger: Ledger,
        choices: Vec<PhaseChoice>,
        header: RunHeader,
    ) -> Self {
        Self {
            link,
            ledger,
            choices,
            header,
            leads: true,
            needs_queue: false,
            spilled: Vec::new(),
            notes: Vec::new(),
        }
    }
}

/// The header of a run that begins now.
pub(super) fn new_header(loaded: &Loaded) -> Result<RunHeader> {
    let as_of = match &loaded.settings.as_of {
        Some(text) => {
            clock::parse(text)?;
            text.clone()
        }
        None => clock::now(),
    };
    Ok(RunHeader {
        as_of,
        settings: recorded(loaded),
        retry_of: None,
        fills: None,
    })
}

/// Changes the name of the connection in `pg_stat_activity`.
pub(super) async fn rename(link: &Connection, name: &str) -> Result<()> {
    link.execute("SELECT set_config('application_name', $1, false)", &[&name])
        .await
        .map(|_| ())
        .map_err(|error| EtlError::database(error, "naming a connection"))
}

/// Connects and asks for the run lock.
pub(super) async fn connect_when_ready(
    loaded: &Loaded,
    target: &Target,
    stop: &Stop,
    name: &str,
) -> Result<Connected> {
    patiently(target, stop, || {
        connect::connect(target, &loaded.settings, name)
    })
    .await
}

/// The longest time that a run waits, before it begins, for a server that does not answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// The advice when the server did not answer before a run began. There is nothing to retry then.
const CHECK_SERVER: &str =
    "check host and port, and that the server runs; then type the command again";

/// Does work that needs the server, and waits for a server that is starting.
pub(super) async fn patiently<T, F>(target: &Target, stop: &Stop, work: impl Fn() -> F) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    let mut log = RareLog::new();
    let mut last: Option<EtlError> = None;
    loop {
        // If the timeout ends the wait, the error of the server is the cause.
        let out_of_time = |last: Option<EtlError>| {
            last.filter(|_| stop.is_timeout())
                .unwrap_or_else(|| stop.reason())
        };
        let error = tokio::select! {
            result = work() => match result {
                Err(error) if error.kind().is_repeatable() => error,
                other => return other,
            },
            () = stop.token.cancelled() => return Err(out_of_time(last)),
        };
        let Some(left) = PATIENCE.checked_sub(log.elapsed()) else {
            let has_refused = error
                .postgres()
                .is_some_and(|cause| cause.as_db_error().is_some());
            let waited = format!(
                "the server at {} {} for {} s",
                target.display(),
                if has_refused {
                    "refused connections"
                } else {
                    "did not answer"
                },
                PATIENCE.as_secs()
            );
            let error = error.and(&waited);
            return Err(if has_refused {
                error
            } else {
                error.help(CHECK_SERVER)
            });
        };
        if log.is_due() {
            tracing::warn!(
                "{error}; waiting for the server at {} for at most {} s",
                target.display(),
                left.as_secs()
            );
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
            () = stop.token.cancelled() => return Err(out_of_time(Some(error))),
        }
        last = Some(error);
    }
}
