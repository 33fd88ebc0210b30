//! The parts of libpq that tokio-postgres lacks: connection strings with all keywords, the password file, the service
//! file.

use std::collections::BTreeMap;

/// Keywords of libpq with their values.
pub(super) type Words = BTreeMap<String, String>;

/// Splits a connection URL into the URL without the keywords `ours`, and these keywords with their values.
pub(super) fn split_url(url: &str, ours: &[&str]) -> (String, Words) {
    let Some((base, query)) = url.split_once('?') else {
        return (url.to_owned(), Words::new());
    };
    let mut words = Words::new();
    let mut rest = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        match pair.split_once('=') {
            Some((key, value)) if ours.contains(&key) => {
                words.insert(key.to_owned(), decode(value));
            }
            _ => rest.push(pair),
        }
    }
    let query = if rest.is_empty() {
        String::new()
    } else {
        format!("?{}", rest.join("&"))
    };
    (format!("{base}{query}"), words)
}

fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes
            .get(at + 1..at + 3)
            .and_then(|hex| std::str::from_utf8(hex).ok());
        match (
            bytes[at],
            hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()),
        ) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The keywords of a connection string `key = 'value' …`; `None` if it is not a connection string.
pub(super) fn parse_pairs(text: &str) -> Option<Words> {
    let mut words = Words::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (key, after) = rest.split_once('=')?;
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
                None if quoted => return None,
                None => break,
            }
        }
        words.insert(key.trim().to_owned(), value);
        rest = chars.as_str().trim_start();
    }
    Some(words)
}

/// Keywords as a connection string.
pub(super) fn to_pairs(words: &Words) -> String {
    let quote = |value: &str| value.replace('\\', "\\\\").replace('\'', "\\'");
    let pairs: Vec<String> = words
        .iter()
        .map(|(key, value)| format!("{key}='{}'", quote(value)))
        .collect();
    pairs.join(" ")
}

/// The keywords of one service in a service file (`[name]`, then `key=value` lines).
pub(super) fn service(text: &str, name: &str) -> Option<Words> {
    let mut found: Option<Words> = None;
    for line in text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        if let Some(section) = line
            .strip_prefix('[')
            .and_then(|line| line.strip_suffix(']'))
        {
            if found.is_some() {
                break;
            }
            found = (section == name).then(Words::new);
        } else if let (Some(words), Some((key, value))) = (&mut found, line.split_once('=')) {
            words.insert(key.trim().to_owned(), value.trim().to_owned());
        }
    }
    found
}

/// The password for `host:port:database:user` in a password file of libpq, where `*` matches any value and `\` escapes.
pub(super) fn password(text: &str, wanted: [&str; 4]) -> Option<String> {
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .find_map(|line| {
            let mut fields = split_passfile(line);
            let fits = fields.len() == 5
                && fields
                    .iter()
                    .zip(wanted)
                    .all(|(field, wanted)| field == "*" || field == wanted);
            fits.then(|| fields.remove(4))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_file_has_the_format_of_libpq() {
        assert_eq!(
            split_passfile(r"h:5432:*:u:a\:b:c"),
            ["h", "5432", "*", "u", "a:b:c"]
        );
        let file = "# mine\nother:5432:*:u:no\n*:5432:d:u:it is: this\n";
        assert_eq!(
            password(file, ["h", "5432", "d", "u"]).unwrap(),
            "it is: this"
        );
        assert!(password(file, ["h", "5433", "d", "u"]).is_none());
    }

    #[test]
    fn our_keywords_are_removed_from_a_url() {
        let (url, words) = split_url(
            "postgresql://u@h/d?sslmode=verify-full&a=b&sslrootcert=%2Fx%20y",
            &["sslmode", "sslrootcert"],
        );
        assert_eq!(url, "postgresql://u@h/d?a=b");
        assert_eq!(
            (words["sslmode"].as_str(), words["sslrootcert"].as_str()),
            ("verify-full", "/x y")
        );
    }

    #[test]
    fn a_connection_string_round_trips() {
        let words = parse_pairs(r"host = h password='it\'s \\ me' user=u").unwrap();
        assert_eq!(words["password"], r"it's \ me");
        assert_eq!(parse_pairs(&to_pairs(&words)).unwrap(), words);
        assert!(parse_pairs("password='open").is_none());
    }

    #[test]
    fn a_service_has_only_its_own_keywords() {
        let file = "[a]\nhost=x\n# no\n[b]\nhost = y\nsslmode=require\n[c]\nhost=z\n";
        let words = service(file, "b").unwrap();
        assert_eq!(
            (words["host"].as_str(), words["sslmode"].as_str()),
            ("y", "require")
        );
        assert!(service(file, "d").is_none());
    }
}
