//! A cache of the words that were read recently, by their bytes.
//!
//! Words repeat, in few spellings. Most are found here by their bytes, sixteen at once, and are not read letter by letter.

use crate::rules::title::words::Word;
use crate::short::{Lately, first};

/// The most bytes of a word in the cache.
const LONGEST: usize = 16;
/// The number of words in the cache.
const PLACES: usize = 4096;

/// The kind of a byte.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// A letter of ASCII, or a part of a character beyond it.
    Letter,
    Space,
    Other,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Other; 256];
    let mut byte: u8 = u8::MAX;
    loop {
        classes[byte as usize] = match byte {
            b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => Class::Letter,
            b' ' => Class::Space,
            _ => Class::Other,
        };
        if byte == 0 {
            break classes;
        }
        byte -= 1;
    }
};

/// The recent words, and the title that is being read.
#[derive(Debug)]
pub(super) struct WordMemo {
    words: Lately<(Word, u32)>,
    /// The title and zeros behind it, so that sixteen bytes can be read from any word.
    bytes: Vec<u8>,
}

impl WordMemo {
    pub(super) fn new() -> Self {
        Self {
            words: Lately::new(PLACES),
            bytes: Vec::with_capacity(1024),
        }
    }

    /// Starts a title.
    pub(super) fn take(&mut self, text: &str) {
        self.bytes.clear();
        self.bytes.extend_from_slice(text.as_bytes());
        self.bytes.extend_from_slice(&[0; LONGEST]);
    }

    #[inline]
    pub(super) fn class(&self, at: usize) -> Class {
        CLASSES[usize::from(self.bytes[at])]
    }

    /// The end of the word that begins at a byte, and its bytes as a number, or 0 if the word is too long.
    ///
    /// A word ends before the first byte below `0`; spaces and most signs are there. A word with a rarer sign inside is
    /// never cached.
    #[inline]
    pub(super) fn word(&self, start: usize) -> (usize, u128) {
        const HIGHEST: u128 = u128::from_ne_bytes([0x80; LONGEST]);
        const ZEROS: u128 = u128::from_ne_bytes([b'0'; LONGEST]);
        let Some(bytes) = self.bytes[start..].first_chunk::<LONGEST>() else {
            return (start, 0);
        };
        let bytes = u128::from_le_bytes(*bytes);
        let below = bytes.wrapping_sub(ZEROS) & !bytes & HIGHEST;
        if below == 0 {
            return (start, 0);
        }
        // The lowest bit found is the highest bit of the first such byte.
        let length = below.trailing_zeros() as usize / 8;
        (start + length, first(bytes, length))
    }

    /// The word with these bytes, and its flags.
    #[inline]
    pub(super) fn find(&self, key: u128) -> Option<(Word, u32)> {
        self.words.get(key).copied()
    }

    /// Adds a word.
    pub(super) fn keep(&mut self, key: u128, word: Word, flags: u32) {
        self.words.keep(key, (word, flags));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_by_its_exact_bytes_only() {
        let mut memo = WordMemo::new();
        memo.take("Viên viên B_C Internationalization");
        assert!(memo.class(0) == Class::Letter && memo.class(5) == Class::Space);
        let (end, key) = memo.word(0);
        assert_eq!(end, "Viên".len());
        memo.keep(key, 7, 3);
        assert_eq!(memo.find(key), Some((7, 3)));
        let (end, key) = memo.word(end + 1);
        assert_eq!(memo.find(key), None);
        let (end, _) = memo.word(end + 1);
        assert_eq!(end, "Viên viên B_C".len());
        // Longer than sixteen bytes.
        assert_eq!(memo.word(end + 1), (end + 1, 0));
        assert_eq!(memo.find(0), None);
        memo.keep(0, 7, 3);
        assert_eq!(memo.find(0), None);
    }
}
