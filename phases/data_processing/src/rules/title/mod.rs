//! The rules of titles, ready to be looked up by the word that they begin with.

mod compile;
mod table;
pub(crate) mod words;

use std::ops::Range;
use std::sync::{Arc, LazyLock};

use self::compile::Builder;
pub(crate) use self::table::TABLES;
pub use self::table::{Lines, Table, TableError};
use self::words::{Lexicon, Word};
use super::source::{Origin, Origins};
use crate::text::letters::Letters;

/// An element of a phrase: money of any spelling.
pub(crate) const PAY: Word = Word::MAX;
/// An element of a phrase: a dash, or nothing.
pub(crate) const DASH_OR_NOT: Word = Word::MAX - 1;

/// An element of a phrase: a word, whichever.
pub(crate) const ANY: Word = Word::MAX - 2;
/// An element of a phrase: the end of the segment or item, or a sign.
pub(crate) const END: Word = Word::MAX - 3;

/// An element of a phrase: a place.
pub(crate) const PLACE: Word = Word::MAX - 4;
/// Words have smaller numbers than these.
pub(crate) const ELEMENTS: Word = PLACE;

/// The lists of `title_words.txt`: each is a flag of its words.
pub(crate) mod list {
    use super::words::flag::LISTS;
    pub(crate) const UNIT: u32 = LISTS;
    pub(crate) const UNIT_BESIDE: u32 = LISTS << 1;
    pub(crate) const RANGE: u32 = LISTS << 2;
    pub(crate) const JOINT: u32 = LISTS << 3;
    pub(crate) const DAY: u32 = LISTS << 4;
    pub(crate) const ROLE: u32 = LISTS << 5;
    pub(crate) const BEFORE_NUMBERS: u32 = LISTS << 6;
    pub(crate) const LANGUAGE: u32 = LISTS << 7;
    pub(crate) const QUALIFIED: u32 = LISTS << 8;
    pub(crate) const STANDARD: u32 = LISTS << 9;
    pub(crate) const WHO: u32 = LISTS << 10;
    pub(crate) const TIME: u32 = LISTS << 11;

    pub(crate) const NAMES: [(&str, u32); 12] = [
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
pub(crate) type Phrase = Range<u32>;

/// A phrase that begins what is dropped, or a lead.
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    pub(crate) phrase: Phrase,
    /// Which words may stand behind the first one, or behind the numbers that stand for it, and which behind that word: of
    /// a tail with others there is no need to look closer.
    pub(crate) seconds: Words,
    pub(crate) thirds: Words,
    /// Only at the beginning of a segment or item.
    pub(crate) at_start: bool,
    /// Only its own words go, not what follows them.
    pub(crate) alone: bool,
    /// The items of a list behind it belong to it.
    pub(crate) runs_on: bool,
    /// Words behind which it does not hold.
    pub(crate) behind: Vec<Word>,
    /// Phrases before which it does not hold.
    pub(crate) before: Vec<Phrase>,
    pub(crate) origin: Origin,
}

/// The name of a place.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) phrase: Phrase,
    /// It may end a role without a word before it: Giao Dịch Viên Hà Nội.
    pub(crate) bare: bool,
    pub(crate) origin: Origin,
}

/// Words before a place's name.
#[derive(Debug, Clone)]
pub(crate) struct Prefix {
    pub(crate) phrase: Phrase,
    /// A number is a name behind them: Quận 7.
    pub(crate) number: bool,
    /// So are other words: Phường An Khánh.
    pub(crate) any: bool,
    pub(crate) origin: Origin,
}

/// What is known of a word.
#[derive(Debug, Clone, Default)]
pub(crate) struct Info {
    pub(crate) flags: u32,
    /// What [`Rule::seconds`] of the tails that begin with it come to.
    pub(crate) seconds: Words,
    pub(crate) tails: Range<u32>,
    pub(crate) leads: Range<u32>,
    pub(crate) places: Range<u32>,
    pub(crate) prefixes: Range<u32>,
}

/// The rules, ready to be used: made once, shared by all cleaners.
#[derive(Debug)]
pub struct Rules {
    pub(crate) letters: Letters,
    pub(crate) lexicon: Lexicon,
    pub(crate) info: Vec<Info>,
    pub(crate) spellings: Vec<Box<str>>,
    pub(crate) elements: Vec<Word>,
    pub(crate) tails: Vec<Rule>,
    pub(crate) leads: Vec<Rule>,
    pub(crate) places: Vec<Place>,
    pub(crate) prefixes: Vec<Prefix>,
    pub(crate) origins: Origins,
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

    pub(crate) fn info(&self, word: Word) -> &Info {
        &self.info[usize::from(word)]
    }

    /// A word as it is folded.
    pub(crate) fn spelling(&self, word: Word) -> &str {
        self.spellings
            .get(usize::from(word))
            .map_or("", |spelling| spelling)
    }

    pub(crate) fn elements(&self, phrase: &Phrase) -> &[Word] {
        &self.elements[span(phrase)]
    }

    pub(crate) fn tails(&self, word: Word) -> &[Rule] {
        &self.tails[span(&self.info(word).tails)]
    }

    pub(crate) fn leads(&self, word: Word) -> &[Rule] {
        &self.leads[span(&self.info(word).leads)]
    }

    pub(crate) fn places(&self, word: Word) -> &[Place] {
        &self.places[span(&self.info(word).places)]
    }

    pub(crate) fn prefixes(&self, word: Word) -> &[Prefix] {
        &self.prefixes[span(&self.info(word).prefixes)]
    }
}

/// A set of words by the last bits of their numbers, of which those are told apart that are not in it.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Words(u64);

impl Words {
    pub(crate) const ALL: Self = Self(u64::MAX);

    pub(crate) const fn one(word: Word) -> Self {
        Self(1 << (word % 64))
    }

    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether a word may be in both.
    pub(crate) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

pub(crate) fn span(range: &Range<u32>) -> Range<usize> {
    range.start as usize..range.end as usize
}
