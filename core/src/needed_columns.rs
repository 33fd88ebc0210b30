//! The batch columns that the phases of a run need, so that a loading phase can leave out a column that costs time and
//! that nobody reads.

use std::collections::BTreeSet;

use crate::Resource;

/// The batch columns that the phases of a run need.
#[derive(Debug, Clone, Default)]
pub struct NeededColumns(
    /// `None`: it is not known which, so every column counts as needed.
    Option<BTreeSet<&'static str>>,
);

impl NeededColumns {
    /// The columns among the `NEEDS` of phases.
    pub fn of(needs: impl IntoIterator<Item = Resource>) -> Self {
        let needs = needs.into_iter();
        Self(Some(needs.filter_map(Resource::column).collect()))
    }

    /// Every column, as for a phase under test.
    pub fn all() -> Self {
        Self(None)
    }

    /// Whether a phase needs the column.
    pub fn contains(&self, column: &str) -> bool {
        self.0
            .as_ref()
            .is_none_or(|columns| columns.contains(column))
    }
}
