//! The kind of employment.

use crate::facts::rules::phrases::Hit;

/// An employment type. Of several in one title, the last in this order counts: an internship stays one at full time, and a
/// job that is open at full time and at part time is a full-time job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum EmploymentType {
    Freelance,
    Contract,
    Seasonal,
    PartTime,
    FullTime,
    Internship,
}

impl EmploymentType {
    const ALL: [Self; 6] = [
        Self::Freelance,
        Self::Contract,
        Self::Seasonal,
        Self::PartTime,
        Self::FullTime,
        Self::Internship,
    ];

    /// The names, in the order of the values.
    pub(crate) const NAMES: [&str; 6] = [
        Self::Freelance.name(),
        Self::Contract.name(),
        Self::Seasonal.name(),
        Self::PartTime.name(),
        Self::FullTime.name(),
        Self::Internship.name(),
    ];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Freelance => "freelance",
            Self::Contract => "contract",
            Self::Seasonal => "seasonal",
            Self::PartTime => "part_time",
            Self::FullTime => "full_time",
            Self::Internship => "internship",
        }
    }

    pub(crate) fn read(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|kind| kind.name() == name);
        found.ok_or_else(|| {
            "an employment type is full_time, part_time, contract, internship, seasonal, freelance or ignore".to_owned()
        })
    }

    /// The type that the phrases name, and the phrase that decides.
    pub(crate) fn of<'a>(
        hits: impl Iterator<Item = &'a Hit>,
        types: &[Option<Self>],
    ) -> Option<(Self, &'a Hit)> {
        hits.filter_map(|hit| Some(((*types.get(hit.value)?)?, hit)))
            .reduce(|best, next| if next.0 > best.0 { next } else { best })
    }
}
