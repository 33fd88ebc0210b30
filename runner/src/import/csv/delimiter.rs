//! The separator of a CSV file.

use crate::import::head::without_mark;

/// The separators that are found without being named. With equal counts, the first of them is used.
const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// The line `sep=;`, which spreadsheets read and write before the header.
pub(super) fn declared(line: &[u8]) -> Option<u8> {
    match line.trim_ascii_end() {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', separator] => Some(*separator),
        // The separator itself is white space.
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'='] if line.get(4) == Some(&b'\t') => Some(b'\t'),
        _ => None,
    }
}

/// The separator of the first line: the declared one, or the one that occurs most often outside of quotes.
pub(crate) fn detect(head: &[u8]) -> u8 {
    let head = without_mark(head);
    let line = || head.split(|byte| matches!(byte, b'\n' | b'\r'));
    if let Some(separator) = line().next().and_then(declared) {
        return separator;
    }
    let (mut counts, mut is_quoted) = ([0_usize; SEPARATORS.len()], false);
    for byte in head {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\n' | b'\r' if !is_quoted && counts != [0; SEPARATORS.len()] => break,
            _ if is_quoted => {}
            byte => {
                if let Some(at) = SEPARATORS.iter().position(|separator| separator == byte) {
                    counts[at] += 1;
                }
            }
        }
    }
    let most = counts.iter().max().copied().unwrap_or_default();
    let first = counts.iter().position(|count| *count == most);
    SEPARATORS[first.unwrap_or_default()]
}

/// A separator as a user names it: one character, or `tab`.
///
/// # Errors
/// A message if it is neither.
pub(crate) fn parse(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r') => Ok(*byte),
        _ => Err("a separator is one character such as `;`, or `tab`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_separator_outside_of_quotes_is_used() {
        for (head, separator) in [
            (&b"job_id,title\n1;2;3;4"[..], b','),
            (b"\xef\xbb\xbfjob_id;title;\"a,b,c,d\"\r\n", b';'),
            (b"\n\njob_id\ttitle\n", b'\t'),
            (b"job_id|title", b'|'),
            (b"job_id\n1\n", b','),
            (b"sep=;\njob_id,title\n", b';'),
            (b"", b','),
        ] {
            assert_eq!(detect(head), separator, "{}", String::from_utf8_lossy(head));
        }
    }

    #[test]
    fn a_separator_is_one_character_or_tab() {
        assert_eq!(parse(";"), Ok(b';'));
        assert_eq!(parse("tab"), Ok(b'\t'));
        for wrong in ["", ";;", "\"", "\n", "é"] {
            assert!(parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
