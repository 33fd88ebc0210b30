//! Checks the values of the primary key. A changed key is worse than a missing record: it adds a second row for a posting.

use serde::de::IgnoredAny;

use super::record::Cause;

/// Characters without a width that programs leave around a value: U+FEFF is a byte order mark within a file.
const INVISIBLE: [char; 5] = ['\u{200b}', '\u{200c}', '\u{200d}', '\u{2060}', '\u{feff}'];

/// The key without blanks around it.
pub(super) fn trimmed(key: &str) -> &str {
    key.trim_matches(|c: char| c.is_whitespace() || c.is_control() || INVISIBLE.contains(&c))
}

/// The reason why a key without blanks around it is not the key of a record.
pub(super) fn problem(name: &str, key: &str) -> Option<(Cause, String)> {
    if key.is_empty() {
        return Some((Cause::MissingKey, format!("{name} is empty")));
    }
    if key.starts_with(['{', '[']) && serde_json::from_str::<IgnoredAny>(key).is_ok() {
        let reason = format!("{name} is an object or an array of JSON and not an id");
        return Some((Cause::ChangedKey, reason));
    }
    if is_changed(key) {
        let reason = format!(
            "{name} is `{key}`: a spreadsheet or a data frame has changed the id; export the column as text"
        );
        return Some((Cause::ChangedKey, reason));
    }
    None
}

/// Whether a key has a form that a spreadsheet or a data frame writes and that no id has: `1.23E+09`, `1828250.0`,
/// `1,828,250`, `="1828250"`, `#REF!`, `####`.
fn is_changed(key: &str) -> bool {
    is_scientific(key)
        || is_decimal(key)
        || is_grouped(key)
        || is_quoted(key)
        || is_spreadsheet_error(key)
}

/// `"1"`, `'1'`, and the formula `="1"`, by which programs keep a spreadsheet from changing a number.
fn is_quoted(key: &str) -> bool {
    let text = key.strip_prefix('=').unwrap_or(key);
    key.len() > 2
        && ["\"", "'"]
            .iter()
            .any(|quote| text.starts_with(quote) && text.ends_with(quote))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `1.23E+09`, and `1.82825E9` as Java writes it. `12E4` may be an id.
fn is_scientific(key: &str) -> bool {
    let Some((mantissa, exponent)) = key.split_once(['E', 'e']) else {
        return false;
    };
    let (whole, decimals) = match mantissa.split_once(['.', ',']) {
        Some((whole, decimals)) => (whole, Some(decimals)),
        None => (mantissa, None),
    };
    let is_signed = exponent.starts_with('+');
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    is_number(whole) && is_number(exponent) && decimals.map_or(is_signed, is_number)
}

fn is_decimal(key: &str) -> bool {
    key.split_once(['.', ',']).is_some_and(|(whole, decimals)| {
        is_number(whole) && !decimals.is_empty() && decimals.bytes().all(|byte| byte == b'0')
    })
}

/// `1,828,250`, `1.828.250` and `1 828 250`. `1.828` may be an id.
fn is_grouped(key: &str) -> bool {
    [",", ".", " ", "\u{a0}", "\u{202f}", "'", "’"]
        .iter()
        .any(|separator| {
            let mut groups = key.split(separator);
            let first = groups.next().unwrap_or_default();
            let rest: Vec<&str> = groups.collect();
            let fewest = if *separator == "." { 2 } else { 1 };
            rest.len() >= fewest
                && matches!(first.len(), 1..=3)
                && is_number(first)
                && rest
                    .iter()
                    .all(|group| group.len() == 3 && is_number(group))
        })
}

fn is_spreadsheet_error(key: &str) -> bool {
    const ERRORS: [&str; 6] = ["#REF!", "#NAME?", "#VALUE!", "#NUM!", "#DIV/0!", "#NULL!"];
    ERRORS.contains(&key) || (key.len() > 1 && key.bytes().all(|byte| byte == b'#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_that_a_program_rewrote_are_changed_keys() {
        for changed in [
            "1.23E+09",
            "1,23E+09",
            "1E+10",
            "1.5e+20",
            "1.82825E9",
            "1.82825e6",
            "1828250.0",
            "1828250,00",
            "1,828,250",
            "1.828.250",
            "1 828 250",
            "1\u{a0}828",
            "#REF!",
            "####",
            "=\"1828250\"",
            "'1'",
        ] {
            assert!(is_changed(changed), "{changed}");
        }
        for id in [
            "1828250",
            "12E4",
            "v1.0",
            "1.5",
            "a.0",
            "1E+x",
            "E+09",
            ".0",
            "1.",
            "1.2.0",
            "1.828",
            "18,28,250",
            "1828,250",
            "a,000",
            "#1",
            "#",
            "1-828-250",
            "1.5e-3",
            "'1",
            "=1",
        ] {
            assert!(!is_changed(id), "{id}");
        }
    }

    #[test]
    fn blanks_around_a_key_are_not_part_of_it() {
        for key in [" 12 ", "\u{a0}12", "\u{feff}12\u{200b}", "12\r", "\t12"] {
            assert_eq!(trimmed(key), "12", "{key:?}");
        }
        assert_eq!(trimmed("1 2"), "1 2");
        for (key, cause) in [
            ("", Cause::MissingKey),
            ("{\"$oid\":\"1\"}", Cause::ChangedKey),
        ] {
            assert_eq!(
                problem("job_id", key).map(|(cause, _)| cause),
                Some(cause),
                "{key}"
            );
        }
        for id in ["x1", "[HN] Kho"] {
            assert_eq!(problem("job_id", id), None);
        }
    }
}
