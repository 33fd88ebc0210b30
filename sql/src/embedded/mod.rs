//! The embedded PostgreSQL: a server of our own under a state directory, for `demo`, `db` and tests.
//!
//! It listens on 127.0.0.1 alone, on a port that was free, asks for a random password, has no Unix socket, and runs
//! as an unprivileged user when we are root (PostgreSQL refuses root). It belongs to the state directory: starting it
//! again finds the same data.

mod binaries;

use std::fs::{self, File, Permissions};
use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use jobinsight_core::{EtlError, Result};

use crate::codes;

pub use binaries::{Binaries, install_help};

/// A server that belongs to a state directory.
#[derive(Debug, Clone)]
pub struct Server {
    dir: PathBuf,
    binaries: Binaries,
    user: Option<ServerUser>,
    options: Vec<String>,
}

/// Who the server runs as when we are root.
#[derive(Debug, Clone)]
struct ServerUser {
    name: String,
    uid: u32,
    gid: u32,
}

/// What starting came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Started {
    /// It was started by this call: whoever called stops it.
    Now,
    /// It ran before.
    Before,
}

impl Server {
    /// The server of a state directory; nothing is started yet. Without PostgreSQL on this machine, its binaries are
    /// downloaded into the state directory.
    ///
    /// # Errors
    /// `jobinsight::postgres::missing` with the commands to install it; a state directory that can't be written.
    pub async fn at(state_dir: &Path) -> Result<Self> {
        let dir = state_dir.join("postgres");
        fs::create_dir_all(&dir).map_err(|error| not_writable(&dir, &error))?;
        let binaries = Binaries::find_or_fetch(state_dir).await?;
        Ok(Self {
            dir,
            binaries,
            user: server_user()?,
            options: Vec::new(),
        })
    }

    /// Adds a `-c name=value` of the server, for tests and benchmarks.
    #[must_use]
    pub fn with_option(mut self, option: &str) -> Self {
        self.options.push(option.to_owned());
        self
    }

    /// Starts it if it does not run, and makes the database on the first start.
    ///
    /// # Errors
    /// `jobinsight::postgres::start` with the end of the server's own log.
    pub fn start(&self) -> Result<Started> {
        let lock =
            File::create(self.dir.join("lock")).map_err(|error| not_writable(&self.dir, &error))?;
        // Two starts at once on one directory: the second waits, and finds it running.
        lock.lock()
            .map_err(|error| not_writable(&self.dir, &error))?;
        if self.is_running() {
            return Ok(Started::Before);
        }
        if !self.data().join("PG_VERSION").exists() {
            self.init()?;
        }
        let port =
            free_port().map_err(|error| self.failed("no port is free", &error.to_string()))?;
        fs::write(self.dir.join("port"), port.to_string())
            .map_err(|error| not_writable(&self.dir, &error))?;
        let mut options =
            format!("-c port={port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''");
        for option in &self.options {
            options.push_str(" -c ");
            options.push_str(option);
        }
        let log = self.data().join("server.log");
        let output = self.run("pg_ctl", |command| {
            command
                .args(["start", "-w", "-t", "60", "-D"])
                .arg(self.data())
                .arg("-l")
                .arg(&log)
                .arg("-o")
                .arg(options);
        })?;
        if !output.status.success() {
            let log = fs::read_to_string(&log).unwrap_or_default();
            let tail: Vec<&str> = log.lines().rev().take(5).collect();
            return Err(self.failed(
                "it did not start",
                &tail.into_iter().rev().collect::<Vec<_>>().join("\n"),
            ));
        }
        Ok(Started::Now)
    }

    /// Stops it; `false` when it did not run.
    ///
    /// # Errors
    /// `jobinsight::postgres::stop`.
    pub fn stop(&self) -> Result<bool> {
        if !self.is_running() {
            return Ok(false);
        }
        let output = self.run("pg_ctl", |command| {
            command
                .args(["stop", "-w", "-t", "60", "-m", "fast", "-D"])
                .arg(self.data());
        })?;
        if output.status.success() {
            Ok(true)
        } else {
            Err(EtlError::new(
                codes::POSTGRES_STOP,
                format!(
                    "the embedded PostgreSQL did not stop: {}",
                    String::from_utf8_lossy(&output.stderr).trim()
                ),
            ))
        }
    }

    /// Whether it runs.
    pub fn is_running(&self) -> bool {
        self.run("pg_ctl", |command| {
            command.arg("status").arg("-D").arg(self.data());
        })
        .is_ok_and(|output| output.status.success())
    }

    /// The URL of its database, password and all.
    ///
    /// # Errors
    /// `jobinsight::postgres::not_started` before the first start.
    pub fn url(&self) -> Result<String> {
        let read = |name: &str| {
            fs::read_to_string(self.dir.join(name)).map_err(|_| {
                EtlError::new(
                    codes::POSTGRES_NOT_STARTED,
                    format!(
                        "no embedded PostgreSQL was started under {}",
                        self.dir.display()
                    ),
                )
                .help("start it: jobinsight db start")
            })
        };
        Ok(format!(
            "postgresql://jobinsight:{}@127.0.0.1:{}/postgres",
            read("password")?.trim(),
            read("port")?.trim()
        ))
    }

    /// Where `psql` is.
    pub fn psql(&self) -> PathBuf {
        self.binaries.path("psql")
    }

    fn data(&self) -> PathBuf {
        self.dir.join("data")
    }

    fn init(&self) -> Result<()> {
        let data = self.data();
        // What an interrupted initdb left is no database.
        let _ = fs::remove_dir_all(&data);
        let io = |error| not_writable(&self.dir, &error);
        fs::create_dir_all(&data).map_err(io)?;
        fs::set_permissions(&data, Permissions::from_mode(0o700)).map_err(io)?;
        let password = format!("{:032x}", rand::random::<u128>());
        write_secret(&self.dir.join("password"), &password).map_err(io)?;
        let handover = self.dir.join("initdb.password");
        write_secret(&handover, &password).map_err(io)?;
        if let Some(user) = &self.user {
            chown(&data, Some(user.uid), Some(user.gid)).map_err(io)?;
            chown(&handover, Some(user.uid), Some(user.gid)).map_err(io)?;
        }
        let locales: &[&str] = if cfg!(target_os = "macos") {
            &["en_US.UTF-8", "C"]
        } else {
            &["C.UTF-8", "C"]
        };
        let mut last = String::new();
        for locale in locales {
            let output = self.run("initdb", |command| {
                command
                    .arg("-D")
                    .arg(&data)
                    .args([
                        "--username=jobinsight",
                        "--encoding=UTF8",
                        "--auth=scram-sha-256",
                    ])
                    .arg(format!("--locale={locale}"))
                    .arg(format!("--pwfile={}", handover.display()));
            })?;
            if output.status.success() {
                let _ = fs::remove_file(&handover);
                return Ok(());
            }
            last = String::from_utf8_lossy(&output.stderr).into_owned();
        }
        let _ = fs::remove_file(&handover);
        let _ = fs::remove_dir_all(&data);
        Err(self.failed("initdb failed", last.trim()))
    }

    /// Runs one of PostgreSQL's programs, as the server's user, without our environment's `PG*`.
    fn run(&self, program: &str, arguments: impl FnOnce(&mut Command)) -> Result<Output> {
        // A server outlives who started it: a descriptor that a script holds (a lock taken by flock) must not stay
        // open with it. Rust opens its own so that they are not handed on.
        let mut command = Command::new("sh");
        command
            .args(["-c", r#"exec "$0" "$@" 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&-"#])
            .arg(self.binaries.path(program));
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
        // The server keeps what it inherits: pipes would keep us waiting for as long as it runs.
        let (out, err) = (self.scratch()?, self.scratch()?);
        let clone = |file: &File| {
            file.try_clone()
                .map_err(|error| not_writable(&self.dir, &error))
        };
        let status = command
            .stdout(clone(&out)?)
            .stderr(clone(&err)?)
            .status()
            .map_err(|error| self.failed(&format!("{program} can't be run"), &error.to_string()))?;
        Ok(Output {
            status,
            stdout: read_back(out),
            stderr: read_back(err),
        })
    }

    fn scratch(&self) -> Result<File> {
        tempfile::tempfile().map_err(|error| not_writable(&self.dir, &error))
    }

    fn failed(&self, what: &str, detail: &str) -> EtlError {
        let user = self
            .user
            .as_ref()
            .map(|user| format!(" as user {}", user.name))
            .unwrap_or_default();
        EtlError::new(
            codes::POSTGRES_START,
            format!("the embedded PostgreSQL under {}{user}: {what}: {detail}", self.dir.display()),
        )
        .help("every folder above it must be open to that user; choose another with --state-dir, or remove it to begin anew")
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

fn write_secret(path: &Path, secret: &str) -> std::io::Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    let _ = fs::remove_file(path);
    let mut file = File::options()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(secret.as_bytes())
}

fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}

/// Root can't run PostgreSQL: `postgres`, where the package made that user, else `nobody`.
fn server_user() -> Result<Option<ServerUser>> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let users = sysinfo::Users::new_with_refreshed_list().ok();
    let users = users.as_deref().unwrap_or_default();
    ["postgres", "nobody"]
        .iter()
        .find_map(|name| users.iter().find(|user| user.name() == *name))
        .map(|user| Some(ServerUser { name: user.name().to_owned(), uid: **user.id(), gid: *user.group_id() }))
        .ok_or_else(|| {
            EtlError::new(
                codes::POSTGRES_NO_USER,
                "PostgreSQL can't run as root, and there is neither a user postgres nor nobody to run it",
            )
            .help("run jobinsight as another user, or create one: useradd --system postgres")
        })
}

fn not_writable(path: &Path, error: &std::io::Error) -> EtlError {
    EtlError::new(
        codes::STATE_NOT_WRITABLE,
        format!(
            "the state directory can't be written: {}: {error}",
            path.display()
        ),
    )
    .help("choose another: --state-dir DIR, or ETL_STATE_DIR")
}
