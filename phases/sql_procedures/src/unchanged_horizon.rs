//! The horizon: raw rows that no transaction wrote since the last complete run need not be compared again.
//!
//! PostgreSQL numbers its transactions, and stores in every row (`xmin`) the number of the transaction that wrote it.
//!
//! # Steps
//! 1. Before it looks at the raw rows, a plan records its **horizon**: the oldest transaction that is still in progress.
//!    Transactions before the horizon have ended, so the plan sees every row that they wrote. If a row version is not
//!    visible to the plan yet, its writer is the horizon's transaction or a later one.
//! 2. A run is **complete** when its plan covered all raw rows (no limit, no `window_days`), it is done, and all of its
//!    batches were published. A row that the plan skipped because of the horizon counts as covered.
//! 3. The next plan compares only the **candidates**: rows whose `xmin` is not before the horizon of the last complete
//!    run, and rows that are not in staging. All other rows are unchanged.
//! 4. A transaction number has a meaning on one server only. So a horizon is **bound** to the server, the database, the raw
//!    table and its partitions, the files of the staging table and the rule set (`read_horizon.sql`). If one of them differs, or if the
//!    server does not tell its identity, all rows are compared.
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
//! A row stores only 32 bits of a transaction number, so numbers repeat after 4 billion transactions. A horizon that is more
//! than 2 billion transactions old is not used.

use jobinsight_core::{EtlError, Result, Settings};
use jobinsight_sql::scripts::{PLAN_CANDIDATES, PREPARE_FETCH, READ_HORIZON};
use tokio_postgres::Transaction;

/// The horizon of a plan, and the one of the last complete run.
#[derive(Debug, Default)]
pub(crate) struct Horizon {
    /// The horizon of this plan; `None` when the identity of the server is not known.
    pub(crate) oldest: Option<i64>,
    /// The server, database, tables and rules that the horizon is bound to.
    pub(crate) bound_to: Option<String>,
    /// The horizon of the last complete run with the same binding.
    pub(crate) last_complete: Option<i64>,
}

impl Horizon {
    /// Reads the horizon, before the plan reads raw rows. `shows_writers` says that each raw row shows which transaction of this
    /// server wrote it. The rows of a view and of a foreign table do not.
    pub(crate) async fn read(
        tx: &Transaction<'_>,
        settings: &Settings,
        rule_set: &str,
        shows_writers: bool,
    ) -> Result<Self> {
        let doing = "reading the horizon of the last complete run";
        let Some(server) = identity_of_server(tx).await? else {
            return Ok(Self::default());
        };
        let script = READ_HORIZON.render(settings);
        let (raw, staging) = (&settings.raw, &settings.staging.schema);
        let row = tx
            .query_opt(
                script.sql(),
                &[&raw.schema, &raw.table, staging, &rule_set, &server],
            )
            .await
            .map_err(|error| script.error(error, doing))?;
        Ok(row.map_or_else(Self::default, |row| Self {
            bound_to: row.get(0),
            oldest: row.get(1),
            last_complete: row.get::<_, Option<i64>>(2).filter(|_| shows_writers),
        }))
    }

    /// Writes the candidates to a temporary table. Returns `false` when there is no horizon. Then all rows must be compared.
    pub(crate) async fn find_candidates(
        &self,
        tx: &Transaction<'_>,
        settings: &Settings,
    ) -> Result<bool> {
        let Some(last_complete) = self.last_complete else {
            return Ok(false);
        };
        let horizon = ("horizon", last_complete.into());
        let script = PLAN_CANDIDATES.render_with(settings, &[horizon]);
        let found = tx.execute(script.sql(), &[]).await.map_err(|error| {
            script.error(
                error,
                "finding the rows that were written since the last complete run",
            )
        })?;
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

/// The system identifier of the server. `None` if the role may not read it. On a managed server, the function may also be
/// missing or raise an error; a run then works without a horizon.
async fn identity_of_server(tx: &Transaction<'_>) -> Result<Option<String>> {
    let doing = "reading the identity of the server";
    let database = |error| EtlError::database(error, doing);
    // The lookup by name has no error for the usual case, so the log of the server stays clean.
    let allowed = tx
        .query_one(
            "SELECT coalesce(has_function_privilege(to_regprocedure('pg_catalog.pg_control_system()'), 'EXECUTE'), false)",
            &[],
        )
        .await
        .map_err(database)?;
    if !allowed.get::<_, bool>(0) {
        return Ok(None);
    }
    // An error of the function ends only the savepoint, not the transaction of the plan.
    tx.batch_execute("SAVEPOINT identity")
        .await
        .map_err(database)?;
    let found = tx
        .query_one(
            "SELECT (SELECT system_identifier::text FROM pg_catalog.pg_control_system())",
            &[],
        )
        .await;
    let (identity, end) = match found {
        Ok(row) => (row.get(0), "RELEASE SAVEPOINT identity"),
        Err(error) if is_refusal(&error) => {
            tracing::debug!("{}", EtlError::database(error, doing).message());
            (None, "ROLLBACK TO SAVEPOINT identity")
        }
        Err(error) => return Err(database(error)),
    };
    tx.batch_execute(end).await.map_err(database)?;
    Ok(identity)
}

/// Whether the server answered with an error of the statement itself. A lost connection (class 08), a conflict (40), missing
/// resources (53) and a cancelled statement or a shutdown (57) can come to any statement, and they keep their meaning.
fn is_refusal(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|state| {
        !["08", "40", "53", "57"]
            .iter()
            .any(|class| state.code().starts_with(class))
    })
}
