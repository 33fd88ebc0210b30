//! Removes U+0000 from records.

use super::record::Record;

const ESCAPED_NUL: &str = "\\u0000";

/// Removes U+0000, because PostgreSQL cannot store it. In the columns `json`, this includes the escape of JSON for it.
pub(super) fn drop_nul(record: &mut Record, json: &[usize]) -> u64 {
    let mut dropped = 0;
    for (at, value) in record.values.iter_mut().enumerate() {
        let Some(value) = value else { continue };
        let characters = value.matches('\0').count();
        if characters > 0 {
            *value = value.replace('\0', "");
        }
        dropped += characters as u64;
        if json.contains(&at) && value.contains(ESCAPED_NUL) {
            dropped += drop_escaped_nul(value);
        }
    }
    dropped
}

/// Removes the escape of U+0000. An escaped backslash does not begin an escape: `\\\\u0000` is a backslash and five
/// characters.
fn drop_escaped_nul(json: &mut String) -> u64 {
    let (mut kept, mut dropped) = (String::with_capacity(json.len()), 0);
    let mut rest = json.as_str();
    while let Some(at) = rest.find('\\') {
        kept.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix(ESCAPED_NUL) {
            dropped += 1;
            rest = after;
        } else {
            let escape = rest.chars().take(2).map(char::len_utf8).sum();
            kept.push_str(&rest[..escape]);
            rest = &rest[escape..];
        }
    }
    kept.push_str(rest);
    *json = kept;
    dropped
}
