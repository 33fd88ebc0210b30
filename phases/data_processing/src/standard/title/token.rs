//! A title as words, numbers and signs.

use crate::rules::title::words::{COMMA, DASH, SLASH, Word, flag};

/// A word, a number or a sign, and where it stands in the title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) start: u16,
    pub(super) end: u16,
    pub(super) word: Word,
    pub(super) shape: Shape,
    /// The flags of the word.
    pub(super) flags: u32,
}

/// What a token looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Shape {
    /// A space stands before it, or nothing.
    pub(super) spaced: bool,
    /// The digits of a number; 0 for a word.
    pub(super) digits: u8,
}

/// What there is in a title, found on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Seen {
    /// The flags of all words together.
    pub(super) flags: u32,
    /// Signs that separate only where something of a dropped kind follows them.
    pub(super) weak_signs: bool,
}

/// Cuts the tokens of a title that was read down to those of a beginning of it, if that is what `text` is and no token goes
/// on behind it: what is left of most titles need not be read again.
pub(super) fn cut(tokens: &mut Vec<Token>, title: &str, text: &str) -> Option<Seen> {
    if !title.starts_with(text) {
        return None;
    }
    let kept = tokens
        .iter()
        .rposition(|token| usize::from(token.start) < text.len());
    let kept = kept.map_or(0, |last| last + 1);
    let mut seen = Seen::default();
    for token in &tokens[..kept] {
        seen.flags |= token.flags;
        seen.weak_signs |= is_weak(token.word, token.flags & flag::SIGN != 0);
    }
    // A dash is another one where nothing follows it.
    let last = tokens[..kept].last();
    let whole = last.is_none_or(|last| usize::from(last.end) <= text.len() && last.word != DASH);
    whole.then(|| {
        tokens.truncate(kept);
        seen
    })
}

/// Whether a sign separates only where something of a dropped kind follows it.
pub(super) fn is_weak(sign: Word, strong: bool) -> bool {
    matches!(sign, SLASH | COMMA | DASH) && !strong
}

/// The text of a token.
pub(super) fn text(title: &str, token: Token) -> &str {
    &title[usize::from(token.start)..usize::from(token.end)]
}
