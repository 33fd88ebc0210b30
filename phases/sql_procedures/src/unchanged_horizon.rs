//! The horizon: raw rows that no transaction wrote since the last complete run need not be compared again.
//!
//! PostgreSQL numbers its transactions, and stores in every row (`xmin`) the number of the transaction that wrote it.
//!
//! # Steps
//! 1. Before it looks at the raw rows, a plan records its **horizon**: the oldest transaction that is still in progress.
//!    Transactions before the horizon have ended, so the plan sees every row that they wrote. A row that it does not see
//!    yet is written by the horizon's transaction or by a later one.
//! 2. A run is **complete** when its plan compared all raw rows and all of its batches were published.
//! 3. The next plan compares only the **candidates**: rows whose `xmin` is not before the horizon of the last complete
//!    run, and rows that are not in staging. All other rows are unchanged.
//! 4. Transaction numbers mean something on one server only. So a horizon is **bound** to the server, the database, the
//!    raw table, the file of the staging table and the rule set (`read_horizon.sql`). When one of them differs, all rows
//!    are compared. So are they when the server does not say which server it is.
//!
//! # Example
//! | moment | event | in progress | horizon |
//! |---|---|---|---|
//! | 1 | transaction 100 begins to write row A | 100 | |
//! | 2 | transaction 101 writes row B, and commits | 100 | |
//! | 3 | run 1 plans: it sees B, but not A | 100 | 100 |
//! | 4 | transaction 100 commits | | |
//! | 5 | transaction 102 changes row C, and commits | | |
//! | 6 | run 2 plans | | 103 |
//!
//! Run 2 compares A (`xmin` 100) and C (102), because neither is before 100. It compares B (101) as well, without need. A
//! row of transaction 99 is not compared, because run 1 saw it. If run 1 had failed, run 2 would use the horizon of the
//! complete run before it.
//!
//! A number has 32 bits where a row stores it, so numbers come again after 4 billion transactions. A horizon that is half
//! of that behind is not used.

use jobinsight_core::{EtlError, Result, Settings};
use jobinsight_sql::scripts::{PLAN_CANDIDATES, PREPARE_FETCH, READ_HORIZON};
use tokio_postgres::Transaction;

/// The horizon of a plan, and the one of the last complete run.
#[derive(Debug, Default)]
pub(crate) struct Horizon {
    /// The horizon of this plan; `None` when the server does not say which server it is.
    pub(crate) oldest: Option<i64>,
    /// Server, database, tables and rules that it is bound to.
    pub(crate) bound_to: Option<String>,
    /// The horizon of the last complete run with the same binding.
    last_complete: Option<i64>,
}

impl Horizon {
    /// Reads the horizon, before the raw rows are looked at. `is_plain`: the raw table is a table of this server, so that
    /// the writer of a row is known. A view, partitions and a foreign table do not tell it.
    pub(crate) async fn read(
        tx: &Transaction<'_>,
        settings: &Settings,
        rule_set: &str,
        is_plain: bool,
    ) -> Result<Self> {
        let doing = "reading the horizon of the last complete run";
        let row = tx
            .query_one(
                "SELECT has_function_privilege('pg_control_system()', 'EXECUTE')",
                &[],
            )
            .await
            .map_err(|error| EtlError::database(error, doing))?;
        if !row.get::<_, bool>(0) {
            return Ok(Self::default());
        }
        let script = READ_HORIZON.render(settings);
        let (raw, staging) = (&settings.raw, &settings.staging.schema);
        let row = tx
            .query_opt(script.sql(), &[&raw.schema, &raw.table, staging, &rule_set])
            .await
            .map_err(|error| script.error(error, doing))?;
        Ok(row.map_or_else(Self::default, |row| Self {
            bound_to: row.get(0),
            oldest: row.get(1),
            last_complete: row.get::<_, Option<i64>>(2).filter(|_| is_plain),
        }))
    }

    /// Writes the candidates to a temporary table. Returns `false` when there is no horizon, so that all rows have to be
    /// compared.
    pub(crate) async fn find_candidates(
        &self,
        tx: &Transaction<'_>,
        settings: &Settings,
    ) -> Result<bool> {
        let Some(last_complete) = self.last_complete else {
            return Ok(false);
        };
        let script = PLAN_CANDIDATES.render(settings);
        let found = tx
            .execute(script.sql(), &[&last_complete])
            .await
            .map_err(|error| script.error(error, "finding the rows that were written since"))?;
        let prepare = PREPARE_FETCH.render(settings);
        tx.batch_execute(prepare.sql())
            .await
            .map_err(|error| prepare.error(error, "preparing to fetch the candidates"))?;
        tracing::debug!(
            "{found} raw rows are new or were written since the last complete run; the others are unchanged"
        );
        Ok(true)
    }
}
