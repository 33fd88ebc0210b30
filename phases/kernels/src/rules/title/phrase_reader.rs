//! Reads the phrases of the tables, and numbers their words.

use std::collections::HashMap;

use super::phrase::{ANY, DASH_OR_NOT, ELEMENTS, END, PAY, PLACE, Phrase, span};
use super::words::{AMPERSAND, DASH, FIRST, Key, NUMBER, SLASH, Word};
use crate::text;
use crate::text::letters::Letters;

/// The words and phrases read so far.
pub(super) struct PhraseReader {
    pub(super) letters: Letters,
    pub(super) words: HashMap<Key, Word>,
    /// The flags of each word.
    pub(super) flags: Vec<u32>,
    pub(super) spellings: Vec<Box<str>>,
    pub(super) elements: Vec<Word>,
}

impl PhraseReader {
    pub(super) fn new() -> Self {
        Self {
            letters: Letters::new(),
            words: HashMap::new(),
            flags: vec![0; usize::from(FIRST)],
            spellings: vec![Box::default(); usize::from(FIRST)],
            elements: Vec::new(),
        }
    }

    /// The elements of a phrase.
    pub(super) fn of(&self, phrase: &Phrase) -> &[Word] {
        &self.elements[span(phrase)]
    }

    /// Adds a flag to a word.
    pub(super) fn add_flag(&mut self, word: Word, flag: u32) {
        self.flags[usize::from(word)] |= flag;
    }

    /// Reads a phrase, such as `lương <n> - <pay>`.
    pub(super) fn phrase(&mut self, words: &str) -> Result<Phrase, String> {
        let start = self.at();
        for part in words.split_whitespace() {
            let element = match part {
                "<pay>" => PAY,
                "<any>" => ANY,
                "<place>" => PLACE,
                "<end>" => END,
                "-" => DASH,
                "&" => AMPERSAND,
                "/" => SLASH,
                part => {
                    self.joined(part)?;
                    continue;
                }
            };
            self.elements.push(element);
        }
        if start == self.at() {
            return Err("there is no word".to_owned());
        }
        Ok(start..self.at())
    }

    /// Adds a word, or words that a dash or a slash joins: `part-time`, `a/b`.
    fn joined(&mut self, part: &str) -> Result<(), String> {
        for (index, side) in part.split('-').enumerate() {
            if index > 0 {
                self.elements.push(DASH_OR_NOT);
            }
            for (index, word) in side.split('/').enumerate() {
                if index > 0 {
                    self.elements.push(SLASH);
                }
                let word = self.word_or_number(word)?;
                self.elements.push(word);
            }
        }
        Ok(())
    }

    fn at(&self) -> u32 {
        u32::try_from(self.elements.len()).unwrap_or(u32::MAX)
    }

    pub(super) fn word_or_number(&mut self, word: &str) -> Result<Word, String> {
        if word == "<n>" {
            Ok(NUMBER)
        } else {
            self.word(word)
        }
    }

    /// The number of a word. A new word gets the next number, under both orthographies.
    pub(super) fn word(&mut self, word: &str) -> Result<Word, String> {
        let folded = text::fold(&text::clean(word));
        let key = |spelling: &str| {
            Key::of(spelling, self.letters)
                .filter(|_| !spelling.starts_with(|c: char| c.is_ascii_digit()))
                .filter(|_| !spelling.is_empty())
                .ok_or_else(|| {
                    format!(
                        "`{word}` is not a word: a word has at most 16 letters or digits and begins with a letter; \
                         write `<n>` for a number"
                    )
                })
        };
        let key_new = key(&folded)?;
        let key_old = key(&text::old_tone(&folded))?;
        if let Some(known) = self.words.get(&key_new) {
            return Ok(*known);
        }
        // A word has up to two keys, and the lexicon numbers the keys with the same type.
        let new = Word::try_from(self.flags.len())
            .ok()
            .filter(|new| *new < ELEMENTS / 2)
            .ok_or("the tables have too many words")?;
        self.flags.push(0);
        self.spellings.push(folded.into_boxed_str());
        self.words.insert(key_new, new);
        self.words.insert(key_old, new);
        Ok(new)
    }
}
