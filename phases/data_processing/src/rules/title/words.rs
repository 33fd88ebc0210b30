//! The words that rules speak of, as small numbers.

use crate::text::letters::Letters;

/// A word of the rules. Every other word is [`UNKNOWN`]; signs and numbers of a title count as words too.
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
/// The first word that a table gives.
pub(crate) const FIRST: Word = 15;

/// Whether a word is a sign.
pub(crate) fn is_sign(word: Word) -> bool {
    (DASH..FIRST).contains(&word)
}

/// The signs of ASCII by their byte; [`UNKNOWN`] for what else can be seen, none for control characters and bytes beyond.
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

/// What a word may be part of: the reason to look closer at a title.
pub(crate) mod flag {
    /// A tail begins with it.
    pub(crate) const TAIL: u32 = 1;
    /// A place's name begins with it.
    pub(crate) const PLACE: u32 = 1 << 1;
    /// A place's name ends with it.
    pub(crate) const PLACE_END: u32 = 1 << 2;
    /// A title begins with it before it names the job.
    pub(crate) const LEAD: u32 = 1 << 3;
    /// It stands before a place's name: Quận, Thành phố.
    pub(crate) const PREFIX: u32 = 1 << 4;
    /// A sign at which a title is split, or a number.
    pub(crate) const SIGN: u32 = 1 << 5;
    /// The lists of `title_words.txt`, from this bit on.
    pub(crate) const LISTS: u32 = 1 << 8;
}

/// The letters of a word, eight bits each; equal for words that differ in case only.
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

    /// The key of a word, where all its letters have a number and it is not too long.
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
struct Entry {
    key: Key,
    flags: u32,
    word: Word,
}

/// The words under their keys: a small table of open addressing, a third full at most, leads to the entries, so that
/// most of what is no word of the rules is known to be none at the first look.
#[derive(Debug)]
pub(crate) struct Lexicon {
    /// Numbers of entries, from one.
    heads: Box<[u16]>,
    shift: u32,
    entries: Box<[Entry]>,
}

impl Lexicon {
    /// Each key with its word and its flags.
    pub(crate) fn new(words: impl Iterator<Item = (Key, Word, u32)>) -> Self {
        let entries: Box<[Entry]> = words
            .map(|(key, word, flags)| Entry { key, flags, word })
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
            // There are no more words than numbers of words, and each has at most two keys.
            lexicon.heads[at] = u16::try_from(number).unwrap_or(0);
        }
        lexicon
    }

    /// Where a key is looked for first.
    #[inline]
    #[allow(clippy::cast_possible_truncation)] // the shift leaves as many bits as there are heads
    fn home(&self, key: Key) -> usize {
        let mixed = (key.low ^ key.high.rotate_left(23)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed >> self.shift) as usize
    }

    /// The word under a key, and its flags.
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
