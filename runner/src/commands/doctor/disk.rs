//! The free space on the disks that a run writes to: the one of the state directory and, if the server is on this
//! machine, the one of its data directory.

use std::path::{Path, PathBuf};

use jobinsight_core::database::Connection;
use jobinsight_core::{EtlError, Result, Settings};
use jobinsight_sql::scripts::MEASURE_DISK;

use super::checks::Checks;

/// Bytes that the state directory should have free. A failed batch is spilled there, at most one for each lane.
const STATE_DIR_NEEDS: u64 = 256 * MB;
const MB: u64 = 1 << 20;
const GB: u64 = 1 << 30;

/// Checks the disk of the state directory.
pub(super) fn check_state_dir(state_dir: &Path, checks: &mut Checks) {
    judge(
        checks,
        "state disk",
        free_space(state_dir),
        STATE_DIR_NEEDS,
        &format!("{} is enough for failed batches", size(STATE_DIR_NEEDS)),
        "free space on the disk of the state directory, or choose another: --state-dir DIR",
    );
}

/// Checks the disk of the server against the size of the raw table: a first load stores about as much again.
pub(super) async fn check_server(client: &Connection, settings: &Settings, checks: &mut Checks) {
    match read_facts(client, settings).await {
        Ok(facts) => check_facts(&facts, checks),
        Err(error) => checks.fail("server disk", &error),
    }
}

fn check_facts(facts: &ServerFacts, checks: &mut Checks) {
    const CHECK: &str = "server disk";
    let Some(raw) = facts.raw_size else {
        return checks.skip(CHECK, "the raw table does not exist");
    };
    if !facts.is_local {
        return checks.skip(CHECK, "the server is on another machine");
    }
    let Some(directory) = &facts.data_directory else {
        return checks.skip(
            CHECK,
            "the role may not read data_directory (GRANT pg_read_all_settings allows it)",
        );
    };
    judge(
        checks,
        CHECK,
        free_space(directory),
        raw,
        &format!("the raw table has {}", size(raw)),
        "free space on the disk of the server: a first load stores about as much as the raw table",
    );
}

fn judge(
    checks: &mut Checks,
    check: &'static str,
    free: std::io::Result<u64>,
    needed: u64,
    reason: &str,
    help: &str,
) {
    match free {
        Ok(free) => {
            let found = format!("{} free; {reason}", size(free));
            if free >= needed {
                checks.ok(check, found);
            } else {
                checks.warn(check, found, help);
            }
        }
        Err(error) => checks.skip(check, &format!("its disk cannot be read: {error}")),
    }
}

/// Bytes that an ordinary user may still write to the disk of a path.
fn free_space(path: &Path) -> std::io::Result<u64> {
    let disk = rustix::fs::statvfs(path)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// The facts that the server reports about its disk.
#[derive(Debug)]
struct ServerFacts {
    /// Whether the server runs on this machine.
    is_local: bool,
    /// `None` if the role may not read it.
    data_directory: Option<PathBuf>,
    /// Bytes of the raw table with its indexes; `None` if there is no such table.
    raw_size: Option<u64>,
}

async fn read_facts(client: &Connection, settings: &Settings) -> Result<ServerFacts> {
    let row = client
        .query_one(MEASURE_DISK.text, &[&settings.raw_table()])
        .await
        .map_err(|error| EtlError::database(error, "reading the size of the raw table"))?;
    Ok(ServerFacts {
        is_local: row.get(0),
        data_directory: row.get::<_, Option<String>>(1).map(PathBuf::from),
        raw_size: row.get::<_, Option<i64>>(2).map(i64::cast_unsigned),
    })
}

/// A number of bytes in MB or GB.
#[allow(clippy::cast_precision_loss)] // shown with one decimal
fn size(bytes: u64) -> String {
    if bytes < GB {
        format!("{:.1} MB", bytes as f64 / MB as f64)
    } else {
        format!("{:.1} GB", bytes as f64 / GB as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::super::checks::CheckState;
    use super::*;

    fn local(raw_size: u64) -> ServerFacts {
        ServerFacts {
            is_local: true,
            data_directory: Some(std::env::temp_dir()),
            raw_size: Some(raw_size),
        }
    }

    fn found(facts: &ServerFacts) -> (CheckState, String) {
        let mut checks = Checks::default();
        check_facts(facts, &mut checks);
        let check = checks.0.remove(0);
        (check.state, check.found)
    }

    #[test]
    fn a_raw_table_larger_than_the_free_space_is_a_warning() {
        assert_eq!(found(&local(MB)).0, CheckState::Ok);
        let (state, found) = found(&local(u64::MAX));
        assert_eq!(state, CheckState::Warn);
        assert!(found.contains("free; the raw table has"), "{found}");
    }

    #[test]
    fn the_reason_is_named_when_the_disk_cannot_be_checked() {
        for (facts, reason) in [
            (
                ServerFacts {
                    is_local: false,
                    ..local(MB)
                },
                "another machine",
            ),
            (
                ServerFacts {
                    data_directory: None,
                    ..local(MB)
                },
                "pg_read_all_settings",
            ),
            (
                ServerFacts {
                    raw_size: None,
                    ..local(MB)
                },
                "the raw table does not exist",
            ),
            (
                ServerFacts {
                    data_directory: Some("/does/not/exist".into()),
                    ..local(MB)
                },
                "cannot be read",
            ),
        ] {
            let (state, found) = found(&facts);
            assert_eq!(state, CheckState::Skip);
            assert!(found.contains(reason), "{found}");
        }
    }

    #[test]
    fn a_full_state_disk_is_a_warning() {
        let mut checks = Checks::default();
        judge(&mut checks, "state disk", Ok(MB), STATE_DIR_NEEDS, "", "");
        assert_eq!(checks.0[0].state, CheckState::Warn);
    }
}
