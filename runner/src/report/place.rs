//! Where a run worked: program, machine, server, tables. It contains no secret.

use jobinsight_core::Settings;
use jobinsight_core::database::Target;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The place of a run.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct RunPlace {
    /// The version of this program.
    pub version: String,
    /// The name of the machine.
    pub host: String,
    /// The server. Its version is absent if the run did not connect.
    pub server: ServerPlace,
    /// The database.
    pub database: String,
    /// The staging schema.
    pub schema: String,
    /// The tables that the run reads and writes.
    pub tables: TablesOfRun,
}

/// The server of a run.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ServerPlace {
    /// The version of PostgreSQL.
    pub version: Option<String>,
    /// The host, or the folder of a Unix socket.
    pub host: String,
    /// The port.
    pub port: u16,
}

/// The tables of a run, each with its schema.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct TablesOfRun {
    /// The raw table.
    pub raw: String,
    /// The staging table.
    pub staging: String,
}

impl RunPlace {
    /// The place of a run with these settings on this machine.
    pub(crate) fn of(settings: &Settings, target: &Target, host: String) -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            host,
            server: ServerPlace {
                version: None,
                host: target.host(),
                port: target.port(),
            },
            database: target.database(),
            schema: settings.staging.schema.clone(),
            tables: TablesOfRun {
                raw: format!("{}.{}", settings.raw.schema, settings.raw.table),
                staging: format!("{}.staging_jobs", settings.staging.schema),
            },
        }
    }
}
