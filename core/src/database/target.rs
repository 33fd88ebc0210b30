//! A server and database, and how to reach it.

use std::path::PathBuf;

use tokio_postgres::config::{Config, Host};

use super::libpq::{self, Words};
use super::tls::{SslMode, Tls};
use crate::{EtlError, Kind, Result};

/// libpq's words that say how a connection is encrypted, which tokio-postgres does not know, or not all of.
pub(super) const TLS_WORDS: [&str; 4] = ["sslmode", "sslrootcert", "sslcert", "sslkey"];

/// A server and database, and what told us.
#[derive(Clone)]
pub struct Target {
    /// How to connect.
    pub config: Config,
    /// How the connection is encrypted.
    pub tls: Tls,
    /// What told us: `DATABASE_URL`, `PG* environment`, …
    pub origin: String,
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} (from {})", self.display(), self.origin)
    }
}

impl Target {
    /// From a URL or a libpq connection string.
    ///
    /// # Errors
    /// `jobinsight::database::url`; the text itself, which may hold a password, is not repeated.
    pub fn parse(text: &str, origin: &str) -> Result<Self> {
        if text.contains("://") {
            let (url, words) = libpq::split_url(text, &TLS_WORDS);
            return Self::build(&url, &words, origin);
        }
        let Some(mut words) = libpq::parse_pairs(text) else {
            return Err(wrong(origin, ": a quote is open in it"));
        };
        let mut ours = Words::new();
        for word in TLS_WORDS {
            if let Some(value) = words.remove(word) {
                ours.insert(word.to_owned(), value);
            }
        }
        Self::build(&libpq::to_pairs(&words), &ours, origin)
    }

    fn build(text: &str, words: &Words, origin: &str) -> Result<Self> {
        let config: Config = text.parse().map_err(|error: tokio_postgres::Error| {
            let why = std::error::Error::source(&error);
            wrong(
                origin,
                &why.map(|why| format!(": {why}")).unwrap_or_default(),
            )
        })?;
        // An unescaped / or @ in the password puts a part of it where the database's name is looked for.
        if text.contains("://") && config.get_dbname().is_some_and(|name| name.contains('@')) {
            return Err(wrong(origin, ": what stands for the database holds an @"));
        }
        Ok(Self {
            config,
            tls: tls(words, origin)?,
            origin: origin.to_owned(),
        })
    }

    /// `user@host:port/database`, without the password.
    pub fn display(&self) -> String {
        let port = self.config.get_ports().first().copied().unwrap_or(5432);
        let user = self.config.get_user().unwrap_or("?");
        let database = self.config.get_dbname().unwrap_or(user);
        format!("{user}@{}:{port}/{database}", self.host())
    }

    /// The first host, or the folder of a Unix socket.
    pub(super) fn host(&self) -> String {
        match self.config.get_hosts().first() {
            Some(Host::Tcp(host)) => host.clone(),
            Some(Host::Unix(path)) => path.display().to_string(),
            None => "?".to_owned(),
        }
    }
}

/// How a connection is encrypted, from libpq's words.
pub(super) fn tls(words: &Words, origin: &str) -> Result<Tls> {
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
                Kind::Usage,
                "jobinsight::database::tls",
                format!("sslmode = {name:?} of {origin} is not known"),
            )
            .help("allowed: disable, allow, prefer, require, verify-ca, verify-full")
        })?,
    };
    Ok(Tls {
        mode,
        root: path("sslrootcert"),
        certificate: certificate(path("sslcert"), path("sslkey"), origin)?,
    })
}

/// Our own certificate and its key: where one is not named, it is libpq's `~/.postgresql/postgresql.crt` or `.key`.
fn certificate(
    crt: Option<PathBuf>,
    key: Option<PathBuf>,
    origin: &str,
) -> Result<Option<(PathBuf, PathBuf)>> {
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
                Kind::Usage,
                "jobinsight::database::tls",
                format!("{origin} names one of sslcert and sslkey, and not {missing}"),
            )
            .help("name both: a certificate is of no use without its key"))
        }
        _ => Ok(None),
    }
}

fn wrong(origin: &str, why: &str) -> EtlError {
    EtlError::new(
        Kind::Usage,
        "jobinsight::database::url",
        format!("{origin} is no connection URL{why}"),
    )
    .help("write it as postgresql://user:password@host:5432/database; signs such as @ / % in a password are written %40 %2F %25")
}

/// A URL without its password.
pub fn hide(url: &str) -> String {
    Target::parse(url, "").map_or_else(|_| "(hidden)".into(), |target| target.display())
}
