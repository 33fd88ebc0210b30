//! How many rows of a batch carry each warning.

use std::collections::BTreeMap;

use jobinsight_core::{PhaseContext, Result};
use jobinsight_sql::scripts::NOTE_WARNINGS;
use serde_json::Value;
use tokio_postgres::Transaction;

/// Rows by field and kind.
#[derive(Debug, Default)]
pub(crate) struct Warnings(BTreeMap<String, BTreeMap<String, u64>>);

impl Warnings {
    /// Adds what a publishing statement counted; a batch may be published in parts.
    pub(crate) fn add(&mut self, counted: Option<Value>) {
        let Some(Value::Object(fields)) = counted else {
            return;
        };
        for (field, kinds) in fields {
            let sum = self.0.entry(field).or_default();
            for (kind, rows) in kinds.as_object().into_iter().flatten() {
                *sum.entry(kind.clone()).or_default() += rows.as_u64().unwrap_or(0);
            }
        }
    }

    /// Writes them with the batch; most batches have some, and one that has none writes nothing.
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
        let warnings = serde_json::to_value(&self.0).unwrap_or_default();
        tx.execute(note.sql(), &[&cx.run.run_id, &batch, &warnings])
            .await
            .map(|_| ())
            .map_err(|error| note.error(error, "writing the warnings of a batch"))
    }
}
