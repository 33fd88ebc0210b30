//! The configured list of phases, and the name of its rules.

use jobinsight_core::{EtlError, PhaseSpec, Result, Settings, advice, registry, spelling};
use jobinsight_sql::content;

use super::listed_phase::ListedPhase;
use super::stage::Stage;
use crate::codes;

/// The phases of `pipeline`, in order.
///
/// # Errors
/// `jobinsight::phases::unknown` when one is not linked.
pub(super) fn named(settings: &Settings) -> Result<Vec<&'static PhaseSpec>> {
    settings.pipeline.iter().map(|name| find(name)).collect()
}

/// The name of the rules of a run: see [`content`]. If no batch is published in these stages, the phases of `pipeline`
/// decide, because a later run processes the planned rows.
pub(crate) fn rules(settings: &Settings, stages: &[Stage]) -> String {
    let lanes = stages
        .iter()
        .filter(|stage| matches!(stage, Stage::Lane(_)));
    let mut phases: Vec<&'static PhaseSpec> =
        lanes.flat_map(Stage::steps).map(|step| step.spec).collect();
    if phases.is_empty() {
        let names = settings.pipeline.iter();
        phases = names.filter_map(|name| registry::find(name)).collect();
    }
    content::rules_name(settings, &phases)
}

/// The phases as the checks see them.
pub(crate) fn listed(specs: &[&'static PhaseSpec]) -> Vec<ListedPhase> {
    specs.iter().map(|spec| ListedPhase::from(*spec)).collect()
}

fn find(name: &str) -> Result<&'static PhaseSpec> {
    linked(
        name,
        format!("`pipeline` names the phase `{name}`, which is not linked"),
    )
}

/// The linked phase with the name `name`.
///
/// # Errors
/// `jobinsight::phases::unknown` with this message, and the nearest name.
pub(crate) fn linked(name: &str, message: String) -> Result<&'static PhaseSpec> {
    registry::find(name).ok_or_else(|| {
        let linked: Vec<&str> = registry::all()
            .into_iter()
            .flatten()
            .map(|spec| spec.name)
            .collect();
        let first = match spelling::nearest(name, linked.iter().copied()) {
            Some(nearest) => format!(
                "did you mean `{nearest}`? `{}` lists them",
                advice::command("phases")
            ),
            None => format!("the linked phases are: {}", linked.join(", ")),
        };
        EtlError::new(codes::PHASES_UNKNOWN, message).help(format!("{first}\n{HOW_TO_LINK}"))
    })
}

/// How a phase of another crate becomes known to the command.
const HOW_TO_LINK: &str = "to link a phase of another crate, add the crate to the dependencies of the program that calls \
                           jobinsight_runner::main(), and write `use crate_name as _;` in its main.rs; \
                           see \"A phase outside this repository\" in CONTRIBUTING.md";
