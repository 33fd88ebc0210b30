//! The address of PostgreSQL in the environment.

use std::path::PathBuf;

use super::conninfo::{self, Words};
use super::{Target, TargetOrigin, libpq_files, parameters};
use crate::{EtlError, Result, Settings, codes};

type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The variables of the Python pipeline.
const PYTHON_VARIABLES: [(&str, &str); 5] = [
    ("host", "DB_HOST"),
    ("port", "DB_PORT"),
    ("user", "DB_USER"),
    ("password", "DB_PASSWORD"),
    ("dbname", "DB_NAME"),
];

/// The folders of `pg_service.conf` for all users: of Debian and of other systems.
const SERVICE_DIRS: [&str; 2] = ["/etc/postgresql-common", "/etc"];

/// Finds the address of PostgreSQL. The order is: the flag, `DATABASE_URL`, the setting `database.url`, the `PG*` variables of
/// libpq, the `DB_*` variables of the Python pipeline. Instead of each variable, `NAME_FILE` may name a file with the value. As
/// in libpq, a service, then the variables `PG*`, then the password file fill in what an address from any place leaves out.
///
/// # Errors
/// A variable or file that cannot be read; an unknown service; a parameter that is unknown or has a wrong value.
pub fn resolve(flag: Option<&str>, settings: &Settings, env: Lookup<'_>) -> Result<Option<Target>> {
    let url = match (flag, &settings.database.url) {
        (Some(url), _) => Some((url.to_owned(), TargetOrigin::Flag)),
        (None, setting) => match read(env, "DATABASE_URL")? {
            Some(url) => Some((url, TargetOrigin::DatabaseUrl)),
            None => setting.clone().map(|url| (url, TargetOrigin::Setting)),
        },
    };
    if let Some((url, origin)) = url {
        let words = conninfo::parse(&url).map_err(|why| origin.unreadable(why))?;
        return complete(words, origin, env).map(Some);
    }
    let is_set = |words: &Words| {
        ["host", "hostaddr", "dbname", "user", "service"]
            .iter()
            .any(|word| words.contains_key(*word))
    };
    if is_set(&words_of(env, parameters::variables())?) {
        // The variables fill in what the service leaves out.
        return complete(Words::new(), TargetOrigin::PgEnvironment, env).map(Some);
    }
    let words = words_of(env, PYTHON_VARIABLES.into_iter())?;
    if is_set(&words) {
        return complete(words, TargetOrigin::PythonEnvironment, env).map(Some);
    }
    Ok(None)
}

/// The parameters whose variables are set, with their values.
fn words_of(
    env: Lookup<'_>,
    variables: impl Iterator<Item = (&'static str, &'static str)>,
) -> Result<Words> {
    let mut words = Words::new();
    for (word, name) in variables {
        if let Some(value) = read(env, name)? {
            words.insert(word.to_owned(), value);
        }
    }
    Ok(words)
}

/// Adds what the words leave out: from a service, from the variables, and from the password file.
fn complete(mut words: Words, origin: TargetOrigin, env: Lookup<'_>) -> Result<Target> {
    let variables = words_of(env, parameters::variables())?;
    let name = words.get("service").or(variables.get("service")).cloned();
    if let Some(name) = name.filter(|name| !name.is_empty()) {
        fill_in(&mut words, service(env, &name)?);
    }
    fill_in(&mut words, variables);
    // An old variable of libpq.
    if !words.contains_key("sslmode")
        && env("PGREQUIRESSL").is_some_and(|value| value.starts_with('1'))
    {
        words.insert("sslmode".to_owned(), "require".to_owned());
    }
    let passwords = parameters::given(&words, "passfile")
        .map(PathBuf::from)
        .or_else(|| home(env).map(|home| home.join(".pgpass")))
        .filter(|_| parameters::given(&words, "password").is_none())
        .and_then(|path| libpq_files::read_passwords(&path));
    Target::build(&words, passwords.as_deref(), origin)
}

fn fill_in(words: &mut Words, defaults: Words) {
    for (name, value) in defaults {
        words.entry(name).or_insert(value);
    }
}

fn home(env: Lookup<'_>) -> Option<PathBuf> {
    env("HOME")
        .filter(|home| !home.is_empty())
        .map(PathBuf::from)
        .or_else(std::env::home_dir)
}

fn service(env: Lookup<'_>, name: &str) -> Result<Words> {
    let own = env("PGSERVICEFILE")
        .map(PathBuf::from)
        .or_else(|| home(env).map(|home| home.join(".pg_service.conf")));
    let dirs = env("PGSYSCONFDIR").map_or_else(
        || SERVICE_DIRS.map(PathBuf::from).to_vec(),
        |dir| vec![PathBuf::from(dir)],
    );
    own.into_iter()
        .chain(dirs.into_iter().map(|dir| dir.join("pg_service.conf")))
        .filter_map(|file| std::fs::read_to_string(file).ok())
        .find_map(|text| libpq_files::service(&text, name))
        .ok_or_else(|| {
            EtlError::new(
                codes::DATABASE_SERVICE,
                format!("no service file contains the service {name:?}"),
            )
        })
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
        assert_eq!(target.password(), Some("s@cret"));
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
        assert_eq!(target.password(), Some("a b'c"));
        let error = resolve_in(&[("PGSERVICE", "day"), ("PGSERVICEFILE", file)]).unwrap_err();
        assert_eq!(error.code(), codes::DATABASE_SERVICE);
        std::fs::remove_file(dir).unwrap();
    }
}
