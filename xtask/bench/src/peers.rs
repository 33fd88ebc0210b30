//! Scripts of Polars and DuckDB that do a part of the work of the pipeline, as a careful team would write them today.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tokio_postgres::Client;

use crate::floor;
use crate::measurements::{DUCKDB, POLARS};
use crate::process::{self, Usage};
use crate::python;

/// The packages, in versions that were tested.
const PACKAGES: [&str; 4] = [
    "polars==2.1.0",
    "duckdb==2.0.1",
    "pyarrow==26.0.1",
    "adbc-driver-postgresql==1.13.0",
];
const MODULES: &str = "polars, duckdb, pyarrow, adbc_driver_postgresql";

/// The engines of the script, each with the name of its measurement.
pub(crate) const ENGINES: [(&str, &str); 2] = [("polars", POLARS), ("duckdb", DUCKDB)];

/// A Python interpreter with the packages, and the script.
pub(crate) struct Peers {
    interpreter: PathBuf,
    script: PathBuf,
}

impl Peers {
    /// Creates the environment unless it exists.
    pub(crate) fn ready(root: &Path) -> Result<Self, String> {
        Ok(Self {
            interpreter: python::interpreter(root, "bench-peers", &PACKAGES, MODULES)?,
            script: root.join("xtask/bench/python/peers.py"),
        })
    }

    /// Measures the script as a process, from start to end, on an empty table with the key and the indexes of floor A.
    pub(crate) async fn measure(
        &self,
        client: &Client,
        url: &str,
        engine: &str,
        rows: u64,
    ) -> Result<Usage, String> {
        floor::create(client).await?;
        // The driver writes a text only into a text column.
        let skills = format!("ALTER TABLE {} ALTER skills TYPE text", floor::TABLE);
        floor::execute(client, &skills).await?;
        let mut command = Command::new(&self.interpreter);
        command
            .arg(&self.script)
            .args([url, floor::TABLE, engine])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .stdin(Stdio::null());
        let (output, usage) = process::measure(&mut command)?;
        if output.trim() != rows.to_string() {
            return Err(format!("{engine} did not write {rows} rows: {output}"));
        }
        floor::clear(client).await?;
        Ok(usage)
    }
}
