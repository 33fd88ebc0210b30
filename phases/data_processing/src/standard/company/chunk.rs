//! A chunk of a name: the text between two spaces, split into words, numbers and signs.

use super::trace::NameTrace;
use super::words;
use crate::cache::Cached;
use crate::rules::company::{NO_WORD, Rules};
use crate::text::cases::{self, letter};
use crate::text::split::split;

/// Kinds of parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PartKind {
    /// Letters or digits.
    Word,
    /// A legal form, by the number of its spelling. Set by [`NameParts::find_forms`].
    Form(u16),
    /// A dash that separates. Set by [`NameParts::find_forms`].
    Dash,
    /// A dash of any width, such as the one of `Border-X`.
    Hyphen,
    /// Another sign: its byte if it is ASCII, else 0.
    Sign(u8),
}

/// A word, a number, a sign or a legal form of a name.
#[derive(Debug, Clone, Copy)]
pub(super) struct NamePart {
    /// The start and end of its text in the texts of the cache. A form has the text of its spelling instead.
    start: u32,
    end: u32,
    /// The end of its text in a key, which comes right after it.
    key_end: u32,
    pub(super) kind: PartKind,
    /// The number of the word among the words of the tables, see [`Rules::word`].
    pub(super) word: u16,
    /// A space comes before it.
    pub(super) spaced: bool,
}

impl NamePart {
    /// The text of the part. `texts` are the texts of the cache.
    #[inline]
    pub(super) fn text<'a>(&self, texts: &'a str) -> &'a str {
        &texts[self.start as usize..self.end as usize]
    }

    /// The text of a word in a key: without accents, in lower case.
    #[inline]
    pub(super) fn key_text<'a>(&self, texts: &'a str) -> &'a str {
        &texts[self.end as usize..self.key_end as usize]
    }
}

/// The parts of the text between two spaces of a name. Only a tenth of the chunks of a batch are
/// distinct, so they are cached.
pub(super) struct Chunk {
    /// The first part. Most chunks have no other part, so most chunks need no vector.
    pub(super) first: Option<NamePart>,
    pub(super) others: Vec<NamePart>,
    /// All characters are plain, see [`cases::Letter`], and there is at least one.
    pub(super) is_plain: bool,
}

impl Cached for Chunk {
    fn heap_bytes(&self) -> usize {
        self.others.len() * size_of::<NamePart>()
    }
}

impl Chunk {
    /// Reads a chunk, and adds the texts of its parts to the texts of the cache.
    pub(super) fn read(
        chunk: &str,
        rules: &Rules,
        buffers: &mut [String; 2],
        trace: &mut NameTrace,
        texts: &mut String,
    ) -> Self {
        let mut made = Self {
            first: None,
            others: Vec::new(),
            // Two spaces in a row, or a space at an end: the name would be written in another way.
            is_plain: !chunk.is_empty(),
        };
        #[allow(clippy::cast_possible_truncation)] // the bound of a cache is far lower
        let offset = |at: usize| at as u32;
        for token in split(chunk) {
            let start = texts.len();
            let kind = letter(token.chars().next().unwrap_or(' ')).kind;
            let (kind, word) = if kind == cases::CharKind::Letter {
                let written = words::write(token, rules, buffers, texts);
                trace.word(rules, token, &texts[start..], written.case);
                made.is_plain &= written.is_plain;
                (PartKind::Word, written.number)
            } else {
                texts.push_str(token);
                made.is_plain &= token.chars().all(|c| letter(c).plain);
                match token {
                    "-" | "–" | "—" => (PartKind::Hyphen, NO_WORD),
                    _ if kind == cases::CharKind::Digit => (PartKind::Word, rules.word(token)),
                    sign => {
                        let first = sign.as_bytes()[0];
                        let sign = if first.is_ascii() { first } else { 0 };
                        (PartKind::Sign(sign), NO_WORD)
                    }
                }
            };
            let end = texts.len();
            if kind == PartKind::Word {
                write_bare(start, rules, texts);
            }
            let part = NamePart {
                start: offset(start),
                end: offset(end),
                key_end: offset(texts.len()),
                kind,
                word,
                spaced: made.first.is_none(),
            };
            if part.spaced {
                made.first = Some(part);
            } else {
                made.others.push(part);
            }
        }
        made
    }
}

/// Adds the text of a key for the word that the texts have from `start` on: without accents, in lower case.
fn write_bare(start: usize, rules: &Rules, texts: &mut String) {
    let end = texts.len();
    let mut at = start;
    while let Some(c) = texts[at..end].chars().next() {
        at += c.len_utf8();
        let of = letter(c);
        if !of.mark {
            texts.push(of.bare);
        }
    }
    if let Some(written) = rules.key.written(&texts[end..]) {
        texts.truncate(end);
        texts.push_str(written);
    }
}
