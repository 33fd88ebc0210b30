//! Character references as Beautiful Soup resolves them on top of Python's `html.parser`.

use html5gum::{Token, Tokenizer};

/// The longest name of the HTML table, `CounterClockwiseContourIntegral`, has 31 letters.
const LONGEST_NAME: usize = 31;

/// The characters of `&name;`, or `None` if HTML has no such name. The table of names is that of html5gum.
pub(super) fn named(name: &str) -> Option<String> {
    if name.len() > LONGEST_NAME || !name.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    if name == "semi" {
        return Some(";".to_owned());
    }
    let source = format!("&{name};");
    let mut out = String::new();
    for token in Tokenizer::new(&source) {
        if let Ok(Token::String(text)) = token {
            out.push_str(&String::from_utf8_lossy(&text));
        }
    }
    // If the `;` is left over, only a prefix of the name is known (`&notit;` is `¬it;`).
    (!out.ends_with(';')).then_some(out)
}

/// The characters of Windows-1252 at 0x80..0x9F; the five unassigned ones are control characters.
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The character of `&#digits;` or `&#xdigits;`; U+FFFD if there is none.
pub(super) fn numeric(digits: &str, radix: u32) -> char {
    match u32::from_str_radix(digits, radix) {
        Ok(0) | Err(_) => char::REPLACEMENT_CHARACTER,
        Ok(number @ 0x80..=0x9F) => WINDOWS_1252[(number - 0x80) as usize],
        Ok(number) => char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER),
    }
}
