//! The nearest selection that can work, for the advice about one that cannot.

use super::super::listed_phase::ListedPhase;
use super::super::validation::check;
use super::flags::{PhaseSelection, apply, works};

/// Selects the phases that are missing, one after another, until the selection can work. `None` if more phases do not help.
pub(super) fn repaired(list: &[ListedPhase], selection: &PhaseSelection) -> Option<PhaseSelection> {
    let mut repaired = selection.clone();
    for _ in 0..=list.len() {
        let choices = apply(list, &repaired).ok()?;
        match check(list, &works(&choices), list) {
            Ok(_) => return Some(repaired),
            Err(problem) => add(list, &mut repaired, problem.not_selected()?),
        }
    }
    None
}

/// Selects one more phase.
fn add(list: &[ListedPhase], selection: &mut PhaseSelection, phase: &str) {
    let place = |name: &str| list.iter().position(|listed| listed.name == name);
    selection.skip.retain(|skipped| skipped != phase);
    if !selection.only.is_empty() && !selection.only.iter().any(|name| name == phase) {
        selection.only.push(phase.to_owned());
        selection.only.sort_by_key(|name| place(name));
    }
    if let Some(from) = &selection.from
        && place(phase) < place(from)
    {
        selection.from = Some(phase.to_owned());
    }
    if let Some(until) = &selection.until
        && place(phase) > place(until)
    {
        selection.until = Some(phase.to_owned());
    }
}
