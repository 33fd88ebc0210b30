//! The end of an attribute of a tag.

use super::finder::Finder;

/// The end of the current construct, or `None` if the input ends first.
pub(super) type End = Option<usize>;

/// The end of the attribute that starts here, value included.
pub(super) fn attribute(html: &str, finder: &mut Finder<'_>, start: usize) -> End {
    let bytes = html.as_bytes();
    let mut here = start + 1;
    while here < bytes.len()
        && !is_ascii_space(bytes[here])
        && !matches!(bytes[here], b'/' | b'=' | b'>')
    {
        here += 1;
    }
    let equals = skip_space(bytes, here);
    if bytes.get(equals) != Some(&b'=') {
        return Some(here);
    }
    let mut after_equals = equals;
    while bytes.get(after_equals) == Some(&b'=') {
        after_equals += 1;
    }
    let value = skip_space(bytes, after_equals);
    let quote = match bytes.get(value) {
        Some(b'"') => "\"",
        Some(b'\'') => "'",
        _ => {
            let mut here = value;
            while here < bytes.len() && !is_ascii_space(bytes[here]) && bytes[here] != b'>' {
                here += 1;
            }
            return Some(here);
        }
    };
    match finder.find(quote, value + 1) {
        Some(end) => Some(end + 1),
        // An open quote right after `=` makes the tag unfinished; after a space it is read as the next attribute.
        None if value > after_equals => Some(value),
        None => None,
    }
}

fn is_ascii_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

/// The first byte from `at` that is not a space.
pub(super) fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(|b| is_ascii_space(*b)) {
        at += 1;
    }
    at
}
