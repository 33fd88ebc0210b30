//! All checks of the list of phases that need no database.

use jobinsight_core::{EtlError, Loaded, PhaseSpec, Result, RoleKind, advice, registry};

use super::fill;
use super::guarded::build_phase;
use super::list::{listed, named};
use super::selection::{self, PhaseSelection};
use super::validation::validate;

/// The phases of `pipeline`. Their order, what they need, their settings and the selection are checked.
///
/// # Errors
/// A usage error that says which phase cannot work and which change would help, or shows the wrong setting.
pub(crate) fn checked(
    loaded: &Loaded,
    selection: &PhaseSelection,
) -> Result<Vec<&'static PhaseSpec>> {
    let in_file = |error| loaded.mark(error, "pipeline");
    let specs = named(&loaded.settings).map_err(in_file)?;
    let list = listed(&specs);
    validate(&list, &vec![true; list.len()], &listed(&registry::all()?)).map_err(in_file)?;
    for spec in &specs {
        build_phase(spec, loaded)?;
    }
    match selection::select(&list, selection) {
        Ok(_) => Ok(specs),
        Err(error) => Err(about_rerun(&specs, selection, error)),
    }
}

/// Adds to the error of a single selected phase how its work is done again for rows that are published already.
fn about_rerun(
    specs: &[&'static PhaseSpec],
    selection: &PhaseSelection,
    error: EtlError,
) -> EtlError {
    let [name] = selection.only.as_slice() else {
        return error;
    };
    let in_lane = |spec: &&&PhaseSpec| spec.name == name && spec.role != RoleKind::Once;
    if specs.iter().find(in_lane).is_none() {
        return error;
    }
    let again = match fill::specs(specs, name) {
        Ok(_) => format!(
            "to fill its values for the rows that are published: {}",
            advice::command(format!("run --fill {name}"))
        ),
        Err(_) => fill::process_all(),
    };
    let help = format!("{again}\n{}", error.help_text());
    error.help(help)
}
