//! The facts of a phase that the checks of the pipeline need.

use jobinsight_core::{PhaseSpec, Resource, RoleKind};

/// A phase of the list, as the checks see it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ListedPhase {
    pub(crate) name: &'static str,
    pub(crate) role: RoleKind,
    pub(crate) needs: &'static [Resource],
    pub(crate) produces: &'static [Resource],
    pub(crate) drops: &'static [Resource],
}

impl From<&PhaseSpec> for ListedPhase {
    fn from(spec: &PhaseSpec) -> Self {
        Self {
            name: spec.name,
            role: spec.role,
            needs: spec.needs,
            produces: spec.gives,
            drops: spec.drops,
        }
    }
}

#[cfg(test)]
impl ListedPhase {
    /// A phase that a test writes down.
    pub(crate) const fn of(
        name: &'static str,
        role: RoleKind,
        needs: &'static [Resource],
        produces: &'static [Resource],
    ) -> Self {
        Self {
            name,
            role,
            needs,
            produces,
            drops: &[],
        }
    }

    /// Adds what the phase drops.
    pub(crate) const fn dropping(mut self, drops: &'static [Resource]) -> Self {
        self.drops = drops;
        self
    }
}
