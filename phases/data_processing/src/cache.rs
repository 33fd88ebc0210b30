//! The one bounded cache of this crate: results by text.
//!
//! Names, addresses and locations repeat within a batch and from batch to batch, so the kernel reads each text once and
//! looks its result up afterwards. The engines (title, company, place) do not know of the cache: a cached result equals
//! the result of the engine, and a test over all postings at hand shows it.
//!
//! A cache has one bound, on entries and on bytes. When an insertion reaches it, the next lookup starts with an empty
//! cache. Texts that are frequent are soon known again, and no order of use has to be kept.

use std::hash::{BuildHasher, Hasher};
use std::ops::Range;

use hashbrown::hash_table::Entry;
use hashbrown::{DefaultHashBuilder, HashTable};

/// Entries for which a new cache has room, so that it need not grow for those of a usual batch.
const ROOM: usize = 1 << 12;
/// Bytes for which a new cache has room for each of those entries.
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
    /// Each result, and the place of its text in `texts`.
    results: HashTable<(Range<usize>, V)>,
    /// The texts one after another, so that a new text needs no allocation.
    texts: Vec<u8>,
    /// Bytes of the results.
    bytes: usize,
    is_full: bool,
    /// The last result of a text that is too long to be remembered.
    long: Option<V>,
}

impl<V: Cached> Cache<V> {
    pub(crate) fn new() -> Self {
        Self {
            hasher: DefaultHashBuilder::default(),
            results: HashTable::with_capacity(ROOM),
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
        if self.is_full {
            self.results.clear();
            self.texts.clear();
            self.bytes = 0;
            self.is_full = false;
        }
        let text = text.as_bytes();
        let entries = self.results.len();
        let (hasher, texts) = (&self.hasher, &self.texts);
        let entry = self.results.entry(
            hash(hasher, text),
            |(known, _)| texts[known.clone()] == *text,
            |(known, _)| hash(hasher, &texts[known.clone()]),
        );
        let (_, value) = match entry {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let value = make();
                self.bytes += size_of::<V>() + value.heap_bytes();
                let start = self.texts.len();
                self.texts.extend_from_slice(text);
                self.is_full =
                    self.texts.len() + self.bytes >= MOST_BYTES || entries + 1 >= MOST_ENTRIES;
                new.insert((start..self.texts.len(), value)).into_mut()
            }
        };
        value
    }
}

/// The hash of a text. Unlike the hash of a `&str`, it does not cover the end of the text, which takes time.
#[inline]
fn hash(hasher: &DefaultHashBuilder, text: &[u8]) -> u64 {
    let mut state = hasher.build_hasher();
    state.write(text);
    state.finish()
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
        assert!(makes(&mut cache, "0", "x"));
        assert!(!makes(&mut cache, "0", "x"));
    }

    #[test]
    fn a_cache_of_many_bytes_starts_again() {
        let mut cache = Cache::new();
        assert!(makes(&mut cache, "a", "x"));
        assert!(makes(&mut cache, "b", &"y".repeat(MOST_BYTES)));
        assert!(makes(&mut cache, "a", "x"));
        assert!(!makes(&mut cache, "a", "x"));
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
