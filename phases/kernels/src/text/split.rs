//! Splits a name into words, digits and signs.

use super::cases::{CharKind, letter};

/// Splits a name into letters, digits, spaces and single signs. Letters and digits are apart, because `1OFFICE` is written
/// `1Office`.
pub(crate) fn split(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut chars = rest.char_indices();
        let kind = letter(chars.next()?.1).kind;
        let end = chars
            .find(|(_, c)| kind == CharKind::Sign || letter(*c).kind != kind)
            .map_or(rest.len(), |(at, _)| at);
        let (token, after) = rest.split_at(end);
        rest = after;
        Some(token)
    })
}

/// Whether a part of a name is a word or a number, not a sign.
pub(crate) fn is_word(token: &str) -> bool {
    token
        .chars()
        .next()
        .is_some_and(|c| matches!(letter(c).kind, CharKind::Letter | CharKind::Digit))
}
