//! Decides which phases of the list work in this run, and why the others do not. There is no I/O here, so `--dry-run` prints
//! the same selection that a run makes.

use jobinsight_core::advice;
use jobinsight_core::{EtlError, Resource, Result, spelling};

use super::listed_phase::ListedPhase;
use super::validation::validate;
use crate::codes;

/// The phases that the flags of `jobinsight run` select.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct PhaseSelection {
    /// `--from`: the first phase.
    pub(crate) from: Option<String>,
    /// `--until`: the last phase.
    pub(crate) until: Option<String>,
    /// `--only`: these phases and no others.
    pub(crate) only: Vec<String>,
    /// `--skip`: all phases except these.
    pub(crate) skip: Vec<String>,
}

/// A phase of the list, and whether it works in this run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PhaseChoice {
    pub(crate) name: &'static str,
    /// Why the phase is skipped; `None` if it works.
    pub(crate) skipped: Option<String>,
}

/// All phases of the list, and which of them work.
#[derive(Debug, Clone)]
pub(crate) struct Selected {
    pub(crate) choices: Vec<PhaseChoice>,
    /// Whether the run needs the queue of an earlier run: a selected phase needs the queue, and no selected phase before it
    /// fills the queue.
    pub(crate) needs_queue: bool,
}

/// Applies the selection to the list.
///
/// # Errors
/// `jobinsight::phases::choice`: the selection names an unknown phase, selects none, or leaves out what a selected phase
/// needs.
pub(crate) fn select(list: &[ListedPhase], selection: &PhaseSelection) -> Result<Selected> {
    let choices = apply(list, selection)?;
    let works: Vec<bool> = choices
        .iter()
        .map(|choice| choice.skipped.is_none())
        .collect();
    if !works.contains(&true) && !list.is_empty() {
        return Err(wrong(
            "no phase is selected".to_owned(),
            format!(
                "`{}` shows the order of the phases: --from must not come after --until",
                advice::command("phases")
            ),
        ));
    }
    let expected = validate(list, &works, list)?;
    Ok(Selected {
        choices,
        needs_queue: expected.contains(&Resource::Queue),
    })
}

/// Decides for each phase of the list whether the flags select it.
fn apply(list: &[ListedPhase], selection: &PhaseSelection) -> Result<Vec<PhaseChoice>> {
    let place = |name: &String| find(list, name);
    let places = |names: &[String]| names.iter().map(place).collect::<Result<Vec<usize>>>();
    let from = selection.from.as_ref().map(place).transpose()?;
    let until = selection.until.as_ref().map(place).transpose()?;
    let only = places(&selection.only)?;
    let skip = places(&selection.skip)?;
    let choices = list.iter().enumerate().map(|(index, phase)| {
        let skipped = if from.is_some_and(|from| index < from) {
            Some("before --from")
        } else if until.is_some_and(|until| index > until) {
            Some("after --until")
        } else if !only.is_empty() && !only.contains(&index) {
            Some("not in --only")
        } else if skip.contains(&index) {
            Some("--skip")
        } else {
            None
        };
        PhaseChoice {
            name: phase.name,
            skipped: skipped.map(str::to_owned),
        }
    });
    Ok(choices.collect())
}

fn find(list: &[ListedPhase], name: &str) -> Result<usize> {
    list.iter()
        .position(|phase| phase.name == name)
        .ok_or_else(|| {
            let names: Vec<&str> = list.iter().map(|phase| phase.name).collect();
            let help = match spelling::nearest(name, names.iter().copied()) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => format!("the phases of the pipeline are: {}", names.join(", ")),
            };
            wrong(format!("`{name}` is not a phase of the pipeline"), help)
        })
}

fn wrong(message: String, help: String) -> EtlError {
    EtlError::new(codes::PHASES_CHOICE, message).help(help)
}

#[cfg(test)]
pub(crate) mod tests;
