//! A memo of the words that were read recently, by their bytes.
//!
//! Words repeat, in few spellings. Most are found here by their bytes, sixteen at once, and are not read letter by letter.
//!
//! Each word has one slot, and a new word with the same slot replaces the old one. So a look-up takes a few instructions,
//! and no sequence of words can make it slow.

use crate::rules::title::words::Word;

/// Bytes that are read for a word. A word in the memo has fewer.
const LONGEST: usize = 16;
/// The memo has two to the power of this number of slots.
const SLOT_BITS: u32 = 12;
/// The key of a slot without a word. A word has fewer than sixteen bytes, so its key is smaller.
const NO_KEY: u128 = u128::MAX;

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
    /// The key of a word, the word, and its flags.
    slots: Box<[(u128, Word, u32)]>,
    /// The title and zeros after it, so that sixteen bytes can be read from any word.
    bytes: Vec<u8>,
}

impl WordMemo {
    pub(super) fn new() -> Self {
        Self {
            slots: vec![(NO_KEY, Word::default(), 0); 1 << SLOT_BITS].into_boxed_slice(),
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

    /// The word with these bytes and its flags, if the memo has it. No word has the key 0.
    #[inline]
    pub(super) fn find(&self, key: u128) -> Option<(Word, u32)> {
        let (known, word, flags) = self.slots[slot(key)];
        (known == key).then_some((word, flags))
    }

    /// Adds a word, unless its key is 0.
    #[inline]
    pub(super) fn keep(&mut self, key: u128, word: Word, flags: u32) {
        if key != 0 {
            self.slots[slot(key)] = (key, word, flags);
        }
    }
}

/// The slot of a key.
#[inline]
#[allow(clippy::cast_possible_truncation)] // both halves are mixed, and the highest bits are taken
fn slot(key: u128) -> usize {
    let mixed =
        (key as u64 ^ ((key >> 64) as u64).rotate_left(23)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> (u64::BITS - SLOT_BITS)) as usize
}

/// The lowest bytes of sixteen, and zeros in place of the others.
#[inline]
fn first(bytes: u128, length: usize) -> u128 {
    const MASKS: [u128; 17] = {
        let mut masks = [u128::MAX; 17];
        let mut length = 0;
        while length < 16 {
            masks[length] = (1 << (8 * length)) - 1;
            length += 1;
        }
        masks
    };
    bytes & MASKS[length]
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

    #[test]
    fn the_first_bytes_are_kept_and_the_others_are_zero() {
        let all = u128::from_le_bytes(*b"abcdefghijklmnop");
        for length in 0..=16 {
            let mut bytes = all.to_le_bytes();
            bytes[length..].fill(0);
            assert_eq!(first(all, length), u128::from_le_bytes(bytes), "{length}");
        }
    }

    #[test]
    fn a_word_is_found_until_another_word_takes_its_slot() {
        let mut memo = WordMemo::new();
        let mut taken = None;
        let first = u128::from(b'a');
        memo.keep(first, 7, 3);
        for key in first + 1.. {
            memo.keep(key, 8, 0);
            assert_eq!(memo.find(key), Some((8, 0)));
            if slot(key) == slot(first) {
                taken = Some(key);
                break;
            }
            assert_eq!(memo.find(first), Some((7, 3)));
        }
        assert!(taken.is_some());
        assert_eq!(memo.find(first), None);
    }
}
