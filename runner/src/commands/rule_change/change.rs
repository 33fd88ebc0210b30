//! The changes that a run under other rules would make in the published rows.

use std::collections::BTreeMap;

use jobinsight_core::{Batch, EtlError, Result};
use jobinsight_sql::columns::DIMENSIONS;
use schemars::JsonSchema;
use serde::Serialize;
use tokio_postgres::Row;

use super::names::{CountedNames, NameCounts};
use super::published::PublishedRows;

/// The comparison of the published rows, as JSON.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum RuleChangeOutput {
    /// The rows were compared.
    Compared(ComparedRows),
    /// The rows cannot be compared.
    NotCompared {
        /// The reason, in words.
        not_compared: String,
    },
}

/// The published rows that a run would process again, as JSON.
#[derive(Serialize, JsonSchema)]
pub(crate) struct ComparedRows {
    /// The name of the rule set, as published rows would record it.
    rule_set: String,
    /// The published rows that a run would process again.
    published: u64,
    /// The rows whose values change.
    changed: u64,
    /// The rows whose values stay equal.
    unchanged: u64,
    /// The rows that would be rejected, and would leave staging.
    rejected: u64,
    /// The rows that would be rejected, by field and reason.
    reasons: Vec<ReasonCount>,
    /// The rows that have no raw row any more. No run changes them.
    without_raw: u64,
    /// The rows whose raw row has changed since they were published. A part of their changes does not come from the rules.
    raw_changed: u64,
    /// The rows that change, by column.
    columns: BTreeMap<String, u64>,
    /// The names in all rows of staging, by column; null if a column has too many different names.
    names: BTreeMap<&'static str, Option<NameCounts>>,
}

/// The rows that would be rejected for one reason, as JSON.
#[derive(Serialize, JsonSchema)]
struct ReasonCount {
    /// The column with the value that would be refused.
    field: String,
    /// The reason, as one word.
    reason: String,
    /// The rows.
    rows: u64,
}

/// The changes that a run would make in published rows of other rules.
#[derive(Default)]
pub(super) struct RuleChange {
    /// The name of the rule set, as published rows would record it.
    pub(super) rule_set: String,
    /// The rows whose values change.
    pub(super) changed: u64,
    /// The rows whose values stay equal.
    pub(super) unchanged: u64,
    /// The rows that would be rejected, and would leave staging, by field and reason.
    pub(super) rejected: BTreeMap<(String, String), u64>,
    /// The rows that have no raw row any more. No run changes them.
    pub(super) without_raw: u64,
    /// The rows whose raw row has changed since they were published. A part of their changes does not come from the rules.
    pub(super) raw_changed: u64,
    /// The rows that change, by column, in the order of staging.
    pub(super) columns: Vec<(String, u64)>,
    /// The names of each column of [`DIMENSIONS`], in all rows of staging.
    pub(super) names: [CountedNames; DIMENSIONS.len()],
}

impl RuleChange {
    /// The number of rows that would be rejected.
    pub(super) fn rejected_rows(&self) -> u64 {
        self.rejected.values().sum()
    }

    /// The number of rows that a run would process again.
    pub(super) fn rows(&self) -> u64 {
        self.changed + self.unchanged + self.rejected_rows()
    }

    /// The counts of names, by column; `None` if a column has too many different names.
    pub(super) fn names(&self) -> impl Iterator<Item = (&'static str, Option<NameCounts>)> {
        let counts = self.names.iter().map(CountedNames::counts);
        DIMENSIONS.into_iter().zip(counts)
    }

    /// Adds a part of the rows: the processed batch, and the counts of `sql/report/compare_published.sql`.
    ///
    /// # Errors
    /// The counts do not fit the batch.
    pub(super) fn add(
        &mut self,
        batch: &Batch,
        published: &PublishedRows,
        counts: &Row,
    ) -> Result<()> {
        let number = |column: usize| counts.get::<_, i64>(column).cast_unsigned();
        let (compared, changed) = (number(0), number(1));
        if compared != batch.rows() {
            return Err(EtlError::bug("a processed row has no published row"));
        }
        self.changed += changed;
        self.unchanged += compared - changed;
        self.without_raw += published.without_raw;
        self.raw_changed += number(2);
        for (index, (_, rows)) in self.columns.iter_mut().enumerate() {
            *rows += number(3 + index);
        }
        for reject in &batch.rejects {
            let reason = (reject.field.clone(), reject.reason.clone());
            *self.rejected.entry(reason).or_default() += 1;
        }
        Ok(())
    }

    pub(super) fn output(&self) -> RuleChangeOutput {
        let reasons = self
            .rejected
            .iter()
            .map(|((field, reason), rows)| ReasonCount {
                field: field.clone(),
                reason: reason.clone(),
                rows: *rows,
            });
        RuleChangeOutput::Compared(ComparedRows {
            rule_set: self.rule_set.clone(),
            published: self.rows(),
            changed: self.changed,
            unchanged: self.unchanged,
            rejected: self.rejected_rows(),
            reasons: reasons.collect(),
            without_raw: self.without_raw,
            raw_changed: self.raw_changed,
            columns: self.columns.iter().cloned().collect(),
            names: self.names().collect(),
        })
    }
}
