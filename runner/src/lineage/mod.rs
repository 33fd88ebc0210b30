//! Events of OpenLineage: which tables a run reads and writes, from which columns each column comes, and how the run and its phases
//! ended.
//!
//! The run is a job, and each phase is a job whose parent is the run. A phase has an event when it starts and one when it ends. A
//! joined process sends no event, because the process that leads reports the run.
//!
//! Without a receiver in the settings, nothing is computed. Lineage never fails a run.

mod datasets;
mod description;
mod event;
mod facet;
mod open_run;
mod parent;
mod quality;
mod sender;

use std::sync::Arc;

use jobinsight_core::settings::OpenLineage;
use jobinsight_core::state::PhaseState;
use jobinsight_core::{EtlError, Loaded, PhaseSpec};

use self::event::EventType;
use self::open_run::OpenRun;
use self::sender::EventSender;
use crate::pipeline::Step;
use crate::report::results::{PhaseResult, RunResults};

/// The receivers of the events of this process.
#[derive(Clone)]
pub(crate) struct Lineage(Option<Arc<EventSender>>);

impl Lineage {
    /// Opens the receivers of the settings.
    pub(crate) fn open(settings: &OpenLineage) -> Self {
        Self(EventSender::open(settings).map(Arc::new))
    }

    /// Waits until the events are sent, at most for `openlineage.timeout`.
    pub(crate) async fn close(&self) {
        if let Some(sender) = &self.0 {
            sender.close().await;
        }
    }

    /// The lineage of one attempt of a run of these phases. `loaded` has the settings of the run.
    pub(crate) fn of_run(
        &self,
        loaded: &Loaded,
        results: &RunResults,
        phases: &[&'static PhaseSpec],
    ) -> RunLineage {
        let open = |sender: &Arc<EventSender>| {
            let run = results.run_id.parse().ok()?;
            Some(OpenRun::new(
                Arc::clone(sender),
                loaded,
                results,
                run,
                phases,
            ))
        };
        RunLineage(self.0.as_ref().and_then(open))
    }
}

/// The lineage of one attempt of a run.
pub(crate) struct RunLineage(Option<OpenRun>);

impl RunLineage {
    /// Reports that the attempt starts.
    pub(crate) fn start(&self) {
        if let Some(run) = &self.0 {
            run.start();
        }
    }

    /// Sets the number of rows that earlier attempts published, which do not count for this attempt.
    pub(crate) fn leave_out(&self, written: u64) {
        if let Some(run) = &self.0 {
            run.leave_out(written);
        }
    }

    /// Reports that phases start.
    pub(crate) fn start_phases(&self, steps: &[Step]) {
        if let Some(run) = &self.0 {
            for step in steps {
                run.start_phase(step.spec);
            }
        }
    }

    /// Reports that phases ended well. `written` is the number of rows that the run has published, with its earlier attempts.
    pub(crate) fn complete_phases(&self, steps: &[Step], written: u64) {
        if let Some(run) = &self.0 {
            for step in steps {
                let result = PhaseResult::of(step, PhaseState::Done);
                run.end_phase(step.spec, EventType::Complete, Some(&result), written, None);
            }
        }
    }

    /// Reports how the attempt ended, and how the phases ended that had started.
    pub(crate) fn end(&self, results: &RunResults, error: Option<&EtlError>) {
        if let Some(run) = &self.0 {
            run.end(results, error);
        }
    }
}
