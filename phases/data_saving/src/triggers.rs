//! Triggers of others on the staging table, such as an audit or a filter. One of them may drop a row that is written: a
//! `BEFORE` trigger that returns NULL, or an `AFTER` trigger that deletes the row. PostgreSQL raises no error then. Without
//! this check, the run would count such a row as published.

use std::sync::OnceLock;

use jobinsight_core::{Outcome, PhaseContext, Reject, Result, database::Client};
use jobinsight_sql::BlockRange;
use jobinsight_sql::scripts::{LIST_DROPPED, LIST_TRIGGERS};
use tokio_postgres::Transaction;

use crate::derived::Derived;
use crate::publish::Entry;

/// The reason of a row that a trigger dropped.
pub(crate) const DROPPED: &str = "dropped_by_trigger";

/// The names of the triggers of others. A run reads them once in each process.
#[derive(Debug, Default)]
pub(crate) struct OtherTriggers(OnceLock<Vec<String>>);

impl OtherTriggers {
    /// Returns the names. Reads them at the first call.
    pub(crate) async fn names(
        &self,
        cx: &PhaseContext<'_>,
        client: &Client<'_>,
    ) -> Result<&[String]> {
        if let Some(names) = self.0.get() {
            return Ok(names);
        }
        let table = format!("{}.staging_jobs", cx.settings().staging_schema());
        let list = LIST_TRIGGERS.render(cx.settings());
        let rows = client
            .query(list.sql(), &[&table])
            .await
            .map_err(|error| list.error(error, "reading the triggers of staging"))?;
        let names = rows.into_iter().map(|row| row.get(0)).collect();
        Ok(self.0.get_or_init(|| names))
    }
}

/// Rejects the rows of a published batch that a trigger dropped. The publishing statement counted them as unchanged.
pub(crate) async fn reject_dropped(
    cx: &PhaseContext<'_>,
    tx: &Transaction<'_>,
    (derived, entry): (&Derived<'_>, &Entry),
    triggers: &[String],
    (outcome, rejects): (&mut Outcome, &mut Vec<Reject>),
) -> Result<()> {
    if triggers.is_empty() {
        return Ok(());
    }
    let blocks = BlockRange::values(entry.range.as_ref());
    let list = LIST_DROPPED.render_with(cx.settings(), &blocks);
    let rejected: Vec<&str> = rejects.iter().map(|reject| reject.key.as_str()).collect();
    let rows = tx
        .query(list.sql(), &[&rejected])
        .await
        .map_err(|error| list.error(error, "counting the rows that triggers dropped"))?;
    if rows.is_empty() {
        return Ok(());
    }
    let names = triggers.join(", ");
    tracing::warn!(
        batch = entry.batch,
        rows = rows.len(),
        "a trigger of staging dropped rows, which are rejected; the triggers are: {names}"
    );
    outcome.unchanged = outcome.unchanged.saturating_sub(rows.len() as u64);
    let message = format!("a trigger of the staging table dropped the row: {names}");
    rejects.extend(
        rows.iter()
            .map(|row| derived.reject(row.get(0), cx.phase, DROPPED, &message)),
    );
    Ok(())
}
