//! What the environment says of where PostgreSQL is.

use super::Target;
use super::libpq::{self, Words};
use crate::{EtlError, Kind, Result, Settings};

type Env<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Finds out where PostgreSQL is: `DATABASE_URL`, then the setting `database.url`, then libpq's `PG*` with its service
/// and password files, then `DB_*` of the Python pipeline. Each variable may also be given as `NAME_FILE`, a file that
/// holds the value.
///
/// # Errors
/// A variable or file that can't be read; a service that is not known; an sslmode that is none.
pub fn resolve(settings: &Settings, env: Env<'_>) -> Result<Option<Target>> {
    if let Some(url) = read(env, "DATABASE_URL")? {
        return Target::parse(&url, "DATABASE_URL").map(Some);
    }
    if let Some(url) = &settings.database.url {
        return Target::parse(url, "database.url").map(Some);
    }
    if let Some(words) = libpq_words(env)? {
        return from_words(words, env, "the PG* environment").map(Some);
    }
    let mut words = Words::new();
    for (word, name) in [
        ("host", "DB_HOST"),
        ("port", "DB_PORT"),
        ("user", "DB_USER"),
        ("password", "DB_PASSWORD"),
        ("dbname", "DB_NAME"),
    ] {
        if let Some(value) = read(env, name)? {
            words.insert(word.to_owned(), value);
        }
    }
    if !["host", "dbname", "user"]
        .iter()
        .any(|word| words.contains_key(*word))
    {
        return Ok(None);
    }
    from_words(words, env, "the DB_* environment of the Python pipeline").map(Some)
}

/// libpq's words in the environment; what a service says wins, as with libpq.
fn libpq_words(env: Env<'_>) -> Result<Option<Words>> {
    let mut words = Words::new();
    for (word, name) in [
        ("host", "PGHOST"),
        ("hostaddr", "PGHOSTADDR"),
        ("port", "PGPORT"),
        ("user", "PGUSER"),
        ("password", "PGPASSWORD"),
        ("dbname", "PGDATABASE"),
        ("sslmode", "PGSSLMODE"),
        ("sslrootcert", "PGSSLROOTCERT"),
        ("sslcert", "PGSSLCERT"),
        ("sslkey", "PGSSLKEY"),
    ] {
        if let Some(value) = read(env, name)? {
            words.insert(word.to_owned(), value);
        }
    }
    if let Some(name) = read(env, "PGSERVICE")? {
        words.extend(service(env, &name)?);
    }
    let told = ["host", "hostaddr", "dbname", "user"]
        .iter()
        .any(|word| words.contains_key(*word));
    Ok(told.then_some(words))
}

fn service(env: Env<'_>, name: &str) -> Result<Words> {
    let files = [
        env("PGSERVICEFILE"),
        env("HOME").map(|home| format!("{home}/.pg_service.conf")),
        env("PGSYSCONFDIR").map(|dir| format!("{dir}/pg_service.conf")),
    ];
    files
        .into_iter()
        .flatten()
        .filter_map(|file| std::fs::read_to_string(file).ok())
        .find_map(|text| libpq::service(&text, name))
        .ok_or_else(|| {
            EtlError::new(
                Kind::Usage,
                "jobinsight::database::service",
                format!("PGSERVICE = {name:?} stands in no service file"),
            )
            .help("looked for: PGSERVICEFILE, ~/.pg_service.conf, PGSYSCONFDIR/pg_service.conf")
        })
}

fn from_words(mut words: Words, env: Env<'_>, origin: &str) -> Result<Target> {
    if let Some(port) = words.get("port")
        && !port
            .split(',')
            .all(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
    {
        return Err(EtlError::new(
            Kind::Usage,
            "jobinsight::database::port",
            format!("{port:?} of {origin} is no port"),
        )
        .help("allowed: 1 to 65535"));
    }
    if !words.contains_key("host") && !words.contains_key("hostaddr") {
        words.insert("host".to_owned(), "localhost".to_owned());
    }
    if !words.contains_key("user") {
        words.insert(
            "user".to_owned(),
            env("USER").unwrap_or_else(|| "postgres".into()),
        );
    }
    if !words.contains_key("dbname") {
        words.insert("dbname".to_owned(), words["user"].clone());
    }
    if !words.contains_key("password")
        && !origin.contains("Python")
        && let Some(password) = passfile(&words, env)
    {
        words.insert("password".to_owned(), password);
    }
    // Words of libpq that mean nothing here.
    let known = |word: &str| {
        [
            "host",
            "hostaddr",
            "port",
            "user",
            "password",
            "dbname",
            "connect_timeout",
            "target_session_attrs",
        ]
        .contains(&word)
            || super::target::TLS_WORDS.contains(&word)
    };
    words.retain(|word, _| known(word));
    Target::parse(&libpq::to_pairs(&words), origin)
}

fn passfile(words: &Words, env: Env<'_>) -> Option<String> {
    let path = env("PGPASSFILE").or_else(|| env("HOME").map(|home| format!("{home}/.pgpass")))?;
    let text = std::fs::read_to_string(path).ok()?;
    let host = words.get("host").or_else(|| words.get("hostaddr"))?;
    let port = words.get("port").map_or("5432", String::as_str);
    libpq::password(
        &text,
        [host, port, words.get("dbname")?, words.get("user")?],
    )
}

/// A variable, or the file that `NAME_FILE` names.
fn read(env: Env<'_>, name: &str) -> Result<Option<String>> {
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
        )
        .help("check the path and who may read it")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::{SslMode, hide};

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
        for wrong in ["postgresql://u:s@cr/et@h:x/d", "host=h password='s@cr/et"] {
            let error = resolve_in(&[("DATABASE_URL", wrong)]).unwrap_err();
            assert!(!format!("{error:?}").contains("cr/et"), "{error:?}");
        }
    }

    #[test]
    fn sslmode_is_read_wherever_libpq_reads_it() {
        let modes = [
            vec![("DATABASE_URL", "postgresql://u@h/d?sslmode=verify-full")],
            vec![("DATABASE_URL", "host=h user=u sslmode=verify-full")],
            vec![("PGHOST", "h"), ("PGSSLMODE", "verify-full")],
        ];
        for vars in modes {
            assert_eq!(
                resolve_in(&vars).unwrap().unwrap().tls.mode,
                SslMode::VerifyFull
            );
        }
        let error = resolve_in(&[("PGHOST", "h"), ("PGSSLMODE", "sometimes")]).unwrap_err();
        assert_eq!(
            (error.stable_code(), error.kind().exit_code()),
            ("jobinsight::database::tls", 2)
        );
    }

    #[test]
    fn a_service_is_looked_up() {
        let dir = std::env::temp_dir().join(format!("jobinsight-service-{}", std::process::id()));
        std::fs::write(
            &dir,
            "[night]\nhost=there\ndbname=d\nuser=u\npassword=a b'c\n",
        )
        .unwrap();
        let file = dir.to_str().unwrap();
        let target = resolve_in(&[("PGSERVICE", "night"), ("PGSERVICEFILE", file)])
            .unwrap()
            .unwrap();
        assert_eq!(target.display(), "u@there:5432/d");
        assert_eq!(target.config.get_password(), Some(&b"a b'c"[..]));
        let error = resolve_in(&[("PGSERVICE", "day"), ("PGSERVICEFILE", file)]).unwrap_err();
        assert_eq!(error.stable_code(), "jobinsight::database::service");
        std::fs::remove_file(dir).unwrap();
    }
}
