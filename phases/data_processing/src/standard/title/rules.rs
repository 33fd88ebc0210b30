//! The rules of titles, ready to be looked up by the word that they begin with.

use std::ops::Range;
use std::sync::{Arc, LazyLock};

use super::super::table::{Origin, Origins};
use super::build::Builder;
use super::table::{Lines, TABLES, TableError};
use super::words::{Lexicon, Word};
use crate::letters::Letters;

/// An element of a phrase: money of any spelling.
pub(super) const PAY: Word = Word::MAX;
/// An element of a phrase: a dash, or nothing.
pub(super) const DASH_OR_NOT: Word = Word::MAX - 1;

/// An element of a phrase: a word, whichever.
pub(super) const ANY: Word = Word::MAX - 2;
/// An element of a phrase: the end of the segment or item, or a sign.
pub(super) const END: Word = Word::MAX - 3;

/// An element of a phrase: a place.
pub(super) const PLACE: Word = Word::MAX - 4;
/// Words have smaller numbers than these.
pub(super) const ELEMENTS: Word = PLACE;

/// The lists of `title_words.txt`: each is a flag of its words.
pub(super) mod list {
    use super::super::words::flag::LISTS;
    pub(in super::super) const UNIT: u32 = LISTS;
    pub(in super::super) const UNIT_BESIDE: u32 = LISTS << 1;
    pub(in super::super) const RANGE: u32 = LISTS << 2;
    pub(in super::super) const JOINT: u32 = LISTS << 3;
    pub(in super::super) const DAY: u32 = LISTS << 4;
    pub(in super::super) const ROLE: u32 = LISTS << 5;
    pub(in super::super) const BEFORE_NUMBERS: u32 = LISTS << 6;
    pub(in super::super) const LANGUAGE: u32 = LISTS << 7;
    pub(in super::super) const QUALIFIED: u32 = LISTS << 8;
    pub(in super::super) const STANDARD: u32 = LISTS << 9;
    pub(in super::super) const WHO: u32 = LISTS << 10;
    pub(in super::super) const TIME: u32 = LISTS << 11;

    pub(in super::super) const NAMES: [(&str, u32); 12] = [
        ("unit", UNIT),
        ("unit beside", UNIT_BESIDE),
        ("range", RANGE),
        ("joint", JOINT),
        ("day", DAY),
        ("role", ROLE),
        ("before numbers", BEFORE_NUMBERS),
        ("language", LANGUAGE),
        ("qualified", QUALIFIED),
        ("standard", STANDARD),
        ("who", WHO),
        ("time", TIME),
    ];
}

/// Words and signs in a row.
pub(super) type Phrase = Range<u32>;

/// A phrase that begins what is dropped, or a lead.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) phrase: Phrase,
    /// Which words may stand behind the first one, or behind the numbers that stand for it, and which behind that word: of
    /// a tail with others there is no need to look closer.
    pub(super) seconds: Words,
    pub(super) thirds: Words,
    /// Only at the beginning of a segment or item.
    pub(super) at_start: bool,
    /// Only its own words go, not what follows them.
    pub(super) alone: bool,
    /// The items of a list behind it belong to it.
    pub(super) runs_on: bool,
    /// Words behind which it does not hold.
    pub(super) behind: Vec<Word>,
    /// Phrases before which it does not hold.
    pub(super) before: Vec<Phrase>,
    pub(super) origin: Origin,
}

/// The name of a place.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) phrase: Phrase,
    /// It may end a role without a word before it: Giao Dịch Viên Hà Nội.
    pub(super) bare: bool,
    pub(super) origin: Origin,
}

/// Words before a place's name.
#[derive(Debug, Clone)]
pub(super) struct Prefix {
    pub(super) phrase: Phrase,
    /// A number is a name behind them: Quận 7.
    pub(super) number: bool,
    /// So are other words: Phường An Khánh.
    pub(super) any: bool,
    pub(super) origin: Origin,
}

/// What is known of a word.
#[derive(Debug, Clone, Default)]
pub(super) struct Info {
    pub(super) flags: u32,
    /// What [`Rule::seconds`] of the tails that begin with it come to.
    pub(super) seconds: Words,
    pub(super) tails: Range<u32>,
    pub(super) leads: Range<u32>,
    pub(super) places: Range<u32>,
    pub(super) prefixes: Range<u32>,
}

/// The rules, ready to be used: made once, shared by all cleaners.
#[derive(Debug)]
pub struct Rules {
    pub(super) letters: Letters,
    pub(super) lexicon: Lexicon,
    pub(super) info: Vec<Info>,
    pub(super) spellings: Vec<Box<str>>,
    pub(super) elements: Vec<Word>,
    pub(super) tails: Vec<Rule>,
    pub(super) leads: Vec<Rule>,
    pub(super) places: Vec<Place>,
    pub(super) prefixes: Vec<Prefix>,
    pub(super) origins: Origins,
}

impl Rules {
    /// The rules of the tables that are compiled in, and of these lines.
    ///
    /// # Errors
    /// A line is no rule.
    pub fn new(extra: &[Lines<'_>]) -> Result<Self, TableError> {
        let shipped = TABLES.iter().map(|(table, shipped)| Lines {
            table: *table,
            name: shipped.name,
            text: shipped.text,
        });
        let lines: Vec<Lines<'_>> = shipped.chain(extra.iter().copied()).collect();
        Self::read(&lines)
    }

    /// The rules of these lines alone.
    ///
    /// # Errors
    /// A line is no rule.
    pub(crate) fn read(lines: &[Lines<'_>]) -> Result<Self, TableError> {
        let mut builder = Builder::new();
        for lines in lines {
            builder.add(lines)?;
        }
        Ok(builder.finish())
    }

    /// The rules that are compiled in.
    ///
    /// # Panics
    /// Never: a test reads the tables.
    pub fn shipped() -> &'static Arc<Self> {
        static SHIPPED: LazyLock<Arc<Rules>> = LazyLock::new(|| match Rules::new(&[]) {
            Ok(rules) => Arc::new(rules),
            Err(error) => unreachable!("{error}"),
        });
        &SHIPPED
    }

    pub(super) fn info(&self, word: Word) -> &Info {
        &self.info[usize::from(word)]
    }

    /// A word as it is folded.
    pub(super) fn spelling(&self, word: Word) -> &str {
        self.spellings
            .get(usize::from(word))
            .map_or("", |spelling| spelling)
    }

    pub(super) fn elements(&self, phrase: &Phrase) -> &[Word] {
        &self.elements[span(phrase)]
    }

    pub(super) fn tails(&self, word: Word) -> &[Rule] {
        &self.tails[span(&self.info(word).tails)]
    }

    pub(super) fn leads(&self, word: Word) -> &[Rule] {
        &self.leads[span(&self.info(word).leads)]
    }

    pub(super) fn places(&self, word: Word) -> &[Place] {
        &self.places[span(&self.info(word).places)]
    }

    pub(super) fn prefixes(&self, word: Word) -> &[Prefix] {
        &self.prefixes[span(&self.info(word).prefixes)]
    }
}

/// A set of words by the last bits of their numbers, of which those are told apart that are not in it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Words(u64);

impl Words {
    pub(super) const ALL: Self = Self(u64::MAX);

    pub(super) const fn one(word: Word) -> Self {
        Self(1 << (word % 64))
    }

    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether a word may be in both.
    pub(super) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

pub(super) fn span(range: &Range<u32>) -> Range<usize> {
    range.start as usize..range.end as usize
}
