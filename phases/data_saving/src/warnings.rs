//! Counts the rows of a batch that have each warning.

use std::collections::BTreeMap;

use jobinsight_core::{PhaseContext, Result, registry};
use jobinsight_sql::scripts::NOTE_WARNINGS;
use serde_json::Value;
use tokio_postgres::Transaction;

/// The field of a warning that no phase of this program declares.
const UNKNOWN_FIELD: &str = "other";

/// Rows by warning.
#[derive(Debug, Default)]
pub(crate) struct Warnings(BTreeMap<String, u64>);

impl Warnings {
    /// Adds the counts of a publishing statement, `{warning: rows}`. A batch may be published in parts.
    pub(crate) fn add(&mut self, counts: Option<Value>) {
        let Some(Value::Object(counts)) = counts else {
            return;
        };
        for (warning, rows) in counts {
            *self.0.entry(warning).or_default() += rows.as_u64().unwrap_or(0);
        }
    }

    /// Writes the counts to the batch's entry, by field and warning. Writes nothing when there are none.
    pub(crate) async fn note(
        &self,
        cx: &PhaseContext<'_>,
        tx: &Transaction<'_>,
        batch: i64,
    ) -> Result<()> {
        if self.0.is_empty() {
            return Ok(());
        }
        let note = NOTE_WARNINGS.render(cx.settings());
        let warnings = serde_json::to_value(self.by_field()).unwrap_or_default();
        tx.execute(note.sql(), &[&cx.run.run_id, &batch, &warnings])
            .await
            .map(|_| ())
            .map_err(|error| note.error(error, "writing the warnings of a batch"))
    }

    fn by_field(&self) -> BTreeMap<&'static str, BTreeMap<&str, u64>> {
        let mut fields = BTreeMap::<_, BTreeMap<_, _>>::new();
        for (warning, rows) in &self.0 {
            let field = registry::warning_field(warning).unwrap_or(UNKNOWN_FIELD);
            fields
                .entry(field)
                .or_default()
                .insert(warning.as_str(), *rows);
        }
        fields
    }
}
