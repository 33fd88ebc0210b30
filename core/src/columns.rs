//! Functions that change the columns of a batch: add a column, add warnings, replace the columns that a phase read by
//! the columns that it produces.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, BooleanArray, RecordBatch, StringArray};

use crate::{Batch, EtlError, Resource, Result};

/// The batch column with the warnings of each row: lists such as `{title_shouts,title_kept}`.
const WARNINGS: &str = "warnings";

impl Batch {
    /// Adds a column, or replaces the column of that name.
    ///
    /// # Errors
    /// The column has another length than the batch.
    pub fn put(&mut self, name: &str, column: ArrayRef) -> Result<()> {
        let mut columns = columns(&self.records);
        match columns.iter_mut().find(|(known, _)| known == name) {
            Some((_, existing)) => *existing = column,
            None => columns.push((name.to_owned(), column)),
        }
        self.records = records(columns)?;
        Ok(())
    }

    /// Adds a warning to the rows where `on` is true: appends the word to their lists in the batch column `warnings`. A list that
    /// has the word already stays as it is. The column is created if necessary. The word is stored with the row, and counted when
    /// the row is published.
    ///
    /// A phase that warns lists the word with its field in [`WARNINGS`](crate::Plugin::WARNINGS), and has
    /// `Resource::Typed("warnings", || DataType::Utf8)` in its [`GIVES`](crate::Plugin::GIVES). It may run anywhere
    /// between loading and saving.
    ///
    /// # Errors
    /// The word contains characters other than `a` to `z`, digits and `_`; the lengths differ.
    pub fn warn(&mut self, word: &str, on: &BooleanArray) -> Result<()> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if word.is_empty() || !word.chars().all(plain) {
            return Err(EtlError::bug(format!(
                "the warning {word:?} contains characters other than a to z, digits and _"
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
            Some(existing) => joined(existing, &more)?,
            None => more,
        };
        self.put(WARNINGS, all)
    }

    /// Replaces the records by those that a phase produced (`made`) from the rows where `goes_on` is true. The columns of
    /// `made` come first. After them come the other columns of the batch, except those in `drops`
    /// ([`DROPS`](crate::Plugin::DROPS)). The warnings of both are joined. This is for phases that rebuild a batch; a
    /// phase that adds one column uses [`Batch::put`].
    ///
    /// # Errors
    /// `made` has another number of rows than `goes_on` has true values.
    pub fn remake(
        &mut self,
        made: RecordBatch,
        drops: &[Resource],
        goes_on: &BooleanArray,
    ) -> Result<()> {
        let dropped = |name: &str| drops.iter().any(|drop| drop.column() == Some(name));
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
                    EtlError::bug(format!("the column `{name}` cannot be filtered: {error}"))
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
        .map_err(|error| EtlError::bug(format!("the columns are not a batch: {error}")))
}

/// The lists of both columns, joined row by row. A list has each word once.
fn joined(first: &ArrayRef, second: &ArrayRef) -> Result<ArrayRef> {
    let (first, second) = (lists(first)?, lists(second)?);
    if first.len() != second.len() {
        return Err(EtlError::bug(
            "the warnings and the batch have different numbers of rows",
        ));
    }
    let mut all = Vec::with_capacity(first.len());
    for (first, second) in first.iter().zip(second) {
        let (first, second) = (words(first)?, words(second)?);
        let mut list = format!("{{{first}");
        for word in second.split(',').filter(|word| !word.is_empty()) {
            if first.split(',').any(|known| known == word) {
                continue;
            }
            if list.len() > 1 {
                list.push(',');
            }
            list.push_str(word);
        }
        list.push('}');
        all.push(list);
    }
    Ok(Arc::new(StringArray::from(all)))
}

fn lists(column: &ArrayRef) -> Result<&StringArray> {
    column
        .as_string_opt::<i32>()
        .ok_or_else(|| EtlError::bug("the batch column `warnings` is not a text column"))
}

/// The text between the braces.
fn words(list: Option<&str>) -> Result<&str> {
    let list = list.unwrap_or("{}");
    list.strip_prefix('{')
        .and_then(|list| list.strip_suffix('}'))
        .ok_or_else(|| {
            EtlError::bug(format!(
                "the batch column `warnings` contains {list:?} instead of a list such as {{title_shouts}}"
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
    fn put_adds_a_column_or_replaces_it() {
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
    fn warnings_of_several_phases_share_one_column() {
        let mut batch = batch(vec![("a", texts(&["1", "2"]))]);
        batch
            .warn("a_odd", &BooleanArray::from(vec![Some(true), None]))
            .unwrap();
        for _ in 0..2 {
            batch
                .warn("a_low", &BooleanArray::from(vec![true, false]))
                .unwrap();
        }
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
    fn remake_puts_new_columns_first_and_joins_warnings() {
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
            .remake(made.unwrap(), &[Resource::Column("raw")], &goes_on)
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
    fn malformed_warnings_are_an_error() {
        let mut batch = batch(vec![("warnings", texts(&["odd", "{}"]))]);
        let on = BooleanArray::from(vec![true, true]);
        let error = batch.warn("x", &on).unwrap_err();
        assert!(
            error.message().contains("such as {title_shouts}"),
            "{error}"
        );
    }
}
