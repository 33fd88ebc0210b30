//! A fill: a run that computes the values of one phase for rows that are published already, and publishes nothing.
//!
//! The phases of a fill, in order:
//!
//! 1. The phases that work once and produce what the others need, such as `schema_setup`.
//! 2. `fill_planning` puts the published rows into the queue.
//! 3. The loading phase of the lane.
//! 4. The processing phases that produce a column which the filled phase needs, and the filled phase.
//! 5. `fill_closing` closes each batch.
//!
//! Example: `seniority` needs the clean title, so `data_processing` works before it. Its fill has the phases `schema_setup`,
//! `fill_planning`, `data_loading`, `data_processing`, `seniority` and `fill_closing`.

mod closing;
mod no_settings;
mod planning;

use jobinsight_core::{
    EtlError, PhaseSpec, Plugin, Resource, Result, RoleKind, advice, registry, spelling,
};

use self::closing::FillClosing;
use self::planning::FillPlanning;
use super::list::{linked, listed};
use super::selection::PhaseChoice;
use super::validation::validate;
use crate::codes;

static PLANNING: PhaseSpec = PhaseSpec::of::<FillPlanning>();
static CLOSING: PhaseSpec = PhaseSpec::of::<FillClosing>();

/// The phases of a run: those of the pipeline or, if the run fills a phase, those of the fill.
///
/// # Errors
/// See [`specs`].
pub(crate) fn phases_of_run(
    pipeline: &[&'static PhaseSpec],
    fills: Option<&str>,
) -> Result<Vec<&'static PhaseSpec>> {
    match fills {
        Some(phase) => specs(pipeline, phase),
        None => Ok(pipeline.to_vec()),
    }
}

/// The phases of the fill of the phase `name`.
///
/// # Errors
/// `jobinsight::phases::fill` with the reason why the phase cannot be filled; `jobinsight::phases::unknown` when it is not
/// linked.
pub(crate) fn specs(
    pipeline: &[&'static PhaseSpec],
    name: &str,
) -> Result<Vec<&'static PhaseSpec>> {
    let place = place(pipeline, name)?;
    let phase = pipeline[place];
    check_role(phase)?;
    let of_role = |role| move |other: &&&'static PhaseSpec| other.role == role;
    let load = pipeline[..place]
        .iter()
        .rposition(|other| other.role == RoleKind::Load);
    let save = pipeline[place..].iter().find(of_role(RoleKind::Save));
    let (Some(load), Some(save)) = (load, save) else {
        return Err(EtlError::bug("a processing phase outside a lane"));
    };
    check_values(phase, save)?;

    let mut needed: Vec<Resource> = Vec::new();
    for phase in [phase, pipeline[load]] {
        needed.extend(phase.needs);
    }
    needed.extend(FillPlanning::NEEDS);
    let mut chosen = vec![phase];
    // Backwards, because a phase that is chosen has needs of its own.
    for other in pipeline[load + 1..place].iter().rev() {
        choose(other, &mut needed, &mut chosen);
    }
    chosen.push(pipeline[load]);
    chosen.push(&PLANNING);
    needed.retain(|need| *need != Resource::Queue);
    for other in pipeline[..load].iter().rev() {
        if other.role == RoleKind::Once {
            choose(other, &mut needed, &mut chosen);
        }
    }
    chosen.reverse();
    chosen.push(&CLOSING);
    let list = listed(&chosen);
    validate(&list, &vec![true; list.len()], &list)?;
    Ok(chosen)
}

/// Chooses a phase if it produces what is needed.
pub(crate) fn choose(
    phase: &'static PhaseSpec,
    needed: &mut Vec<Resource>,
    chosen: &mut Vec<&'static PhaseSpec>,
) {
    if phase.gives.iter().any(|resource| needed.contains(resource)) {
        needed.extend(phase.needs);
        chosen.push(phase);
    }
}

/// The choices of a run in which all of these phases work.
pub(crate) fn all_of(specs: &[&'static PhaseSpec]) -> Vec<PhaseChoice> {
    let works = |spec: &&'static PhaseSpec| PhaseChoice {
        name: spec.name,
        skipped: None,
    };
    specs.iter().map(works).collect()
}

fn place(pipeline: &[&'static PhaseSpec], name: &str) -> Result<usize> {
    if let Some(place) = pipeline.iter().position(|phase| phase.name == name) {
        return Ok(place);
    }
    let names = pipeline.iter().map(|phase| phase.name);
    if registry::find(name).is_none()
        && let Some(nearest) = spelling::nearest(name, names)
    {
        return Err(refused(
            format!("`{name}` is not a phase of the pipeline"),
            format!("did you mean `{nearest}`?"),
        ));
    }
    linked(name, format!("the phase `{name}` is not linked"))?;
    Err(refused(
        format!(
            "`{name}` is linked, but `pipeline` does not name it, so new rows would get no values"
        ),
        format!(
            "put `{name}` into `pipeline`, between the loading and the saving phase (`{}` shows what it needs), or add it to each run: {}",
            advice::command(format!("phases {name}")),
            advice::command(format!("run --with {name} --fill {name}"))
        ),
    ))
}

fn check_role(phase: &PhaseSpec) -> Result<()> {
    let name = phase.name;
    match phase.role {
        RoleKind::Process => Ok(()),
        RoleKind::Once => Err(refused(
            format!("`{name}` works once a run, so it has no values for single rows"),
            format!(
                "run it alone: {}",
                advice::command(format!("run --only {name}"))
            ),
        )),
        RoleKind::Load => Err(refused(
            format!("`{name}` loads batches and stores no values"),
            "name the processing phase that stores the values".to_owned(),
        )),
        RoleKind::Save => Err(refused(
            format!("`{name}` publishes rows, and a fill publishes nothing"),
            process_all(),
        )),
    }
}

/// Refuses a phase all of whose columns are published by the saving phase. Such a phase stores nothing itself.
fn check_values(phase: &PhaseSpec, save: &PhaseSpec) -> Result<()> {
    let is_published = |resource: &Resource| save.needs.contains(resource);
    if phase.gives.is_empty() || !phase.gives.iter().all(is_published) {
        return Ok(());
    }
    Err(refused(
        format!(
            "`{}` produces values that `{}` publishes, and a fill publishes nothing",
            phase.name, save.name
        ),
        process_all(),
    ))
}

/// The advice for a phase whose values a saving phase publishes.
pub(crate) fn process_all() -> String {
    format!(
        "to process all rows again: {}",
        advice::command("run --only-unprocessed=false")
    )
}

fn refused(message: String, help: String) -> EtlError {
    EtlError::new(codes::PHASES_FILL, message).help(help)
}
