//! Finds the phrases of all tables in a text, in one pass.
//!
//! 1. Every phrase is split into folded words like any other text, and filed under its first word.
//! 2. Each word of a text is looked up once. Of the phrases of one table that begin there, the longest counts.
//! 3. A table goes on behind the end of its phrase, so `thực tập sinh` is not `thực tập` as well.
//!
//! Example: in `Quản Lý Nhà Hàng - Từ 2 Năm`, the table of levels finds `quản lý`, and the table of experience finds `từ`
//! and `năm`.

use std::ops::Range;

use hashbrown::HashMap;

use super::line::Condition;
use crate::facts::gap::WordGap;
use crate::facts::words::Words;

/// The fact that a phrase is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fact {
    Experience,
    Level,
    WorkMode,
    EmploymentType,
    Language,
    Skill,
}

impl Fact {
    const COUNT: usize = 6;
}

/// The word of a phrase that stands for any number.
const NUMBER: &str = "<n>";

/// A phrase of a table.
#[derive(Debug)]
struct FactPhrase {
    words: Box<[Box<str>]>,
    fact: Fact,
    value: usize,
    condition: Condition,
    line: usize,
}

/// A phrase that was found in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hit {
    pub(crate) fact: Fact,
    /// The index of the value in its table.
    pub(crate) value: usize,
    pub(crate) condition: Condition,
    /// The words of the text.
    pub(crate) words: Range<usize>,
    /// The index of the line of the table.
    pub(crate) line: usize,
}

/// The phrases of all tables.
#[derive(Debug, Default)]
pub(crate) struct Phrases {
    filed: HashMap<Box<str>, Vec<FactPhrase>>,
    beginnings: Beginnings,
}

/// The words that begin a phrase, by a hash of some of their letters. Most words of a text are not among them, and are not looked up.
#[derive(Debug)]
struct Beginnings(Box<[u64; Beginnings::WORDS]>);

impl Default for Beginnings {
    fn default() -> Self {
        Self(Box::new([0; Self::WORDS]))
    }
}

impl Beginnings {
    /// The tables have a few hundred beginnings, so most bits are not set.
    const BITS: u32 = 13;
    const WORDS: usize = 1 << (Self::BITS - 6);

    /// The place of a word: the first two letters, the last one and the length, hashed by a product.
    fn place(word: &str) -> (usize, u64) {
        let bytes = word.as_bytes();
        let letter = |byte: Option<&u8>| byte.copied().map_or(0, u32::from);
        let sampled = letter(bytes.first())
            | letter(bytes.get(1)) << 8
            | letter(bytes.last()) << 16
            | u32::try_from(bytes.len()).unwrap_or(0) << 24;
        let hash = sampled.wrapping_mul(0x9E37_79B1) >> (u32::BITS - Self::BITS);
        (hash as usize / 64, 1 << (hash % 64))
    }

    fn add(&mut self, word: &str) {
        let (index, bit) = Self::place(word);
        self.0[index] |= bit;
    }

    fn may_have(&self, word: &str) -> bool {
        let (index, bit) = Self::place(word);
        self.0[index] & bit != 0
    }
}

impl Phrases {
    /// Adds a phrase. Returns whether it has a word.
    pub(crate) fn add(
        &mut self,
        phrase: &str,
        (fact, value): (Fact, usize),
        condition: Condition,
        line: usize,
    ) -> bool {
        let marked = phrase.replace(NUMBER, "0");
        let words = Words::of(&marked);
        let is_number = |index| phrase.contains(NUMBER) && words.get(index) == "0";
        let words: Box<[Box<str>]> = (0..words.len())
            .map(|index| {
                if is_number(index) {
                    NUMBER
                } else {
                    words.get(index)
                }
                .into()
            })
            .collect();
        let Some(first) = words.first() else {
            return false;
        };
        self.beginnings.add(first);
        let filed = self.filed.entry(first.clone()).or_default();
        // The longest first; of the same length, the line that was added last, so that a line of a user wins.
        let place = filed.partition_point(|other| other.words.len() > words.len());
        let phrase = FactPhrase {
            words,
            fact,
            value,
            condition,
            line,
        };
        filed.insert(place, phrase);
        true
    }

    /// All phrases of the text, in its order.
    pub(crate) fn find(&self, text: &Words<'_>) -> Vec<Hit> {
        let mut hits = Vec::new();
        let mut next = [0; Fact::COUNT];
        for start in 0..text.len() {
            let word = text.get(start);
            let mut filed = None;
            if self.beginnings.may_have(word) {
                filed = self.filed.get(word);
            }
            if filed.is_none() && word.starts_with(|c: char| c.is_ascii_digit()) {
                filed = self.filed.get(NUMBER);
            }
            for phrase in filed.into_iter().flatten() {
                let next = &mut next[phrase.fact as usize];
                if *next > start || !phrase.is_at(text, start) {
                    continue;
                }
                let end = start + phrase.words.len();
                *next = end;
                hits.push(Hit {
                    fact: phrase.fact,
                    value: phrase.value,
                    condition: phrase.condition,
                    words: start..end,
                    line: phrase.line,
                });
            }
        }
        hits
    }
}

impl FactPhrase {
    fn is_at(&self, text: &Words<'_>, start: usize) -> bool {
        let end = start + self.words.len();
        end <= text.len()
            && (start + 1..end).zip(&self.words[1..]).all(|(index, word)| {
                text.gap(index).joins()
                    && (text.get(index) == &**word
                        || &**word == NUMBER && text.number(index).is_some())
            })
            && (self.condition != Condition::Alone || is_alone(text, start, end))
    }
}

fn is_alone(text: &Words<'_>, start: usize, end: usize) -> bool {
    let ends = |index| text.gap(index).has(WordGap::END) || text.gap(index).has(WordGap::OPEN);
    (start == 0 || ends(start)) && (end == text.len() || ends(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(phrases: &[(&str, Condition)], text: &str) -> Vec<String> {
        let mut index = Phrases::default();
        for (number, (phrase, condition)) in phrases.iter().enumerate() {
            assert!(index.add(phrase, (Fact::Level, number), *condition, number));
        }
        let words = Words::of(text);
        let hits = index.find(&words);
        let written = |hit: &Hit| words.written(hit.words.clone()).to_owned();
        hits.iter().map(written).collect()
    }

    #[test]
    fn the_longest_phrase_counts_and_a_bracket_ends_it() {
        let any = Condition::Anywhere;
        let phrases = [("thực tập", any), ("thực tập sinh", any), ("<n> ngày", any)];
        assert_eq!(
            found(&phrases, "Thực Tập Sinh, thuc tap"),
            ["Thực Tập Sinh", "thuc tap"]
        );
        assert_eq!(
            found(&phrases, "Thực Tập (Sinh) 5 ngày"),
            ["Thực Tập", "5 ngày"]
        );
    }

    #[test]
    fn a_phrase_that_must_be_alone_has_no_neighbour() {
        let phrases = [("eng", Condition::Alone)];
        assert_eq!(found(&phrases, "Fresher (ENG)"), ["ENG"]);
        assert!(found(&phrases, "Software Eng").is_empty());
    }
}
