//! The address of a server and database.

use std::fmt;
use std::path::PathBuf;

use tokio_postgres::config::{Config, Host};

use super::libpq::{self, Words};
use super::tls::{SslMode, Tls};
use crate::{EtlError, Result, codes};

/// The TLS keywords of libpq. tokio-postgres knows none of them, or not all of their values.
pub(super) const TLS_WORDS: [&str; 4] = ["sslmode", "sslrootcert", "sslcert", "sslkey"];

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

/// The address of a server and database, and where it was found.
#[derive(Clone)]
pub struct Target {
    /// How to connect.
    pub config: Config,
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
    /// The address in a URL or in a connection string of libpq.
    ///
    /// # Errors
    /// `jobinsight::database::url`. The message does not repeat the text, because it may contain a password.
    pub fn parse(text: &str, origin: TargetOrigin) -> Result<Self> {
        Self::parse_with(text, origin, Words::new())
    }

    /// Reads the address. `tls` are the values of the TLS keywords that the text does not contain.
    pub(super) fn parse_with(text: &str, origin: TargetOrigin, mut tls: Words) -> Result<Self> {
        if text.contains("://") {
            let (url, words) = libpq::split_url(text, &TLS_WORDS);
            tls.extend(words);
            return Self::build(&url, &tls, origin);
        }
        let Some(mut words) = libpq::parse_pairs(text) else {
            return Err(wrong(origin, ": it has an open quote"));
        };
        for word in TLS_WORDS {
            if let Some(value) = words.remove(word) {
                tls.insert(word.to_owned(), value);
            }
        }
        Self::build(&libpq::to_pairs(&words), &tls, origin)
    }

    fn build(text: &str, words: &Words, origin: TargetOrigin) -> Result<Self> {
        let config: Config = text.parse().map_err(|error: tokio_postgres::Error| {
            let why = std::error::Error::source(&error);
            wrong(
                origin,
                &why.map(|why| format!(": {why}")).unwrap_or_default(),
            )
        })?;
        // An unescaped / or @ in the password would move a part of the password into the name of the database.
        if text.contains("://") && config.get_dbname().is_some_and(|name| name.contains('@')) {
            return Err(wrong(origin, ": the name of the database contains an @"));
        }
        Ok(Self {
            config,
            tls: self::tls(words)?,
            origin,
        })
    }

    /// `user@host:port/database`, without the password.
    pub fn display(&self) -> String {
        let user = self.config.get_user().unwrap_or("?");
        format!("{user}@{}:{}/{}", self.host(), self.port(), self.database())
    }

    /// The first port.
    pub fn port(&self) -> u16 {
        self.config.get_ports().first().copied().unwrap_or(5432)
    }

    /// The database; the user has its name if no other is given.
    pub fn database(&self) -> String {
        let named = self.config.get_dbname().or(self.config.get_user());
        named.unwrap_or("?").to_owned()
    }

    /// The first host, or the folder of a Unix socket.
    pub fn host(&self) -> String {
        match self.config.get_hosts().first() {
            Some(Host::Tcp(host)) => host.clone(),
            Some(Host::Unix(path)) => path.display().to_string(),
            None => "?".to_owned(),
        }
    }
}

/// The encryption of a connection, from the keywords of libpq.
pub(super) fn tls(words: &Words) -> Result<Tls> {
    let path = |word: &str| {
        words
            .get(word)
            .filter(|path| !path.is_empty())
            .map(PathBuf::from)
    };
    let mode = match words.get("sslmode").map(String::as_str) {
        None | Some("") => SslMode::default(),
        Some(name) => SslMode::parse(name).ok_or_else(|| {
            EtlError::new(
                codes::DATABASE_TLS,
                format!("the sslmode {name:?} is unknown"),
            )
            .help("allowed: disable, allow, prefer, require, verify-ca, verify-full")
        })?,
    };
    Ok(Tls {
        mode,
        root: path("sslrootcert"),
        certificate: certificate(path("sslcert"), path("sslkey"))?,
    })
}

/// The client certificate and its key. The defaults are the ones of libpq: `~/.postgresql/postgresql.crt` and `.key`.
fn certificate(crt: Option<PathBuf>, key: Option<PathBuf>) -> Result<Option<(PathBuf, PathBuf)>> {
    let usual = |name: &str| {
        let home = std::env::var_os("HOME").map(PathBuf::from);
        home.map(|home| home.join(".postgresql").join(name))
            .filter(|file| file.is_file())
    };
    let named = crt.is_some() || key.is_some();
    match (
        crt.or_else(|| usual("postgresql.crt")),
        key.or_else(|| usual("postgresql.key")),
    ) {
        (Some(crt), Some(key)) => Ok(Some((crt, key))),
        (crt, _) if named => {
            let missing = if crt.is_some() { "sslkey" } else { "sslcert" };
            Err(EtlError::new(
                codes::DATABASE_TLS,
                format!("only one of sslcert and sslkey is set: {missing} is missing"),
            )
            .help("set both, in the address or as PGSSLCERT and PGSSLKEY: a certificate cannot be used without its key"))
        }
        _ => Ok(None),
    }
}

fn wrong(origin: TargetOrigin, why: &str) -> EtlError {
    EtlError::new(
        codes::DATABASE_URL,
        format!("{origin} is not a connection URL{why}"),
    )
}

/// A URL without its password.
pub fn hide(url: &str) -> String {
    Target::parse(url, TargetOrigin::Setting)
        .map_or_else(|_| "(hidden)".into(), |target| target.display())
}
