//! The configured list of phases as stages: what works once, and the lane of batches. Pure: no I/O.

mod link;
pub mod selection;
mod validation;

use std::sync::Arc;

use self::selection::{ListedPhase, PhaseChoice, PhaseSelection};
use jobinsight_core::metrics::{Monitor, PhaseMetrics};
use jobinsight_core::{EtlError, Loaded, PhaseSpec, Result, Role, RoleKind, registry};

use crate::codes;

/// A phase of the list, ready to work.
pub struct Step {
    /// Its spec.
    pub spec: &'static PhaseSpec,
    /// What it does.
    pub role: Role,
    /// What it did.
    pub metrics: Arc<PhaseMetrics>,
}

/// Phases that work together.
pub enum Stage {
    /// A phase that works once.
    Once(Step),
    /// A loading phase, processing phases, a saving phase: batches go through them in order.
    Lane(Vec<Step>),
}

impl Stage {
    /// Its phases.
    pub fn steps(&self) -> &[Step] {
        match self {
            Self::Once(step) => std::slice::from_ref(step),
            Self::Lane(steps) => steps,
        }
    }
}

/// The configured list, where all that can be known before anything is contacted is right: its order, who gives what
/// is needed, the settings of each phase, and the choice by hand.
///
/// # Errors
/// A usage error that says what is missing and who gives it, or shows the setting at fault.
pub fn checked(loaded: &Loaded, flags: &PhaseSelection) -> Result<Vec<&'static PhaseSpec>> {
    let specs = list(loaded)?;
    for spec in &specs {
        spec.build(loaded)?;
    }
    selection::choose(&listed(&specs), flags)?;
    Ok(specs)
}

/// What the choice needs to know of phases.
pub fn listed(specs: &[&'static PhaseSpec]) -> Vec<ListedPhase> {
    specs.iter().map(|spec| ListedPhase::from(*spec)).collect()
}

fn list(loaded: &Loaded) -> Result<Vec<&'static PhaseSpec>> {
    let specs: Vec<&'static PhaseSpec> = loaded
        .settings
        .pipeline
        .iter()
        .map(|name| find(name))
        .collect::<Result<_>>()?;
    check(
        &specs
            .iter()
            .map(|spec| (spec.name, spec.role))
            .collect::<Vec<_>>(),
    )?;
    validation::check(&listed(&specs), &listed(&registry::all()?))?;
    Ok(specs)
}

/// Makes the chosen phases of the list ready to work.
///
/// # Errors
/// A usage error that shows the setting at fault.
pub fn build(
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
            role: spec.build(loaded)?,
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

fn find(name: &str) -> Result<&'static PhaseSpec> {
    linked(
        name,
        format!("pipeline names the phase `{name}`, which is not linked"),
    )
}

/// The linked phase of that name.
///
/// # Errors
/// `jobinsight::phases::unknown` in these words, with the nearest right name.
pub fn linked(name: &str, message: String) -> Result<&'static PhaseSpec> {
    registry::find(name).ok_or_else(|| {
        let linked: Vec<&str> = registry::all()
            .into_iter()
            .flatten()
            .map(|spec| spec.name)
            .collect();
        let help = match registry::nearest(name, linked.iter().copied()) {
            Some(nearest) => format!("did you mean `{nearest}`? `jobinsight phases` lists them"),
            None => format!("linked are: {}", linked.join(", ")),
        };
        EtlError::new(codes::PHASES_UNKNOWN, message).help(help)
    })
}

fn check(list: &[(&str, RoleKind)]) -> Result<()> {
    let wrong =
        |message: String, help: &str| Err(EtlError::new(codes::PHASES_ORDER, message).help(help));
    for (index, (name, _)) in list.iter().enumerate() {
        if list[..index].iter().any(|(earlier, _)| earlier == name) {
            return wrong(
                format!("pipeline names `{name}` twice"),
                "take one of them out",
            );
        }
    }
    let loads_after = |index: usize| {
        let mut later = list[index..].iter();
        later
            .find(|(_, role)| *role == RoleKind::Load)
            .map(|(name, _)| *name)
    };
    let mut open: Option<&str> = None;
    // The last lane that is closed: who loads and who saves its batches.
    let mut closed: Option<(&str, &str)> = None;
    for (index, (name, role)) in list.iter().enumerate() {
        match (role, open) {
            (RoleKind::Load, Some(load)) => {
                return wrong(
                    format!("`{name}` loads batches, and those of `{load}` are not saved yet"),
                    "put a saving phase (data_saving) between them",
                );
            }
            (RoleKind::Load, None) => open = Some(name),
            (RoleKind::Process, None) if let Some((load, save)) = closed => {
                return wrong(
                    format!(
                        "`{name}` needs a batch, and those of `{load}` are saved before it, by `{save}`"
                    ),
                    &format!("put `{name}` between `{load}` and `{save}`"),
                );
            }
            (RoleKind::Process, None) if let Some(load) = loads_after(index) => {
                return wrong(
                    format!("`{name}` needs a batch, and stands before `{load}`, which gives one"),
                    &format!("put `{name}` after `{load}`"),
                );
            }
            (RoleKind::Process | RoleKind::Save, None) => {
                return wrong(
                    format!("`{name}` needs a batch, and no phase before it gives one"),
                    "put a loading phase (data_loading) before it",
                );
            }
            (RoleKind::Once, Some(load)) => {
                return wrong(
                    format!(
                        "`{name}` works once a run, and stands between `{load}` and the phase that saves its batches"
                    ),
                    "put it before the loading phase or after the saving one",
                );
            }
            (RoleKind::Save, Some(load)) => {
                closed = Some((load, name));
                open = None;
            }
            (RoleKind::Process, Some(_)) | (RoleKind::Once, None) => {}
        }
    }
    match open {
        Some(load) => wrong(
            format!("`{load}` loads batches, and no phase after it saves them"),
            "put a saving phase (data_saving) at the end",
        ),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use RoleKind::{Load, Once, Process, Save};

    #[test]
    fn a_wrong_order_says_what_is_missing() {
        assert!(
            check(&[
                ("a", Once),
                ("l", Load),
                ("p", Process),
                ("s", Save),
                ("z", Once)
            ])
            .is_ok()
        );
        assert!(check(&[("l", Load), ("s", Save)]).is_ok());
        assert!(check(&[]).is_ok());
        for (list, sentence) in [
            (
                vec![("s", Save)],
                "`s` needs a batch, and no phase before it gives one",
            ),
            (
                vec![("l", Load), ("s", Save), ("p", Process)],
                "`p` needs a batch, and those of `l` are saved before it, by `s`",
            ),
            (
                vec![("p", Process), ("l", Load), ("s", Save)],
                "`p` needs a batch, and stands before `l`, which gives one",
            ),
            (
                vec![("l", Load), ("p", Process)],
                "`l` loads batches, and no phase after it saves them",
            ),
            (
                vec![("l", Load), ("o", Once), ("s", Save)],
                "works once a run",
            ),
            (vec![("l", Load), ("m", Load), ("s", Save)], "not saved yet"),
            (vec![("o", Once), ("o", Once)], "twice"),
        ] {
            let error = check(&list).unwrap_err();
            assert!(error.message().contains(sentence), "{error}");
            assert_eq!(error.kind().exit_code(), 2);
        }
    }
}
