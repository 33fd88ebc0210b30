//! Changing the columns of a batch: adding one, warning of rows, putting what was made in place of what was given.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, BooleanArray, RecordBatch, StringArray};

use crate::{Batch, EtlError, Result};

/// The column of a row's warnings: texts such as `{title_shouts,title_kept}`.
const WARNINGS: &str = "warnings";

impl Batch {
    /// Adds a column, or puts it in the place of the one of that name.
    ///
    /// # Errors
    /// Its length is not that of the batch.
    pub fn put(&mut self, name: &str, column: ArrayRef) -> Result<()> {
        let mut columns = columns(&self.records);
        match columns.iter_mut().find(|(known, _)| known == name) {
            Some((_, standing)) => *standing = column,
            None => columns.push((name.to_owned(), column)),
        }
        self.records = records(columns)?;
        Ok(())
    }

    /// Warns of the rows where `on` is true: adds the word to their list in the batch column `warnings`, which is made
    /// where it is not there yet. The word is stored with the row, and counted when the row is published.
    ///
    /// A phase that warns lists the word with its field in [`WARNINGS`](crate::Plugin::WARNINGS), and has `batch.warnings`
    /// in its [`GIVES`](crate::Plugin::GIVES). It may stand anywhere between
    /// loading and saving.
    ///
    /// # Errors
    /// The word holds other signs than `a` to `z`, digits and `_`; the lengths differ.
    pub fn warn(&mut self, word: &str, on: &BooleanArray) -> Result<()> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if word.is_empty() || !word.chars().all(plain) {
            return Err(EtlError::bug(format!(
                "the warning {word:?} is no word of a to z, digits and _"
            )));
        }
        let list = format!("{{{word}}}");
        let more: StringArray = on
            .iter()
            .map(|on| if on.unwrap_or(false) { &*list } else { "{}" })
            .map(Some)
            .collect();
        let more: ArrayRef = Arc::new(more);
        let all = match self.records.column_by_name(WARNINGS) {
            Some(standing) => joined(standing, &more)?,
            None => more,
        };
        self.put(WARNINGS, all)
    }

    /// Puts what a phase made of the rows that go on in the place of what it was given: its columns, and after them
    /// those of the batch that it neither makes nor drops (`batch.COLUMN`, as [`DROPS`](crate::Plugin::DROPS) has
    /// them). Warnings are joined. For phases that make a batch anew; one that adds a column has [`Batch::put`].
    ///
    /// # Errors
    /// `made` has not as many rows as go on.
    pub fn remake(
        &mut self,
        made: RecordBatch,
        drops: &[&str],
        goes_on: &BooleanArray,
    ) -> Result<()> {
        let dropped = |name: &str| {
            let mut drops = drops.iter().filter_map(|word| word.strip_prefix("batch."));
            drops.any(|drop| drop == name)
        };
        let all = goes_on.true_count() == goes_on.len();
        let mut rest = Vec::new();
        for (name, column) in columns(&self.records) {
            if dropped(&name) || name != WARNINGS && made.column_by_name(&name).is_some() {
                continue;
            }
            let column = if all {
                column
            } else {
                arrow_select::filter::filter(&column, goes_on).map_err(|error| {
                    EtlError::bug(format!("`{name}` can't be handed on: {error}"))
                })?
            };
            rest.push((name, column));
        }
        if rest.is_empty() {
            self.records = made;
            return Ok(());
        }
        let mut columns = columns(&made);
        for (name, column) in rest {
            match columns.iter_mut().find(|(known, _)| *known == name) {
                Some((_, warnings)) => *warnings = joined(&column, warnings)?,
                None => columns.push((name, column)),
            }
        }
        self.records = records(columns)?;
        Ok(())
    }
}

fn columns(records: &RecordBatch) -> Vec<(String, ArrayRef)> {
    let schema = records.schema();
    let names = schema.fields().iter().map(|field| field.name().clone());
    names.zip(records.columns().iter().cloned()).collect()
}

fn records(columns: Vec<(String, ArrayRef)>) -> Result<RecordBatch> {
    let nullable = columns
        .into_iter()
        .map(|(name, column)| (name, column, true));
    RecordBatch::try_from_iter_with_nullable(nullable)
        .map_err(|error| EtlError::bug(format!("the columns make no batch: {error}")))
}

/// The lists of both, row by row.
fn joined(first: &ArrayRef, second: &ArrayRef) -> Result<ArrayRef> {
    let (first, second) = (lists(first)?, lists(second)?);
    if first.len() != second.len() {
        return Err(EtlError::bug(
            "warnings are of another number of rows than the batch has",
        ));
    }
    let mut all = Vec::with_capacity(first.len());
    for (first, second) in first.iter().zip(second) {
        let (first, second) = (words(first)?, words(second)?);
        let comma = if first.is_empty() || second.is_empty() {
            ""
        } else {
            ","
        };
        all.push(format!("{{{first}{comma}{second}}}"));
    }
    Ok(Arc::new(StringArray::from(all)))
}

fn lists(column: &ArrayRef) -> Result<&StringArray> {
    column
        .as_string_opt::<i32>()
        .ok_or_else(|| EtlError::bug("the batch column `warnings` holds no texts"))
}

/// What stands between the braces.
fn words(list: Option<&str>) -> Result<&str> {
    let list = list.unwrap_or("{}");
    list.strip_prefix('{')
        .and_then(|list| list.strip_suffix('}'))
        .ok_or_else(|| {
            EtlError::bug(format!(
                "the batch column `warnings` holds {list:?}, and should hold lists such as {{title_shouts}}"
            ))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(values: &[&str]) -> ArrayRef {
        Arc::new(StringArray::from(values.to_vec()))
    }

    fn batch(columns: Vec<(&str, ArrayRef)>) -> Batch {
        Batch {
            id: 1,
            expected: 2,
            records: RecordBatch::try_from_iter(columns).unwrap(),
            rejects: Vec::new(),
        }
    }

    fn shown(batch: &Batch) -> Vec<(String, Vec<String>)> {
        let columns = columns(&batch.records).into_iter().map(|(name, column)| {
            let texts = column.as_string::<i32>().iter();
            (
                name,
                texts.map(|text| text.unwrap_or("-").to_owned()).collect(),
            )
        });
        columns.collect()
    }

    fn column(name: &str, values: &[&str]) -> (String, Vec<String>) {
        (
            name.to_owned(),
            values.iter().map(|text| (*text).to_owned()).collect(),
        )
    }

    #[test]
    fn a_column_is_added_or_put_in_the_place_of_its_namesake() {
        let mut batch = batch(vec![("a", texts(&["1", "2"]))]);
        batch.put("b", texts(&["3", "4"])).unwrap();
        batch.put("a", texts(&["5", "6"])).unwrap();
        assert_eq!(
            shown(&batch),
            [column("a", &["5", "6"]), column("b", &["3", "4"])]
        );
        assert!(batch.put("c", texts(&["one row"])).is_err());
    }

    #[test]
    fn warnings_of_several_phases_are_lists_in_one_column() {
        let mut batch = batch(vec![("a", texts(&["1", "2"]))]);
        batch
            .warn("a_odd", &BooleanArray::from(vec![Some(true), None]))
            .unwrap();
        batch
            .warn("a_low", &BooleanArray::from(vec![true, false]))
            .unwrap();
        assert_eq!(
            shown(&batch)[1],
            column("warnings", &["{a_odd,a_low}", "{}"])
        );
        for word in ["", "Odd", "a b", "a,b", "a}"] {
            let on = BooleanArray::from(vec![true, true]);
            assert!(batch.warn(word, &on).is_err(), "{word}");
        }
        assert!(
            batch
                .warn("short", &BooleanArray::from(vec![true]))
                .is_err()
        );
    }

    #[test]
    fn what_is_made_stands_before_what_is_handed_on_and_warnings_are_joined() {
        let mut batch = batch(vec![
            ("key", texts(&["1", "2"])),
            ("raw", texts(&["x", "y"])),
            ("mood", texts(&["good", "bad"])),
            ("warnings", texts(&["{raw_odd}", "{raw_low}"])),
        ]);
        let made = RecordBatch::try_from_iter([
            ("key", texts(&["2"])),
            ("clean", texts(&["Y"])),
            ("warnings", texts(&["{clean_kept}"])),
        ]);
        let goes_on = BooleanArray::from(vec![false, true]);
        batch
            .remake(made.unwrap(), &["batch.raw"], &goes_on)
            .unwrap();
        assert_eq!(
            shown(&batch),
            [
                column("key", &["2"]),
                column("clean", &["Y"]),
                column("warnings", &["{raw_low,clean_kept}"]),
                column("mood", &["bad"]),
            ]
        );
    }

    #[test]
    fn a_list_that_is_none_is_told() {
        let mut batch = batch(vec![("warnings", texts(&["odd", "{}"]))]);
        let on = BooleanArray::from(vec![true, true]);
        let error = batch.warn("x", &on).unwrap_err();
        assert!(
            error.message().contains("such as {title_shouts}"),
            "{error}"
        );
    }
}
