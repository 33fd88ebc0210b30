//! The one bounded cache of this crate: results by text.
//!
//! Names, addresses and locations repeat within a batch and from batch to batch, so the kernel reads each text once and
//! looks its result up afterwards. The engines (title, company, place) do not know of the cache: a cached result equals
//! the result of the engine, and a test over all postings at hand shows it.
//!
//! A cache has one bound, on entries and on bytes. When an insertion reaches it, the next insertion starts with an empty
//! cache. Texts that are frequent are soon known again, and no order of use has to be kept.
//!
//! Most of the time of a lookup is waiting for memory, so a lookup reads few places: a slot, an entry, a text.
//!
//! 1. The slot: a text's hash says where to look first. If another text is in that slot, the next slots are read. The
//!    bound on entries leaves half of the slots free, so the table never has to grow, and a free slot is near.
//! 2. The entry: the entries are in a list without gaps, in the order in which they were added. A batch often repeats
//!    this order, and a list takes memory only as it is filled.
//! 3. The text: it is compared only if the hashes are equal.

use std::hash::{BuildHasher, Hasher};

use hashbrown::DefaultHashBuilder;

/// Slots of a cache: twice as many as entries, and a power of two.
const SLOTS: usize = MOST_ENTRIES * 2;
/// Entries for which a new cache has room, so that it need not grow for those of a usual batch.
const ROOM: usize = 1 << 12;
/// Bytes of texts for which a new cache has room for each of those entries.
const TEXT_BYTES: usize = 32;
/// Entries at which a cache is full.
const MOST_ENTRIES: usize = 1 << 14;
/// Bytes of texts and results at which a cache is full.
const MOST_BYTES: usize = 1 << 21;
/// A longer text, in bytes, is not remembered: such texts hardly ever repeat, and a few of them would fill the cache.
const LONGEST_TEXT: usize = 1 << 10;

/// A value that a cache can hold.
pub(crate) trait Cached {
    /// Bytes that the value holds outside itself.
    fn heap_bytes(&self) -> usize;
}

/// Results by text, within a bound. The hash is seeded, so that nobody can make up texts that collide.
pub(crate) struct Cache<V> {
    hasher: DefaultHashBuilder,
    /// For each slot the number of its entry, counted from 1; 0 in a free slot.
    slots: Vec<u16>,
    entries: Vec<Entry<V>>,
    /// The texts one after another, so that a new text needs no allocation.
    texts: Vec<u8>,
    /// Bytes of the results.
    bytes: usize,
    is_full: bool,
    /// The last result of a text that is too long to be remembered.
    long: Option<V>,
}

/// A text and its result.
struct Entry<V> {
    hash: u64,
    /// The place of the text in [`Cache::texts`].
    start: u32,
    end: u32,
    value: V,
}

impl<V> Entry<V> {
    #[inline]
    fn text<'a>(&self, texts: &'a [u8]) -> &'a [u8] {
        &texts[self.start as usize..self.end as usize]
    }
}

impl<V: Cached> Cache<V> {
    pub(crate) fn new() -> Self {
        Self {
            hasher: DefaultHashBuilder::default(),
            slots: vec![0; SLOTS],
            entries: Vec::with_capacity(ROOM),
            texts: Vec::with_capacity(ROOM * TEXT_BYTES),
            bytes: 0,
            is_full: false,
            long: None,
        }
    }

    /// The result for a text: the remembered one, else the one that `make` returns, which is remembered.
    #[inline]
    pub(crate) fn get_or_make(&mut self, text: &str, make: impl FnOnce() -> V) -> &V {
        if text.len() > LONGEST_TEXT {
            return self.long.insert(make());
        }
        let text = text.as_bytes();
        let hash = self.hash(text);
        let mut slot = first_slot(hash);
        let index = loop {
            let Some(index) = usize::from(self.slots[slot]).checked_sub(1) else {
                break self.insert(slot, hash, text, make());
            };
            let entry = &self.entries[index];
            if entry.hash == hash && is_equal(entry.text(&self.texts), text) {
                break index;
            }
            slot = (slot + 1) % SLOTS;
        };
        &self.entries[index].value
    }

    /// Adds an entry in a free slot, and returns its index.
    #[allow(clippy::cast_possible_truncation)] // the bounds on bytes and on entries are far lower
    fn insert(&mut self, mut slot: usize, hash: u64, text: &[u8], value: V) -> usize {
        if self.is_full {
            self.clear();
            slot = first_slot(hash);
        }
        let start = self.texts.len();
        self.texts.extend_from_slice(text);
        let end = self.texts.len();
        self.bytes += size_of::<Entry<V>>() + value.heap_bytes();
        self.entries.push(Entry {
            hash,
            start: start as u32,
            end: end as u32,
            value,
        });
        let entries = self.entries.len();
        self.is_full = end + self.bytes >= MOST_BYTES || entries >= MOST_ENTRIES;
        self.slots[slot] = entries as u16;
        entries - 1
    }

    fn clear(&mut self) {
        self.slots.fill(0);
        self.entries.clear();
        self.texts.clear();
        self.bytes = 0;
        self.is_full = false;
    }

    /// The hash of a text. Unlike the hash of a `&str`, it does not cover the end of the text, which takes time.
    #[inline]
    fn hash(&self, text: &[u8]) -> u64 {
        let mut state = self.hasher.build_hasher();
        state.write(text);
        state.finish()
    }
}

/// The slot in which a text with a hash is looked for first.
#[inline]
#[allow(clippy::cast_possible_truncation)] // the lowest bits of the hash
fn first_slot(hash: u64) -> usize {
    hash as usize % SLOTS
}

/// Whether two texts are equal. Most texts are words: they are compared by their first and last bytes, which overlap,
/// because the call of a function that compares bytes takes longer.
#[inline]
fn is_equal(known: &[u8], text: &[u8]) -> bool {
    fn ends<const N: usize>(text: &[u8]) -> Option<(&[u8; N], &[u8; N])> {
        text.first_chunk().zip(text.last_chunk())
    }
    known.len() == text.len()
        && match text.len() {
            8..=16 => ends::<8>(known) == ends(text),
            4..8 => ends::<4>(known) == ends(text),
            _ => known == text,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Cached for String {
        fn heap_bytes(&self) -> usize {
            self.len()
        }
    }

    /// Whether a cache has to make the result of a text.
    fn makes(cache: &mut Cache<String>, text: &str, result: &str) -> bool {
        let mut made = false;
        let got = cache.get_or_make(text, || {
            made = true;
            result.to_owned()
        });
        assert_eq!(got, result);
        made
    }

    #[test]
    fn a_result_is_made_once_for_each_text() {
        let mut cache = Cache::new();
        for first in [true, false] {
            for text in ["", "Huế", "Thành phố Hồ Chí Minh"] {
                assert_eq!(makes(&mut cache, text, text), first, "{text}");
            }
        }
    }

    #[test]
    fn a_cache_of_many_entries_starts_again() {
        let mut cache = Cache::new();
        for number in 0..MOST_ENTRIES {
            assert!(makes(&mut cache, &number.to_string(), "x"));
        }
        assert!(!makes(&mut cache, "0", "x"));
        assert!(makes(&mut cache, "a", "x"));
        assert!(makes(&mut cache, "0", "x"));
        assert!(!makes(&mut cache, "a", "x"));
    }

    #[test]
    fn a_cache_of_many_bytes_starts_again() {
        let mut cache = Cache::new();
        assert!(makes(&mut cache, "a", "x"));
        assert!(makes(&mut cache, "b", &"y".repeat(MOST_BYTES)));
        assert!(makes(&mut cache, "c", "x"));
        assert!(makes(&mut cache, "a", "x"));
        assert!(!makes(&mut cache, "c", "x"));
    }

    #[test]
    fn a_text_that_is_too_long_is_not_remembered() {
        let mut cache = Cache::new();
        let long = "x".repeat(LONGEST_TEXT + 1);
        for _ in 0..2 {
            assert!(makes(&mut cache, &long, "y"));
        }
        assert!(makes(&mut cache, &long[1..], "y"));
        assert!(!makes(&mut cache, &long[1..], "y"));
    }
}
