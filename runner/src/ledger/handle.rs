//! One attempt of a run in the ledger, and the names by which processes know it.

use std::sync::Arc;

use jobinsight_core::{EtlError, Result, Settings};
use jobinsight_sql::Script;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Row};
use uuid::Uuid;

/// One attempt of a run, as the ledger knows it.
#[derive(Debug, Clone)]
pub(crate) struct Ledger {
    settings: Arc<Settings>,
    /// The run.
    pub(crate) run: Uuid,
    /// Which attempt of it, from 1.
    pub(crate) attempt: i32,
    /// This process.
    pub(crate) process: Uuid,
    /// The name that its connections carry.
    pub(crate) name: String,
}

impl Ledger {
    pub(crate) fn new(settings: &Settings, run: Uuid, attempt: i32, process: Uuid) -> Self {
        Self {
            settings: Arc::new(settings.clone()),
            run,
            attempt,
            process,
            name: connection_name(run, process),
        }
    }

    /// Whether the ledger exists in its present shape. `schema_setup` creates it in the first run, after it has checked the
    /// raw table.
    pub(crate) async fn stands(&self, client: &Client) -> Result<bool> {
        stands(client, &self.settings.staging_schema()).await
    }

    /// The rows that a statement returns.
    pub(super) async fn query(
        &self,
        client: &Client,
        script: Script,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>> {
        let script = script.render(&self.settings);
        client
            .query(script.sql(), values)
            .await
            .map_err(|error| script.error(error, "reading the ledger"))
    }

    /// The one row of a statement that returns one.
    pub(super) async fn query_one(
        &self,
        client: &Client,
        script: Script,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<Row> {
        let row = self.query(client, script, values).await?.pop();
        row.ok_or_else(|| EtlError::bug(format!("{} returned no row", script.name)))
    }

    /// Executes a statement.
    pub(super) async fn write(
        &self,
        client: &Client,
        script: Script,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<()> {
        self.count_written(client, script, values).await.map(|_| ())
    }

    /// Executes a statement, and returns the number of rows that it wrote.
    pub(super) async fn count_written(
        &self,
        client: &Client,
        script: Script,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<u64> {
        let script = script.render(&self.settings);
        client
            .execute(script.sql(), values)
            .await
            .map_err(|error| script.error(error, "writing the ledger"))
    }
}

/// Whether the ledger exists in that schema, in its present shape.
pub(crate) async fn stands(client: &Client, schema: &str) -> Result<bool> {
    let table = format!("{schema}.etl_plans");
    client
        .query_one("SELECT to_regclass($1) IS NOT NULL", &[&table])
        .await
        .map(|row| row.get(0))
        .map_err(|error| EtlError::database(error, "looking for the ledger"))
}

/// The name of a process's connections, which `pg_stat_activity` shows.
pub(crate) fn connection_name(run: Uuid, process: Uuid) -> String {
    let process = process.simple().to_string();
    // The end of a UUID v7 is random; a name in pg_stat_activity has 63 bytes.
    format!("jobinsight {run} {}", &process[process.len() - 8..])
}

/// The run in the name of a process's connections.
pub(crate) fn run_in_name(name: &str) -> Option<Uuid> {
    name.strip_prefix("jobinsight ")?
        .split(' ')
        .next()?
        .parse()
        .ok()
}

/// This machine's name, for people who look for a run.
pub(crate) fn host() -> String {
    rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned()
}

pub(super) fn pid() -> i32 {
    std::process::id().cast_signed()
}
