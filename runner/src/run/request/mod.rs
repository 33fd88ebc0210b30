//! The request for a run, and how the run starts: fresh, as the retry of a run that did not finish, or beside the
//! process that leads the run in progress.

mod claimed_run;
mod content_settings;
mod join;
mod retry;

use jobinsight_core::database::Target;
use jobinsight_core::{Loaded, Result};
use uuid::Uuid;

pub(crate) use self::claimed_run::{ClaimedRun, RequestOutcome};
use self::claimed_run::{connect_when_ready, new_header};
use crate::ledger::Ledger;
use crate::pipeline::ListedPhase;
use crate::pipeline::selection::{self, PhaseSelection, Selected};
use crate::session::connect::Connected;
use crate::session::shutdown::Stop;

/// The request for a run.
#[derive(Debug, Clone)]
pub(crate) enum RunRequest {
    /// Start a run of these phases.
    Fresh(PhaseSelection),
    /// Resume a run that did not finish: the named one, or the last one.
    Retry(Option<String>),
    /// Help the run in progress, or start one if there is none.
    Join,
}

impl RunRequest {
    /// The phases that were selected by flags. Without flags, all phases are selected.
    pub(crate) fn selection(&self) -> PhaseSelection {
        match self {
            Self::Fresh(selection) => selection.clone(),
            Self::Retry(_) | Self::Join => PhaseSelection::default(),
        }
    }

    /// Whether the phase that fills the queue may work again in this run.
    pub(crate) fn may_plan(&self) -> bool {
        match self {
            Self::Fresh(selection) => *selection == PhaseSelection::default(),
            Self::Retry(_) => true,
            Self::Join => false,
        }
    }
}

/// Connects, takes the run lock or joins the process that holds it, and finds out which phases have to work.
pub(crate) async fn claim(
    loaded: &Loaded,
    target: &Target,
    stop: &Stop,
    list: &[ListedPhase],
    request: &RunRequest,
    run: Uuid,
) -> Result<RequestOutcome> {
    let claimed = match request {
        RunRequest::Fresh(selection) => {
            let selected = selection::select(list, selection)?;
            fresh(loaded, target, stop, run, selected).await?
        }
        RunRequest::Retry(name) => {
            return retry::retry(loaded, target, stop, list, name.as_deref(), run).await;
        }
        RunRequest::Join => join::join(loaded, target, stop, list, run).await?,
    };
    Ok(RequestOutcome::Claimed(Box::new(claimed)))
}

async fn fresh(
    loaded: &Loaded,
    target: &Target,
    stop: &Stop,
    run: Uuid,
    selected: Selected,
) -> Result<ClaimedRun> {
    let ledger = Ledger::new(&loaded.settings, run, 1, Uuid::now_v7());
    match connect_when_ready(loaded, target, stop, &ledger.name).await? {
        Connected::Leading(link) => {
            let header = new_header(loaded)?;
            let mut claimed = ClaimedRun::leading(link, ledger, selected.choices, header);
            claimed.needs_queue = selected.needs_queue;
            Ok(claimed)
        }
        Connected::LockedBy(link, holder) => {
            let silent = holder.silent_for(&link, &loaded.settings).await?;
            Err(holder.error(&loaded.settings, silent))
        }
    }
}
