//! Checks a list of phases. The check walks through the phases that work, in order, and finds the first that cannot work:
//!
//! 1. A lane is a loading phase, processing phases and a saving phase. The walk knows whether a lane is open. A phase that
//!    needs a batch must be in an open lane. A phase that works once, and the next loading phase, must not.
//! 2. Each phase needs resources. The walk knows what the phases before it produced and dropped. The columns of a batch
//!    end with their lane. Anything else may also exist in the database from an earlier run.
//! 3. A column has a type, which `GIVES` declares. Phases that declare a type of a column that is in the batch must agree.
//!
//! The same walk serves the whole pipeline and the phases that a user selected from it. If a phase that is not selected
//! would produce the missing resource, the problem names it. There is no I/O here.

mod problem;
#[cfg(test)]
mod tests;

use jobinsight_core::{Resource, Result, RoleKind};

use self::problem::Help;
pub(crate) use self::problem::Problem;
use super::listed_phase::ListedPhase;

/// Checks the phases of `list` that work; `works` says for each whether it does. `linked` are all phases of this program,
/// so that a problem can name the phase that would help.
///
/// Returns the resources that must exist in the database already, because a phase needs them and no phase that works
/// before it produces them.
///
/// # Errors
/// The first problem of order, or else the first resource that is missing.
pub(super) fn validate(
    list: &[ListedPhase],
    works: &[bool],
    linked: &[ListedPhase],
) -> Result<Vec<Resource>> {
    check(list, works, linked).map_err(Problem::into_error)
}

/// As [`validate`], with the problem instead of its error.
pub(super) fn check(
    list: &[ListedPhase],
    works: &[bool],
    linked: &[ListedPhase],
) -> Result<Vec<Resource>, Problem> {
    let mut walk = Walk {
        list,
        works,
        linked,
        lane: Lane::None,
        available: Vec::new(),
        dropped: Vec::new(),
        expected: Vec::new(),
    };
    let mut missing = None;
    for index in (0..list.len()).filter(|index| works[*index]) {
        walk.enter(index)?;
        if let Err(problem) = walk.exchange(index) {
            missing.get_or_insert(problem);
        }
    }
    walk.end()?;
    match missing {
        Some(problem) => Err(problem),
        None => Ok(walk.expected),
    }
}

/// The position of the walk.
enum Lane {
    /// No lane was opened yet.
    None,
    /// Between a loading phase and the phase that saves its batches.
    Open { load: usize },
    /// After a saving phase.
    Closed { load: usize, save: usize },
}

struct Walk<'a> {
    list: &'a [ListedPhase],
    works: &'a [bool],
    linked: &'a [ListedPhase],
    lane: Lane,
    /// Resources that phases before produced, with the name of the phase.
    available: Vec<(Resource, &'static str)>,
    /// Resources that a phase of the lane dropped, with the name of the phase.
    dropped: Vec<(Resource, &'static str)>,
    /// Resources that must exist in the database already.
    expected: Vec<Resource>,
}

impl Walk<'_> {
    /// Checks the place of a phase, and opens or closes the lane.
    fn enter(&mut self, index: usize) -> Result<(), Problem> {
        let ListedPhase { name, role, .. } = self.list[index];
        if self.list[..index].iter().any(|other| other.name == name) {
            return Err(Problem::Twice { name });
        }
        match (role, &self.lane) {
            (RoleKind::Once | RoleKind::Load, Lane::Open { load }) => {
                Err(self.open_at(name, role, *load, index))
            }
            (RoleKind::Once, Lane::None | Lane::Closed { .. })
            | (RoleKind::Process, Lane::Open { .. }) => Ok(()),
            (RoleKind::Load, Lane::None | Lane::Closed { .. }) => {
                self.lane = Lane::Open { load: index };
                self.available
                    .retain(|(resource, _)| resource.outlives_a_run());
                self.dropped.clear();
                Ok(())
            }
            (RoleKind::Save, Lane::Open { load }) => {
                self.lane = Lane::Closed {
                    load: *load,
                    save: index,
                };
                Ok(())
            }
            (RoleKind::Process | RoleKind::Save, Lane::None | Lane::Closed { .. }) => {
                Err(self.no_batch(index))
            }
        }
    }

    /// Why a phase must not be in an open lane.
    fn open_at(&self, name: &'static str, role: RoleKind, load: usize, index: usize) -> Problem {
        let lane = self.list[load].name;
        let skipped = (load..index)
            .find(|other| self.list[*other].role == RoleKind::Save)
            .map(|save| self.list[save].name);
        match (skipped, role) {
            (Some(save), _) => Problem::SaveNotSelected { load: lane, save },
            (None, RoleKind::Once) => Problem::OnceInLane { name, load: lane },
            (None, _) => Problem::LaneNotSaved { name, load: lane },
        }
    }

    /// Why a phase that needs a batch has none.
    fn no_batch(&self, index: usize) -> Problem {
        let ListedPhase { name, role, .. } = self.list[index];
        let is_load = |other: &usize| self.list[*other].role == RoleKind::Load;
        if let Some(load) = (0..index).rev().find(is_load)
            && !self.works[load]
        {
            return Problem::LoadNotSelected {
                name,
                load: self.list[load].name,
            };
        }
        if role == RoleKind::Process {
            if let Lane::Closed { load, save } = self.lane {
                let (load, save) = (self.list[load].name, self.list[save].name);
                return Problem::AfterLane { name, load, save };
            }
            if let Some(load) = (index..self.list.len()).find(is_load) {
                let load = self.list[load].name;
                return Problem::BeforeLane { name, load };
            }
        }
        Problem::NoBatch { name }
    }

    /// Checks what a phase needs, then takes what it drops and adds what it produces.
    fn exchange(&mut self, index: usize) -> Result<(), Problem> {
        let phase = &self.list[index];
        let mut result = Ok(());
        for need in phase.needs {
            if self.available.iter().any(|(other, _)| other == need) {
                result = result.and(self.agrees(phase.name, *need, "needs"));
                continue;
            }
            match self.missing(index, *need) {
                Some(help) if result.is_ok() => {
                    let (name, resource) = (phase.name, *need);
                    result = Err(Problem::Missing {
                        name,
                        resource,
                        help,
                    });
                }
                Some(_) => {}
                None => self.expected.push(*need),
            }
        }
        self.available
            .retain(|(resource, _)| !phase.drops.contains(resource));
        let dropped = phase.drops.iter().map(|resource| (*resource, phase.name));
        self.dropped.extend(dropped);
        for give in phase.produces {
            result = result.and(self.agrees(phase.name, *give, "produces"));
            self.available.push((*give, phase.name));
        }
        result
    }

    /// Checks that a phase declares the type that an earlier phase declared for the same column.
    fn agrees(
        &self,
        name: &'static str,
        declared: Resource,
        verb: &'static str,
    ) -> Result<(), Problem> {
        let Some(data_type) = declared.data_type() else {
            return Ok(());
        };
        let earlier = self.available.iter().rfind(|(other, _)| *other == declared);
        match earlier.and_then(|(other, producer)| Some((other.data_type()?, *producer))) {
            Some((earlier, producer)) if earlier != data_type => Err(Problem::OtherType {
                name,
                verb,
                column: declared.column().unwrap_or_default(),
                data_type,
                producer,
                produced: earlier,
            }),
            _ => Ok(()),
        }
    }

    /// Which change would provide a missing resource; `None` if it may exist in the database.
    fn missing(&self, index: usize, need: Resource) -> Option<Help> {
        let produces = |other: &&ListedPhase| {
            other.produces.contains(&need) && other.name != self.list[index].name
        };
        let skipped = || {
            let skipped = (0..index).rev().filter(|other| !self.works[*other]);
            skipped.map(|other| &self.list[other]).find(produces)
        };
        if !need.outlives_a_run()
            && let Some(producer) = skipped()
        {
            return Some(Help::Select(producer.name));
        }
        if let Some((_, dropper)) = self.dropped.iter().find(|(dropped, _)| *dropped == need) {
            return Some(Help::PutBeforeDropper(dropper));
        }
        if let Some(producer) = self.list[index + 1..].iter().find(produces) {
            return Some(Help::PutProducerFirst(producer.name));
        }
        let linked: Vec<&str> = self
            .linked
            .iter()
            .filter(produces)
            .map(|p| p.name)
            .collect();
        if linked.is_empty() {
            return Some(Help::Link);
        }
        (!need.outlives_a_run()).then_some(Help::List(linked))
    }

    /// Checks that the last lane is closed.
    fn end(&self) -> Result<(), Problem> {
        let Lane::Open { load } = self.lane else {
            return Ok(());
        };
        let save = self.list[load..]
            .iter()
            .find(|other| other.role == RoleKind::Save);
        let load = self.list[load].name;
        Err(match save {
            Some(save) => Problem::SaveNotSelected {
                load,
                save: save.name,
            },
            None => Problem::NeverSaved { load },
        })
    }
}
