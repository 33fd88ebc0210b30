//! The checks before a run begins, and the connections and files that it works with.

use std::sync::{Arc, Mutex};

use jobinsight_core::database::{self, Target};
use jobinsight_core::metrics::Monitor;
use jobinsight_core::{
    Loaded, NeededColumns, Resource, Result, RuleSet, RunContext, clock, registry,
};
use jobinsight_sql::schema;
use uuid::Uuid;

use super::active_run::ActiveRun;
use super::entry;
use super::progress::Progress;
use super::request::{ClaimedRun, RetryTarget, RunRequest, claim, retried};
use super::wal_waker::Savers;
use crate::display::{PhaseTrack, RunTracks};
use crate::ledger::{Batches, host};
use crate::log_context;
use crate::pipeline::selection::PhaseChoice;
use crate::pipeline::{self, Stage, fill};
use crate::report::place::RunPlace;
use crate::report::results::check_state_dir;
use crate::session::control_connection::ControlConnection;
use crate::session::shutdown::Stop;

/// How the preparation ended.
pub(super) enum Prepared {
    /// The run can begin.
    Run(Box<PreparedRun>),
    /// There is nothing to do, for this reason.
    NothingToDo(String),
}

/// A run that can begin.
pub(super) struct PreparedRun {
    pub(super) run: ActiveRun,
    /// The settings of the run. Those of a retry are the recorded ones.
    pub(super) loaded: Box<Loaded>,
    /// The stages that work in this run.
    pub(super) stages: Vec<Stage>,
    /// Whether the phases work on a queue that an earlier run filled.
    pub(super) needs_queue: bool,
}

/// Checks the list of phases and the state directory, claims the run, and opens what it works with. A run that is
/// refused is written to the ledger, if there is one.
pub(super) async fn prepare(
    loaded: &Loaded,
    target: &Target,
    stop: &Stop,
    request: &RunRequest,
    run_id: Uuid,
    progress: &mut Progress,
) -> Result<Prepared> {
    let (loaded, stages, claimed) = match claim_run(loaded, target, stop, request, run_id).await {
        Ok(Claimed::Run {
            loaded,
            stages,
            claimed,
        }) => (loaded, stages, *claimed),
        Ok(Claimed::NothingToDo(why)) => return Ok(Prepared::NothingToDo(why)),
        Err(error) => {
            progress.end(Some(&error));
            entry::write_refusal(loaded, target, run_id, &progress.results, &error).await;
            return Err(error);
        }
    };
    let needs_queue = claimed.needs_queue;
    let steps = stages.iter().flat_map(Stage::steps);
    let needed = NeededColumns::of(steps.flat_map(|step| step.spec.needs).copied());
    // A fill publishes nothing. It computes the values that a run of the pipeline would compute.
    let is_fill = claimed.header.fills.is_some();
    let publishing = if is_fill { &[] } else { &stages[..] };
    let rules = pipeline::rules(&loaded.settings, publishing);
    progress.choices.clone_from(&claimed.choices);
    progress.results.run_id = claimed.ledger.run.to_string();
    log_context::set_run(&progress.results.run_id);
    progress.results.place = RunPlace::of(&loaded.settings, target, host());
    progress.results.place.server.version = claimed
        .link
        .query_one("SHOW server_version", &[])
        .await
        .ok()
        .map(|row| row.get(0));
    progress.results.attempt = claimed.ledger.attempt;
    progress.results.fills.clone_from(&claimed.header.fills);
    let tracks = tracks(&stages, loaded.settings.max_workers);
    Ok(Prepared::Run(Box::new(PreparedRun {
        run: open(&loaded, target, stop, claimed, (needed, rules), tracks).await?,
        loaded,
        stages,
        needs_queue,
    })))
}

enum Claimed {
    Run {
        /// The settings of the run. Those of a retry are the recorded ones.
        loaded: Box<Loaded>,
        stages: Vec<Stage>,
        claimed: Box<ClaimedRun>,
    },
    NothingToDo(String),
}

async fn claim_run(
    loaded: &Loaded,
    target: &Target,
    stop: &Stop,
    request: &RunRequest,
    run_id: Uuid,
) -> Result<Claimed> {
    let monitor = Monitor::start();
    check_state_dir(&loaded.settings.state_dir())?;
    let retried = match retried(loaded, target, stop, request).await? {
        Some(RetryTarget::None(why)) => return Ok(Claimed::NothingToDo(why)),
        Some(RetryTarget::Run(run)) => Some(*run),
        None => None,
    };
    let loaded = retried.as_ref().map_or(loaded, |run| &run.loaded).clone();
    let specs = pipeline::checked(&loaded, &request.selection())?;
    let claimed = claim(&loaded, target, stop, &specs, request, retried, run_id).await?;
    if !prepares_schema(&claimed.choices) {
        schema::require_current(&*claimed.link, &loaded.settings).await?;
    }
    let specs = fill::phases_of_run(&specs, claimed.header.fills.as_deref())?;
    let stages = pipeline::build(&loaded, &specs, &claimed.choices, &monitor)?;
    Ok(Claimed::Run {
        loaded: Box::new(loaded),
        stages,
        claimed: Box::new(claimed),
    })
}

/// Whether a phase works that creates and upgrades the schema.
fn prepares_schema(choices: &[PhaseChoice]) -> bool {
    let working = choices.iter().filter(|choice| choice.skipped.is_none());
    let mut specs = working.filter_map(|choice| registry::find(choice.name));
    specs.any(|spec| spec.gives.contains(&Resource::Schema))
}

/// The progress of the phases that work, for the display.
fn tracks(stages: &[Stage], lanes: u32) -> RunTracks {
    let steps = stages.iter().flat_map(Stage::steps);
    let phases = steps.map(|step| PhaseTrack::new(step.spec.name, step.spec.about, &step.metrics));
    RunTracks::new(phases.collect(), lanes)
}

/// Opens the pool, and starts to watch the control connection.
async fn open(
    loaded: &Loaded,
    target: &Target,
    stop: &Stop,
    claimed: ClaimedRun,
    (needed, rules): (NeededColumns, String),
    tracks: RunTracks,
) -> Result<ActiveRun> {
    let settings = Arc::new(loaded.settings.clone());
    let ClaimedRun {
        link,
        ledger,
        header,
        leads,
        spilled,
        notes,
        ..
    } = claimed;
    let pool = database::pool(target, &settings, &ledger.name).await?;
    let process = format!("{}/{}", host(), std::process::id());
    let context = RunContext::new(
        ledger.run,
        (ledger.process, process),
        Arc::clone(&settings),
        pool.clone(),
        stop.token.child_token(),
        clock::parse(&header.as_of)?,
        Box::new(Batches::new(&settings, ledger.run, ledger.process)),
    )
    .with_phases(needed, rules);
    for note in notes {
        context.note(note);
    }
    if settings.rules == RuleSet::V1 && settings.custom_rules.digest().is_some() {
        context.note("the tables of rules_dir extend the rule set `standard`; with rules = \"v1\" they have no effect");
    }
    Ok(ActiveRun {
        control: ControlConnection::watch(target, &settings, &ledger, &pool, stop, link, leads),
        context: Arc::new(context),
        savers: Savers::default(),
        ledger,
        state_dir: settings.state_dir(),
        spilled: Mutex::new(spilled.into()),
        header,
        tracks: Arc::new(tracks),
    })
}
