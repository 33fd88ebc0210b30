//! The quality of the rows in staging: filled columns, kinds of salaries, coded places. One statement counts all of it in
//! one pass.

use std::collections::BTreeMap;

use jobinsight_core::{EtlError, Result, Settings};
use jobinsight_sql::columns::{COLUMNS, SOURCE_HASH};
use jobinsight_sql::scripts::COUNT_QUALITY;
use schemars::JsonSchema;
use serde::Serialize;
use tokio_postgres::Client;

/// The most kinds of salaries that a report has.
const KINDS: usize = 20;

/// The rows of staging as they were when the report was written.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct StagingQuality {
    /// Rows in staging.
    pub(super) rows: u64,
    /// Rows that the warehouse has not loaded.
    not_taken: u64,
    /// The columns that decide the content of a row, in the order of the table.
    columns: Vec<FilledColumn>,
    /// The kinds of salaries, the most frequent first.
    salaries: Vec<SalaryKind>,
    /// Rows that name a place.
    with_place: u64,
    /// Rows with the code of at least one place.
    with_code: u64,
    /// `with_code` of `with_place`, in percent; null if no row names a place.
    coded_percent: Option<f64>,
}

/// A column of staging.
#[derive(Debug, Serialize, JsonSchema)]
struct FilledColumn {
    /// The name.
    column: &'static str,
    /// The meaning.
    meaning: &'static str,
    /// Rows in which it has a value.
    filled: u64,
    /// `filled` of all rows, in percent.
    percent: f64,
}

/// A kind of salary.
#[derive(Debug, Serialize, JsonSchema)]
struct SalaryKind {
    /// The kind, such as `range`; null if the row has no kind.
    kind: Option<String>,
    /// Rows.
    rows: u64,
    /// `rows` of all rows, in percent.
    percent: f64,
}

impl StagingQuality {
    /// Counts the rows.
    pub(super) async fn read(client: &Client, settings: &Settings) -> Result<Self> {
        let script = COUNT_QUALITY.render(settings);
        let groups = client
            .query(script.sql(), &[])
            .await
            .map_err(|error| script.error(error, "counting the values of staging"))?;
        let mut found = Self::default();
        let mut filled: BTreeMap<String, u64> = BTreeMap::new();
        for group in &groups {
            let count = |index: usize| group.get::<_, i64>(index).cast_unsigned();
            found.rows += count(1);
            found.not_taken += count(2);
            found.with_place += count(3);
            found.with_code += count(4);
            found.salaries.push(SalaryKind {
                kind: group.get(0),
                rows: count(1),
                percent: 0.0,
            });
            let columns: BTreeMap<String, u64> = serde_json::from_value(group.get(5))
                .map_err(|error| EtlError::bug(format!("the counts of columns: {error}")))?;
            for (column, rows) in columns {
                *filled.entry(column).or_default() += rows;
            }
        }
        found.coded_percent =
            (found.with_place > 0).then(|| percent(found.with_code, found.with_place));
        found
            .salaries
            .sort_by_key(|kind| std::cmp::Reverse(kind.rows));
        found.salaries.truncate(KINDS);
        for kind in &mut found.salaries {
            kind.percent = percent(kind.rows, found.rows);
        }
        let counted = COLUMNS
            .iter()
            // The fingerprint says nothing about the quality of a row.
            .filter(|column| column.name != SOURCE_HASH)
            .filter_map(|column| Some((column, *filled.get(column.name)?)));
        found.columns = counted
            .map(|(column, rows)| FilledColumn {
                column: column.name,
                meaning: column.about,
                filled: rows,
                percent: percent(rows, found.rows),
            })
            .collect();
        Ok(found)
    }
}

/// A share in percent, to two decimals.
#[allow(clippy::cast_precision_loss)] // counts of rows
fn percent(part: u64, whole: u64) -> f64 {
    (part as f64 / whole.max(1) as f64 * 10_000.0).round() / 100.0
}
