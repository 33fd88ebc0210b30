//! The flags that select phases, and the phases that they select, whether these can work or not.

use jobinsight_core::{EtlError, Result, spelling};

use super::super::listed_phase::ListedPhase;
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

impl PhaseSelection {
    /// The flags that select these phases, each after a space.
    pub(crate) fn arguments(&self) -> String {
        let (only, skip) = (self.only.join(","), self.skip.join(","));
        let from = self.from.as_deref().unwrap_or_default();
        let until = self.until.as_deref().unwrap_or_default();
        let flags = [
            (" --from ", from),
            (" --until ", until),
            (" --only ", &only),
            (" --skip ", &skip),
        ];
        let given = flags.into_iter().filter(|(_, names)| !names.is_empty());
        given.flat_map(|(flag, names)| [flag, names]).collect()
    }
}

/// A phase of the list, and whether it works in this run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PhaseChoice {
    pub(crate) name: &'static str,
    /// Why the phase is skipped; `None` if it works.
    pub(crate) skipped: Option<String>,
}

/// Whether each phase works.
pub(super) fn works(choices: &[PhaseChoice]) -> Vec<bool> {
    let works = choices.iter().map(|choice| choice.skipped.is_none());
    works.collect()
}

/// Decides for each phase of the list whether the flags select it.
pub(super) fn apply(list: &[ListedPhase], selection: &PhaseSelection) -> Result<Vec<PhaseChoice>> {
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

pub(super) fn wrong(message: String, help: String) -> EtlError {
    EtlError::new(codes::PHASES_CHOICE, message).help(help)
}
