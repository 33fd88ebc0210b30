//! Matches the rows of a returned batch with the rows of the received batch, by key and version.
//!
//! 1. No row was rejected, and keys and versions are equal: all rows are kept.
//! 2. The order is the same: each received row is the next returned row or the next new rejected row.
//! 3. Otherwise, a map finds the place of each returned row. Example: a phase sorted its batch.

use std::collections::HashMap;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_array::{
    Array, ArrayRef, BooleanArray, Int64Array, RecordBatch, StringArray, UInt32Array,
};
use arrow_select::{filter::filter, take::take};

use crate::{Batch, Reject};

/// The received rows that are in the records of the returned batch.
#[derive(Debug)]
pub(crate) enum KeptRows {
    /// All of them, in the same order.
    All,
    /// The rows where the mask is true, in the same order.
    Filtered(BooleanArray),
    /// The rows with these numbers, in this order.
    Reordered(UInt32Array),
}

impl KeptRows {
    /// Whether the returned column has the values that the received column has in these rows.
    pub(crate) fn are_equal(&self, received: &ArrayRef, returned: &ArrayRef) -> bool {
        let expected = match self {
            Self::All => {
                let is_same = std::ptr::addr_eq(received.as_ref(), returned.as_ref());
                return is_same || received.as_ref() == returned.as_ref();
            }
            Self::Filtered(mask) => filter(received, mask),
            Self::Reordered(rows) => take(received, rows, None),
        };
        expected.is_ok_and(|expected| expected.as_ref() == returned.as_ref())
    }
}

/// Finds the received rows in the returned batch. `None` if the received batch has no keys, such as a batch in a test.
///
/// # Errors
/// The end of a sentence about the returned batch: a row is not one of the received rows, is there twice, or has
/// another version.
pub(crate) fn matched(received: &Batch, returned: &Batch) -> Result<Option<KeptRows>, String> {
    let earlier = received.rejects.len();
    if returned.rejects.get(..earlier) != Some(&received.rejects[..]) {
        return Err("lacks a rejected row of an earlier phase, or changed it".to_owned());
    }
    let Some(before) = Rows::of(&received.records) else {
        return Ok(None);
    };
    let Some(after) = Rows::of(&returned.records) else {
        return Err(format!("has no text column `{}`", Batch::KEY));
    };
    let rejects = &returned.rejects[earlier..];
    if rejects.is_empty() && before.keys == after.keys && before.versions == after.versions {
        return Ok(Some(KeptRows::All));
    }
    match in_order(&before, &after, rejects) {
        Some(mask) => Ok(Some(KeptRows::Filtered(mask))),
        None => by_key(&before, &after, rejects).map(|rows| Some(KeptRows::Reordered(rows))),
    }
}

/// Key and version of each row.
struct Rows<'a> {
    keys: &'a StringArray,
    versions: Option<&'a Int64Array>,
}

impl<'a> Rows<'a> {
    fn of(records: &'a RecordBatch) -> Option<Self> {
        let keys = records.column_by_name(Batch::KEY)?.as_string_opt::<i32>()?;
        let versions = records.column_by_name(Batch::ROW_VERSION);
        Some(Self {
            keys,
            versions: versions.and_then(|column| column.as_primitive_opt::<Int64Type>()),
        })
    }

    fn key(&self, row: usize) -> Option<&'a str> {
        (row < self.keys.len() && self.keys.is_valid(row)).then(|| self.keys.value(row))
    }

    fn version(&self, row: usize) -> Option<i64> {
        let versions = self.versions?;
        versions.is_valid(row).then(|| versions.value(row))
    }

    /// Whether the reject is this row.
    fn is(&self, row: usize, reject: &Reject) -> bool {
        self.key(row) == Some(&*reject.key)
            && self
                .version(row)
                .is_none_or(|version| version == reject.row_version)
    }
}

/// A mask of the received rows that are still records; `None` if the order changed or a row differs.
fn in_order(before: &Rows<'_>, after: &Rows<'_>, rejects: &[Reject]) -> Option<BooleanArray> {
    let mut rejects = rejects.iter().peekable();
    let mut next = 0;
    let mut mask = Vec::with_capacity(before.keys.len());
    for row in 0..before.keys.len() {
        let key = before.key(row);
        let is_record =
            key.is_some() && key == after.key(next) && before.version(row) == after.version(next);
        if is_record {
            next += 1;
        } else {
            rejects.next_if(|reject| before.is(row, reject))?;
        }
        mask.push(is_record);
    }
    (next == after.keys.len() && rejects.next().is_none()).then(|| mask.into())
}

/// The number of the received row for each returned row.
fn by_key(before: &Rows<'_>, after: &Rows<'_>, rejects: &[Reject]) -> Result<UInt32Array, String> {
    let mut places: HashMap<&str, (usize, bool)> = (0..before.keys.len())
        .filter_map(|row| Some((before.key(row)?, (row, false))))
        .collect();
    let mut find = |key: &str| match places.get_mut(key) {
        None => Err(format!("has the key `{key}`, which it did not receive")),
        Some((_, true)) => Err(format!("has the row with the key `{key}` twice")),
        Some((row, found)) => {
            *found = true;
            Ok(*row)
        }
    };
    let other_version = |key: &str| {
        let version = Batch::ROW_VERSION;
        Err(format!(
            "has the row with the key `{key}` with another `{version}`"
        ))
    };
    let mut rows = Vec::with_capacity(after.keys.len());
    for row in 0..after.keys.len() {
        let Some(key) = after.key(row) else {
            return Err("has a row without a key".to_owned());
        };
        let place = find(key)?;
        if before.version(place) != after.version(row) {
            return other_version(key);
        }
        rows.push(u32::try_from(place).unwrap_or(u32::MAX));
    }
    for reject in rejects {
        let place = find(&reject.key)?;
        if !before.is(place, reject) {
            return other_version(&reject.key);
        }
    }
    Ok(rows.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn batch(rows: &[(&str, i64)], rejects: &[(&str, i64)]) -> Batch {
        let keys: StringArray = rows.iter().map(|(key, _)| Some(*key)).collect();
        let versions: Int64Array = rows.iter().map(|(_, version)| Some(*version)).collect();
        Batch {
            id: 1,
            expected: 3,
            records: RecordBatch::try_from_iter([
                (Batch::KEY, Arc::new(keys) as ArrayRef),
                (Batch::ROW_VERSION, Arc::new(versions) as ArrayRef),
            ])
            .unwrap(),
            rejects: rejects
                .iter()
                .map(|(key, version)| Reject {
                    key: (*key).to_owned(),
                    row_version: *version,
                    phase: "x".to_owned(),
                    field: "title".to_owned(),
                    reason: "odd".to_owned(),
                    value: None,
                })
                .collect(),
        }
    }

    const ROWS: [(&str, i64); 3] = [("a", 1), ("b", 2), ("c", 3)];

    fn matched_with(rows: &[(&str, i64)], rejects: &[(&str, i64)]) -> Result<String, String> {
        let kept = matched(&batch(&ROWS, &[]), &batch(rows, rejects))?;
        Ok(match kept.expect("the batch has keys") {
            KeptRows::All => "all".to_owned(),
            KeptRows::Filtered(mask) => format!("{:?}", mask.iter().flatten().collect::<Vec<_>>()),
            KeptRows::Reordered(rows) => format!("{:?}", rows.values().to_vec()),
        })
    }

    #[test]
    fn each_row_is_found_once_among_records_and_rejects() {
        let ok = |text: &str| Ok(text.to_owned());
        assert_eq!(matched_with(&ROWS, &[]), ok("all"));
        assert_eq!(
            matched_with(&[("a", 1), ("c", 3)], &[("b", 2)]),
            ok("[true, false, true]")
        );
        assert_eq!(
            matched_with(&[("c", 3), ("a", 1), ("b", 2)], &[]),
            ok("[2, 0, 1]")
        );
        assert_eq!(
            matched_with(&[("c", 3), ("a", 1)], &[("b", 2)]),
            ok("[2, 0]")
        );
        assert_eq!(matched_with(&[], &[("c", 3), ("a", 1), ("b", 2)]), ok("[]"));
    }

    #[test]
    fn a_changed_key_or_version_is_an_error_that_names_the_row() {
        for (rows, rejects, what) in [
            (
                &[("a", 1), ("b", 2), ("x", 3)][..],
                &[][..],
                "the key `x`, which it did not receive",
            ),
            (&[("a", 1), ("b", 2), ("b", 2)], &[], "the key `b` twice"),
            (&[("a", 1), ("b", 2)], &[("b", 2)], "the key `b` twice"),
            (
                &[("a", 1), ("b", 9), ("c", 3)],
                &[],
                "the key `b` with another `row_version`",
            ),
            (
                &[("a", 1), ("b", 2)],
                &[("c", 9)],
                "the key `c` with another `row_version`",
            ),
            (
                &[("a", 1), ("b", 2)],
                &[("x", 3)],
                "the key `x`, which it did not receive",
            ),
        ] {
            let error = matched_with(rows, rejects).unwrap_err();
            assert!(error.contains(what), "{error}");
        }
    }

    #[test]
    fn a_reject_of_an_earlier_phase_remains() {
        let received = batch(&ROWS[..2], &[("c", 3)]);
        assert!(matched(&received, &received).is_ok());
        assert!(matched(&received, &batch(&ROWS, &[])).is_err());
        assert!(matched(&received, &batch(&ROWS[..2], &[("c", 9)])).is_err());
    }
}
