//! The address of PostgreSQL in the environment.

use super::libpq::{self, Words};
use super::{Target, TargetOrigin};
use crate::{EtlError, Result, Settings, codes};

type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The TLS keywords of libpq, and the variables that are their defaults.
const TLS_VARIABLES: [(&str, &str); 4] = [
    ("sslmode", "PGSSLMODE"),
    ("sslrootcert", "PGSSLROOTCERT"),
    ("sslcert", "PGSSLCERT"),
    ("sslkey", "PGSSLKEY"),
];

/// Finds the address of PostgreSQL. The order is: the flag, `DATABASE_URL`, the setting `database.url`, the `PG*` variables of
/// libpq with its service and password files, the `DB_*` variables of the Python pipeline. Instead of each variable,
/// `NAME_FILE` may name a file with the value. As in libpq, the variables `PGSSL*` are defaults for an address from any place.
///
/// # Errors
/// A variable or file that cannot be read; an unknown service; an unknown `sslmode`.
pub fn resolve(flag: Option<&str>, settings: &Settings, env: Lookup<'_>) -> Result<Option<Target>> {
    let parse = |url: &str, origin| {
        let defaults = words_of(env, &TLS_VARIABLES)?;
        Target::parse_with(url, origin, defaults).map(Some)
    };
    if let Some(url) = flag {
        return parse(url, TargetOrigin::Flag);
    }
    if let Some(url) = read(env, "DATABASE_URL")? {
        return parse(&url, TargetOrigin::DatabaseUrl);
    }
    if let Some(url) = &settings.database.url {
        return parse(url, TargetOrigin::Setting);
    }
    if let Some(words) = libpq_words(env)? {
        return from_words(words, env, TargetOrigin::PgEnvironment).map(Some);
    }
    let python = [
        ("host", "DB_HOST"),
        ("port", "DB_PORT"),
        ("user", "DB_USER"),
        ("password", "DB_PASSWORD"),
        ("dbname", "DB_NAME"),
    ];
    let mut words = words_of(env, &python)?;
    words.extend(words_of(env, &TLS_VARIABLES)?);
    if !["host", "dbname", "user"]
        .iter()
        .any(|word| words.contains_key(*word))
    {
        return Ok(None);
    }
    from_words(words, env, TargetOrigin::PythonEnvironment).map(Some)
}

/// The keywords whose variables are set, with their values.
fn words_of(env: Lookup<'_>, variables: &[(&str, &str)]) -> Result<Words> {
    let mut words = Words::new();
    for (word, name) in variables {
        if let Some(value) = read(env, name)? {
            words.insert((*word).to_owned(), value);
        }
    }
    Ok(words)
}

/// The keywords of libpq in the environment. A service overrides them, as in libpq.
fn libpq_words(env: Lookup<'_>) -> Result<Option<Words>> {
    let libpq = [
        ("host", "PGHOST"),
        ("hostaddr", "PGHOSTADDR"),
        ("port", "PGPORT"),
        ("user", "PGUSER"),
        ("password", "PGPASSWORD"),
        ("dbname", "PGDATABASE"),
    ];
    let mut words = words_of(env, &libpq)?;
    words.extend(words_of(env, &TLS_VARIABLES)?);
    if let Some(name) = read(env, "PGSERVICE")? {
        words.extend(service(env, &name)?);
    }
    let is_set = ["host", "hostaddr", "dbname", "user"]
        .iter()
        .any(|word| words.contains_key(*word));
    Ok(is_set.then_some(words))
}

fn service(env: Lookup<'_>, name: &str) -> Result<Words> {
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
                codes::DATABASE_SERVICE,
                format!("no service file contains the service {name:?} of PGSERVICE"),
            )
        })
}

fn from_words(mut words: Words, env: Lookup<'_>, origin: TargetOrigin) -> Result<Target> {
    if let Some(port) = words.get("port")
        && !port
            .split(',')
            .all(|port| port.parse::<u16>().is_ok_and(|port| port > 0))
    {
        return Err(EtlError::new(
            codes::DATABASE_PORT,
            format!("{port:?} in {origin} is not a port number"),
        ));
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
        && origin != TargetOrigin::PythonEnvironment
        && let Some(password) = passfile(&words, env)
    {
        words.insert("password".to_owned(), password);
    }
    // Other keywords of libpq have no effect here.
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

fn passfile(words: &Words, env: Lookup<'_>) -> Option<String> {
    let path = env("PGPASSFILE").or_else(|| env("HOME").map(|home| format!("{home}/.pgpass")))?;
    let text = std::fs::read_to_string(path).ok()?;
    let host = words.get("host").or_else(|| words.get("hostaddr"))?;
    let port = words.get("port").map_or("5432", String::as_str);
    libpq::password(
        &text,
        [host, port, words.get("dbname")?, words.get("user")?],
    )
}

/// The value of a variable, or of the file that `NAME_FILE` names.
fn read(env: Lookup<'_>, name: &str) -> Result<Option<String>> {
    if let Some(value) = env(name).filter(|value| !value.is_empty()) {
        return Ok(Some(value));
    }
    let Some(file) = env(&format!("{name}_FILE")) else {
        return Ok(None);
    };
    match std::fs::read_to_string(&file) {
        Ok(text) => Ok(Some(text.trim_end_matches(['\n', '\r']).to_owned())),
        Err(error) => Err(EtlError::new(
            codes::DATABASE_SECRET_FILE,
            format!("{name}_FILE names {file}, which cannot be read: {error}"),
        )),
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
        resolve(None, &Settings::default(), &|name| {
            vars.iter().find(|(k, _)| k == name).map(|(_, v)| v.clone())
        })
    }

    #[test]
    fn database_url_overrides_pg_variables_and_these_override_db_variables() {
        let all = [
            ("DATABASE_URL", "postgresql://a@h/one"),
            ("PGHOST", "pg"),
            ("PGDATABASE", "two"),
            ("DB_HOST", "x"),
        ];
        assert_eq!(resolve_in(&all).unwrap().unwrap().display(), "a@h:5432/one");
        assert_eq!(
            resolve_in(&all[1..]).unwrap().unwrap().origin,
            TargetOrigin::PgEnvironment
        );
        assert_eq!(
            resolve_in(&all[3..]).unwrap().unwrap().origin,
            TargetOrigin::PythonEnvironment
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
    fn sslmode_is_read_from_each_place_that_libpq_reads() {
        let modes = [
            vec![("DATABASE_URL", "postgresql://u@h/d?sslmode=verify-full")],
            vec![("DATABASE_URL", "host=h user=u sslmode=verify-full")],
            vec![("PGHOST", "h"), ("PGSSLMODE", "verify-full")],
            vec![
                ("DATABASE_URL", "postgresql://u@h/d"),
                ("PGSSLMODE", "verify-full"),
            ],
            vec![
                ("DATABASE_URL", "host=h user=u"),
                ("PGSSLMODE", "verify-full"),
            ],
            vec![("DB_HOST", "h"), ("PGSSLMODE", "verify-full")],
            // The address overrides the environment.
            vec![
                ("DATABASE_URL", "postgresql://u@h/d?sslmode=verify-full"),
                ("PGSSLMODE", "disable"),
            ],
        ];
        for vars in modes {
            assert_eq!(
                resolve_in(&vars).unwrap().unwrap().tls.mode,
                SslMode::VerifyFull
            );
        }
        let flag = Some("postgresql://u@h/d");
        let env = |name: &str| (name == "PGSSLMODE").then(|| "require".to_owned());
        let target = resolve(flag, &Settings::default(), &env).unwrap().unwrap();
        assert_eq!(target.tls.mode, SslMode::Require);
        let error = resolve_in(&[("PGHOST", "h"), ("PGSSLMODE", "sometimes")]).unwrap_err();
        assert_eq!(
            (error.code(), error.kind().exit_code()),
            (codes::DATABASE_TLS, 2)
        );
    }

    #[test]
    fn a_service_is_read_from_its_file() {
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
        assert_eq!(error.code(), codes::DATABASE_SERVICE);
        std::fs::remove_file(dir).unwrap();
    }
}
