//! One attempt of a run in the ledger, and the names by which processes know it.

use jobinsight_core::{EtlError, Result, Settings};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Row};
use uuid::Uuid;

/// One attempt of a run, as the ledger knows it.
#[derive(Debug, Clone)]
pub(crate) struct Ledger {
    pub(super) schema: String,
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
            schema: settings.staging_schema(),
            run,
            attempt,
            process,
            name: connection_name(run, process),
        }
    }

    /// Whether the ledger exists in its present shape. `schema_setup` creates it in the first run, after it has checked the
    /// raw table.
    pub(crate) async fn stands(&self, client: &Client) -> Result<bool> {
        stands(client, &self.schema).await
    }

    pub(super) async fn read(&self, client: &Client, sql: &str) -> Result<Vec<Row>> {
        client
            .query(sql, &[&self.run])
            .await
            .map_err(|error| EtlError::database(error, "reading the ledger"))
    }

    pub(super) async fn write(
        &self,
        client: &Client,
        sql: &str,
        values: &[&(dyn ToSql + Sync)],
    ) -> Result<()> {
        client
            .execute(sql, values)
            .await
            .map(|_| ())
            .map_err(|error| EtlError::database(error, "writing the ledger"))
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
