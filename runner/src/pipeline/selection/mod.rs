//! Which phases of the list work in this run, and why the others do not. Pure: what `--dry-run` prints is what happens.

use jobinsight_core::{EtlError, PhaseSpec, Result, RoleKind, registry};

use crate::codes;

/// A choice by hand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PhaseSelection {
    /// The first phase.
    pub from: Option<String>,
    /// The last phase.
    pub until: Option<String>,
    /// These and no others.
    pub only: Vec<String>,
    /// All but these.
    pub skip: Vec<String>,
}

/// A phase of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhaseChoice {
    /// Its name.
    pub name: &'static str,
    /// Why it does not work in this run; `None`: it does.
    pub skipped: Option<String>,
}

/// What the choice needs to know of a phase.
#[derive(Debug, Clone, Copy)]
pub struct ListedPhase {
    /// Its name.
    pub name: &'static str,
    /// Its role.
    pub role: RoleKind,
    /// What it needs.
    pub needs: &'static [&'static str],
    /// What it gives.
    pub gives: &'static [&'static str],
    /// What it does not hand on.
    pub drops: &'static [&'static str],
}

impl From<&PhaseSpec> for ListedPhase {
    fn from(spec: &PhaseSpec) -> Self {
        Self {
            name: spec.name,
            role: spec.role,
            needs: spec.needs,
            gives: spec.gives,
            drops: spec.drops,
        }
    }
}

/// A phase of a list that a test writes down.
#[cfg(test)]
pub(crate) const fn listed(
    name: &'static str,
    role: RoleKind,
    needs: &'static [&'static str],
    gives: &'static [&'static str],
    drops: &'static [&'static str],
) -> ListedPhase {
    ListedPhase {
        name,
        role,
        needs,
        gives,
        drops,
    }
}

/// Chooses by hand.
///
/// # Errors
/// `jobinsight::phases::choice`: what the phase needs, and who gives it.
pub fn choose(list: &[ListedPhase], flags: &PhaseSelection) -> Result<Vec<PhaseChoice>> {
    let place = |name: &str| find(list, name);
    let from = flags.from.as_deref().map(place).transpose()?;
    let until = flags.until.as_deref().map(place).transpose()?;
    let only: Vec<usize> = flags
        .only
        .iter()
        .map(|name| place(name))
        .collect::<Result<_>>()?;
    let skip: Vec<usize> = flags
        .skip
        .iter()
        .map(|name| place(name))
        .collect::<Result<_>>()?;
    let choices: Vec<PhaseChoice> = list
        .iter()
        .enumerate()
        .map(|(index, listed)| {
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
                name: listed.name,
                skipped: skipped.map(str::to_owned),
            }
        })
        .collect();
    if choices.iter().all(|choice| choice.skipped.is_some()) && !list.is_empty() {
        return Err(wrong(
            "no phase is left to work".to_owned(),
            "phases work in the order of `jobinsight phases`: --from must not stand behind --until"
                .to_owned(),
        ));
    }
    check(list, &choices)?;
    Ok(choices)
}

fn find(list: &[ListedPhase], name: &str) -> Result<usize> {
    list.iter()
        .position(|listed| listed.name == name)
        .ok_or_else(|| {
            let names: Vec<&str> = list.iter().map(|listed| listed.name).collect();
            let help = match registry::nearest(name, names.iter().copied()) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => format!("in the list are: {}", names.join(", ")),
            };
            wrong(format!("`{name}` is no phase of the pipeline"), help)
        })
}

/// What a chosen phase needs must be given by a chosen phase before it, or may stand in the database.
fn check(list: &[ListedPhase], choices: &[PhaseChoice]) -> Result<()> {
    let chosen = |index: usize| choices[index].skipped.is_none();
    let mut lane: Option<usize> = None;
    let mut columns: Vec<&str> = Vec::new();
    for (index, listed) in list.iter().enumerate().filter(|(index, _)| chosen(*index)) {
        match listed.role {
            RoleKind::Load => {
                lane = Some(index);
                columns.clear();
            }
            RoleKind::Process | RoleKind::Save if lane.is_none() => {
                let load = list[..index]
                    .iter()
                    .rev()
                    .find(|other| other.role == RoleKind::Load);
                return Err(needs(listed.name, "a batch", load.map(|load| load.name)));
            }
            RoleKind::Save => lane = None,
            RoleKind::Once | RoleKind::Process => {}
        }
        for need in listed
            .needs
            .iter()
            .filter_map(|need| need.strip_prefix("batch."))
        {
            if !columns.contains(&need) {
                let column = format!("batch.{need}");
                let source = list[..index]
                    .iter()
                    .rev()
                    .find(|other| other.gives.contains(&column.as_str()));
                return Err(needs(
                    listed.name,
                    &format!("the batch column `{need}`"),
                    source.map(|other| other.name),
                ));
            }
        }
        columns.retain(|column| {
            !listed
                .drops
                .iter()
                .any(|drop| drop.strip_prefix("batch.") == Some(column))
        });
        columns.extend(
            listed
                .gives
                .iter()
                .filter_map(|gift| gift.strip_prefix("batch.")),
        );
    }
    if let Some(load) = lane {
        let save = list[load..]
            .iter()
            .find(|other| other.role == RoleKind::Save);
        return Err(wrong(
            format!(
                "`{}` gives batches, and {} is not chosen",
                list[load].name,
                save.map_or_else(
                    || "no phase that saves them".to_owned(),
                    |save| format!("`{}`, which saves them,", save.name)
                )
            ),
            "choose the phases of a lane together: they carry one batch from hand to hand"
                .to_owned(),
        ));
    }
    Ok(())
}

fn needs(name: &str, what: &str, giver: Option<&str>) -> EtlError {
    match giver {
        Some(giver) => wrong(
            format!("`{name}` needs {what}, and `{giver}`, which gives it, is not chosen"),
            format!("choose it too: --from {giver}"),
        ),
        None => wrong(
            format!("`{name}` needs {what}, and no phase before it gives it"),
            "put a phase that gives it before it in `pipeline`; `jobinsight phases` lists them"
                .to_owned(),
        ),
    }
}

fn wrong(message: String, help: String) -> EtlError {
    EtlError::new(codes::PHASES_CHOICE, message).help(help)
}

/// Whether the queue must stand already: a chosen phase needs it, and none that gives it is chosen before.
pub fn needs_queue(list: &[ListedPhase], choices: &[PhaseChoice]) -> bool {
    let mut given = false;
    for (listed, _) in list
        .iter()
        .zip(choices)
        .filter(|(_, choice)| choice.skipped.is_none())
    {
        if listed.needs.contains(&"queue") && !given {
            return true;
        }
        given |= listed.gives.contains(&"queue");
    }
    false
}

#[cfg(test)]
mod tests;
