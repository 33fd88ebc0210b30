//! Decides which phases of the list work in this run, and why the others do not. There is no I/O here, so `--dry-run` prints
//! the same selection that a run makes.

mod flags;
mod repair;

use jobinsight_core::{EtlError, Resource, Result, advice};

pub(crate) use self::flags::{PhaseChoice, PhaseSelection};
use self::flags::{apply, works, wrong};
use super::listed_phase::ListedPhase;
use super::validation::{Problem, check};

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
    let works = works(&choices);
    if !works.contains(&true) && !list.is_empty() {
        return Err(wrong(
            "no phase is selected".to_owned(),
            format!(
                "`{}` shows the order of the phases: --from must not come after --until",
                advice::command("phases")
            ),
        ));
    }
    let expected =
        check(list, &works, list).map_err(|problem| explain(list, selection, problem))?;
    Ok(Selected {
        choices,
        needs_queue: expected.contains(&Resource::Queue),
    })
}

/// The error of a selection that cannot work. The help has the command with the nearest selection that can.
fn explain(list: &[ListedPhase], selection: &PhaseSelection, problem: Problem) -> EtlError {
    let Some(missing) = problem.not_selected() else {
        return problem.into_error();
    };
    let error = problem.into_error();
    let Some(repaired) = repair::repaired(list, selection) else {
        return error;
    };
    let why = if selection.skip.iter().any(|skipped| skipped == missing) {
        format!("do not skip `{missing}`, because each batch goes through all phases of a lane")
    } else {
        error.help_text().into_owned()
    };
    let command = advice::command(format!("run{}", repaired.arguments()));
    error.help(format!("{why}: {command}"))
}

#[cfg(test)]
pub(crate) mod tests;
