//! Word characters and spaces as Python defines them. Rust defines them in another way.

use crate::text::cases::{CharKind, letter};

/// `\w` of Python's `re` on text: `str.isalnum()` or `_`. Combining marks are not word characters there, although they are
/// alphabetic to Unicode (and to Rust), and neither are the circled letters; a decomposed `ế` is therefore cut at its marks.
pub(super) fn is_word(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_alphanumeric() || c == '_';
    }
    let circled = matches!(c, '\u{24B6}'..='\u{24E9}' | '\u{1F130}'..='\u{1F149}' | '\u{1F150}'..='\u{1F169}' | '\u{1F170}'..='\u{1F189}');
    let letter = letter(c);
    match letter.kind {
        CharKind::Digit => true,
        CharKind::Letter => !letter.mark && !circled,
        CharKind::Space | CharKind::Sign => false,
    }
}

/// `\s` and `str.strip()` of Python: Unicode white space and the four ASCII separators U+001C..U+001F.
pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || ('\u{1C}'..='\u{1F}').contains(&c)
}

/// `str.strip()`.
pub(super) fn strip(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// `re.sub(r'\s+', ' ', text).strip()`.
pub(super) fn collapse(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(is_space).filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// One character in lower case, as `re.IGNORECASE` compares it: a character whose lower case is longer stays as it is.
pub(super) fn lower(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_lowercase();
    }
    letter(c).lower
}

/// `str.capitalize()`: the first character in title case, the rest in lower case.
pub(super) fn capitalize(word: &str) -> String {
    let mut chars = word.chars();
    let Some(first) = chars.next() else {
        return String::new();
    };
    let mut out = String::with_capacity(word.len());
    match first {
        // The digraphs are the only single characters whose title case is not their upper case.
        '\u{1C4}'..='\u{1C6}' => out.push('\u{1C5}'),
        '\u{1C7}'..='\u{1C9}' => out.push('\u{1C8}'),
        '\u{1CA}'..='\u{1CC}' => out.push('\u{1CB}'),
        '\u{1F1}'..='\u{1F3}' => out.push('\u{1F2}'),
        _ => {
            let mut upper = first.to_uppercase();
            out.extend(upper.next());
            // The title case of `ß` is `Ss`: only the first letter of an expansion stays a capital.
            out.extend(upper.flat_map(char::to_lowercase));
        }
    }
    if !word.contains('Σ') {
        out.extend(chars.flat_map(char::to_lowercase));
        return out;
    }
    // A letter is put before the rest, so that a final sigma gets its final form.
    let rest: String = std::iter::once('a').chain(chars).collect();
    out.extend(rest.to_lowercase().chars().skip(1));
    out
}
