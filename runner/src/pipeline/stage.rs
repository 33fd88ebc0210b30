//! The phases that work in a run, built and grouped into stages.

use std::sync::Arc;

use jobinsight_core::metrics::{Monitor, PhaseMetrics};
use jobinsight_core::{Loaded, PhaseSpec, Result, Role, RoleKind};

use super::guarded::build_phase;
use super::selection::PhaseChoice;

/// A phase that is ready to work.
pub(crate) struct Step {
    pub(crate) spec: &'static PhaseSpec,
    pub(crate) role: Role,
    pub(crate) metrics: Arc<PhaseMetrics>,
}

/// Phases that work together.
pub(crate) enum Stage {
    /// A phase that works once.
    Once(Step),
    /// A loading phase, processing phases and a saving phase, through which each batch goes in order.
    Lane(Vec<Step>),
}

impl Stage {
    /// The phases of the stage.
    pub(crate) fn steps(&self) -> &[Step] {
        match self {
            Self::Once(step) => std::slice::from_ref(step),
            Self::Lane(steps) => steps,
        }
    }
}

/// Builds the phases that work, and groups them into stages.
///
/// # Errors
/// A usage error that shows the wrong setting.
pub(crate) fn build(
    loaded: &Loaded,
    specs: &[&'static PhaseSpec],
    choices: &[PhaseChoice],
    monitor: &Monitor,
) -> Result<Vec<Stage>> {
    let mut stages = Vec::new();
    let mut lane = Vec::new();
    for (spec, choice) in specs.iter().zip(choices) {
        if choice.skipped.is_some() {
            continue;
        }
        let step = Step {
            spec,
            role: build_phase(spec, loaded)?,
            metrics: monitor.watch(),
        };
        match spec.role {
            RoleKind::Once => stages.push(Stage::Once(step)),
            RoleKind::Load | RoleKind::Process => lane.push(step),
            RoleKind::Save => {
                lane.push(step);
                stages.push(Stage::Lane(std::mem::take(&mut lane)));
            }
        }
    }
    Ok(stages)
}
