//! The steps of `jobinsight retry`:
//!
//! 1. It finds the run to retry: the named one, or the last one that was not refused. A run that is done has nothing to
//!    retry.
//! 2. It replaces its settings by those that the run recorded (`restore`).
//! 3. It takes the run lock, so that no other process works on the run.
//! 4. It reads the facts of the previous attempts from the ledger, and decides with [`RetryPlan::of`]: resume the run,
//!    plan the work again, or refuse because a later run planned the work.
//! 5. A resumed run keeps its id. After it has planned, it also keeps its clock, so that all its rows are as of one time.
//!    Batches that failed were spilled to disk; they resume at the phase that failed. All other batches go through the whole
//!    lane.
//! 6. Work that is planned again gets a new run. The new run records which run it retries.

mod plan;
mod restore;
#[cfg(test)]
mod tests;

use jobinsight_core::database::{self, Connection, Target};
use jobinsight_core::plural::{are, counted};
use jobinsight_core::state::RunState;
use jobinsight_core::{EtlError, Loaded, PhaseSpec, Result, advice};
use uuid::Uuid;

use self::plan::{RetryPlan, RetryState};
use self::restore::{Restored, restore};
use super::claimed_run::{ClaimedRun, connect_when_ready, new_header, patiently, rename};
use super::fill::refuse_unfinished;
use crate::codes;
use crate::ledger::{self, Ledger, RunEntry, RunHeader};
use crate::log_context;
use crate::pipeline::selection::PhaseChoice;
use crate::pipeline::{fill, listed};
use crate::run::spill;
use crate::session::connect::Connected;
use crate::session::shutdown::Stop;

/// The request for a retry.
#[derive(Debug, Clone, Default)]
pub(crate) struct RetryRequest {
    /// The start of the id of the run. None: the last run.
    pub(crate) name: Option<String>,
    /// Whether the retry uses the settings as they are now, and not those that the run recorded.
    pub(crate) current_settings: bool,
}

/// The run to retry, or the reason why there is none.
pub(crate) enum RetryTarget {
    Run(Box<RetriedRun>),
    None(String),
}

/// A run that did not finish, and the settings of its retry.
pub(crate) struct RetriedRun {
    entry: RunEntry,
    pub(crate) loaded: Loaded,
    /// The settings that differ from the recorded ones.
    changed: Vec<String>,
    notes: Vec<String>,
}

/// Finds the run to retry, and the settings of its retry.
pub(super) async fn find(
    loaded: &Loaded,
    target: &Target,
    stop: &Stop,
    request: &RetryRequest,
) -> Result<RetryTarget> {
    let look = patiently(target, stop, || {
        database::connect_for(target, "retry", &loaded.settings)
    })
    .await?;
    let entry = match find_entry(&look, loaded, request.name.as_deref()).await? {
        FoundEntry::Entry(entry) => *entry,
        FoundEntry::Nothing(why) => return Ok(RetryTarget::None(why)),
    };
    log_context::set_run(&entry.run_id.to_string());
    let Restored {
        loaded,
        changed,
        notes,
    } = restore(loaded, entry.settings.as_ref(), request.current_settings)?;
    Ok(RetryTarget::Run(Box::new(RetriedRun {
        entry,
        loaded,
        changed,
        notes,
    })))
}

/// Takes the run lock, and decides which phases have to work. `new` is the id of the run if the work has to be planned
/// again.
pub(super) async fn retry(
    retried: RetriedRun,
    target: &Target,
    stop: &Stop,
    specs: &[&'static PhaseSpec],
    new: Uuid,
) -> Result<ClaimedRun> {
    let RetriedRun {
        entry,
        loaded,
        changed,
        notes,
    } = retried;
    let specs = fill::phases_of_run(specs, entry.fills.as_deref())?;
    let list = &listed(&specs);
    let mut claimed = lead(&loaded, target, stop, &entry).await?;
    claimed.notes.extend(notes);
    if entry.fills.is_some() {
        refuse_unfinished(&claimed.ledger, &claimed.link).await?;
    }
    let state = read_state(&claimed, &loaded, &entry, changed).await?;
    match RetryPlan::of(list, &state) {
        RetryPlan::Resume(choices) => {
            claimed.spilled = spill::read(&loaded.settings.state_dir(), entry.run_id, list);
            resume(&mut claimed, entry, &state, choices);
        }
        RetryPlan::StartAgain(why) => {
            claimed
                .notes
                .push(format!("the work is planned again: {why}"));
            claimed.choices = fill::all_of(&specs);
            claimed.header.retry_of = Some(entry.run_id);
            claimed.ledger = Ledger::new(&loaded.settings, new, 1, claimed.ledger.process);
            rename(&claimed.link, &claimed.ledger.name).await?;
        }
        RetryPlan::Superseded => return Err(superseded(&entry)),
    }
    Ok(claimed)
}

/// The next attempt of the run, led by this process.
async fn lead(
    loaded: &Loaded,
    target: &Target,
    stop: &Stop,
    entry: &RunEntry,
) -> Result<ClaimedRun> {
    let settings = &loaded.settings;
    let ledger = Ledger::new(settings, entry.run_id, entry.attempt + 1, Uuid::now_v7());
    let link = match connect_when_ready(loaded, target, stop, &ledger.name).await? {
        Connected::Leading(link) => link,
        Connected::LockedBy(link, holder) => {
            let silent = holder.silent_for(&link, settings).await?;
            return Err(holder.error(settings, silent));
        }
    };
    let header = RunHeader {
        fills: entry.fills.clone(),
        ..new_header(loaded)?
    };
    let mut claimed = ClaimedRun::leading(link, ledger, Vec::new(), header);
    claimed.notes.push(format!(
        "retry of run {}, which {}",
        entry.run_id,
        match (&entry.error_code, entry.state) {
            (Some(code), _) => format!("failed: {code}"),
            (None, state) => format!("was {state}"),
        }
    ));
    Ok(claimed)
}

/// Reads the facts of the previous attempts from the ledger.
async fn read_state(
    claimed: &ClaimedRun,
    loaded: &Loaded,
    entry: &RunEntry,
    changed: Vec<String>,
) -> Result<RetryState> {
    let (ledger, link) = (&claimed.ledger, &claimed.link);
    let queue = ledger.queue(link).await?;
    Ok(RetryState {
        done: ledger.done_phases(link).await?,
        is_planned: ledger.plan(link, &loaded.settings).await?.is_some(),
        unpublished: queue.owed(),
        published: queue.done,
        superseded: queue.superseded,
        had_too_few_rows: entry.error_code.as_deref() == Some(codes::QUALITY_TOO_FEW_ROWS.name()),
        work_is_complete: ledger.work_is_whole(link).await?,
        changed,
    })
}

/// Resumes the run with these phases, and with the batches that were spilled.
fn resume(
    claimed: &mut ClaimedRun,
    entry: RunEntry,
    state: &RetryState,
    choices: Vec<PhaseChoice>,
) {
    let notes = &mut claimed.notes;
    for choice in &choices {
        if let Some(why) = &choice.skipped {
            notes.push(format!("{} is skipped: {why}", choice.name));
        }
    }
    if state.is_planned && state.unpublished > 0 {
        notes.push(format!(
            "{} of {} {} {} already",
            state.published,
            counted(state.published + state.unpublished, "batch"),
            are(state.published),
            entry.batch_verb()
        ));
    }
    for spilled in &claimed.spilled {
        notes.push(format!(
            "batch {} resumes at {}",
            spilled.batch.id, spilled.phase
        ));
    }
    // Without a plan, no row has the clock of an earlier attempt, and a crawl that came since then must count.
    if let Some(as_of) = entry.as_of.filter(|_| state.is_planned) {
        claimed.header.as_of = as_of;
    }
    claimed.choices = choices;
}

fn superseded(entry: &RunEntry) -> EtlError {
    let run = entry.run_id;
    if let Some(phase) = &entry.fills {
        let message = format!(
            "run {run} cannot continue the fill of `{phase}`, because a later run used the queue"
        );
        return EtlError::new(codes::RUN_SUPERSEDED, message).help(format!(
            "fill the phase again: {}",
            advice::command(format!("run --fill {phase}"))
        ));
    }
    EtlError::new(
        codes::RUN_SUPERSEDED,
        format!("a later run planned the work of run {run} again"),
    )
    .help(format!(
        "`{}`, which finds the remaining work; or retry the later run, which `{}` shows",
        advice::command("run"),
        advice::command("runs list")
    ))
}

/// The entry of the run to retry, or the reason why there is none.
enum FoundEntry {
    Entry(Box<RunEntry>),
    Nothing(String),
}

/// Finds the entry of the run to retry.
async fn find_entry(
    client: &Connection,
    loaded: &Loaded,
    name: Option<&str>,
) -> Result<FoundEntry> {
    let settings = &loaded.settings;
    let no_run = || FoundEntry::Nothing("nothing to retry: there was no run yet".to_owned());
    let exists = ledger::exists(client, &settings.staging_schema()).await?;
    let entry = match name {
        Some(name) if !exists => return Err(unknown(name)),
        None if !exists => return Ok(no_run()),
        Some(name) => match ledger::runs(client, settings, name, 2).await?.as_slice() {
            [entry] => entry.clone(),
            _ => return Err(unknown(name)),
        },
        None => {
            let runs = ledger::runs(client, settings, "", 100).await?;
            match runs
                .into_iter()
                .find(|entry| entry.state != RunState::Refused)
            {
                Some(entry) => entry,
                None => return Ok(no_run()),
            }
        }
    };
    if matches!(entry.state, RunState::Done | RunState::Refused) {
        return Ok(FoundEntry::Nothing(format!(
            "nothing to retry: run {} is {}",
            entry.run_id, entry.state
        )));
    }
    Ok(FoundEntry::Entry(Box::new(entry)))
}

fn unknown(name: &str) -> EtlError {
    EtlError::new(
        codes::RUN_UNKNOWN,
        format!("no run, or more than one, has an id that starts with `{name}`"),
    )
    .help(format!("`{}` shows the ids", advice::command("runs list")))
}
