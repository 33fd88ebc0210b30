//! The server of the measurements: PostgreSQL of this machine in a separate directory, with the settings of a server for
//! such work, and with the default durability.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use jobinsight_core::Settings;
use jobinsight_sql::embedded::Server;
use jobinsight_sql::scripts::SCHEMA_RAW_JOBS;
use tokio_postgres::{Client, NoTls};

/// The settings of the server. Guide 2 names the first three.
pub(crate) const OPTIONS: [&str; 6] = [
    "shared_buffers=1GB",
    "max_wal_size=8GB",
    "fsync=on",
    "synchronous_commit=on",
    "checkpoint_timeout=30min",
    "maintenance_work_mem=256MB",
];

/// A server with databases for measurements. Dropping it stops the server.
pub(crate) struct Bench {
    server: Server,
    dir: PathBuf,
    keep: bool,
}

impl Bench {
    /// Starts the server. With `keep`, the databases remain for the next bench.
    pub(crate) async fn start(root: &Path, keep: bool) -> Result<Self, String> {
        let mut hasher = DefaultHasher::new();
        root.hash(&mut hasher);
        let dir = std::env::temp_dir().join(format!("jobinsight-bench-{:016x}", hasher.finish()));
        std::fs::create_dir_all(&dir).map_err(|error| format!("{}: {error}", dir.display()))?;
        // The user who runs PostgreSQL must be able to read it.
        std::fs::set_permissions(&dir, std::fs::Permissions::from_mode(0o755))
            .map_err(|error| error.to_string())?;
        let mut server = Server::at(&dir).await.map_err(|error| error.to_string())?;
        for option in OPTIONS {
            server = server.with_option(option);
        }
        server.start().map_err(|error| error.to_string())?;
        Ok(Self { server, dir, keep })
    }

    /// A state directory for the command.
    pub(crate) fn state(&self) -> PathBuf {
        self.dir.join("state")
    }

    /// A settings file that sets the window.
    pub(crate) fn window(&self, days: &str) -> Result<String, String> {
        let file = self.dir.join("window.toml");
        std::fs::write(
            &file,
            format!("[phases.sql_procedures]\nwindow_days = {days}\n"),
        )
        .map_err(|error| error.to_string())?;
        Ok(file.to_string_lossy().into_owned())
    }

    /// The URL of a database on this server.
    pub(crate) fn url(&self, database: &str) -> Result<String, String> {
        let url = self.server.url().map_err(|error| error.to_string())?;
        let (server, _) = url.rsplit_once('/').ok_or("a URL without a database")?;
        Ok(format!("{server}/{database}"))
    }

    /// Connects to a database, and creates it unless it exists; returns `true` where it existed.
    pub(crate) async fn database(&self, name: &str) -> Result<(Client, bool), String> {
        let admin = connect(&self.url("postgres")?).await?;
        let existed = admin
            .query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&name])
            .await
            .map_err(message)?
            .is_some();
        if !existed {
            let create = format!("CREATE DATABASE \"{name}\"");
            admin.batch_execute(&create).await.map_err(message)?;
        }
        Ok((connect(&self.url(name)?).await?, existed))
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = self.server.stop();
        if !self.keep {
            let _ = std::fs::remove_dir_all(&self.dir);
        }
    }
}

/// The message of an error of PostgreSQL. The display of the client names only the kind of error.
#[allow(clippy::needless_pass_by_value)] // for use in map_err
pub(crate) fn message(error: tokio_postgres::Error) -> String {
    error.as_db_error().map_or_else(
        || {
            std::error::Error::source(&error)
                .map_or_else(|| error.to_string(), |source| format!("{error}: {source}"))
        },
        ToString::to_string,
    )
}

/// Connects without TLS, because the server is on this machine.
pub(crate) async fn connect(url: &str) -> Result<Client, String> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.map_err(message)?;
    tokio::spawn(connection);
    Ok(client)
}

/// Creates the raw table unless it exists.
pub(crate) async fn create_raw(client: &Client) -> Result<(), String> {
    let script = SCHEMA_RAW_JOBS.render(&Settings::default());
    client.batch_execute(script.sql()).await.map_err(message)
}
