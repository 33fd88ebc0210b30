//! A chunk of a name: the text between two spaces, split into words, numbers and signs.

use super::trace::NameTrace;
use super::words::{self, WordBuffers};
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
    /// The start of its text in the texts of the cache, and its bytes. A form has the text of its spelling instead.
    start: u32,
    length: u16,
    /// The bytes of its text in a key, which comes right after it.
    key_length: u16,
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
        let start = self.start as usize;
        &texts[start..start + usize::from(self.length)]
    }

    /// The text of a word in a key: without accents, in lower case.
    #[inline]
    pub(super) fn key_text<'a>(&self, texts: &'a str) -> &'a str {
        let start = self.start as usize + usize::from(self.length);
        &texts[start..start + usize::from(self.key_length)]
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
        buffers: &mut WordBuffers,
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
        #[allow(clippy::cast_possible_truncation)] // a name has at most 200 characters
        let length = |bytes: usize| bytes as u16;
        let (mut is_after_word, mut is_after_apostrophe) = (false, false);
        for token in split(chunk) {
            let start = texts.len();
            let kind = letter(token.chars().next().unwrap_or(' ')).kind;
            let is_letters = kind == cases::CharKind::Letter;
            let (kind, word) = if is_letters {
                let written = words::write(token, is_after_apostrophe, rules, buffers, texts);
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
            is_after_apostrophe = is_after_word && matches!(token, "'" | "’");
            is_after_word = kind == PartKind::Word;
            let end = texts.len();
            if kind == PartKind::Word {
                let bare = if is_letters { &buffers.bare } else { token };
                texts.push_str(rules.key.written(bare).unwrap_or(bare));
            }
            let part = NamePart {
                start: offset(start),
                length: length(end - start),
                key_length: length(texts.len() - end),
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
