//! Runs the programs of PostgreSQL as the user of the server.

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::LazyLock;

use jobinsight_core::{EtlError, Result};

use super::binaries::Binaries;
use crate::codes;

/// The programs of PostgreSQL, the directory in which they run, and the user who runs them.
#[derive(Debug, Clone)]
pub(super) struct Programs {
    pub(super) dir: PathBuf,
    pub(super) binaries: Binaries,
    /// The user who runs the programs, if this program runs as root.
    pub(super) user: Option<ServerUser>,
}

/// A user of this machine.
#[derive(Debug, Clone)]
pub(super) struct ServerUser {
    name: String,
    pub(super) uid: u32,
    pub(super) gid: u32,
}

impl Programs {
    /// Runs a program as the user of the server, without the `PG*` variables of the environment.
    pub(super) fn run(
        &self,
        program: &str,
        arguments: impl FnOnce(&mut Command),
    ) -> Result<Output> {
        // The server outlives the program that starts it. A descriptor of the caller, such as a lock taken by flock, must
        // not stay open in the server. Rust opens its own descriptors so that children do not inherit them.
        let mut command = Command::new("sh");
        command
            .args(["-c", r#"exec "$0" "$@" 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-"#])
            .arg(self.binaries.path(program));
        // Ctrl-C in a terminal goes to the whole process group. It must not end `pg_ctl` or `initdb` before they are done.
        command.process_group(0);
        command.stdin(Stdio::null()).current_dir(&self.dir);
        for (name, _) in
            std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG"))
        {
            command.env_remove(name);
        }
        if let Some(user) = &self.user {
            command.uid(user.uid).gid(user.gid);
        }
        arguments(&mut command);
        // The server keeps the descriptors that it inherits. With pipes, this call would wait until the server ends.
        let (out, err) = (self.scratch()?, self.scratch()?);
        let clone = |file: &File| {
            file.try_clone()
                .map_err(|error| not_writable(&self.dir, &error))
        };
        let status = command
            .stdout(clone(&out)?)
            .stderr(clone(&err)?)
            .status()
            .map_err(|error| {
                self.failed(&format!("{program} cannot be run"), &error.to_string())
            })?;
        Ok(Output {
            status,
            stdout: read_back(out),
            stderr: read_back(err),
        })
    }

    fn scratch(&self) -> Result<File> {
        tempfile::tempfile().map_err(|error| not_writable(&self.dir, &error))
    }

    /// The error of a program that failed.
    pub(super) fn failed(&self, what: &str, detail: &str) -> EtlError {
        let user = self
            .user
            .as_ref()
            .map(|user| format!(" as user {}", user.name))
            .unwrap_or_default();
        EtlError::new(
            codes::POSTGRES_START,
            format!("the embedded PostgreSQL under {}{user}: {what}: {detail}", self.dir.display()),
        )
        .help("check that this user can enter every parent of the directory; or choose another: --state-dir DIR; or remove the directory, which deletes its data")
    }
}

fn read_back(mut file: File) -> Vec<u8> {
    use std::io::{Read, Seek, SeekFrom};
    let mut bytes = Vec::new();
    if file.seek(SeekFrom::Start(0)).is_ok() {
        let _ = file.read_to_end(&mut bytes);
    }
    bytes
}

/// The first of these users who exists. The list is read once, because sysinfo 0.38 reads it with getpwent, which two threads
/// must not do at the same time.
static USER: LazyLock<Option<ServerUser>> = LazyLock::new(|| {
    let users = sysinfo::Users::new_with_refreshed_list();
    let mut names = ["postgres", "nobody"].iter();
    names
        .find_map(|name| users.iter().find(|user| user.name() == *name))
        .map(|user| ServerUser {
            name: user.name().to_owned(),
            uid: **user.id(),
            gid: *user.group_id(),
        })
});

/// The user who runs the server if this program runs as root, because PostgreSQL refuses root. It is `postgres` or, if that
/// user does not exist, `nobody`.
pub(super) fn server_user() -> Result<Option<ServerUser>> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    USER.clone()
        .map(Some)
        .ok_or_else(|| {
            EtlError::new(
                codes::POSTGRES_NO_USER,
                "PostgreSQL does not run as root, and this machine has neither a user postgres nor a user nobody",
            )
            .help("run the command as another user, or create one: useradd --system postgres")
        })
}

/// The error of a state directory that is not writable.
pub(super) fn not_writable(path: &Path, error: &std::io::Error) -> EtlError {
    EtlError::new(
        codes::STATE_NOT_WRITABLE,
        format!(
            "the state directory cannot be written: {}: {error}",
            path.display()
        ),
    )
    .help("choose another: --state-dir DIR, or ETL_STATE_DIR")
}
