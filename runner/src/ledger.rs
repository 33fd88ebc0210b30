//! The ledger of runs in PostgreSQL.

use jobinsight_core::{BatchLedger, EtlError, Outcome, Result, Settings, async_trait};
use jobinsight_sql::scripts::CLOSE_BATCH;
use tokio_postgres::{Client, Transaction};
use uuid::Uuid;

use crate::results::RunResults;

/// Writes the end of batches within their transactions.
pub(crate) struct Batches {
    statement: jobinsight_sql::Rendered,
}

impl Batches {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            statement: CLOSE_BATCH.render(settings),
        }
    }
}

#[async_trait]
impl BatchLedger for Batches {
    async fn close(
        &self,
        tx: &Transaction<'_>,
        run: Uuid,
        batch: i64,
        outcome: &Outcome,
    ) -> Result<()> {
        let [new, updated, unchanged, rejected, left] = [
            outcome.new,
            outcome.updated,
            outcome.unchanged,
            outcome.rejected,
            outcome.left,
        ]
        .map(u64::cast_signed);
        let rows = tx
            .execute(
                self.statement.sql(),
                &[&run, &batch, &new, &updated, &unchanged, &rejected, &left],
            )
            .await
            .map_err(|error| self.statement.error(error, "closing a batch"))?;
        if rows == 1 {
            Ok(())
        } else {
            Err(EtlError::bug(format!(
                "batch {batch} is not this run's to close"
            )))
        }
    }
}

/// The entry of one run. Before the very first run there is no ledger yet: `schema_setup` makes it, after it has
/// checked the raw table.
pub(crate) struct Entry {
    table: String,
    run: Uuid,
    written: bool,
}

impl Entry {
    pub(crate) fn new(settings: &Settings, run: Uuid) -> Self {
        Self {
            table: format!("{}.etl_runs", settings.staging_schema()),
            run,
            written: false,
        }
    }

    /// Writes the entry where the ledger stands; runs that never ended are marked abandoned (we hold the lock).
    pub(crate) async fn open(&mut self, client: &Client) -> Result<()> {
        let fail = |error| EtlError::database(error, "writing the ledger");
        let stands: bool = client
            .query_one("SELECT to_regclass($1) IS NOT NULL", &[&self.table])
            .await
            .map_err(fail)?
            .get(0);
        if self.written || !stands {
            return Ok(());
        }
        let abandon = format!(
            "UPDATE {} SET state = 'abandoned', finished_at = now() WHERE state = 'running'",
            self.table
        );
        let abandoned = client.execute(&abandon, &[]).await.map_err(fail)?;
        if abandoned > 0 {
            tracing::warn!(
                "{abandoned} earlier run(s) never ended and are marked abandoned; what they left is done now"
            );
        }
        let insert = format!(
            "INSERT INTO {} (run_id, state, host, pid) VALUES ($1, 'running', $2, $3)",
            self.table
        );
        let pid = std::process::id().cast_signed();
        client
            .execute(&insert, &[&self.run, &host(), &pid])
            .await
            .map_err(fail)?;
        self.written = true;
        Ok(())
    }

    /// Writes how the run ended.
    pub(crate) async fn close(&mut self, client: &Client, results: &RunResults) -> Result<()> {
        self.open(client).await?;
        if !self.written {
            return Ok(());
        }
        let state = if results.success { "done" } else { "failed" };
        let update = format!(
            "UPDATE {} SET state = $2, finished_at = now(), error_code = $3, message = $4, results = $5 WHERE run_id = $1",
            self.table
        );
        let code = results.error.as_ref().map(|error| error.code.clone());
        let json = serde_json::to_value(results).unwrap_or_default();
        client
            .execute(
                &update,
                &[&self.run, &state, &code, &results.message, &json],
            )
            .await
            .map(|_| ())
            .map_err(|error| EtlError::database(error, "writing the ledger"))
    }
}

/// This machine's name, for people who look for a run.
pub(crate) fn host() -> String {
    rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned()
}
