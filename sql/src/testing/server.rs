//! The PostgreSQL of the tests. All test programs of a checkout share it, and the first one starts it.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use jobinsight_core::Settings;
use tokio::sync::OnceCell;
use tokio_postgres::{Client, NoTls};

use crate::Script;
use crate::apply::checksum;
use crate::embedded::Server;
use crate::schema::Pending;
use crate::scripts::{CREATE_INDEXES, SCHEMA_RAW_JOBS, SCHEMA_STAGING, STORED_PROCEDURES};

static SERVER: OnceCell<String> = OnceCell::const_new();

/// The advisory lock for creating a database. Some versions of PostgreSQL cannot copy a template twice at the same time.
const MAKING: i64 = 0x6a6f_6269_6e73;

/// The variable in which `cargo xtask` names the directory of the server. It deletes the directory at the end.
const STATE: &str = "JOBINSIGHT_TESTS_STATE";

/// The directory of the server, which later test programs use again. Without `cargo xtask`, each target folder has a
/// separate server.
pub fn server_dir() -> PathBuf {
    if let Some(dir) = std::env::var_os(STATE) {
        return dir.into();
    }
    let target = target_dir();
    // If root runs the tests, PostgreSQL runs as another user, who may have no access to a checkout of root.
    if rustix::process::geteuid().is_root() {
        let mut hasher = DefaultHasher::new();
        target.hash(&mut hasher);
        return std::env::temp_dir().join(format!("jobinsight-tests-{:016x}", hasher.finish()));
    }
    target.join("tests-postgres")
}

/// The target folder of this test program.
pub fn target_dir() -> PathBuf {
    profile_dir().parent().expect("target").to_owned()
}

/// The folder `target/PROFILE` of this program. A test program is in its folder `deps`.
pub fn profile_dir() -> PathBuf {
    let exe = std::env::current_exe().expect("this program's path");
    let dir = exe.ancestors().skip(1).find(|dir| !dir.ends_with("deps"));
    dir.expect("target/PROFILE").to_owned()
}

/// The URL of the maintenance database. Starts the server on first use.
pub(super) async fn server() -> &'static str {
    SERVER
        .get_or_init(|| async {
            let dir = server_dir();
            let server = Server::at(&dir).await.expect("PostgreSQL for the tests");
            // Tests do not need their data after a crash of the machine.
            let server = server
                .with_option("fsync=off")
                .with_option("synchronous_commit=off")
                .with_option("full_page_writes=off")
                .with_option("max_connections=200");
            if !server.is_running() {
                say(&format!(
                    "starting PostgreSQL for the tests in {}",
                    dir.display()
                ));
            }
            server.start().expect("the tests' PostgreSQL");
            let url = server.url().expect("its URL");
            // `cargo xtask test` deletes all databases at its end, without dropping them one by one.
            if std::env::var_os(STATE).is_none() {
                drop_leftovers(url.clone());
            }
            url
        })
        .await
}

/// Prints a line at once. The test harness hides what a test prints until the test fails.
pub fn say(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Drops the databases of test programs that have ended. The name of a database contains the id of its process. This
/// happens on a separate thread, because each drop needs a checkpoint and no test should wait for it. If this program
/// ends first, the next one drops the rest.
fn drop_leftovers(url: String) {
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let runtime = runtime.expect("a runtime");
        runtime.block_on(async {
            let admin = connect(&url).await;
            let names = "SELECT datname::text FROM pg_database WHERE datname LIKE 'test\\_%'";
            for row in admin.query(names, &[]).await.into_iter().flatten() {
                let name: String = row.get(0);
                let owner: Option<i32> = name.split('_').nth(1).and_then(|pid| pid.parse().ok());
                if owner.is_none_or(|pid| !is_alive(pid)) {
                    let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
                    // Another test program may drop the same database.
                    let _ = admin.batch_execute(&drop).await;
                }
            }
        });
    });
}

fn is_alive(pid: i32) -> bool {
    rustix::process::Pid::from_raw(pid)
        .is_some_and(|pid| rustix::process::test_kill_process(pid).is_ok())
}

/// The content of a new database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Template {
    /// An empty raw table.
    Raw,
    /// An empty raw table and the staging schema, as `schema_setup` leaves it.
    Staged,
}

impl Template {
    fn scripts(self) -> &'static [Script] {
        match self {
            Self::Raw => &[SCHEMA_RAW_JOBS],
            Self::Staged => &[SCHEMA_RAW_JOBS, SCHEMA_STAGING, STORED_PROCEDURES],
        }
    }

    /// The name of the template. It contains a hash of the scripts, so a changed script has a new template.
    fn name(self) -> String {
        let mut hasher = DefaultHasher::new();
        for script in self.scripts() {
            checksum(&script.render(&Settings::default())).hash(&mut hasher);
        }
        format!("template_{:016x}", hasher.finish())
    }

    async fn make(self, url: &str, admin: &Client, name: &str) {
        // The database gets the name of the template when it is complete, because this program may be killed before.
        let half = format!("test_{}_{name}", std::process::id());
        for statement in [
            format!("DROP DATABASE IF EXISTS {half} WITH (FORCE)"),
            format!("CREATE DATABASE {half}"),
        ] {
            let made = admin.batch_execute(&statement).await;
            made.expect("a database for the template");
        }
        let mut client = connect(&on_database(url, &half)).await;
        let settings = Settings::default();
        let [raw, staging @ ..] = self.scripts() else {
            unreachable!("a template has scripts")
        };
        let made = client.batch_execute(raw.render(&settings).sql()).await;
        made.expect("the raw table");
        if !staging.is_empty() {
            let tx = client.transaction().await.expect("a transaction");
            let pending = Pending::find(&tx, &settings, staging).await;
            let applied = pending.expect("the scripts").apply(&tx, &settings).await;
            applied.expect("the staging schema");
            tx.commit().await.expect("the staging schema");
            let indexes = client
                .batch_execute(CREATE_INDEXES.render(&settings).sql())
                .await;
            indexes.expect("the indexes");
        }
        drop(client);
        // The server may need a moment to notice that the connection has ended.
        for _ in 0..100 {
            let renamed = admin
                .batch_execute(&format!("ALTER DATABASE {half} RENAME TO {name}"))
                .await;
            match renamed {
                Ok(()) => return,
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
            }
        }
        panic!("the template {half} cannot be renamed");
    }
}

/// Creates a database, and returns its URL.
pub(super) async fn make(name: &str, template: Template) -> String {
    let server = server().await;
    let admin = connect(server).await;
    let locked = admin
        .execute("SELECT pg_advisory_lock($1)", &[&MAKING])
        .await;
    locked.expect("one at a time");
    let from = template.name();
    let there = admin
        .query_one(
            "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)",
            &[&from],
        )
        .await
        .expect("the databases");
    if !there.get::<_, bool>(0) {
        template.make(server, &admin, &from).await;
    }
    admin
        .batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {from}"))
        .await
        .expect("a database");
    on_database(server, name)
}

fn on_database(url: &str, name: &str) -> String {
    format!(
        "{}/{name}",
        url.rsplit_once('/').expect("a URL with a database").0
    )
}

pub(super) async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls)
        .await
        .expect("a connection");
    tokio::spawn(connection);
    client
}

/// Makes a folder readable for every user, because PostgreSQL runs as another user under root.
pub fn open_to_all(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let open = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(path, open).expect("a folder of ours");
}
