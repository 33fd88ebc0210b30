//! Finds the programs of PostgreSQL on this machine, or downloads them.

use std::path::{Path, PathBuf};

use jobinsight_core::{EtlError, Result};

use super::download;
use crate::codes;

/// The folder of `initdb`, `pg_ctl` and `postgres`.
#[derive(Debug, Clone)]
pub(super) struct Binaries {
    dir: PathBuf,
}

/// The commands that install PostgreSQL, for messages.
fn install_help() -> &'static str {
    "install PostgreSQL: apt-get install postgresql (Debian, Ubuntu), dnf install postgresql-server (Fedora), brew install postgresql (macOS); or set JOBINSIGHT_PG_BIN to the folder of initdb and pg_ctl"
}

impl Binaries {
    /// Finds the programs on this machine: in `JOBINSIGHT_PG_BIN`, in `PATH`, in the folders of packages, and among earlier
    /// downloads.
    pub(super) fn find(state_dir: &Path) -> Option<Self> {
        if let Some(dir) = std::env::var_os("JOBINSIGHT_PG_BIN") {
            return complete(Path::new(&dir));
        }
        let on_path = std::env::var_os("PATH");
        let on_path = on_path
            .iter()
            .flat_map(std::env::split_paths)
            .find_map(|dir| complete(&dir));
        on_path.or_else(|| {
            let mut packaged: Vec<PathBuf> = [
                "/usr/lib/postgresql",
                "/usr/pgsql",
                "/opt/homebrew/opt",
                "/usr/local/opt",
            ]
            .iter()
            .flat_map(|base| std::fs::read_dir(base).into_iter().flatten().flatten())
            .map(|entry| entry.path().join("bin"))
            .collect();
            packaged.extend(
                std::fs::read_dir(fetched(state_dir))
                    .into_iter()
                    .flatten()
                    .flatten()
                    .map(|e| e.path().join("bin")),
            );
            // Highest version first.
            packaged.sort_by_key(|path| std::cmp::Reverse(version(path)));
            packaged.iter().find_map(|dir| complete(dir))
        })
    }

    /// Finds the programs on this machine, or else downloads them into the state directory.
    ///
    /// # Errors
    /// `jobinsight::postgres::missing` when there are none and the download fails; `jobinsight::postgres::no_download` when
    /// there are none and the program cannot download them.
    pub(super) async fn find_or_fetch(state_dir: &Path) -> Result<Self> {
        if let Some(found) = Self::find(state_dir) {
            return Ok(found);
        }
        let missing = |why: String| {
            EtlError::new(
                codes::POSTGRES_MISSING,
                format!("this machine has no PostgreSQL, and the download failed: {why}"),
            )
            .help(install_help())
        };
        if std::env::var_os("JOBINSIGHT_PG_BIN").is_some() {
            return Err(missing(
                "JOBINSIGHT_PG_BIN names a folder without initdb, pg_ctl and postgres".into(),
            ));
        }
        if !download::IS_BUILT_IN {
            return Err(EtlError::new(
                codes::POSTGRES_NO_DOWNLOAD,
                "this machine has no PostgreSQL, and this program was built without the download",
            )
            .help(install_help()));
        }
        tracing::info!("PostgreSQL is not installed on this machine; downloading it");
        download::fetch(&fetched(state_dir))
            .await
            .map_err(missing)?;
        Self::find(state_dir).ok_or_else(|| {
            missing("the archive does not contain initdb, pg_ctl and postgres".into())
        })
    }

    /// The path of one of the programs.
    pub(super) fn path(&self, program: &str) -> PathBuf {
        self.dir.join(program)
    }
}

fn fetched(state_dir: &Path) -> PathBuf {
    state_dir.join("postgresql")
}

/// The folder with its links resolved, if it contains all programs that a server needs.
fn complete(dir: &Path) -> Option<Binaries> {
    let initdb = dir.join("initdb").canonicalize().ok()?;
    let dir = initdb.parent()?;
    ["pg_ctl", "postgres"]
        .iter()
        .all(|program| dir.join(program).is_file())
        .then(|| Binaries {
            dir: dir.to_owned(),
        })
}

fn version(path: &Path) -> Vec<u64> {
    let text = path.to_string_lossy();
    text.split(|c: char| !c.is_ascii_digit())
        .filter_map(|part| part.parse().ok())
        .collect()
}
