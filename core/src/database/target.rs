//! The address of a server and database.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use tokio_postgres::config::{ChannelBinding, Config};

use super::conninfo::{self, Words};
use super::hosts::{self, ServerAddress};
use super::parameters::{self, choice, given, number};
use super::tls::Tls;
use crate::{EtlError, Result, codes};

/// The place where an address was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetOrigin {
    /// The flag `--database-url`.
    Flag,
    /// The variable `DATABASE_URL`.
    DatabaseUrl,
    /// The setting `database.url`.
    Setting,
    /// The `PG*` variables of libpq.
    PgEnvironment,
    /// The `DB_*` variables of the Python pipeline.
    PythonEnvironment,
    /// The server that this program started.
    Embedded,
    /// A test.
    Test,
}

impl fmt::Display for TargetOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Flag => "--database-url",
            Self::DatabaseUrl => "DATABASE_URL",
            Self::Setting => "database.url",
            Self::PgEnvironment => "the PG* environment",
            Self::PythonEnvironment => "the DB_* environment of the Python pipeline",
            Self::Embedded => "the embedded PostgreSQL",
            Self::Test => "a test",
        })
    }
}

impl TargetOrigin {
    /// The error of an address that cannot be read.
    pub(super) fn unreadable(self, why: &str) -> EtlError {
        EtlError::new(
            codes::DATABASE_URL,
            format!("{self} is not a connection URL: {why}"),
        )
    }
}

/// The servers that a connection accepts (`target_session_attrs`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SessionAttrs {
    Any,
    ReadWrite,
    ReadOnly,
    Primary,
    Standby,
    PreferStandby,
}

/// The address of a server and database, and where it was found.
#[derive(Clone)]
pub struct Target {
    /// How to connect, except for the server and the password.
    pub(super) config: Config,
    /// The servers, in the order in which they are tried.
    pub(super) servers: Vec<ServerAddress>,
    pub(super) attrs: SessionAttrs,
    /// Whether the servers are tried in a random order.
    pub(super) is_balanced: bool,
    /// The time for connecting to one server.
    pub(super) connect_timeout: Duration,
    /// The server that answered last. The next connection tries it first.
    pub(super) last: Arc<AtomicUsize>,
    /// How the connection is encrypted.
    pub tls: Tls,
    /// The place where the address was found.
    pub origin: TargetOrigin,
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (from {})", self.display(), self.origin)
    }
}

impl Target {
    /// The time for connecting to one server, unless `connect_timeout` is set.
    pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

    /// The address in a URL or in a connection string of libpq. The environment is not read.
    ///
    /// # Errors
    /// `jobinsight::database::url` and the codes of wrong parameters. The message does not repeat the text, because it may
    /// contain a password.
    pub fn parse(text: &str, origin: TargetOrigin) -> Result<Self> {
        let words = conninfo::parse(text).map_err(|why| origin.unreadable(why))?;
        Self::build(&words, None, origin)
    }

    /// The address that consists of these parameters. `passwords` is the text of the password file.
    pub(super) fn build(
        words: &Words,
        passwords: Option<&str>,
        origin: TargetOrigin,
    ) -> Result<Self> {
        parameters::check(words)?;
        let user = given(words, "user").map_or_else(
            || whoami::username().unwrap_or_else(|_| "postgres".to_owned()),
            str::to_owned,
        );
        let database = given(words, "dbname").unwrap_or(&user).to_owned();
        let is_balanced = choice(
            words,
            "load_balance_hosts",
            &[("disable", false), ("random", true)],
        )?;
        let attrs = choice(
            words,
            "target_session_attrs",
            &[
                ("any", SessionAttrs::Any),
                ("read-write", SessionAttrs::ReadWrite),
                ("read-only", SessionAttrs::ReadOnly),
                ("primary", SessionAttrs::Primary),
                ("standby", SessionAttrs::Standby),
                ("prefer-standby", SessionAttrs::PreferStandby),
            ],
        )?;
        let timeout = number(words, "connect_timeout")?.filter(|seconds| *seconds > 0);
        Ok(Self {
            servers: hosts::servers(words, [&database, &user], passwords)?,
            config: config(words, &user, &database)?,
            attrs: attrs.unwrap_or(SessionAttrs::Any),
            is_balanced: is_balanced.unwrap_or(false),
            connect_timeout: timeout.map_or(Self::CONNECT_TIMEOUT, Duration::from_secs),
            last: Arc::default(),
            tls: Tls::from_words(words)?,
            origin,
        })
    }

    /// `user@host:port/database`, without the password.
    pub fn display(&self) -> String {
        let servers: Vec<String> = self.servers.iter().map(ToString::to_string).collect();
        let user = self.config.get_user().unwrap_or("?");
        format!("{user}@{}/{}", servers.join(","), self.database())
    }

    /// The name of the database.
    pub fn database(&self) -> String {
        self.config.get_dbname().unwrap_or("?").to_owned()
    }

    /// The first host, or the folder of a Unix socket.
    pub fn host(&self) -> String {
        self.servers
            .first()
            .map_or_else(|| "?".to_owned(), |server| server.host.to_string())
    }

    /// Replaces the database. The servers stay.
    pub fn set_database(&mut self, name: &str) {
        self.config.dbname(name);
    }

    /// The password for the first server.
    pub fn password(&self) -> Option<&str> {
        self.servers
            .first()
            .and_then(|server| server.password.as_deref())
    }

    /// The port of the first server.
    pub fn port(&self) -> u16 {
        self.servers.first().map_or(5432, |server| server.port)
    }

    /// The longest time for connecting: each server is tried until its timeout.
    pub fn longest_wait(&self) -> Duration {
        let tries = if self.attrs == SessionAttrs::PreferStandby {
            2
        } else {
            1
        };
        self.connect_timeout * u32::try_from(self.servers.len() * tries).unwrap_or(u32::MAX)
    }
}

/// The parameters that tokio-postgres obeys.
fn config(words: &Words, user: &str, database: &str) -> Result<Config> {
    let mut config = Config::new();
    config
        .user(user)
        .dbname(database)
        .keepalives(number(words, "keepalives")? != Some(0))
        .keepalives_idle(seconds(words, "keepalives_idle", 10)?)
        .keepalives_interval(seconds(words, "keepalives_interval", 5)?)
        .keepalives_retries(
            number(words, "keepalives_count")?
                .filter(|count| *count > 0)
                .map_or(3, |count| u32::try_from(count).unwrap_or(u32::MAX)),
        );
    // libpq counts milliseconds here.
    let silence = number(words, "tcp_user_timeout")?.filter(|millis| *millis > 0);
    config.tcp_user_timeout(silence.map_or(Duration::from_secs(25), Duration::from_millis));
    if let Some(options) = given(words, "options") {
        config.options(options);
    }
    let binding = choice(
        words,
        "channel_binding",
        &[
            ("disable", ChannelBinding::Disable),
            ("prefer", ChannelBinding::Prefer),
            ("require", ChannelBinding::Require),
        ],
    )?;
    config.channel_binding(binding.unwrap_or(ChannelBinding::Prefer));
    Ok(config)
}

/// A number of seconds. Zero means our default, not the default of the operating system.
fn seconds(words: &Words, name: &str, ours: u64) -> Result<Duration> {
    let given = number(words, name)?.filter(|seconds| *seconds > 0);
    Ok(Duration::from_secs(given.unwrap_or(ours)))
}

/// A URL without its password.
pub fn hide(url: &str) -> String {
    Target::parse(url, TargetOrigin::Setting)
        .map_or_else(|_| "(hidden)".into(), |target| target.display())
}
