//! How a run begins: fresh, as the retry of one that did not finish, or beside one that is on.

use std::time::{Duration, Instant};

use jobinsight_core::database::{self, Connection, Target};
use jobinsight_core::{EtlError, Kind, Loaded, Result, clock};
use uuid::Uuid;

use crate::choice::{self, Choice, Flags, Listed, Owed};
use crate::control::{self, Taken};
use crate::ledger::{self, Beginning, Ledger, RunEntry};
use crate::spill::{self, Spilled};
use crate::stop::Stop;

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
            let choices = choice::choose(list, flags)?;
            fresh(loaded, target, stop, run, choices)
                .await
                .map(Box::new)
                .map(Asked::Begun)
        }
        Begin::Retry(name) => retry(loaded, target, stop, list, name.as_deref(), run).await,
        Begin::Join => join(loaded, target, stop, list, run)
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
        Taken::Lead(link) => Ok(Begun {
            link,
            ledger,
            choices,
            beginning: beginning(loaded)?,
            leads: true,
            spilled: Vec::new(),
            notes: Vec::new(),
        }),
        Taken::Held(link, holder) => {
            let silent = holder.silent_for(&link, &loaded.settings).await?;
            Err(holder.error(&loaded.settings, silent))
        }
    }
}

async fn retry(
    loaded: &Loaded,
    target: &Target,
    stop: &Stop,
    list: &[Listed],
    name: Option<&str>,
    new: Uuid,
) -> Result<Asked> {
    let settings = &loaded.settings;
    let look = patiently(target, stop, || {
        database::connect(target, "jobinsight retry")
    })
    .await?;
    let entry = match find(&look, loaded, name).await? {
        Ok(entry) => entry,
        Err(nothing) => return Ok(Asked::Nothing(nothing)),
    };
    drop(look);
    let ledger = Ledger::new(settings, entry.run_id, entry.attempt + 1, Uuid::now_v7());
    let link = match take(loaded, target, stop, &ledger.name).await? {
        Taken::Lead(link) => link,
        Taken::Held(link, holder) => {
            let silent = holder.silent_for(&link, settings).await?;
            return Err(holder.error(settings, silent));
        }
    };
    let mut past = ledger.past(&link, settings).await?;
    past.changed = changed(entry.settings.as_ref(), &deciding(loaded));
    let mut begun = Begun {
        link,
        ledger,
        choices: Vec::new(),
        beginning: beginning(loaded)?,
        leads: true,
        spilled: Vec::new(),
        notes: vec![format!(
            "retry of run {}, which {}",
            entry.run_id,
            match (&entry.error_code, entry.state.as_str()) {
                (Some(code), _) => format!("failed: {code}"),
                (None, state) => format!("was {state}"),
            }
        )],
    };
    match choice::owed(list, &past) {
        Owed::Superseded => {
            return Err(EtlError::new(
                Kind::Usage,
                "jobinsight::run::superseded",
                format!("a later run planned the work of run {} anew", entry.run_id),
            )
            .help("what is left is found by comparing: jobinsight run; or retry the later one: jobinsight runs list"));
        }
        Owed::Anew(why) => {
            begun.notes.push(format!("it begins anew: {why}"));
            begun.choices = choice::choose(list, &Flags::default())?;
            begun.beginning.retry_of = Some(entry.run_id);
            begun.ledger = Ledger::new(settings, new, 1, begun.ledger.worker);
            rename(&begun.link, &begun.ledger.name).await?;
        }
        Owed::Rest(choices) => {
            for choice in &choices {
                if let Some(why) = &choice.skipped {
                    begun
                        .notes
                        .push(format!("{} is skipped: {why}", choice.name));
                }
            }
            if past.planned && past.owed > 0 {
                begun.notes.push(format!(
                    "{} of {} batches are published already",
                    past.finished,
                    past.finished + past.owed
                ));
            }
            begun.spilled = spill::read(&settings.state_dir(), entry.run_id);
            for spilled in &begun.spilled {
                begun.notes.push(format!(
                    "batch {} goes on at {}",
                    spilled.batch.id, spilled.phase
                ));
            }
            // The clock of the run, so that its rows are of one time.
            begun.beginning.as_of = entry.as_of.unwrap_or(begun.beginning.as_of);
            begun.choices = choices;
        }
    }
    Ok(Asked::Begun(Box::new(begun)))
}

/// The run to go on with, or why there is none.
async fn find(
    client: &Connection,
    loaded: &Loaded,
    name: Option<&str>,
) -> Result<std::result::Result<RunEntry, String>> {
    let settings = &loaded.settings;
    let unknown = |name: &str| {
        EtlError::new(
            Kind::Usage,
            "jobinsight::run::unknown",
            format!("the ledger knows no one run whose name begins with {name}"),
        )
        .help("jobinsight runs list")
    };
    if !ledger::stands(client, &settings.staging_schema()).await? {
        return match name {
            Some(name) => Err(unknown(name)),
            None => Ok(Err("nothing to retry: there was no run yet".to_owned())),
        };
    }
    let entry = match name {
        Some(name) => match ledger::runs(client, settings, name, 2).await?.as_slice() {
            [entry] => entry.clone(),
            _ => return Err(unknown(name)),
        },
        None => {
            let runs = ledger::runs(client, settings, "", 100).await?;
            match runs.into_iter().find(|entry| entry.state != "refused") {
                Some(entry) => entry,
                None => return Ok(Err("nothing to retry: there was no run yet".to_owned())),
            }
        }
    };
    if entry.state == "done" || entry.state == "refused" {
        return Ok(Err(format!(
            "nothing to retry: run {} is {}",
            entry.run_id, entry.state
        )));
    }
    Ok(Ok(entry))
}

async fn join(
    loaded: &Loaded,
    target: &Target,
    stop: &Stop,
    list: &[Listed],
    new: Uuid,
) -> Result<Begun> {
    let settings = &loaded.settings;
    let choices = choice::choose(list, &Flags::default())?;
    let worker = Uuid::now_v7();
    let ledger = Ledger::new(settings, new, 1, worker);
    let mut told = false;
    loop {
        let (link, holder) = match take(loaded, target, stop, &ledger.name).await? {
            Taken::Lead(link) => {
                return Ok(Begun {
                    link,
                    ledger,
                    choices,
                    beginning: beginning(loaded)?,
                    leads: true,
                    spilled: Vec::new(),
                    notes: Vec::new(),
                });
            }
            Taken::Held(link, holder) => (link, holder),
        };
        let Some(run) = holder.run() else {
            return Err(holder.error(settings, None));
        };
        if let Some(entry) = planned(&link, loaded, run).await? {
            let now = deciding(loaded);
            let others = changed(entry.settings.as_ref(), &now);
            if !others.is_empty() {
                return Err(EtlError::new(
                    Kind::Usage,
                    "jobinsight::run::differs",
                    format!("run {run} works with other settings: {}", others.join(", ")),
                )
                .help("join with the settings of the run: jobinsight config show --origin"));
            }
            let ledger = Ledger::new(settings, run, entry.attempt, worker);
            rename(&link, &ledger.name).await?;
            return Ok(Begun {
                link,
                ledger,
                choices,
                beginning: Beginning {
                    as_of: entry.as_of.unwrap_or_default(),
                    settings: now,
                    retry_of: None,
                },
                leads: false,
                spilled: Vec::new(),
                notes: vec![format!("joined run {run}")],
            });
        }
        if !told {
            tracing::info!("run {run} is on, and has not filled its queue yet: waiting");
            told = true;
        }
        tokio::select! {
            () = tokio::time::sleep(Duration::from_millis(250)) => {}
            () = stop.token.cancelled() => return Err(stopped(stop)),
        }
    }
}

/// The entry of a run whose queue is filled.
async fn planned(client: &Connection, loaded: &Loaded, run: Uuid) -> Result<Option<RunEntry>> {
    let settings = &loaded.settings;
    if !ledger::stands(client, &settings.staging_schema()).await? {
        return Ok(None);
    }
    let probe = Ledger::new(settings, run, 1, run);
    if probe.plan(client, settings).await?.is_none() {
        return Ok(None);
    }
    let entries = ledger::runs(client, settings, &run.to_string(), 1).await?;
    Ok(entries.into_iter().find(|entry| entry.state == "running"))
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
        control::take(target, &loaded.settings, name)
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
