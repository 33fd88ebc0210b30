//! The words of the rules as small numbers, and the lexicon that finds them.

use crate::text::letters::Letters;

/// The number of a word of the rules. The signs and numbers of a title are words too; every other word is [`UNKNOWN`].
pub(crate) type Word = u16;

pub(crate) const UNKNOWN: Word = 0;
pub(crate) const NUMBER: Word = 1;
pub(crate) const DASH: Word = 2;
pub(crate) const SLASH: Word = 3;
pub(crate) const COMMA: Word = 4;
pub(crate) const PIPE: Word = 5;
pub(crate) const UNDERSCORE: Word = 6;
pub(crate) const AMPERSAND: Word = 7;
pub(crate) const DOLLAR: Word = 8;
pub(crate) const OPEN: [Word; 3] = [9, 10, 11];
pub(crate) const CLOSE: [Word; 3] = [12, 13, 14];
/// The first number of a word that a table has.
pub(crate) const FIRST: Word = 15;

/// Whether a word is a sign.
pub(crate) fn is_sign(word: Word) -> bool {
    (DASH..FIRST).contains(&word)
}

/// The signs of ASCII by their byte: [`UNKNOWN`] for other visible characters, `None` for control characters and bytes
/// beyond ASCII.
pub(crate) const SIGNS: [Option<Word>; 256] = {
    let mut signs = [None; 256];
    let mut byte = b' ';
    while byte <= b'~' {
        signs[byte as usize] = Some(match byte {
            b'-' => DASH,
            b'/' => SLASH,
            b',' | b';' => COMMA,
            b'|' => PIPE,
            b'_' => UNDERSCORE,
            b'&' => AMPERSAND,
            b'$' => DOLLAR,
            b'(' => OPEN[0],
            b'[' => OPEN[1],
            b')' => CLOSE[0],
            b']' => CLOSE[1],
            _ => UNKNOWN,
        });
        byte += 1;
    }
    signs
};

/// Flags of a word: how the rules use it.
pub(crate) mod flag {
    /// A tail begins with the word.
    pub(crate) const TAIL: u32 = 1;
    /// A place's name begins with the word.
    pub(crate) const PLACE: u32 = 1 << 1;
    /// A place's name ends with the word.
    pub(crate) const PLACE_END: u32 = 1 << 2;
    /// A lead begins with the word.
    pub(crate) const LEAD: u32 = 1 << 3;
    /// The word comes before a place's name: Quận, Thành phố.
    pub(crate) const PREFIX: u32 = 1 << 4;
    /// A sign that always splits a title.
    pub(crate) const SIGN: u32 = 1 << 5;
    /// A phrase that introduces a tail ends with the word: Từ, Khoảng.
    pub(crate) const INTRODUCTION: u32 = 1 << 6;
    /// The word is a code of the posting: Id21373.
    pub(crate) const CODE: u32 = 1 << 7;
    /// The first of the lists of `title_words.txt`; see [`list`](super::super::list).
    pub(crate) const LISTS: u32 = 1 << 8;
}

/// The letters of a word, eight bits each. Words that differ in case only have the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Key {
    low: u64,
    high: u64,
}

/// The most letters that a [`Key`] holds.
pub(crate) const LONGEST: usize = 16;

impl Key {
    #[inline]
    pub(crate) fn push(&mut self, code: u8) {
        self.high = (self.high << 8) | (self.low >> 56);
        self.low = (self.low << 8) | u64::from(code);
    }

    /// The key of a word. Returns `None` if the word is too long or has a letter without a number.
    pub(crate) fn of(word: &str, letters: Letters) -> Option<Self> {
        let mut key = Self::default();
        for (at, c) in word.chars().enumerate() {
            let code = letters.code(c as u32);
            if code == 0 || at == LONGEST {
                return None;
            }
            key.push(code);
        }
        Some(key)
    }
}

#[derive(Debug, Clone, Copy)]
struct LexiconEntry {
    key: Key,
    flags: u32,
    word: Word,
}

/// Finds a word by its key: a hash table with open addressing, at most a third full. Most words of a title are not words
/// of the rules, and most misses end at the first probe.
#[derive(Debug)]
pub(crate) struct Lexicon {
    /// The number of an entry, from one; 0 for none.
    heads: Box<[u16]>,
    shift: u32,
    entries: Box<[LexiconEntry]>,
}

impl Lexicon {
    /// A lexicon of keys, each with its word and flags.
    pub(crate) fn new(words: impl Iterator<Item = (Key, Word, u32)>) -> Self {
        let entries: Box<[LexiconEntry]> = words
            .map(|(key, word, flags)| LexiconEntry { key, flags, word })
            .collect();
        let size = (entries.len() * 3).next_power_of_two().max(16);
        let mut lexicon = Self {
            heads: vec![0; size].into_boxed_slice(),
            shift: 64 - size.trailing_zeros(),
            entries,
        };
        for number in 1..=lexicon.entries.len() {
            let mut at = lexicon.home(lexicon.entries[number - 1].key);
            while lexicon.heads[at] != 0 {
                at = (at + 1) & (size - 1);
            }
            // A word has at most two keys, and the compiler allows half as many words as this type has values.
            lexicon.heads[at] = u16::try_from(number).unwrap_or(0);
        }
        lexicon
    }

    /// The first place to look for a key.
    #[inline]
    #[allow(clippy::cast_possible_truncation)] // the shift leaves as many bits as there are heads
    fn home(&self, key: Key) -> usize {
        let mixed = (key.low ^ key.high.rotate_left(23)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed >> self.shift) as usize
    }

    /// The word of a key and its flags.
    #[inline]
    pub(crate) fn find(&self, key: Key) -> (Word, u32) {
        let mask = self.heads.len() - 1;
        let mut at = self.home(key);
        loop {
            match self.heads[at & mask] {
                0 => return (UNKNOWN, 0),
                number => {
                    let entry = &self.entries[usize::from(number) - 1];
                    if entry.key == key {
                        return (entry.word, entry.flags);
                    }
                }
            }
            at += 1;
        }
    }
}
