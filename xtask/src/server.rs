//! The PostgreSQL server that tests start and share. It is stopped after the tests.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, SystemTime};

use rustix::fs::{FlockOperation, flock};

use crate::workspace::{root, target_dir};

/// Runs `work` with an environment that names the directory of the server. `work` may start the server. Then stops the server.
pub(crate) fn with_server(
    work: impl FnOnce(&[(&str, &str)]) -> Result<(), String>,
) -> Result<(), String> {
    let state = state();
    let _alone = alone(&target_dir(&root()).join("tests-postgres.lock"))?;
    // A task that was interrupted left its server.
    remove(&state)?;
    let result = work(&[("JOBINSIGHT_TESTS_STATE", &state.to_string_lossy())]);
    // The result of the tests counts, whatever is left behind.
    if let Err(error) = remove(&state) {
        eprintln!("the tests' PostgreSQL was not removed: {error}");
    }
    result
}

/// Waits until no other task with this target folder uses the server. The lock ends with the handle. The file stays, because
/// another task may wait for the lock of this file, and must not share the server with a task that creates a new file.
fn alone(path: &Path) -> Result<fs::File, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    path.parent()
        .map_or(Ok(()), fs::create_dir_all)
        .map_err(failed)?;
    let file = fs::File::create(path).map_err(failed)?;
    if flock(&file, FlockOperation::NonBlockingLockExclusive).is_err() {
        eprintln!("── waiting for another task that uses the tests' PostgreSQL");
        flock(&file, FlockOperation::LockExclusive).map_err(|error| failed(error.into()))?;
    }
    Ok(file)
}

/// Stops the server and deletes its directory, if they exist. The directory has the files of hundreds of databases, which
/// take minutes on some disks. Another process deletes them, and nobody waits for it.
fn remove(state: &Path) -> Result<(), String> {
    if !state.exists() {
        return Ok(());
    }
    eprintln!("── stopping the tests' PostgreSQL; its data are deleted in the background");
    stop(&state.join("postgres/data"))?;
    let failed = |error: std::io::Error| format!("{}: {error}", state.display());
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    let old = state.with_extension(format!("old-{}", now.as_nanos()));
    fs::rename(state, old).map_err(failed)?;
    // In a process group of its own, Ctrl-C in the terminal does not end it.
    let mut delete = Command::new("rm");
    delete.arg("-rf").args(old_of(state)).process_group(0);
    delete.stderr(Stdio::null()).spawn().map_err(failed)?;
    Ok(())
}

/// The renamed directories of stopped servers, also those that an earlier process could not delete.
fn old_of(state: &Path) -> Vec<PathBuf> {
    let stem = format!("{}.old-", state.file_name().unwrap_or_default().display());
    let siblings = state.parent().and_then(|parent| fs::read_dir(parent).ok());
    let siblings = siblings.into_iter().flatten().flatten();
    let old = siblings.filter(|entry| entry.file_name().to_string_lossy().starts_with(&stem));
    old.map(|entry| entry.path()).collect()
}

/// The state directory of this checkout's server. The user who runs PostgreSQL must be able to read it.
fn state() -> PathBuf {
    let mut hasher = DefaultHasher::new();
    root().hash(&mut hasher);
    std::env::temp_dir().join(format!("jobinsight-tests-{:016x}", hasher.finish()))
}

/// Stops the server of a data directory in the mode `immediate`. The data are deleted next, so the server need not write
/// the pages of hundreds of databases to disk.
fn stop(data: &Path) -> Result<(), String> {
    // The first line is the process id. After a crash, another process may have this id.
    let Ok(text) = fs::read_to_string(data.join("postmaster.pid")) else {
        return Ok(());
    };
    let pid = text.lines().next().unwrap_or_default().trim();
    if !runs_in(pid, data) {
        return Ok(());
    }
    // SIGQUIT is the mode `immediate`.
    let sent = Command::new("kill").args(["-QUIT", pid]).status();
    if !sent.is_ok_and(|status| status.success()) {
        return Err(format!("process {pid} can't be stopped"));
    }
    for _ in 0..600 {
        if !runs_in(pid, data) {
            return Ok(());
        }
        sleep(Duration::from_millis(50));
    }
    Err(format!("process {pid} does not end"))
}

/// Whether a process with this id has the data directory among its arguments.
fn runs_in(pid: &str, data: &Path) -> bool {
    let shown = Command::new("ps").args(["-o", "args=", "-p", pid]).output();
    shown.is_ok_and(|shown| {
        String::from_utf8_lossy(&shown.stdout).contains(&*data.to_string_lossy())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_stopped_in_the_mode_immediate_and_a_foreign_process_is_not() {
        let data = std::env::temp_dir().join(format!("jobinsight-stop-{}", std::process::id()));
        fs::create_dir_all(&data).unwrap();
        let record = |pid: u32| fs::write(data.join("postmaster.pid"), format!("{pid}\n")).unwrap();
        // The shell writes how it was stopped. SIGQUIT is `immediate`, SIGINT is `fast`.
        let script = "trap 'echo immediate > how; exit' QUIT; trap 'echo fast > how; exit' INT; : > ready; while :; do sleep 0.05; done";
        // A shell cannot trap a signal that it was started to ignore, as a background job of a script is.
        let mut server = Command::new("env")
            .args(["--default-signal", "sh", "-c", script])
            .arg(&data)
            .current_dir(&data)
            .spawn()
            .unwrap();
        while !data.join("ready").exists() {
            sleep(Duration::from_millis(5));
        }
        record(server.id());
        // A child that has ended is not gone before its parent waits for it.
        let waiting = std::thread::spawn(move || server.wait());
        stop(&data).unwrap();
        waiting.join().unwrap().unwrap();
        assert_eq!(fs::read_to_string(data.join("how")).unwrap(), "immediate\n");

        record(std::process::id());
        stop(&data).unwrap();
        fs::remove_dir_all(&data).unwrap();
    }

    #[test]
    fn one_task_at_a_time_has_the_server() {
        let folder = std::env::temp_dir().join(format!("jobinsight-alone-{}", std::process::id()));
        let path = folder.join("target/tests-postgres.lock");
        let first = alone(&path).unwrap();
        let (path_of_second, (sender, receiver)) = (path.clone(), std::sync::mpsc::channel());
        let second = std::thread::spawn(move || {
            let lock = alone(&path_of_second);
            sender.send(()).unwrap();
            lock
        });
        let early = receiver.recv_timeout(Duration::from_millis(300));
        assert!(early.is_err(), "the second task waits");
        drop(first);
        second.join().unwrap().unwrap();
        alone(&path).unwrap();
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_directory_is_gone_at_once_and_deleted_in_the_background() {
        let folder = std::env::temp_dir().join(format!("jobinsight-remove-{}", std::process::id()));
        let (state, interrupted) = (folder.join("state"), folder.join("state.old-1"));
        for dir in [&state, &interrupted, &folder.join("other.old-1")] {
            fs::create_dir_all(dir).unwrap();
        }
        remove(&state).unwrap();
        assert!(!state.exists());
        while !old_of(&state).is_empty() {
            sleep(Duration::from_millis(5));
        }
        assert!(folder.join("other.old-1").exists());
        remove(&state).unwrap();
        fs::remove_dir_all(&folder).unwrap();
    }
}
