//! Adds phases to the configured list for one command: `--with`.

use jobinsight_core::{EtlError, Loaded, PhaseSpec, Result, RoleKind, advice, registry};

use super::list::{linked, listed, named};
use super::validation::validate;
use crate::codes;

/// The names of `pipeline` and of these phases, each at its place: the last place where it can work. A phase of a lane is
/// therefore as near to the saving phase as possible, where the batch has the most columns.
///
/// # Errors
/// `jobinsight::phases::unknown` when a phase is not linked; `jobinsight::phases::choice` when `pipeline` has it already, or
/// when it loads or saves batches; the error of the check when it can work nowhere.
pub(crate) fn with(loaded: &Loaded, names: &[String]) -> Result<Vec<String>> {
    let mut specs = named(&loaded.settings).map_err(|error| loaded.mark(error, "pipeline"))?;
    for name in names {
        let phase = linked(
            name,
            format!("`--with` names the phase `{name}`, which is not linked"),
        )?;
        if specs.iter().any(|spec| spec.name == phase.name) {
            return Err(refused(
                format!("`--with` names the phase `{name}`, which is in the pipeline already"),
                format!("leave out `--with {name}`"),
            ));
        }
        let place = place(&specs, phase)?;
        specs.insert(place, phase);
    }
    Ok(specs.iter().map(|spec| spec.name.to_owned()).collect())
}

fn place(specs: &[&'static PhaseSpec], phase: &'static PhaseSpec) -> Result<usize> {
    if matches!(phase.role, RoleKind::Load | RoleKind::Save) {
        let what = if phase.role == RoleKind::Load {
            "loads"
        } else {
            "saves"
        };
        return Err(refused(
            format!(
                "`--with` names the phase `{}`, which {what} batches, and a lane has one phase that does",
                phase.name
            ),
            format!(
                "name it in `pipeline` instead of the other; `{}` shows the order of the phases",
                advice::command("phases")
            ),
        ));
    }
    let all = listed(&registry::all()?);
    let check = |place: usize| {
        let mut specs = specs.to_vec();
        specs.insert(place, phase);
        let list = listed(&specs);
        validate(&list, &vec![true; list.len()], &all)
    };
    let can_work = (0..=specs.len()).rev().find(|place| check(*place).is_ok());
    if let Some(place) = can_work {
        return Ok(place);
    }
    // The error at the place before the first saving phase says what is missing.
    let save = specs.iter().position(|spec| spec.role == RoleKind::Save);
    let last = save.unwrap_or(specs.len());
    check(last).map(|_| last)
}

fn refused(message: String, help: String) -> EtlError {
    EtlError::new(codes::PHASES_CHOICE, message).help(help)
}
