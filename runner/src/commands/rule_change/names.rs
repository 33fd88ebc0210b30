//! The names of one column before and after a change of the rules.
//!
//! Each different name is stored once, with the number of its rows before and after. A change is a pair of two names, and has
//! the number of its rows. So the memory does not depend on the number of rows: about 150 bytes for each different name, and
//! about 30 bytes for each different change. A column with more than [`MOST_NAMES`] different names is not counted to the end.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;

/// The most different names of a column that are counted.
const MOST_NAMES: usize = 2_000_000;
/// The number of changes that are reported as examples.
const EXAMPLES: usize = 20;

/// The names of one column.
pub(super) struct CountedNames {
    /// The place of a name in `rows`.
    places: HashMap<Arc<str>, usize>,
    /// The names, each with its rows before and after.
    rows: Vec<(Arc<str>, u64, u64)>,
    /// Rows by the places of the old and of the new name; `None` is NULL.
    changes: HashMap<(Option<usize>, Option<usize>), u64>,
    most: usize,
    is_full: bool,
}

/// The counts of one column.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct NameCounts {
    /// Different names before.
    pub(super) before: usize,
    /// Different names after.
    pub(super) after: usize,
    /// Names that no row has after.
    pub(super) disappear: usize,
    /// Names that no row has before.
    pub(super) appear: usize,
    /// The changes with the most rows. Changes with as many rows are in the order of their names.
    pub(super) examples: Vec<NameChange>,
}

/// The change of a name in some rows.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(super) struct NameChange {
    /// The name before; null if the rows had none.
    pub(super) before: Option<String>,
    /// The name after; null if the rows have none.
    pub(super) after: Option<String>,
    /// The rows.
    pub(super) rows: u64,
}

impl Default for CountedNames {
    fn default() -> Self {
        Self::with_at_most(MOST_NAMES)
    }
}

impl CountedNames {
    fn with_at_most(most: usize) -> Self {
        Self {
            places: HashMap::new(),
            rows: Vec::new(),
            changes: HashMap::new(),
            most,
            is_full: false,
        }
    }

    /// Counts a row that stays in staging.
    pub(super) fn count(&mut self, before: Option<&str>, after: Option<&str>) {
        let old = self.place(before, |row| row.1 += 1);
        let new = self.place(after, |row| row.2 += 1);
        if before != after && !self.is_full {
            *self.changes.entry((old, new)).or_default() += 1;
        }
    }

    /// Counts a row that leaves staging.
    pub(super) fn count_removed(&mut self, before: Option<&str>) {
        self.place(before, |row| row.1 += 1);
    }

    /// Finds the name, or adds it, and counts a row of it.
    fn place(
        &mut self,
        name: Option<&str>,
        count: impl FnOnce(&mut (Arc<str>, u64, u64)),
    ) -> Option<usize> {
        let name = name?;
        if self.is_full {
            return None;
        }
        let place = if let Some(place) = self.places.get(name) {
            *place
        } else if self.rows.len() == self.most {
            *self = Self {
                is_full: true,
                ..Self::with_at_most(self.most)
            };
            return None;
        } else {
            let name: Arc<str> = name.into();
            self.places.insert(Arc::clone(&name), self.rows.len());
            self.rows.push((name, 0, 0));
            self.rows.len() - 1
        };
        count(&mut self.rows[place]);
        Some(place)
    }

    /// The counts; `None` if the column has too many different names.
    pub(super) fn counts(&self) -> Option<NameCounts> {
        let number =
            |is: fn(&(Arc<str>, u64, u64)) -> bool| self.rows.iter().filter(|row| is(row)).count();
        let text = |place: Option<usize>| place.map(|place| &*self.rows[place].0);
        let mut changes: Vec<_> = self
            .changes
            .iter()
            .map(|((before, after), rows)| (Reverse(*rows), text(*before), text(*after)))
            .collect();
        changes.sort_unstable();
        let example =
            |(rows, before, after): (Reverse<u64>, Option<&str>, Option<&str>)| NameChange {
                before: before.map(str::to_owned),
                after: after.map(str::to_owned),
                rows: rows.0,
            };
        (!self.is_full).then(|| NameCounts {
            before: number(|row| row.1 > 0),
            after: number(|row| row.2 > 0),
            disappear: number(|row| row.2 == 0),
            appear: number(|row| row.1 == 0),
            examples: changes.into_iter().take(EXAMPLES).map(example).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(before: Option<&str>, after: Option<&str>, rows: u64) -> NameChange {
        NameChange {
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
            rows,
        }
    }

    #[test]
    fn names_and_changes_are_counted_and_the_most_frequent_change_is_first() {
        let mut names = CountedNames::default();
        names.count(Some("a"), Some("a"));
        names.count(Some("b"), Some("c"));
        names.count(Some("b"), Some("a"));
        names.count(Some("b"), Some("a"));
        names.count(None, Some("a"));
        names.count_removed(Some("gone"));
        assert_eq!(
            names.counts(),
            Some(NameCounts {
                before: 3,
                after: 2,
                disappear: 2,
                appear: 1,
                examples: vec![
                    change(Some("b"), Some("a"), 2),
                    change(None, Some("a"), 1),
                    change(Some("b"), Some("c"), 1),
                ],
            })
        );
    }

    #[test]
    fn a_column_with_too_many_names_is_not_counted_and_needs_no_memory() {
        let mut names = CountedNames::with_at_most(3);
        for name in ["a", "b", "c", "c"] {
            names.count(Some(name), Some("a"));
        }
        assert_eq!(names.counts().map(|counts| counts.before), Some(3));
        names.count(Some("a"), Some("d"));
        names.count(Some("e"), Some("f"));
        assert_eq!(names.counts(), None);
        assert_eq!((names.rows.len(), names.changes.len()), (0, 0));
    }
}
