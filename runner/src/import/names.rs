//! Matches the names in a file with the columns of the table.

use std::collections::HashMap;

use jobinsight_core::Result;

use super::catalog::{Column, Placed, Table};
use super::error;

/// The columns of a table by name. `Job ID`, `JOB_ID` and `jobId` are the column `job_id`, unless the table has columns
/// that differ only in this.
#[derive(Debug, Default)]
pub(super) struct Names {
    exact: HashMap<String, usize>,
    loose: HashMap<String, Option<usize>>,
}

impl Names {
    pub(super) fn new<'a>(columns: impl Iterator<Item = &'a String>) -> Self {
        let mut names = Self::default();
        for (at, column) in columns.enumerate() {
            names.exact.insert(column.clone(), at);
            names
                .loose
                .entry(loosely(column))
                .and_modify(|found| *found = None)
                .or_insert(Some(at));
        }
        names
    }

    /// The place of the column with this name.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        let exact = self.exact.get(name).copied();
        exact.or_else(|| self.loose.get(&loosely(name)).copied().flatten())
    }
}

/// A name without case, spaces and punctuation.
fn loosely(name: &str) -> String {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// The columns of the file that the table has, with their place in the file, and the other columns of the file.
pub(super) fn match_columns(
    names: &[String],
    target: &[Column],
    table: &Table,
    origin: &str,
) -> Result<(Vec<Placed>, Vec<String>)> {
    let known = Names::new(target.iter().map(|column| &column.name));
    let (mut columns, mut ignored) = (Vec::<Placed>::new(), Vec::new());
    for (at, name) in names.iter().enumerate() {
        let Some(found) = known.find(name).map(|found| &target[found]) else {
            ignored.push(if name.is_empty() {
                format!("column {} (without a name)", at + 1)
            } else {
                name.clone()
            });
            continue;
        };
        if let Some((first, _)) = columns.iter().find(|(_, column)| column.name == found.name) {
            return Err(error::duplicate_column(
                origin,
                &found.name,
                &names[*first],
                name,
            ));
        }
        columns.push((at, found.clone()));
    }
    let keys = || target.iter().filter(|column| column.key);
    let is_missing = |key: &&Column| !columns.iter().any(|(_, column)| column.name == key.name);
    let missing: Vec<&Column> = keys().filter(is_missing).collect();
    if !missing.is_empty() {
        let names_of = |columns: Vec<&Column>| {
            let names = columns.iter().map(|column| column.name.as_str());
            names.collect::<Vec<_>>().join(", ")
        };
        return Err(error::missing_key(
            origin,
            &table.quoted(),
            &names_of(missing),
            &names_of(keys().collect()),
            names,
        ));
    }
    Ok((columns, ignored))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_matches_in_another_case_and_with_spaces_unless_that_is_ambiguous() {
        let columns = ["job_id", "title", "Title", "jobtype"].map(str::to_owned);
        let names = Names::new(columns.iter());
        for (name, found) in [
            ("job_id", Some(0)),
            ("JOB_ID", Some(0)),
            ("Job ID", Some(0)),
            ("jobId", Some(0)),
            ("job-type", Some(3)),
            ("title", Some(1)),
            ("Title", Some(2)),
            ("TITLE", None),
            ("", None),
            ("id", None),
        ] {
            assert_eq!(names.find(name), found, "{name}");
        }
    }
}
