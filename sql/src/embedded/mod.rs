//! The embedded PostgreSQL: a server in a state directory, for `demo`, `db` and tests.
//!
//! The server listens on 127.0.0.1 only, on a free port. It has a random password and no Unix socket. If this program runs as
//! root, the server runs as an unprivileged user, because PostgreSQL refuses root. The data are in the state directory, so a
//! later start finds the same data.

mod binaries;
mod download;
mod init;
mod programs;

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

use jobinsight_core::{EtlError, Result, advice};
use rustix::fs::{FlockOperation, flock};

use crate::codes;

use binaries::Binaries;
use init::init;
use programs::{Programs, not_writable, server_user};

/// A server that belongs to a state directory.
#[derive(Debug, Clone)]
pub struct Server {
    programs: Programs,
    options: Vec<String>,
}

/// Whether the server was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Started {
    /// This call started it, so the caller stops it.
    Now,
    /// The server was running already.
    Before,
}

impl Server {
    /// The server of a state directory. This does not start the server. If this machine has no PostgreSQL, the programs of
    /// PostgreSQL are downloaded into the state directory, unless this program was built without the feature `download`.
    ///
    /// # Errors
    /// `jobinsight::postgres::missing` and `jobinsight::postgres::no_download` with the commands to install it; a state
    /// directory that is not writable.
    pub async fn at(state_dir: &Path) -> Result<Self> {
        let dir = state_dir.join("postgres");
        fs::create_dir_all(&dir).map_err(|error| not_writable(&dir, &error))?;
        let binaries = Binaries::find_or_fetch(state_dir).await?;
        Ok(Self {
            programs: Programs {
                dir,
                binaries,
                user: server_user()?,
            },
            options: Vec::new(),
        })
    }

    /// Adds an option `-c name=value` of the server, for tests and benchmarks.
    #[must_use]
    pub fn with_option(mut self, option: &str) -> Self {
        self.options.push(option.to_owned());
        self
    }

    /// Starts the server if it does not run. The first start creates the database.
    ///
    /// # Errors
    /// `jobinsight::postgres::start` with the end of the server's log.
    pub fn start(&self) -> Result<Started> {
        // Of two simultaneous starts in one directory, the second waits and then finds the server running.
        let _lock = self.lock()?;
        if self.is_running() {
            return Ok(Started::Before);
        }
        if !self.data().join("PG_VERSION").exists() {
            init(&self.programs, &self.data())?;
        }
        let port = free_port()
            .map_err(|error| self.programs.failed("no port is free", &error.to_string()))?;
        fs::write(self.programs.dir.join("port"), port.to_string())
            .map_err(|error| not_writable(&self.programs.dir, &error))?;
        let mut options =
            format!("-c port={port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''");
        for option in &self.options {
            options.push_str(" -c ");
            options.push_str(option);
        }
        let log = self.data().join("server.log");
        let output = self.programs.run("pg_ctl", |command| {
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
            return Err(self.programs.failed(
                "the server did not start",
                &tail.into_iter().rev().collect::<Vec<_>>().join("\n"),
            ));
        }
        Ok(Started::Now)
    }

    /// Stops the server. Returns `false` when it did not run.
    ///
    /// # Errors
    /// `jobinsight::postgres::stop`.
    pub fn stop(&self) -> Result<bool> {
        self.stop_in_mode("fast")
    }

    /// Stops the server for a process that ends next. Waits for a start in progress. Another start in this process never
    /// begins after it.
    ///
    /// # Errors
    /// `jobinsight::postgres::stop`.
    pub fn stop_before_exit(&self) -> Result<()> {
        let lock = self.lock()?;
        // The lock ends with the process.
        std::mem::forget(lock);
        self.stop_in_mode("immediate").map(|_| ())
    }

    /// Stops the server and deletes its data, its password and its log. Returns `false` if the directory had no server.
    ///
    /// # Errors
    /// `jobinsight::postgres::stop`; a directory that cannot be deleted.
    pub fn destroy(&self) -> Result<bool> {
        let _lock = self.lock()?;
        let existed = self.data().exists();
        self.stop_in_mode("immediate")?;
        fs::remove_dir_all(&self.programs.dir)
            .map_err(|error| not_writable(&self.programs.dir, &error))?;
        Ok(existed)
    }

    /// The directory of the server.
    pub fn dir(&self) -> &Path {
        &self.programs.dir
    }

    /// Takes the lock of the directory. It ends with the returned file.
    fn lock(&self) -> Result<File> {
        let failed = |error: std::io::Error| not_writable(&self.programs.dir, &error);
        let lock = File::create(self.programs.dir.join("lock")).map_err(failed)?;
        flock(&lock, FlockOperation::LockExclusive).map_err(|error| failed(error.into()))?;
        Ok(lock)
    }

    fn stop_in_mode(&self, mode: &str) -> Result<bool> {
        if !self.is_running() {
            return Ok(false);
        }
        let output = self.programs.run("pg_ctl", |command| {
            command
                .args(["stop", "-w", "-t", "60", "-m", mode, "-D"])
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

    /// Whether the server runs.
    pub fn is_running(&self) -> bool {
        self.programs
            .run("pg_ctl", |command| {
                command.arg("status").arg("-D").arg(self.data());
            })
            .is_ok_and(|output| output.status.success())
    }

    /// The URL of the database `postgres`, with the password.
    ///
    /// # Errors
    /// `jobinsight::postgres::not_started` before the first start.
    pub fn url(&self) -> Result<String> {
        self.url_of("postgres")
    }

    /// The URL of a database, with the password.
    ///
    /// # Errors
    /// `jobinsight::postgres::not_started` before the first start.
    pub fn url_of(&self, database: &str) -> Result<String> {
        let read = |name: &str| {
            fs::read_to_string(self.programs.dir.join(name)).map_err(|_| {
                EtlError::new(
                    codes::POSTGRES_NOT_STARTED,
                    format!(
                        "the directory {} has no embedded PostgreSQL",
                        self.programs.dir.display()
                    ),
                )
                .help(format!("start it: {}", advice::command("db start")))
            })
        };
        Ok(format!(
            "postgresql://jobinsight:{}@127.0.0.1:{}/{database}",
            read("password")?.trim(),
            read("port")?.trim()
        ))
    }

    /// The path of `psql`.
    pub fn psql(&self) -> PathBuf {
        self.programs.binaries.path("psql")
    }

    fn data(&self) -> PathBuf {
        self.programs.dir.join("data")
    }
}

fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
        .local_addr()?
        .port())
}
