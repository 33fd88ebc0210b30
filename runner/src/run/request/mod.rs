//! How a run begins: fresh, as the retry of one that did not finish, or beside one that is on.

mod join;
mod retry;

use std::time::{Duration, Instant};

use jobinsight_core::database::{Connection, Target};
use jobinsight_core::{EtlError, Loaded, Result, clock};
use uuid::Uuid;

use crate::ledger::{Beginning, Ledger};
use crate::pipeline::selection::{self, Choice, Flags, Listed};
use crate::run::spill::Spilled;
use crate::session::control_connection::{self, Taken};
use crate::session::shutdown::Stop;

/// What was asked for.
#[derive(Debug, Clone)]
pub(crate) enum Begin {
    /// A run, its phases chosen by hand.
    Run(Flags),
    /// To go on with a run that did not finish: the named one, or the last.
    Retry(Option<String>),
    /// To help the run that is on; to begin one where none is.
    Join,
}

impl Begin {
    /// The choice by hand: all phases where there is none.
    pub(crate) fn flags(&self) -> Flags {
        match self {
            Self::Run(flags) => flags.clone(),
            Self::Retry(_) | Self::Join => Flags::default(),
        }
    }

    /// Whether the phase that fills the queue may work as well.
    pub(crate) fn plans(&self) -> bool {
        match self {
            Self::Run(flags) => *flags == Flags::default(),
            Self::Retry(_) => true,
            Self::Join => false,
        }
    }
}

/// A run that can begin.
pub(crate) struct Begun {
    pub(crate) link: Connection,
    pub(crate) ledger: Ledger,
    pub(crate) choices: Vec<Choice>,
    pub(crate) beginning: Beginning,
    /// Whether this process has the lock.
    pub(crate) leads: bool,
    /// Batches of the attempt before that go on where they failed.
    pub(crate) spilled: Vec<Spilled>,
    pub(crate) notes: Vec<String>,
}

impl Begun {
    /// One that this process leads, and that begins with nothing done.
    fn leading(
        link: Connection,
        ledger: Ledger,
        choices: Vec<Choice>,
        beginning: Beginning,
    ) -> Self {
        Self {
            link,
            ledger,
            choices,
            beginning,
            leads: true,
            spilled: Vec::new(),
            notes: Vec::new(),
        }
    }
}

/// What asking for a run came to.
pub(crate) enum Asked {
    Begun(Box<Begun>),
    /// There is nothing to do, and why.
    Nothing(String),
}

/// Connects, takes the lock or a place beside who has it, and finds out what is to be done.
pub(crate) async fn begin(
    loaded: &Loaded,
    target: &Target,
    stop: &Stop,
    list: &[Listed],
    begin: &Begin,
    run: Uuid,
) -> Result<Asked> {
    match begin {
        Begin::Run(flags) => {
            let choices = selection::choose(list, flags)?;
            fresh(loaded, target, stop, run, choices)
                .await
                .map(Box::new)
                .map(Asked::Begun)
        }
        Begin::Retry(name) => retry::retry(loaded, target, stop, list, name.as_deref(), run).await,
        Begin::Join => join::join(loaded, target, stop, list, run)
            .await
            .map(Box::new)
            .map(Asked::Begun),
    }
}

async fn fresh(
    loaded: &Loaded,
    target: &Target,
    stop: &Stop,
    run: Uuid,
    choices: Vec<Choice>,
) -> Result<Begun> {
    let ledger = Ledger::new(&loaded.settings, run, 1, Uuid::now_v7());
    match take(loaded, target, stop, &ledger.name).await? {
        Taken::Lead(link) => Ok(Begun::leading(link, ledger, choices, beginning(loaded)?)),
        Taken::Held(link, holder) => {
            let silent = holder.silent_for(&link, &loaded.settings).await?;
            Err(holder.error(&loaded.settings, silent))
        }
    }
}

async fn rename(link: &Connection, name: &str) -> Result<()> {
    link.execute("SELECT set_config('application_name', $1, false)", &[&name])
        .await
        .map(|_| ())
        .map_err(|error| EtlError::database(error, "naming a connection"))
}

fn beginning(loaded: &Loaded) -> Result<Beginning> {
    let as_of = match &loaded.settings.as_of {
        Some(text) => {
            clock::parse(text)?;
            text.clone()
        }
        None => clock::now(),
    };
    Ok(Beginning {
        as_of,
        settings: deciding(loaded),
        retry_of: None,
    })
}

/// The settings that decide the content.
fn deciding(loaded: &Loaded) -> serde_json::Value {
    // Not where the user's tables stand, but what they say.
    let mark = loaded.settings.rules_mark();
    let tables = mark.map(|mark| ("rules_dir".to_owned(), mark.into()));
    loaded
        .origins()
        .into_iter()
        .filter(|setting| {
            ["rules", "pipeline"].contains(&setting.key.as_str())
                || ["raw.", "staging.", "phases."]
                    .iter()
                    .any(|prefix| setting.key.starts_with(prefix))
        })
        .map(|setting| (setting.key, setting.value))
        .chain(tables)
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// The settings that are others now.
fn changed(then: Option<&serde_json::Value>, now: &serde_json::Value) -> Vec<String> {
    let empty = serde_json::Map::new();
    let then = then
        .and_then(serde_json::Value::as_object)
        .unwrap_or(&empty);
    let now = now.as_object().unwrap_or(&empty);
    let mut keys: Vec<&String> = then.keys().chain(now.keys()).collect();
    keys.sort();
    keys.dedup();
    keys.into_iter()
        .filter(|key| then.get(*key) != now.get(*key))
        .cloned()
        .collect()
}

async fn take(loaded: &Loaded, target: &Target, stop: &Stop, name: &str) -> Result<Taken> {
    patiently(target, stop, || {
        control_connection::take(target, &loaded.settings, name)
    })
    .await
}

/// How long a server that does not answer is waited for before a run.
const PATIENCE: Duration = Duration::from_secs(30);

/// Does something that needs the server; one that is just starting is waited for.
async fn patiently<T, F>(target: &Target, stop: &Stop, work: impl Fn() -> F) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    let started = Instant::now();
    let mut last: Option<EtlError> = None;
    loop {
        // Time that runs out while the server is away is the server's failure, and may pass.
        let out_of_time = |last: Option<EtlError>| {
            last.filter(|_| stop.is_timeout())
                .unwrap_or_else(|| stopped(stop))
        };
        let error = tokio::select! {
            result = work() => match result {
                Err(error) if error.kind().is_passing() => error,
                other => return other,
            },
            () = stop.token.cancelled() => return Err(out_of_time(last)),
        };
        if started.elapsed() >= PATIENCE {
            return Err(error);
        }
        tracing::warn!("{error}; waiting for the server at {}", target.display());
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
            () = stop.token.cancelled() => return Err(out_of_time(Some(error))),
        }
        last = Some(error);
    }
}

/// Why the run was stopped.
pub(crate) fn stopped(stop: &Stop) -> EtlError {
    stop.error()
        .unwrap_or_else(|| EtlError::bug("the run was stopped, and nobody says why"))
}
