//! The two forms of an address, as libpq reads them: a URL, and a connection string `key=value …`.

use std::collections::BTreeMap;

/// Connection parameters with their values.
pub(super) type Words = BTreeMap<String, String>;

/// Reads an address. The error is a reason without any part of the address, because each part may contain a password.
pub(super) fn parse(text: &str) -> Result<Words, &'static str> {
    let text = text.trim();
    let Some((scheme, rest)) = text
        .split_once("://")
        .filter(|(scheme, _)| is_scheme(scheme))
    else {
        return parse_pairs(text);
    };
    // SQLAlchemy adds the name of its driver: `postgresql+psycopg2://`.
    let (base, driver) = scheme.split_once('+').unwrap_or((scheme, ""));
    if !["postgres", "postgresql"].contains(&base) {
        return Err("it does not begin with postgresql://");
    }
    parse_url(rest, !driver.is_empty())
}

fn is_scheme(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_ascii_alphanumeric() || "+-.:_".contains(c))
}

/// Reads `[user[:password]@][host[:port][,…]][/database][?parameter=value&…]`.
fn parse_url(rest: &str, has_driver: bool) -> Result<Words, &'static str> {
    let mut words = Words::new();
    let mut store = |name: &str, value: &str| -> Result<(), &'static str> {
        // An empty part is like a missing one.
        if !value.is_empty() {
            words.insert(name.to_owned(), decode(value)?);
        }
        Ok(())
    };
    let mut rest = rest;
    if let Some(at) = rest.find(['@', '/'])
        && rest[at..].starts_with('@')
    {
        let (user, password) = rest[..at].split_once(':').unwrap_or((&rest[..at], ""));
        store("user", user)?;
        store("password", password)?;
        rest = &rest[at + 1..];
    }
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (servers, path) = rest.split_at(end);
    let (mut hosts, mut ports) = (Vec::new(), Vec::new());
    for server in servers.split(',') {
        let (host, port) = split_server(server)?;
        hosts.push(host);
        ports.push(port);
    }
    store("host", &hosts.join(","))?;
    if ports.iter().any(|port| !port.is_empty()) {
        store("port", &ports.join(","))?;
    }
    let (database, query) = path.split_once('?').unwrap_or((path, ""));
    let database = database.strip_prefix('/').unwrap_or(database);
    // An unescaped / or @ in the password would move a part of the password into another part of the address.
    if database.contains('@') {
        return Err("the name of the database contains an @");
    }
    if servers.contains('@') {
        return Err("the host contains an @");
    }
    store("dbname", database)?;
    parse_query(query, has_driver, &mut words)?;
    Ok(words)
}

/// Splits `host:port` or `[IPv6 address]:port`.
fn split_server(server: &str) -> Result<(&str, &str), &'static str> {
    let Some(inner) = server.strip_prefix('[') else {
        return Ok(server.split_once(':').unwrap_or((server, "")));
    };
    match inner.split_once(']') {
        Some((host, "")) if !host.is_empty() => Ok((host, "")),
        Some((host, port)) if !host.is_empty() && port.starts_with(':') => Ok((host, &port[1..])),
        _ => Err("the IPv6 address in [ ] is not complete"),
    }
}

fn parse_query(query: &str, has_driver: bool, words: &mut Words) -> Result<(), &'static str> {
    let mut seen = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let Some((name, value)) = pair
            .split_once('=')
            .filter(|(_, value)| !value.contains('='))
        else {
            return Err("a parameter after the ? is not name=value");
        };
        let (name, value) = (decode(name)?, decode(value)?);
        // libpq takes the last value. For the drivers of SQLAlchemy, several values are several hosts.
        if has_driver && seen.contains(&name) {
            return Err("a parameter after the ? is repeated");
        }
        seen.push(name.clone());
        // libpq accepts this word of JDBC.
        let (name, value) = if name == "ssl" && value == "true" {
            ("sslmode".to_owned(), "require".to_owned())
        } else {
            (name, value)
        };
        words.insert(name, value);
    }
    Ok(())
}

/// Replaces `%20` and the like.
fn decode(text: &str) -> Result<String, &'static str> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            out.push(byte);
            continue;
        }
        let mut digit = || bytes.next().and_then(|byte| char::from(byte).to_digit(16));
        match (digit(), digit()) {
            (Some(0), Some(0)) => return Err("it contains %00"),
            (Some(high), Some(low)) => out.extend(u8::try_from(high * 16 + low)),
            _ => {
                return Err(
                    "a % is not followed by two hexadecimal digits; a % itself is written %25",
                );
            }
        }
    }
    String::from_utf8(out).map_err(|_| "it is not UTF-8")
}

/// The keywords of a connection string `key = 'value' …`.
fn parse_pairs(text: &str) -> Result<Words, &'static str> {
    let mut words = Words::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (key, after) = rest
            .split_once('=')
            .filter(|(key, _)| !key.trim().is_empty() && !key.trim().contains(char::is_whitespace))
            .ok_or("it is neither postgresql://… nor name=value …")?;
        let mut chars = after.trim_start().chars();
        let mut value = String::new();
        let quoted = chars.as_str().starts_with('\'');
        if quoted {
            chars.next();
        }
        loop {
            match chars.next() {
                Some('\\') => value.extend(chars.next()),
                Some('\'') if quoted => break,
                Some(c) if !quoted && c.is_whitespace() => break,
                Some(c) => value.push(c),
                None if quoted => return Err("it has an open quote"),
                None => break,
            }
        }
        words.insert(key.trim().to_owned(), value);
        rest = chars.as_str().trim_start();
    }
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The parameters of an address, in alphabetical order.
    fn read(text: &str) -> Result<String, &'static str> {
        parse(text).map(|words| {
            let shown: Vec<String> = words
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect();
            shown.join(" ")
        })
    }

    #[test]
    fn addresses_mean_what_they_mean_for_libpq() {
        for (text, expected) in [
            ("postgresql://", ""),
            ("postgres://u@h/d", "dbname=d host=h user=u"),
            (
                "postgresql+psycopg2://u:p@h:1/d",
                "dbname=d host=h password=p port=1 user=u",
            ),
            ("postgresql+asyncpg://h", "host=h"),
            (
                "postgresql://u:p%40s%2Fs%25@h",
                "host=h password=p@s/s% user=u",
            ),
            ("postgresql://u:a?b:c@h", "host=h password=a?b:c user=u"),
            (
                "postgresql://h1:1,h2,h3:3/d",
                "dbname=d host=h1,h2,h3 port=1,,3",
            ),
            (
                "postgresql://[::1]:5433,[fe80::1]/d",
                "dbname=d host=::1,fe80::1 port=5433,",
            ),
            ("postgresql://:5433/d", "dbname=d port=5433"),
            (
                "postgresql:///d?host=%2Ftmp&port=7",
                "dbname=d host=/tmp port=7",
            ),
            ("postgresql://%2Fvar%2Frun/d", "dbname=d host=/var/run"),
            ("postgresql://h?host=other", "host=other"),
            (
                "postgresql://h?sslmode=verify-full&sslrootcert=%2Fx%20y",
                "host=h sslmode=verify-full sslrootcert=/x y",
            ),
            ("postgresql://h?ssl=true", "host=h sslmode=require"),
            ("postgresql://h/d%20e", "dbname=d e host=h"),
            (
                "host=h application_name=http://x",
                "application_name=http://x host=h",
            ),
            (
                r"host = h password='it\'s \\ me' user=u",
                r"host=h password=it's \ me user=u",
            ),
            ("host=h password=", "host=h password="),
        ] {
            assert_eq!(read(text).as_deref(), Ok(expected), "{text}");
        }
        for text in [
            "mysql://h/d",
            "jdbc:postgresql://h/d",
            "jobs",
            "password='open",
            "postgresql://u:p@ss@h/d",
            "postgresql://u@h/d@e",
            "postgresql://[::1/d",
            "postgresql://[]/d",
            "postgresql://[::1]x/d",
            "postgresql://u:100%@h",
            "postgresql://u:a%00@h",
            "postgresql://h?sslmode",
            "postgresql://h?options=-c x=y",
            "postgresql+psycopg2://h?host=a&host=b",
        ] {
            assert!(read(text).is_err(), "{text}: {:?}", read(text));
        }
    }
}
