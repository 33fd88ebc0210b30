//! The form in which names of places are compared.

use unicode_normalization::UnicodeNormalization;

use crate::text::cases::letter;
use crate::text::fold_into;
use crate::text::letters::{is_alphanumeric, is_composed_latin};

/// Letters and digits of a name, folded word by word: case, spaces, dots and dashes do not count.
pub(crate) fn key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    key_into(text, &mut key);
    key
}

/// The key of a text, unless it has more than so many bytes. The rest of a long address is not folded.
pub(super) fn key_within(text: &str, most_bytes: usize) -> Option<String> {
    let mut key = String::with_capacity(most_bytes * 2);
    for word in words(text) {
        key_into(word, &mut key);
        if key.len() > most_bytes {
            return None;
        }
    }
    Some(key)
}

/// Adds a key to a buffer.
pub(crate) fn key_into(text: &str, out: &mut String) {
    let start = out.len();
    for word in words(text) {
        fold_into(word, out);
    }
    if out[start..].is_ascii() {
        return;
    }
    // Ð (U+00D0) looks like Đ.
    while let Some(at) = out[start..].find('ð') {
        let at = start + at;
        out.replace_range(at..at + 'ð'.len_utf8(), "đ");
    }
}

/// A key without accents.
pub(crate) fn letters(key: &str) -> String {
    let mut letters = String::with_capacity(key.len());
    letters_into(key, &mut letters);
    letters
}

/// Adds a key without accents to a buffer.
pub(crate) fn letters_into(key: &str, out: &mut String) {
    out.extend(key.chars().map(|c| match c {
        _ if c.is_ascii() => c,
        // A key is in lower case.
        _ if is_composed_latin(c) => letter(c).bare,
        _ => first_letter(c),
    }));
}

/// The first character of a decomposed letter.
fn first_letter(c: char) -> char {
    c.nfd().next().unwrap_or(c)
}

/// The runs of letters and digits of a text.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let start = run_end(text, at, false);
        at = run_end(text, start, true);
        (start < at).then(|| &text[start..at])
    })
}

/// The end of a run of letters and digits, or of other characters, that begins at a position.
fn run_end(text: &str, start: usize, of_letters: bool) -> usize {
    let mut at = start;
    while let Some(byte) = text.as_bytes().get(at) {
        if byte.is_ascii() {
            if byte.is_ascii_alphanumeric() != of_letters {
                break;
            }
            at += 1;
            continue;
        }
        match text[at..].chars().next() {
            Some(c) if is_alphanumeric(c) == of_letters => at += c.len_utf8(),
            _ => break,
        }
    }
    at
}

/// The last word of a text, with its start.
pub(crate) fn last_word(text: &str) -> Option<(usize, &str)> {
    let mut chars = text.char_indices().rev();
    let (last, c) = chars.find(|(_, c)| is_alphanumeric(*c))?;
    let end = last + c.len_utf8();
    let start = chars
        .find(|(_, c)| !is_alphanumeric(*c))
        .map_or(0, |(at, c)| at + c.len_utf8());
    Some((start, &text[start..end]))
}

/// Whether a key is another key that lacks some or all accents: `thuđuc` for `thủđức`. A different accent is a different
/// name.
pub(super) fn lacks_accents_of(text: &str, whole: &str) -> bool {
    let mut whole = whole.chars();
    text.chars().all(|c| {
        whole
            .next()
            .is_some_and(|wanted| c == wanted || lacks(c, wanted))
    }) && whole.next().is_none()
}

/// Whether a letter is another letter that lacks accents.
fn lacks(letter: char, whole: char) -> bool {
    if whole == 'đ' {
        return letter == 'd';
    }
    let mut wanted = whole.nfd();
    let mut given = letter.nfd();
    given.next() == wanted.next() && given.all(|mark| wanted.any(|other| other == mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_lack_accents_but_not_have_others() {
        for (text, whole, wanted) in [
            ("thuđuc", "thủđức", true),
            ("hochiminh", "hồchíminh", true),
            ("hôchíminh", "hồchíminh", true),
            ("đanang", "đànẵng", true),
            ("yênbài", "yênbái", false),
            ("bìnhđường", "bìnhdương", false),
            ("hànội", "hanoi", false),
            ("hano", "hanoi", false),
        ] {
            assert_eq!(lacks_accents_of(text, whole), wanted, "{text} for {whole}");
        }
        let lower = |c: &char| is_composed_latin(*c) && c.is_lowercase() && *c != 'đ';
        for c in (0..=0x2000_u32).filter_map(char::from_u32).filter(lower) {
            assert_eq!(letters(&c.to_string()), first_letter(c).to_string());
        }
        assert_eq!(key("Ðồng  Nai."), "đồngnai");
        assert_eq!(key_within("Ðồng  Nai.", 10).as_deref(), Some("đồngnai"));
        assert_eq!(key_within("Ðồng Nai", 9), None);
        assert_eq!(letters("đồngnai"), "dongnai");
        assert_eq!(words(" a-ế, 7").collect::<Vec<_>>(), ["a", "ế", "7"]);
        assert_eq!(last_word(" a-ế7, "), Some((3, "ế7")));
        assert_eq!(last_word("- "), None);
    }
}
