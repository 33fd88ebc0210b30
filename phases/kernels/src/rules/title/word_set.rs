//! Small sets of words, to see at once that a rule cannot match.

use super::phrase::{ELEMENTS, PAY};
use super::words::{DOLLAR, NUMBER, Word};

/// A set of words that knows only the last six bits of each. It may contain a word that nobody added, but never misses one.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct WordSet(u64);

impl WordSet {
    pub(crate) const ALL: Self = Self(u64::MAX);

    pub(crate) const fn one(word: Word) -> Self {
        Self(1 << (word % 64))
    }

    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether the set may contain a word.
    pub(crate) const fn has(self, word: Word) -> bool {
        self.meets(Self::one(word))
    }

    /// Whether a word may be in both sets.
    pub(crate) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// The words that may begin some elements of a phrase, and the words that may follow the first of them.
pub(super) fn next_words(elements: &[Word]) -> (WordSet, WordSet) {
    match *elements {
        // A number or an amount may have several words.
        [NUMBER, ..] => (WordSet::one(NUMBER), WordSet::ALL),
        [PAY, ..] => (WordSet::one(NUMBER).or(WordSet::one(DOLLAR)), WordSet::ALL),
        [word @ ..ELEMENTS, ref behind @ ..] => (WordSet::one(word), next_words(behind).0),
        _ => (WordSet::ALL, WordSet::ALL),
    }
}
