//! A title as words, numbers and signs.

use crate::rules::title::words::Word;

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

/// The text of a token.
pub(super) fn text(title: &str, token: Token) -> &str {
    &title[usize::from(token.start)..usize::from(token.end)]
}
