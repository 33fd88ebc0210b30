//! The PostgreSQL server that tests start and share. It is stopped after the tests.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::workspace::root;

/// Runs `work` with an environment that names the directory of the server. `work` may start the server. Then stops the server.
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

/// Stops the server. Each test program leaves it running for the next one. Starting a new server takes less time than dropping
/// the database of each test.
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
