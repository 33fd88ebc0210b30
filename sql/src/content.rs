//! The name of the rules that decide the content of staging. Each published row records it in `rule_set`, and a run
//! processes the rows again that have another name.
//!
//! 1. The name begins with the rule set and the digest of custom rules: `standard`, `standard+5b1e91b6`.
//! 2. A processing phase decides the content if its `GIVES` or `DROPS` lists a column of staging (see [`COLUMNS`]). A phase
//!    that produces only columns of its own, and stores them itself, does not.
//! 3. The rule set contains the processing phases of the default pipeline. Every other phase that decides the content adds
//!    `+NAME@VERSION`, in the order of the pipeline, and so does a phase of the default pipeline whose version is not
//!    1. A missing phase of the default pipeline adds `-NAME`.
//!
//! Example: `standard-data_processing+verbatim@1`, if `verbatim` replaces `data_processing`.

use std::fmt::Write;

use jobinsight_core::{PhaseSpec, RoleKind, Settings, registry};

use crate::columns::COLUMNS;

/// The name of the rules of a run with these phases, in their order.
pub fn rules_name(settings: &Settings, phases: &[&'static PhaseSpec]) -> String {
    let standard = Settings::default().pipeline;
    let standard: Vec<Phase> = standard
        .iter()
        .filter_map(|name| registry::find(name))
        .filter_map(Phase::of)
        .map(|phase| Phase {
            version: FIRST_VERSION,
            ..phase
        })
        .collect();
    let phases: Vec<Phase> = phases.iter().filter_map(|spec| Phase::of(spec)).collect();
    settings.rules_name() + &difference(&standard, &phases)
}

/// The version that the name of a rule set does not show for a phase of the default pipeline.
const FIRST_VERSION: u32 = 1;

/// A phase that decides the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Phase {
    name: &'static str,
    version: u32,
}

impl Phase {
    fn of(spec: &PhaseSpec) -> Option<Self> {
        let is_staged = |name: &str| COLUMNS.iter().any(|column| column.name == name);
        let mut touched = spec.gives.iter().chain(spec.drops);
        let decides = spec.role == RoleKind::Process
            && touched.any(|resource| resource.column().is_some_and(is_staged));
        decides.then_some(Self {
            name: spec.name,
            version: spec.version,
        })
    }
}

/// How these phases differ from those of the default pipeline; empty if they are the same.
fn difference(standard: &[Phase], phases: &[Phase]) -> String {
    let mut name = String::new();
    let is_missing = |standard: &&Phase| phases.iter().all(|phase| phase.name != standard.name);
    for missing in standard.iter().filter(is_missing) {
        let _ = write!(name, "-{}", missing.name);
    }
    // The phases of the default pipeline are part of the rule set, unless another phase comes before them.
    let others = phases.strip_prefix(standard).unwrap_or(phases);
    for other in others {
        let _ = write!(name, "+{}@{}", other.name, other.version);
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn phase(name: &'static str, version: u32) -> Phase {
        Phase { name, version }
    }

    #[test]
    fn each_list_of_phases_that_decide_the_content_has_its_own_name() {
        let [clean, changed] = [phase("clean", 1), phase("clean", 2)];
        let [odd, newer] = [phase("odd", 1), phase("odd", 2)];
        for (phases, name) in [
            (&[clean][..], ""),
            (&[changed], "+clean@2"),
            (&[clean, odd], "+odd@1"),
            (&[clean, newer], "+odd@2"),
            (&[odd, clean], "+odd@1+clean@1"),
            (&[odd], "-clean+odd@1"),
            (&[], "-clean"),
        ] {
            assert_eq!(difference(&[clean], phases), name, "{phases:?}");
        }
    }
}
