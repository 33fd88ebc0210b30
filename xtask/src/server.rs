//! The PostgreSQL server that tests start and share, and that is stopped when they are over.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::workspace::root;

/// Runs `work`, which may start the tests' server, with the environment that tells tests where it is; then stops it.
pub(crate) fn with_server(
    work: impl FnOnce(&[(&str, &str)]) -> Result<(), String>,
) -> Result<(), String> {
    let state = state();
    let result = work(&[("JOBINSIGHT_TESTS_STATE", &state.to_string_lossy())]);
    stop(&state);
    result
}

/// The state directory of this checkout's server. The user who runs PostgreSQL must be able to read it.
fn state() -> PathBuf {
    let mut hasher = DefaultHasher::new();
    root().hash(&mut hasher);
    std::env::temp_dir().join(format!("jobinsight-tests-{:016x}", hasher.finish()))
}

/// Tests leave the server running for one another. A new server takes less time than dropping each test's database.
fn stop(state: &Path) {
    let Ok(exe) = std::env::current_exe() else {
        return;
    };
    let stopped = Command::new(exe.with_file_name("jobinsight"))
        .args(["db", "stop", "--log-level", "error", "--state-dir"])
        .arg(state)
        .stdout(Stdio::null())
        .status();
    if stopped.is_ok_and(|status| status.success()) {
        let _ = std::fs::remove_dir_all(state);
    }
}
