//! Where the work is done.

use crate::facts::rules::phrases::Hit;

/// A work mode, from the most bound to the freest. Of several modes, the freest is open to the candidate, so it counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum WorkMode {
    Onsite,
    Hybrid,
    Remote,
}

impl WorkMode {
    const ALL: [Self; 3] = [Self::Onsite, Self::Hybrid, Self::Remote];

    /// The names, in the order of the values.
    pub(crate) const NAMES: [&str; 3] = [
        Self::Onsite.name(),
        Self::Hybrid.name(),
        Self::Remote.name(),
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Onsite => "onsite",
            Self::Hybrid => "hybrid",
            Self::Remote => "remote",
        }
    }

    pub(crate) fn read(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|mode| mode.name() == name);
        found.ok_or_else(|| "a work mode is onsite, hybrid, remote or ignore".to_owned())
    }

    /// The mode that the phrases name, and the phrase that decides.
    pub(crate) fn of<'a>(
        hits: impl Iterator<Item = &'a Hit>,
        modes: &[Option<Self>],
    ) -> Option<(Self, &'a Hit)> {
        hits.filter_map(|hit| Some(((*modes.get(hit.value)?)?, hit)))
            .reduce(|best, next| if next.0 > best.0 { next } else { best })
    }
}
