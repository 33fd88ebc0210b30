//! The connection parameters of libpq 17. Each one is obeyed, or changes nothing here, or is refused by name.

use super::conninfo::Words;
use crate::spelling::nearest;
use crate::{EtlError, Result, codes};

/// The use of a parameter by a connection.
#[derive(Debug, Clone, Copy)]
pub(super) enum Handling {
    /// The connection obeys every value.
    Obeyed,
    /// No value changes a connection of this program.
    Ignored,
    /// Other values than these are refused, for this reason.
    Only(&'static [&'static str], &'static str),
}
use Handling::{Ignored, Obeyed, Only};

/// Name, environment variable (empty if there is none), and handling.
pub(super) const ALL: &[(&str, &str, Handling)] = &[
    ("service", "PGSERVICE", Obeyed),
    ("user", "PGUSER", Obeyed),
    ("password", "PGPASSWORD", Obeyed),
    ("passfile", "PGPASSFILE", Obeyed),
    ("dbname", "PGDATABASE", Obeyed),
    ("host", "PGHOST", Obeyed),
    ("hostaddr", "PGHOSTADDR", Obeyed),
    ("port", "PGPORT", Obeyed),
    ("connect_timeout", "PGCONNECT_TIMEOUT", Obeyed),
    ("target_session_attrs", "PGTARGETSESSIONATTRS", Obeyed),
    ("load_balance_hosts", "PGLOADBALANCEHOSTS", Obeyed),
    ("channel_binding", "PGCHANNELBINDING", Obeyed),
    ("options", "PGOPTIONS", Obeyed),
    ("keepalives", "", Obeyed),
    ("keepalives_idle", "", Obeyed),
    ("keepalives_interval", "", Obeyed),
    ("keepalives_count", "", Obeyed),
    ("tcp_user_timeout", "", Obeyed),
    ("sslmode", "PGSSLMODE", Obeyed),
    ("sslrootcert", "PGSSLROOTCERT", Obeyed),
    ("sslcert", "PGSSLCERT", Obeyed),
    ("sslkey", "PGSSLKEY", Obeyed),
    ("sslsni", "PGSSLSNI", Obeyed),
    (
        "ssl_min_protocol_version",
        "PGSSLMINPROTOCOLVERSION",
        Obeyed,
    ),
    (
        "ssl_max_protocol_version",
        "PGSSLMAXPROTOCOLVERSION",
        Obeyed,
    ),
    (
        "sslcertmode",
        "PGSSLCERTMODE",
        Only(
            &["disable", "allow"],
            "whether the server asks for our certificate is not checked",
        ),
    ),
    (
        "sslnegotiation",
        "PGSSLNEGOTIATION",
        Only(
            &["postgres"],
            "TLS is negotiated as all versions of PostgreSQL do",
        ),
    ),
    (
        "sslpassword",
        "",
        Only(
            &[],
            "an encrypted key cannot be read; decrypt it: openssl pkey -in KEY -out DECRYPTED",
        ),
    ),
    (
        "sslcrl",
        "PGSSLCRL",
        Only(&[], "revoked certificates are not checked"),
    ),
    (
        "sslcrldir",
        "PGSSLCRLDIR",
        Only(&[], "revoked certificates are not checked"),
    ),
    (
        "require_auth",
        "PGREQUIREAUTH",
        Only(
            &[],
            "the method by which the server asks for a password is not checked; channel_binding=require is",
        ),
    ),
    (
        "requirepeer",
        "PGREQUIREPEER",
        Only(&[], "the owner of the server process is not checked"),
    ),
    (
        "gssencmode",
        "PGGSSENCMODE",
        Only(
            &["disable", "prefer"],
            "a connection cannot be encrypted with GSSAPI; use sslmode=require",
        ),
    ),
    (
        "replication",
        "",
        Only(
            &["false", "off", "no", "0"],
            "a replication connection cannot be used",
        ),
    ),
    // Connections have names of ours, by which a run finds its connections.
    ("application_name", "PGAPPNAME", Ignored),
    ("fallback_application_name", "", Ignored),
    // Texts are sent in UTF-8, and the server converts them.
    ("client_encoding", "PGCLIENTENCODING", Ignored),
    // These have an effect only if the server asks for GSSAPI, and then the login fails.
    ("krbsrvname", "PGKRBSRVNAME", Ignored),
    ("gsslib", "PGGSSLIB", Ignored),
    ("gssdelegation", "PGGSSDELEGATION", Ignored),
    // TLS has no compression since version 1.3, and OpenSSL has turned it off.
    ("sslcompression", "PGSSLCOMPRESSION", Ignored),
];

/// The parameters that have a variable, with its name.
pub(super) fn variables() -> impl Iterator<Item = (&'static str, &'static str)> {
    ALL.iter()
        .filter(|(_, variable, _)| !variable.is_empty())
        .map(|(name, variable, _)| (*name, *variable))
}

/// Refuses parameters that are unknown, and values that would have no effect.
pub(super) fn check(words: &Words) -> Result<()> {
    for (name, value) in words {
        let Some((name, variable, handling)) = ALL.iter().find(|(known, ..)| known == name) else {
            let names = ALL.iter().map(|(name, ..)| *name);
            let error = EtlError::new(
                codes::DATABASE_PARAMETER,
                format!("`{name}` is not a connection parameter of PostgreSQL"),
            );
            return Err(match nearest(name, names) {
                Some(nearest) => error.help(format!("did you mean {nearest}?")),
                None => error,
            });
        };
        if let Only(values, reason) = handling
            && !value.is_empty()
            && !values.contains(&value.as_str())
        {
            return Err(
                wrong(name, &format!("is not supported: {reason}")).help(format!(
                    "remove it from the address and the service file{}{}",
                    if variable.is_empty() {
                        String::new()
                    } else {
                        format!(", and unset {variable}")
                    },
                    if values.is_empty() {
                        String::new()
                    } else {
                        format!("; allowed: {}", values.join(", "))
                    },
                )),
            );
        }
    }
    Ok(())
}

/// The value of a parameter. An empty value is like a missing one.
pub(super) fn given<'a>(words: &'a Words, name: &str) -> Option<&'a str> {
    words
        .get(name)
        .map(String::as_str)
        .filter(|value| !value.is_empty())
}

/// The meaning of a value from a list.
pub(super) fn choice<T: Copy>(
    words: &Words,
    name: &str,
    values: &[(&str, T)],
) -> Result<Option<T>> {
    let Some(value) = given(words, name) else {
        return Ok(None);
    };
    match values.iter().find(|(known, _)| *known == value) {
        Some((_, meaning)) => Ok(Some(*meaning)),
        None => {
            let known: Vec<&str> = values.iter().map(|(known, _)| *known).collect();
            Err(wrong(name, &format!("has the unknown value `{value}`"))
                .help(format!("allowed: {}", known.join(", "))))
        }
    }
}

/// A whole number. As in libpq, a negative number is like zero.
pub(super) fn number(words: &Words, name: &str) -> Result<Option<u64>> {
    let Some(value) = given(words, name) else {
        return Ok(None);
    };
    match value.trim().parse::<i32>() {
        Ok(number) => Ok(Some(u64::try_from(number).unwrap_or(0))),
        Err(_) => Err(wrong(
            name,
            &format!("has the value `{value}`, which is not a whole number"),
        )),
    }
}

/// An error that names a parameter, and its variable.
pub(super) fn wrong(name: &str, what: &str) -> EtlError {
    let variable = variables().find(|(known, _)| *known == name);
    let also = variable.map_or_else(String::new, |(_, variable)| format!(" (or {variable})"));
    EtlError::new(
        codes::DATABASE_PARAMETER,
        format!("the connection parameter `{name}`{also} {what}"),
    )
}
