//! One attempt of a run in the ledger, and the names of the connections of a process.

use std::sync::Arc;

use jobinsight_core::{EtlError, Result, Settings};
use jobinsight_sql::scripts::CAN_RECORD_FILLS;
use jobinsight_sql::{Script, tables};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Row};
use uuid::Uuid;

/// Access to the ledger for one attempt of a run.
#[derive(Debug, Clone)]
pub(crate) struct Ledger {
    settings: Arc<Settings>,
    /// The run.
    pub(crate) run: Uuid,
    /// The number of the attempt, from 1.
    pub(crate) attempt: i32,
    /// This process.
    pub(crate) process: Uuid,
    /// The name of the connections of this process.
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

    /// The beginning of the names of the connections of all processes of this run.
    pub(crate) fn run_prefix(&self) -> String {
        run_prefix(self.run)
    }

    /// Whether the ledger exists, with the tables of this version. `schema_setup` creates it in the first run, after it has
    /// checked the raw table.
    pub(crate) async fn exists(&self, client: &Client) -> Result<bool> {
        exists(client, &self.settings.staging_schema()).await
    }

    /// Whether the ledger can record a fill. A ledger that an older version created gets the column in the next run.
    pub(crate) async fn can_record_fills(&self, client: &Client) -> Result<bool> {
        let table = format!("{}.etl_runs", self.settings.staging_schema());
        self.query_one(client, CAN_RECORD_FILLS, &[&table])
            .await
            .map(|row| row.get(0))
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

    /// The only row that a statement returns.
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

/// Whether the ledger exists in `schema`, with the tables of this version.
pub(crate) async fn exists(client: &Client, schema: &str) -> Result<bool> {
    let table = format!("{schema}.etl_plans");
    tables::exists(client, &table)
        .await
        .map_err(|error| EtlError::database(error, "looking for the ledger"))
}

/// The name of the connections of a process, as `pg_stat_activity` shows it.
pub(crate) fn connection_name(run: Uuid, process: Uuid) -> String {
    let process = process.simple().to_string();
    // A name in pg_stat_activity has at most 63 bytes. The end of a UUID v7 is random, so it is enough.
    format!("{}{}", run_prefix(run), &process[process.len() - 8..])
}

/// The beginning of the names of the connections of all processes of a run.
fn run_prefix(run: Uuid) -> String {
    format!("jobinsight {run} ")
}

/// The id of the run in the name of a connection.
pub(crate) fn run_in_name(name: &str) -> Option<Uuid> {
    name.strip_prefix("jobinsight ")?
        .split(' ')
        .next()?
        .parse()
        .ok()
}

/// The name of this machine, so that people can find the run.
pub(crate) fn host() -> String {
    rustix::system::uname()
        .nodename()
        .to_string_lossy()
        .into_owned()
}

pub(super) fn pid() -> i32 {
    std::process::id().cast_signed()
}
