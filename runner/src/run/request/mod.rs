//! The request for a run, and how the run starts: fresh, as the retry of a run that did not finish, or beside the
//! process that leads the run in progress.

mod claimed_run;
mod content_settings;
mod fill;
mod join;
mod retry;

use jobinsight_core::database::Target;
use jobinsight_core::{Loaded, PhaseSpec, Result};
use uuid::Uuid;

pub(crate) use self::claimed_run::ClaimedRun;
use self::claimed_run::{connect_when_ready, new_header};
pub(super) use self::content_settings::RUN_KEYS;
pub(crate) use self::retry::{RetriedRun, RetryRequest, RetryTarget};
use crate::ledger::Ledger;
use crate::pipeline::listed;
use crate::pipeline::selection::{self, PhaseSelection, Selected};
use crate::session::connect::Connected;
use crate::session::shutdown::Stop;

/// The request for a run.
#[derive(Debug, Clone)]
pub(crate) enum RunRequest {
    /// Start a run of these phases.
    Fresh(PhaseSelection),
    /// Fill a phase: compute its values for the published rows.
    Fill(String),
    /// Resume a run that did not finish.
    Retry(RetryRequest),
    /// Help the run in progress, or start one if there is none.
    Join,
}

impl RunRequest {
    /// The phases that were selected by flags. Without flags, all phases are selected.
    pub(crate) fn selection(&self) -> PhaseSelection {
        match self {
            Self::Fresh(selection) => selection.clone(),
            Self::Fill(_) | Self::Retry(_) | Self::Join => PhaseSelection::default(),
        }
    }

    /// Whether the phase that fills the queue may work again in this run.
    pub(crate) fn may_plan(&self) -> bool {
        match self {
            Self::Fresh(selection) => *selection == PhaseSelection::default(),
            Self::Fill(_) | Self::Retry(_) => true,
            Self::Join => false,
        }
    }
}

/// Finds the run that the request resumes, with the settings of its retry. `None` if the request does not resume a run.
pub(crate) async fn retried(
    loaded: &Loaded,
    target: &Target,
    stop: &Stop,
    request: &RunRequest,
) -> Result<Option<RetryTarget>> {
    match request {
        RunRequest::Retry(request) => retry::find(loaded, target, stop, request).await.map(Some),
        RunRequest::Fresh(_) | RunRequest::Fill(_) | RunRequest::Join => Ok(None),
    }
}

/// Connects, takes the run lock or joins the process that holds it, and finds out which phases have to work.
pub(crate) async fn claim(
    loaded: &Loaded,
    target: &Target,
    stop: &Stop,
    specs: &[&'static PhaseSpec],
    request: &RunRequest,
    retried: Option<RetriedRun>,
    run: Uuid,
) -> Result<ClaimedRun> {
    match (request, retried) {
        (_, Some(retried)) => retry::retry(retried, target, stop, specs, run).await,
        (RunRequest::Join, None) => join::join(loaded, target, stop, specs, run).await,
        (RunRequest::Fill(phase), None) => {
            fill::fill(loaded, target, stop, specs, phase, run).await
        }
        (request, None) => {
            let selected = selection::select(&listed(specs), &request.selection())?;
            fresh(loaded, target, stop, run, selected).await
        }
    }
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
            if selected.needs_queue {
                claimed.notes.push(
                    "only the rows of the last plan are processed, because no phase that plans is selected; raw rows that were written later stay pending"
                        .to_owned(),
                );
            }
            Ok(claimed)
        }
        Connected::LockedBy(link, holder) => {
            let silent = holder.silent_for(&link, &loaded.settings).await?;
            Err(holder.error(&loaded.settings, silent))
        }
    }
}
