//! The form in which names of places are compared.

use unicode_normalization::UnicodeNormalization;

use crate::text::fold_into;
use crate::text::letters::is_alphanumeric;

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
pub(super) fn key_into(text: &str, out: &mut String) {
    let start = out.len();
    for word in words(text) {
        fold_into(word, out);
    }
    // Ð (U+00D0) looks like Đ.
    while let Some(at) = out[start..].find('ð') {
        let at = start + at;
        out.replace_range(at..at + 'ð'.len_utf8(), "đ");
    }
}

/// A key without accents.
pub(crate) fn letters(key: &str) -> String {
    let base = |c: char| match c {
        _ if c.is_ascii() => c,
        'đ' => 'd',
        _ => c.nfd().next().unwrap_or(c),
    };
    key.chars().map(base).collect()
}

/// The runs of letters and digits of a text.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c| !is_alphanumeric(c))
        .filter(|word| !word.is_empty())
}

/// The last word of a text, with its start.
pub(crate) fn last_word(text: &str) -> Option<(usize, &str)> {
    let text = text.trim_end_matches(|c| !is_alphanumeric(c));
    let word = text.rsplit(|c| !is_alphanumeric(c)).next()?;
    (!word.is_empty()).then(|| (text.len() - word.len(), word))
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
        assert_eq!(key("Ðồng  Nai."), "đồngnai");
        assert_eq!(key_within("Ðồng  Nai.", 10).as_deref(), Some("đồngnai"));
        assert_eq!(key_within("Ðồng Nai", 9), None);
        assert_eq!(letters("đồngnai"), "dongnai");
    }
}
