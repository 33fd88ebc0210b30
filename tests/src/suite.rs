//! The suite's own server: one for all tests, started on first use.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::PathBuf;

use jobinsight_core::Settings;
use jobinsight_sql::embedded::Server;
use jobinsight_sql::scripts::SCHEMA_RAW_JOBS;
use tokio::sync::OnceCell;
use tokio_postgres::{Client, NoTls};

pub(crate) const TEMPLATE: &str = "jobinsight_template";

static SERVER: OnceCell<String> = OnceCell::const_new();

/// Where the suite's server lives: reused from run to run. `cargo xtask test` names it, and stops the server when all
/// is done; two checkouts do not share it, since a suite begins by dropping what an earlier one left.
pub fn server_dir() -> PathBuf {
    if let Some(dir) = std::env::var_os("JOBINSIGHT_TESTS_STATE") {
        return dir.into();
    }
    let target = target_dir();
    // Root's checkouts may be closed to the user who runs PostgreSQL.
    if rustix::process::geteuid().is_root() {
        let mut hasher = DefaultHasher::new();
        target.hash(&mut hasher);
        return std::env::temp_dir().join(format!("jobinsight-tests-{:016x}", hasher.finish()));
    }
    target.join("tests-postgres")
}

pub(crate) fn target_dir() -> PathBuf {
    let exe = std::env::current_exe().expect("this program's path");
    exe.ancestors()
        .nth(3)
        .expect("target/PROFILE/deps/NAME")
        .to_owned()
}

/// The suite's server, started on first use; the URL of its maintenance database.
pub(crate) async fn server() -> &'static str {
    SERVER
        .get_or_init(|| async {
            let server = Server::at(&server_dir())
                .await
                .expect("PostgreSQL for the tests");
            // A test's data need not outlive a power cut.
            let server = server
                .with_option("fsync=off")
                .with_option("synchronous_commit=off")
                .with_option("full_page_writes=off")
                .with_option("max_connections=200");
            server.start().expect("the tests' PostgreSQL");
            let url = server.url().expect("its URL");
            prepare(&url).await;
            url
        })
        .await
}

/// Drops what earlier suites left, and makes the template: an empty raw table.
async fn prepare(url: &str) {
    let admin = connect(url).await;
    let old = admin
        .query(
            "SELECT datname::text FROM pg_database WHERE datname LIKE 'test\\_%' OR datname = $1",
            &[&TEMPLATE],
        )
        .await
        .expect("the databases");
    for row in old {
        let name: String = row.get(0);
        admin
            .batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
            .await
            .expect("dropping");
    }
    admin
        .batch_execute(&format!("CREATE DATABASE {TEMPLATE}"))
        .await
        .expect("the template");
    let template = connect(&on_database(url, TEMPLATE)).await;
    let script = SCHEMA_RAW_JOBS.render(&Settings::default());
    template
        .batch_execute(script.sql())
        .await
        .expect("the raw table");
}

pub(crate) fn on_database(url: &str, name: &str) -> String {
    format!(
        "{}/{name}",
        url.rsplit_once('/').expect("a URL with a database").0
    )
}

pub(crate) async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls)
        .await
        .expect("a connection");
    tokio::spawn(connection);
    client
}
