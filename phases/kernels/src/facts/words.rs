//! A text as words without accents and case, and the gaps between them.
//!
//! 1. Letters are composed (NFC), invisible characters are dropped.
//! 2. A run of letters and digits is a word. A letter after a digit begins a word: `2Year` is `2 year`. `C++`, `C#` and
//!    `.NET` are words, and so is a number with a decimal mark.
//! 3. Each word has its folded text (`Trưởng` is `truong`), its place in the text, and the [`WordGap`] before it.
//!
//! Example: `Kế Toán (2Year)` has the words `ke`, `toan`, `2` and `year`. The gap before `2` has an opening bracket.

use std::borrow::Cow;
use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

use crate::facts::gap::WordGap;
use crate::facts::letters::{LetterTable, composed, fold};

/// A word of a text.
#[derive(Debug, Clone)]
pub(crate) struct FoldedWord {
    folded: Range<usize>,
    source: Range<usize>,
    /// The gap before the word.
    pub(crate) gap: WordGap,
    /// The number of brackets that are open at the word.
    pub(crate) depth: u8,
}

/// A text as words.
#[derive(Debug)]
pub(crate) struct Words<'a> {
    text: Cow<'a, str>,
    folded: String,
    words: Vec<FoldedWord>,
    /// The gap after the last word.
    end: WordGap,
}

impl<'a> Words<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        let mut reader = Reader::with_capacity(text.len());
        if reader.read(text, true) {
            return reader.words(Cow::Borrowed(text));
        }
        let text = composed(text);
        let mut reader = Reader::with_capacity(text.len());
        reader.read(&text, false);
        reader.words(text)
    }

    pub(crate) fn len(&self) -> usize {
        self.words.len()
    }

    /// The folded word; empty behind the last word.
    pub(crate) fn get(&self, index: usize) -> &str {
        let word = self.words.get(index);
        word.map_or("", |word| &self.folded[word.folded.clone()])
    }

    /// The gap before the word or, behind the last word, at the end of the text.
    pub(crate) fn gap(&self, index: usize) -> WordGap {
        self.words.get(index).map_or(self.end, |word| word.gap)
    }

    /// The number of brackets that are open at the word.
    pub(crate) fn depth(&self, index: usize) -> u8 {
        self.words.get(index).map_or(0, |word| word.depth)
    }

    /// The number that the word is.
    pub(crate) fn number(&self, index: usize) -> Option<f64> {
        let word = self.get(index);
        let is_number = word.starts_with(|c: char| c.is_ascii_digit());
        is_number.then(|| word.parse().ok()).flatten()
    }

    /// The text of these words as it is written.
    pub(crate) fn written(&self, words: Range<usize>) -> &str {
        let last = words
            .end
            .checked_sub(1)
            .and_then(|last| self.words.get(last));
        match (self.words.get(words.start), last) {
            (Some(first), Some(last)) if first.source.start < last.source.end => {
                &self.text[first.source.start..last.source.end]
            }
            _ => "",
        }
    }

    /// All words, with a space between.
    pub(crate) fn joined(&self) -> String {
        let mut joined = String::with_capacity(self.folded.len() + self.words.len());
        for index in 0..self.words.len() {
            if index > 0 {
                joined.push(' ');
            }
            joined.push_str(self.get(index));
        }
        joined
    }
}

fn is_invisible(c: char) -> bool {
    !c.is_ascii()
        && (is_combining_mark(c)
            || matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}'))
}

/// The class of a word so far.
#[derive(Clone, Copy, PartialEq, Eq)]
enum WordClass {
    None,
    Number,
    Letters,
}

struct Reader {
    folded: String,
    words: Vec<FoldedWord>,
    class: WordClass,
    /// The place of the word that is read.
    start: (usize, usize),
    source_end: usize,
    gap: WordGap,
    depth: u8,
    after_space: bool,
    after_dash: bool,
}

impl Reader {
    fn with_capacity(bytes: usize) -> Self {
        Self {
            folded: String::with_capacity(bytes),
            words: Vec::with_capacity(bytes / 5 + 1),
            class: WordClass::None,
            start: (0, 0),
            source_end: 0,
            gap: WordGap::default(),
            depth: 0,
            after_space: true,
            after_dash: false,
        }
    }

    /// Reads a text. With `only_composed`, stops and returns false at a character that may not be composed. Such a
    /// character is in one or two of a hundred titles. All others are read once.
    fn read(&mut self, text: &str, only_composed: bool) -> bool {
        let letters = LetterTable::known();
        for (at, c) in text.char_indices() {
            let known = letters.get(c);
            if only_composed && !known.is_composed() {
                return false;
            }
            if let Some(folded) = known.folded() {
                if self.class == WordClass::Letters {
                    self.folded.push(folded);
                    self.source_end = at + c.len_utf8();
                } else {
                    self.letter(at, c, Some(folded));
                }
            } else if c == ' ' {
                self.end_word();
                self.add_gap(WordGap::SPACE);
            } else if c.is_alphanumeric() {
                self.letter(at, c, None);
            } else if !is_invisible(c) {
                self.sign(at, c, &text[at..]);
            }
        }
        self.end_word();
        true
    }

    fn words(self, text: Cow<'_, str>) -> Words<'_> {
        Words {
            text,
            folded: self.folded,
            words: self.words,
            end: self.gap,
        }
    }

    /// Adds a letter or a digit, and its folded letter if it is known.
    fn letter(&mut self, at: usize, c: char, folded: Option<char>) {
        let is_digit = c.is_ascii_digit();
        if self.class == WordClass::Number && !is_digit {
            self.end_word();
        }
        if self.class == WordClass::None {
            self.class = if is_digit {
                WordClass::Number
            } else {
                WordClass::Letters
            };
            self.start = (self.folded.len(), at);
        }
        match folded {
            Some(folded) => self.folded.push(folded),
            None => fold(c, &mut self.folded),
        }
        self.source_end = at + c.len_utf8();
    }

    /// Adds a sign, with which `rest` begins.
    fn sign(&mut self, at: usize, c: char, rest: &str) {
        let word = &self.folded[self.start.0..];
        let belongs = match (self.class, c) {
            (WordClass::Letters, '+') => matches!(word, "c" | "c+"),
            (WordClass::Letters, '#') => matches!(word, "c" | "f"),
            (WordClass::Number, '.' | ',') => {
                rest[1..].starts_with(|next: char| next.is_ascii_digit()) && !word.contains('.')
            }
            _ => false,
        };
        if belongs {
            self.folded.push(if c == ',' { '.' } else { c });
            self.source_end = at + 1;
            return;
        }
        let is_net = self.class == WordClass::None && c == '.' && begins_net(rest);
        self.end_word();
        if is_net {
            (self.class, self.start) = (WordClass::Letters, (self.folded.len(), at));
            self.folded.push('.');
            return;
        }
        self.add_gap(WordGap::of(c));
    }

    fn add_gap(&mut self, gap: WordGap) {
        if gap == WordGap::DASH && self.after_space || gap == WordGap::SPACE && self.after_dash {
            self.gap.add(WordGap::SPACED_DASH);
        }
        (self.after_space, self.after_dash) = (gap == WordGap::SPACE, gap == WordGap::DASH);
        self.gap.add(gap);
        match gap {
            WordGap::OPEN => self.depth = self.depth.saturating_add(1),
            WordGap::CLOSE => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }

    fn end_word(&mut self) {
        if self.class == WordClass::None {
            return;
        }
        self.words.push(FoldedWord {
            folded: self.start.0..self.folded.len(),
            source: self.start.1..self.source_end,
            gap: std::mem::take(&mut self.gap),
            depth: self.depth,
        });
        self.class = WordClass::None;
        (self.after_space, self.after_dash) = (false, false);
    }
}

/// Whether the text begins with `.net` in any case, as a whole word.
fn begins_net(text: &str) -> bool {
    let is_net = |net: &str| net.eq_ignore_ascii_case(".net");
    text.get(..4).is_some_and(is_net) && !text[4..].starts_with(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> String {
        Words::of(text).joined()
    }

    #[test]
    fn words_have_neither_accents_nor_case() {
        for (text, wanted) in [
            ("Trưởng Phòng ĐIỆN", "truong phong dien"),
            ("Tru\u{31B}\u{309}o\u{31B}\u{309}ng", "truong"),
            ("(Junior 2Year )", "junior 2 year"),
            ("C++/C#, .Net & ASP.NET", "c++ c# .net asp net"),
            ("1,5 - 2.5 năm", "1.5 2.5 nam"),
            ("20tr+++ N2+", "20 tr n2"),
            ("zero\u{200B}width", "zerowidth"),
            ("…", ""),
        ] {
            assert_eq!(words(text), wanted, "{text}");
        }
    }

    #[test]
    fn gaps_tell_where_a_statement_ends() {
        let words = Words::of("A -B (C/D), E-F");
        let ends: Vec<bool> = (0..=words.len())
            .map(|at| words.gap(at).has(WordGap::END))
            .collect();
        assert_eq!(ends, [false, true, false, true, true, false, false]);
        assert_eq!(words.written(1..4), "B (C/D");
        assert_eq!((words.depth(2), words.depth(4)), (1, 0));
    }
}
