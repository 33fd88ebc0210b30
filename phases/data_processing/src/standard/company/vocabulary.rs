//! The words of names, remembered as they are written.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::watch::Watch;
use super::words;
use crate::rules::company::Rules;
use crate::short::{LONGEST, Lately, first};
use crate::text::cases::{self, letter};
use crate::text::split;

/// A stretch of a vocabulary's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Text {
    start: u32,
    end: u32,
}

/// What a piece of a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PieceKind {
    /// Letters or digits.
    Word,
    /// A legal form, by number; none is read as one.
    Form(u16),
    /// A dash that separates; none is read as one.
    Dash,
    /// A dash of any width, such as that of `Border-X`.
    Hyphen,
    /// Another sign: its byte where it is ASCII.
    Sign(u8),
}

/// A word, a number, a sign or a legal form as it will be written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    pub(super) text: Text,
    pub(super) kind: PieceKind,
    /// Its number among the words of phrases, see [`Rules::word`].
    pub(super) word: u16,
    /// A space stands before it: in the vocabulary, where it begins its chunk.
    pub(super) spaced: bool,
    /// All its characters are, see [`cases::Letter`].
    plain: bool,
}

/// The pieces of a chunk.
#[derive(Debug, Clone, Copy)]
enum Chunk {
    /// As nearly every one has it.
    One(Piece),
    /// From and before.
    Several(u32, u32),
}

impl Default for Chunk {
    fn default() -> Self {
        Self::Several(0, 0)
    }
}

/// Bytes that are looked at together.
const BLOCK: usize = LONGEST + 1;

/// The chunks of a usual batch, for which it need not grow.
const ROOM: usize = 1 << 12;

/// Chunks, which are what stands between two spaces of a name, with their pieces, and the texts of all.
pub(super) struct Vocabulary {
    /// Seeded, so that nobody makes up chunks that land in one place.
    hasher: DefaultHashBuilder,
    chunks: HashTable<(u128, Chunk)>,
    /// Those that were met lately.
    lately: Lately<Chunk>,
    /// Those of the chunks of several.
    pieces: Vec<Piece>,
    /// With a space before each text.
    texts: String,
    /// The texts of legal forms stand first and are never forgotten.
    forms: Vec<Text>,
    padded: Vec<u8>,
    buffers: [String; 2],
}

impl Vocabulary {
    pub(super) fn new(rules: &Rules) -> Self {
        let mut made = Self {
            hasher: DefaultHashBuilder::default(),
            chunks: HashTable::with_capacity(ROOM),
            lately: Lately::new(ROOM),
            pieces: Vec::with_capacity(ROOM),
            texts: String::with_capacity(ROOM * 64),
            forms: Vec::new(),
            padded: Vec::new(),
            buffers: Default::default(),
        };
        made.forms = rules.spellings.iter().map(|form| made.keep(form)).collect();
        made
    }

    /// Bytes that it holds.
    pub(super) fn bytes(&self) -> usize {
        self.texts.len()
            + self.chunks.len() * size_of::<(u128, Chunk)>()
            + self.pieces.len() * size_of::<Piece>()
    }

    /// Forgets all but the legal forms.
    pub(super) fn clear(&mut self) {
        self.chunks.clear();
        self.lately.clear();
        self.pieces.clear();
        let kept = self.forms.last().map_or(0, |form| form.end);
        self.texts.truncate(kept as usize);
    }

    pub(super) fn text(&self, text: Text) -> &str {
        &self.texts[text.start as usize..text.end as usize]
    }

    /// A text, with a space before it or without.
    pub(super) fn text_after(&self, text: Text, spaced: bool) -> &str {
        &self.texts[text.start as usize - usize::from(spaced)..text.end as usize]
    }

    pub(super) fn form(&self, number: u16) -> Text {
        self.forms[usize::from(number)]
    }

    /// Keeps a text.
    pub(super) fn keep(&mut self, text: &str) -> Text {
        let start = self.begin_text();
        self.texts.push_str(text);
        self.since(start)
    }

    /// Where the next text begins.
    fn begin_text(&mut self) -> usize {
        self.texts.push(' ');
        self.texts.len()
    }

    /// What was written since: within the bounds that the caller keeps, far below 32 bits.
    fn since(&self, start: usize) -> Text {
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Text {
            start: place(start),
            end: place(self.texts.len()),
        }
    }

    /// Reads a name into pieces, in place of what they were. Tells whether it is plain: clean as it stands, and of letters
    /// whose cases are pairs.
    pub(super) fn read(
        &mut self,
        name: &str,
        rules: &Rules,
        watch: &mut impl Watch,
        pieces: &mut Vec<Piece>,
    ) -> bool {
        pieces.clear();
        let mut padded = std::mem::take(&mut self.padded);
        padded.clear();
        padded.extend_from_slice(name.as_bytes());
        padded.extend_from_slice(&[b' '; BLOCK]);
        let mut at = 0;
        let mut plain = true;
        while at < name.len() {
            let Some(block) = padded[at..].first_chunk::<BLOCK>() else {
                break;
            };
            let (length, bytes) = before_space(u128::from_le_bytes(*block));
            let start = at;
            let made;
            let chunk = if length <= LONGEST {
                at += length + 1;
                let key = bytes | (length as u128) << (8 * LONGEST);
                if let Some(known) = self.lately.get(key) {
                    known
                } else {
                    made = self.chunk(key, &name[start..start + length], rules, watch);
                    &made
                }
            } else {
                let chunk = &name[at..];
                let chunk = chunk.split(' ').next().unwrap_or(chunk);
                at += chunk.len() + 1;
                made = self.make(chunk, rules, watch);
                &made
            };
            match chunk {
                Chunk::One(piece) => {
                    plain &= piece.plain;
                    pieces.push(*piece);
                }
                Chunk::Several(from, to) => {
                    let several = &self.pieces[*from as usize..*to as usize];
                    // Between two spaces nothing stands.
                    plain &= !several.is_empty() && several.iter().all(|piece| piece.plain);
                    pieces.extend_from_slice(several);
                }
            }
        }
        // Before a name nothing stands.
        if let Some(piece) = pieces.first_mut() {
            piece.spaced = false;
        }
        self.padded = padded;
        // Behind a space at the end nothing was looked for.
        plain && at > name.len()
    }

    fn chunk(&mut self, key: u128, text: &str, rules: &Rules, watch: &mut impl Watch) -> Chunk {
        let hash = self.hasher.hash_one(key);
        let chunk = match self.chunks.find(hash, |(known, _)| *known == key) {
            Some((_, known)) => *known,
            None => {
                let chunk = self.make(text, rules, watch);
                let hasher = &self.hasher;
                self.chunks
                    .insert_unique(hash, (key, chunk), |(key, _)| hasher.hash_one(key));
                chunk
            }
        };
        self.lately.keep(key, chunk);
        chunk
    }

    /// Writes what a chunk will be.
    #[cold]
    fn make(&mut self, chunk: &str, rules: &Rules, watch: &mut impl Watch) -> Chunk {
        let from = self.pieces.len();
        let mut rest = chunk;
        while let Some(c) = rest.chars().next() {
            let start = self.begin_text();
            let (kind, word, plain) = if letter(c).kind == cases::Kind::Letter {
                let written = words::write(rest, rules, &mut self.buffers, &mut self.texts);
                let word = &rest[..written.read];
                watch.writes(rules, word, &self.texts[start..], written.case);
                rest = &rest[written.read..];
                (PieceKind::Word, written.number, written.plain)
            } else {
                let token = split::split(rest).next().unwrap_or(rest);
                rest = &rest[token.len()..];
                self.texts.push_str(token);
                let (kind, word) = match c {
                    '-' | '–' | '—' => (PieceKind::Hyphen, crate::rules::company::NO_WORD),
                    _ if split::is_word(token) => (PieceKind::Word, rules.word(token)),
                    c => {
                        let sign = u8::try_from(c).unwrap_or(0);
                        (PieceKind::Sign(sign), crate::rules::company::NO_WORD)
                    }
                };
                (kind, word, token.chars().all(|c| letter(c).plain))
            };
            self.pieces.push(Piece {
                text: self.since(start),
                kind,
                word,
                spaced: self.pieces.len() == from,
                plain,
            });
        }
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        match self.pieces[from..] {
            [piece] => {
                self.pieces.truncate(from);
                Chunk::One(piece)
            }
            _ => Chunk::Several(place(from), place(self.pieces.len())),
        }
    }
}

/// How many bytes of a block stand before its first space, and those alone; all where there is none.
fn before_space(block: u128) -> (usize, u128) {
    const ONES: u128 = u128::MAX / 0xFF;
    let zeros = block ^ (ONES * 0x20);
    let found = zeros.wrapping_sub(ONES) & !zeros & (ONES << 7);
    // The lowest bit that was found is the highest of the first space.
    let length = found.trailing_zeros() as usize / 8;
    (length, first(block, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_space_is_found_wherever_it_is() {
        for at in 0..BLOCK {
            let mut block = [b'!'; BLOCK];
            block[at..].fill(b' ');
            let mut before = [0; BLOCK];
            before[..at].fill(b'!');
            let before = u128::from_le_bytes(before);
            assert_eq!(before_space(u128::from_le_bytes(block)), (at, before));
        }
        let none = u128::from_le_bytes([0xA0; BLOCK]);
        assert_eq!(before_space(none), (BLOCK, none));
    }
}
