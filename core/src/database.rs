//! Where PostgreSQL is, and the pool of connections to it.

mod pool;

use tokio_postgres::Transaction;
use tokio_postgres::config::{Config, SslMode};

pub use pool::{Client, Connection, Pool, client, connect, pool, refuse_transaction_pooling};

use crate::{EtlError, Kind, Result, Settings};

/// A server and database, and what told us.
#[derive(Clone)]
pub struct Target {
    /// How to connect.
    pub config: Config,
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
        let wrong = |why: &str| {
            EtlError::new(
                Kind::Usage,
                "jobinsight::database::url",
                format!("{origin} is no connection URL{why}"),
            )
            .help("write it as postgresql://user:password@host:5432/database; signs such as @ / % in a password are written %40 %2F %25")
        };
        let config: Config = text.parse().map_err(|error: tokio_postgres::Error| {
            let why = std::error::Error::source(&error);
            wrong(&why.map(|why| format!(": {why}")).unwrap_or_default())
        })?;
        // An unescaped / or @ in the password puts a part of it where the database's name is looked for.
        if text.contains("://") && config.get_dbname().is_some_and(|name| name.contains('@')) {
            return Err(wrong(": what stands for the database holds an @"));
        }
        Ok(Self {
            config,
            origin: origin.to_owned(),
        })
    }

    /// `user@host:port/database`, without the password.
    pub fn display(&self) -> String {
        let host = self.config.get_hosts().first().map_or_else(
            || "?".to_owned(),
            |host| match host {
                tokio_postgres::config::Host::Tcp(host) => host.clone(),
                tokio_postgres::config::Host::Unix(path) => path.display().to_string(),
            },
        );
        let port = self.config.get_ports().first().copied().unwrap_or(5432);
        let user = self.config.get_user().unwrap_or("?");
        let database = self.config.get_dbname().unwrap_or(user);
        format!("{user}@{host}:{port}/{database}")
    }
}

/// A URL without its password.
pub fn hide(url: &str) -> String {
    match url.parse::<Config>() {
        Ok(config) => Target {
            config,
            origin: String::new(),
        }
        .display(),
        Err(_) => "(hidden)".into(),
    }
}

/// Finds out where PostgreSQL is: `database.url` by flag, then `DATABASE_URL`, then the setting, then libpq's `PG*`,
/// then `DB_*` of the Python pipeline. Each variable may also be given as `NAME_FILE`, a file that holds the value.
///
/// # Errors
/// A variable that can't be read; sslmode values that ask for TLS.
pub fn resolve(
    settings: &Settings,
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<Option<Target>> {
    let target = find(settings, env)?;
    if let Some(target) = &target
        && !matches!(
            target.config.get_ssl_mode(),
            SslMode::Disable | SslMode::Prefer
        )
    {
        return Err(EtlError::new(
            Kind::Usage,
            "jobinsight::database::tls",
            format!("{} asks for TLS, which this version can't do", target.origin),
        )
        .help("use sslmode=prefer or disable on a network that you trust; we never fall back to plain silently"));
    }
    Ok(target)
}

fn find(settings: &Settings, env: &dyn Fn(&str) -> Option<String>) -> Result<Option<Target>> {
    if let Some(url) = read(env, "DATABASE_URL")? {
        return Target::parse(&url, "DATABASE_URL").map(Some);
    }
    if let Some(url) = &settings.database.url {
        return Target::parse(url, "database.url").map(Some);
    }
    for (prefix, names, origin) in [
        (
            "PG",
            ["PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE"],
            "the PG* environment",
        ),
        (
            "DB_",
            ["DB_HOST", "DB_PORT", "DB_USER", "DB_PASSWORD", "DB_NAME"],
            "the DB_* environment of the Python pipeline",
        ),
    ] {
        let [host, port, user, password, database] = names;
        if read(env, host)?.is_none()
            && read(env, database)?.is_none()
            && read(env, user)?.is_none()
        {
            continue;
        }
        let mut config = Config::new();
        config.host(read(env, host)?.unwrap_or_else(|| "localhost".into()));
        if let Some(text) = read(env, port)? {
            config.port(text.parse().map_err(|_| {
                EtlError::new(
                    Kind::Usage,
                    "jobinsight::database::port",
                    format!("{port} = {text:?} is no port"),
                )
                .help("allowed: 1 to 65535")
            })?);
        }
        let user = read(env, user)?
            .or_else(|| env("USER"))
            .unwrap_or_else(|| "postgres".into());
        config.dbname(read(env, database)?.unwrap_or_else(|| user.clone()));
        config.user(user);
        match read(env, password)? {
            Some(password) => {
                config.password(password);
            }
            None if prefix == "PG" => {
                if let Some(password) = passfile(&config, env) {
                    config.password(password);
                }
            }
            None => {}
        }
        if prefix == "PG"
            && let Some(mode) = env("PGSSLMODE")
        {
            config.ssl_mode(match mode.as_str() {
                "disable" => SslMode::Disable,
                "allow" | "prefer" => SslMode::Prefer,
                _ => SslMode::Require,
            });
        }
        return Ok(Some(Target {
            config,
            origin: origin.into(),
        }));
    }
    Ok(None)
}

/// A variable, or the file that `NAME_FILE` names.
fn read(env: &dyn Fn(&str) -> Option<String>, name: &str) -> Result<Option<String>> {
    if let Some(value) = env(name).filter(|value| !value.is_empty()) {
        return Ok(Some(value));
    }
    let Some(file) = env(&format!("{name}_FILE")) else {
        return Ok(None);
    };
    match std::fs::read_to_string(&file) {
        Ok(text) => Ok(Some(text.trim_end_matches(['\n', '\r']).to_owned())),
        Err(error) => Err(EtlError::new(
            Kind::Usage,
            "jobinsight::database::secret_file",
            format!("{name}_FILE names {file}, which can't be read: {error}"),
        )),
    }
}

/// libpq's password file: `host:port:database:user:password`, `*` for any, `\` escapes.
fn passfile(config: &Config, env: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let path = env("PGPASSFILE").or_else(|| env("HOME").map(|home| format!("{home}/.pgpass")))?;
    let text = std::fs::read_to_string(path).ok()?;
    let host = match config.get_hosts().first()? {
        tokio_postgres::config::Host::Tcp(host) => host.clone(),
        tokio_postgres::config::Host::Unix(path) => path.display().to_string(),
    };
    let port = config
        .get_ports()
        .first()
        .copied()
        .unwrap_or(5432)
        .to_string();
    let wanted = [
        host.as_str(),
        &port,
        config.get_dbname()?,
        config.get_user()?,
    ];
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .find_map(|line| {
            let fields = split_passfile(line);
            let fits = fields.len() == 5
                && fields
                    .iter()
                    .zip(wanted)
                    .all(|(field, wanted)| field == "*" || field == wanted);
            fits.then(|| fields[4].clone())
        })
}

fn split_passfile(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => fields
                .last_mut()
                .into_iter()
                .for_each(|field| field.extend(chars.next())),
            ':' if fields.len() < 5 => fields.push(String::new()),
            c => fields
                .last_mut()
                .into_iter()
                .for_each(|field| field.push(c)),
        }
    }
    fields
}

/// Begins a transaction.
///
/// # Errors
/// A database error.
pub async fn begin<'a>(client: &'a mut Client<'_>) -> Result<Transaction<'a>> {
    client
        .transaction()
        .await
        .map_err(|error| EtlError::database(error, "beginning a transaction"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve_in(vars: &[(&str, &str)]) -> Result<Option<Target>> {
        let vars: Vec<(String, String)> = vars
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect();
        resolve(&Settings::default(), &|name| {
            vars.iter().find(|(k, _)| k == name).map(|(_, v)| v.clone())
        })
    }

    #[test]
    fn database_url_wins_over_pg_and_pg_over_db() {
        let all = [
            ("DATABASE_URL", "postgresql://a@h/one"),
            ("PGHOST", "pg"),
            ("PGDATABASE", "two"),
            ("DB_HOST", "x"),
        ];
        assert_eq!(resolve_in(&all).unwrap().unwrap().display(), "a@h:5432/one");
        assert_eq!(
            resolve_in(&all[1..]).unwrap().unwrap().origin,
            "the PG* environment"
        );
        assert!(
            resolve_in(&all[3..])
                .unwrap()
                .unwrap()
                .origin
                .contains("Python")
        );
        assert!(resolve_in(&[]).unwrap().is_none());
    }

    #[test]
    fn a_password_is_never_shown() {
        let target = resolve_in(&[("DATABASE_URL", "postgresql://u:s%40cret@h/d")])
            .unwrap()
            .unwrap();
        assert_eq!(target.config.get_password(), Some(&b"s@cret"[..]));
        assert!(!format!("{target:?}").contains("cret"));
        assert!(!hide("postgresql://u:s%40cret@h/d").contains("cret"));
        let error = resolve_in(&[("DATABASE_URL", "postgresql://u:s@cr/et@h:x/d")]).unwrap_err();
        assert!(!format!("{error:?}").contains("cr/et"));
    }

    #[test]
    fn tls_is_never_silently_left_out() {
        let error = resolve_in(&[("PGHOST", "h"), ("PGSSLMODE", "verify-full")]).unwrap_err();
        assert_eq!(
            (error.stable_code(), error.kind().exit_code()),
            ("jobinsight::database::tls", 2)
        );
    }

    #[test]
    fn the_password_file_is_libpq_s() {
        assert_eq!(
            split_passfile(r"h:5432:*:u:a\:b:c"),
            ["h", "5432", "*", "u", "a:b:c"]
        );
    }
}
