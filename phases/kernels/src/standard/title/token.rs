//! A title as words, numbers and signs.

use crate::rules::title::words::{COMMA, DASH, SLASH, Word, flag};

/// A word, a number or a sign, and its bytes in the title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) start: u16,
    pub(super) end: u16,
    pub(super) word: Word,
    /// A space or nothing comes before the token.
    pub(super) is_spaced: bool,
    /// The digits of a number; 0 for a word.
    pub(super) digits: u8,
    /// The flags of the word.
    pub(super) flags: u32,
}

/// A character beyond ASCII that no word of the rules has.
pub(super) enum RareChar {
    /// A letter that no rule has.
    Letter,
    Sign(Word),
    /// Punctuation that no rule has.
    Other,
}

/// A summary of a title's tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct TitleFlags {
    /// The flags of all words together.
    pub(super) words: u32,
    /// The title has a sign that splits it only before something that is dropped.
    pub(super) has_weak_sign: bool,
    /// The title has a digit. Without one, it has no number, no code and no pay.
    pub(super) has_digit: bool,
}

impl TitleFlags {
    /// The flags of a title of which nothing is known: no rule is ruled out.
    pub(super) const ANY: Self = Self {
        words: u32::MAX,
        has_weak_sign: true,
        has_digit: true,
    };
}

/// Drops the tokens of a title that come after `text`, so that `text` need not be read again. `whole` are the flags of the
/// title. Returns the flags of the tokens that are left, or `None` if the title does not begin with `text` or `text` ends inside
/// a token.
pub(super) fn truncate(
    tokens: &mut Vec<Token>,
    whole: TitleFlags,
    title: &str,
    text: &str,
) -> Option<TitleFlags> {
    if !title.starts_with(text) {
        return None;
    }
    let last = tokens
        .iter()
        .rposition(|token| usize::from(token.start) < text.len());
    let kept = last.map_or(0, |last| last + 1);
    // The flags of a dash depend on what follows it.
    let last = tokens[..kept].last();
    let is_whole = last.is_none_or(|last| usize::from(last.end) <= text.len() && last.word != DASH);
    if !is_whole {
        return None;
    }
    tokens.truncate(kept);
    let is_weak = |token: &Token| is_weak(token.word, token.flags & flag::SIGN != 0);
    Some(TitleFlags {
        words: tokens.iter().fold(0, |words, token| words | token.flags),
        has_weak_sign: whole.has_weak_sign && tokens.iter().any(is_weak),
        has_digit: whole.has_digit && has_digit(text),
    })
}

/// Whether a sign splits a title only before something that is dropped.
pub(super) fn is_weak(sign: Word, is_strong: bool) -> bool {
    matches!(sign, SLASH | COMMA | DASH) && !is_strong
}

/// Looks at all bytes without a branch, which is faster than to stop at the first digit.
pub(super) fn has_digit(text: &str) -> bool {
    let bytes = text.bytes();
    bytes.fold(false, |any, byte| any | byte.is_ascii_digit())
}

/// The text of a token.
pub(super) fn text(title: &str, token: Token) -> &str {
    &title[usize::from(token.start)..usize::from(token.end)]
}
