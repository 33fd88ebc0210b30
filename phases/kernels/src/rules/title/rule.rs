//! The compiled rules of titles, and how a rule is found.

use std::ops::Range;

use super::phrase::{Phrase, span};
use super::word_set::WordSet;
use super::words::{Lexicon, Word};
use crate::rules::source::{Origin, Origins};
use crate::text::letters::Letters;

/// A phrase that begins a tail, or a lead.
#[derive(Debug, Clone)]
pub(crate) struct TitleRule {
    pub(crate) phrase: Phrase,
    /// The words that can come second in a match. A number may consist of several words; the word after them is then the
    /// second.
    pub(crate) seconds: WordSet,
    /// The words that can come third in a match.
    pub(crate) thirds: WordSet,
    /// `^`: only at the beginning of a segment or item.
    pub(crate) at_start: bool,
    /// `*`: only the words of the phrase are dropped, not the words that follow.
    pub(crate) alone: bool,
    /// `+`: the items that follow in a list are dropped too.
    pub(crate) runs_on: bool,
    /// The rule does not apply after these words.
    pub(crate) behind: Vec<Word>,
    /// The rule does not apply before these phrases.
    pub(crate) before: Vec<Phrase>,
    pub(crate) origin: Origin,
}

/// The name of a place.
#[derive(Debug, Clone)]
pub(crate) struct PlaceName {
    pub(crate) phrase: Phrase,
    /// The name may end a role without a word before it: Giao Dịch Viên Hà Nội.
    pub(crate) bare: bool,
    pub(crate) origin: Origin,
}

/// Words before a place's name.
#[derive(Debug, Clone)]
pub(crate) struct PlacePrefix {
    pub(crate) phrase: Phrase,
    /// A number may be the name: Quận 7.
    pub(crate) number: bool,
    /// Words that no table has may be the name: Phường An Khánh.
    pub(crate) any: bool,
    pub(crate) origin: Origin,
}

/// The rules that begin with a word, as ranges of the sorted rules.
#[derive(Debug, Clone, Default)]
pub(crate) struct WordInfo {
    pub(crate) flags: u32,
    /// The union of [`TitleRule::seconds`] over the tails.
    pub(crate) seconds: WordSet,
    pub(crate) tails: Range<u32>,
    pub(crate) leads: Range<u32>,
    pub(crate) places: Range<u32>,
    /// The words that can come second in the places.
    pub(crate) place_seconds: WordSet,
    pub(crate) prefixes: Range<u32>,
}

/// The compiled rules. All cleaners share them.
#[derive(Debug)]
pub struct TitleRules {
    pub(crate) letters: Letters,
    pub(crate) lexicon: Lexicon,
    pub(crate) info: Vec<WordInfo>,
    pub(crate) spellings: Vec<Box<str>>,
    pub(crate) elements: Vec<Word>,
    pub(crate) tails: Vec<TitleRule>,
    pub(crate) leads: Vec<TitleRule>,
    /// The phrases that introduce a tail.
    pub(crate) introductions: Vec<TitleRule>,
    pub(crate) places: Vec<PlaceName>,
    pub(crate) prefixes: Vec<PlacePrefix>,
    pub(crate) origins: Origins,
}

impl TitleRules {
    pub(crate) fn info(&self, word: Word) -> &WordInfo {
        &self.info[usize::from(word)]
    }

    /// The folded spelling of a word.
    pub(crate) fn spelling(&self, word: Word) -> &str {
        self.spellings
            .get(usize::from(word))
            .map_or("", |spelling| spelling)
    }

    pub(crate) fn elements(&self, phrase: &Phrase) -> &[Word] {
        &self.elements[span(phrase)]
    }

    pub(crate) fn tails(&self, word: Word) -> &[TitleRule] {
        &self.tails[span(&self.info(word).tails)]
    }

    pub(crate) fn leads(&self, word: Word) -> &[TitleRule] {
        &self.leads[span(&self.info(word).leads)]
    }

    pub(crate) fn places(&self, word: Word) -> &[PlaceName] {
        &self.places[span(&self.info(word).places)]
    }

    pub(crate) fn prefixes(&self, word: Word) -> &[PlacePrefix] {
        &self.prefixes[span(&self.info(word).prefixes)]
    }
}
