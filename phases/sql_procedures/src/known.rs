//! What earlier runs saw already: raw rows that no transaction wrote since need not be compared again.
//!
//! The oldest transaction that is not over when a run looks for work divides all others: what older ones wrote, the run
//! sees; what it does not see, a younger one writes. So where a run compared all rows and published all that it found, the
//! next one has to look at those rows only whose writer (`xmin`) is no older, and at those that staging does not hold.
//! Numbers of transactions mean something within one server only; what they are bound to stands beside them.

use jobinsight_core::{EtlError, Result, Settings};
use jobinsight_sql::scripts::{LAST_COMPARED, PLAN_CANDIDATES};
use tokio_postgres::Transaction;

/// Before the candidates are fetched. Without statistics the planner would take a fresh table for a thousand rows; and
/// pages that the search for them just read cost little to read again: the planner would rather read all of the raw table
/// a second time than fetch one row in fifty by its key.
const FETCHED: &str = "ANALYZE etl_candidates;
    SELECT set_config('random_page_cost', least(current_setting('random_page_cost')::float8,
                                                1.1 * current_setting('seq_page_cost')::float8)::text, true)";

/// What a plan knows of transactions; nothing where the server does not tell who it is.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// The oldest transaction that was not over before this plan looked at the rows.
    pub(crate) oldest: Option<i64>,
    /// Server, database, tables and rules that this holds for.
    pub(crate) bound_to: Option<String>,
    /// The one of the last complete run.
    since: Option<i64>,
}

impl Known {
    /// Must be asked before the raw rows are looked at. `plain`: of a view, partitions or a foreign table nobody knows who
    /// wrote a row.
    pub(crate) async fn ask(
        tx: &Transaction<'_>,
        settings: &Settings,
        rule_set: &str,
        plain: bool,
    ) -> Result<Self> {
        let fail = |error| EtlError::database(error, "asking what earlier runs saw");
        let tells = "SELECT has_function_privilege('pg_control_system()', 'EXECUTE')";
        if !tx
            .query_one(tells, &[])
            .await
            .map_err(fail)?
            .get::<_, bool>(0)
        {
            return Ok(Self::default());
        }
        let script = LAST_COMPARED.render(settings);
        let (raw, staging) = (&settings.raw, &settings.staging.schema);
        let row = tx
            .query_opt(script.sql(), &[&raw.schema, &raw.table, staging, &rule_set])
            .await
            .map_err(|error| script.error(error, "asking what earlier runs saw"))?;
        Ok(row.map_or_else(Self::default, |row| Self {
            bound_to: row.get(0),
            oldest: row.get(1),
            since: row.get::<_, Option<i64>>(2).filter(|_| plain),
        }))
    }

    /// Finds the rows that have to be compared; `false` when all rows have to be.
    pub(crate) async fn find_candidates(
        &self,
        tx: &Transaction<'_>,
        settings: &Settings,
    ) -> Result<bool> {
        let Some(since) = self.since else {
            return Ok(false);
        };
        let script = PLAN_CANDIDATES.render(settings);
        let found = tx
            .execute(script.sql(), &[&since])
            .await
            .map_err(|error| script.error(error, "finding the rows that were written since"))?;
        tx.batch_execute(FETCHED)
            .await
            .map_err(|error| EtlError::database(error, "preparing to fetch the candidates"))?;
        tracing::debug!(
            "{found} raw rows are new or were written since the last complete run; the others are unchanged"
        );
        Ok(true)
    }
}
