//! A PostgreSQL server for one test that stops it, restarts it or fills its disk. The server of the suite must not have
//! such faults.

use std::process::Command;

use jobinsight_core::Settings;
use jobinsight_sql::embedded::Server;
use jobinsight_sql::scripts::SCHEMA_RAW_JOBS;
use jobinsight_sql::testing::open_to_all;

use crate::Db;

/// A server in its own directory. It is removed when the test ends.
pub struct OwnServer {
    server: Server,
    dir: tempfile::TempDir,
}

impl OwnServer {
    /// Starts a server with options such as `max_connections=5`.
    pub async fn start(options: &[&str]) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        open_to_all(dir.path());
        let mut server = Server::at(dir.path()).await.expect("PostgreSQL");
        for option in options {
            server = server.with_option(option);
        }
        server.start().expect("a server");
        Self { server, dir }
    }

    /// Creates an empty raw table in the database of this server.
    pub async fn db(&self) -> Db {
        let db = Db::at(self.url()).await;
        let script = SCHEMA_RAW_JOBS.render(&Settings::default());
        db.client
            .batch_execute(script.sql())
            .await
            .expect("the raw table");
        db
    }

    /// The URL of the server.
    pub fn url(&self) -> String {
        self.server.url().expect("its URL")
    }

    /// The port of the server.
    pub fn port(&self) -> u16 {
        let url = self.url();
        let (_, rest) = url.rsplit_once(':').expect("a port");
        rest.split('/')
            .next()
            .and_then(|port| port.parse().ok())
            .expect("a port")
    }

    /// Stops the server. `immediate` stops it as a crash does.
    pub fn stop(&self, immediate: bool) {
        self.ctl(&["stop", "-m", if immediate { "immediate" } else { "fast" }]);
    }

    /// Starts the server again at the same port.
    pub fn start_again(&self) {
        let port = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''",
            self.port()
        );
        self.ctl(&["start", "-w", "-l", "/dev/null", "-o", &port]);
    }

    /// The path of a PostgreSQL program.
    pub fn program(&self, name: &str) -> std::path::PathBuf {
        self.server.psql().with_file_name(name)
    }

    /// The data directory.
    pub fn data(&self) -> std::path::PathBuf {
        self.dir.path().join("postgres/data")
    }

    fn ctl(&self, args: &[&str]) {
        let mut command = Command::new(self.server.psql().with_file_name("pg_ctl"));
        command
            .args(args)
            .arg("-D")
            .arg(self.data())
            .current_dir("/");
        as_owner(&mut command, &self.data());
        let status = command
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .status()
            .expect("pg_ctl");
        assert!(status.success(), "pg_ctl {args:?}");
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        let _ = self.server.stop();
    }
}

/// Makes a program run as the owner of a file, because PostgreSQL's programs refuse to run as root.
pub fn as_owner(command: &mut Command, file: &std::path::Path) {
    use std::os::unix::fs::MetadataExt;
    use std::os::unix::process::CommandExt;
    let owner = std::fs::metadata(file).expect("the file");
    if rustix::process::geteuid().is_root() {
        command.uid(owner.uid()).gid(owner.gid());
    }
}
