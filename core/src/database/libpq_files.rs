//! The files of libpq: the service file and the password file.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::conninfo::Words;

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
        } else if let Some(words) = &mut found {
            // A line without a value, such as one with the address of an LDAP server, is refused as an unknown parameter.
            let (key, value) = line.split_once('=').unwrap_or((line, ""));
            words.insert(key.trim().to_owned(), value.trim().to_owned());
        }
    }
    found
}

/// The text of a password file. As in libpq, a file that other users can read is ignored, with a warning.
pub(super) fn read_passwords(path: &Path) -> Option<String> {
    let about = path.metadata().ok()?;
    if !about.is_file() {
        tracing::warn!(
            "the password file {} is not a plain file, so it is ignored",
            path.display()
        );
        return None;
    }
    if about.permissions().mode() & 0o077 != 0 {
        tracing::warn!(
            "other users can read the password file {}, so it is ignored; type: chmod 600 {}",
            path.display(),
            path.display()
        );
        return None;
    }
    std::fs::read_to_string(path).ok()
}

/// The password for host, port, database and user in a password file of libpq. `*` matches any value, and `\` escapes.
pub(super) fn password(text: &str, wanted: [&str; 4]) -> Option<String> {
    text.lines()
        .map(|line| line.trim_end_matches('\r'))
        .filter(|line| !line.starts_with('#'))
        .find_map(|line| {
            let mut rest = line;
            for wanted in wanted {
                let (field, is_any, after) = next_field(rest);
                if !is_any && field != wanted {
                    return None;
                }
                rest = after?;
            }
            Some(next_field(rest).0)
        })
}

/// The text up to the next colon without its escapes, whether it is a plain `*`, and what follows the colon.
fn next_field(line: &str) -> (String, bool, Option<&str>) {
    let mut field = String::new();
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => field.extend(chars.next()),
            ':' => {
                let raw = &line[..line.len() - chars.as_str().len() - 1];
                return (field, raw == "*", Some(chars.as_str()));
            }
            c => field.push(c),
        }
    }
    (field, line == "*", None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_file_has_the_format_of_libpq() {
        let file = "# mine\nother:5432:*:u:no\nhost:short\n\\*:5432:d:u:no\n[a\\:b]:1:d:u:v6\n*:5432:d:u:it is\\: th\\\\is:rest\n*:5432:d:v:second\n";
        for (wanted, expected) in [
            (["h", "5432", "d", "u"], Some("it is: th\\is")),
            (["h", "5432", "d", "v"], Some("second")),
            (["[a:b]", "1", "d", "u"], Some("v6")),
            (["h", "5433", "d", "u"], None),
            (["other", "5432", "x", "u"], Some("no")),
        ] {
            assert_eq!(password(file, wanted).as_deref(), expected, "{wanted:?}");
        }
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
