//! The one bounded cache of this crate: results by text.
//!
//! Names, addresses and locations repeat within a batch and from batch to batch, so the kernel reads each text once and
//! looks its result up afterwards. The engines (title, company, place) do not know of the cache: a cached result equals
//! the result of the engine, and a test over all postings at hand shows it.
//!
//! A cache has one bound, on entries and on bytes. When an insertion reaches it, the next lookup starts with an empty
//! cache. Texts that are frequent are soon known again, and no order of use has to be kept.

use hashbrown::HashMap;
use hashbrown::hash_map::EntryRef;

/// Entries for which a new cache has room, so that it need not grow for those of a usual batch.
const ROOM: usize = 1 << 12;
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
    results: HashMap<String, V>,
    bytes: usize,
    /// The last result of a text that is too long to be remembered.
    long: Option<V>,
}

impl<V: Cached> Cache<V> {
    pub(crate) fn new() -> Self {
        Self {
            results: HashMap::with_capacity(ROOM),
            bytes: 0,
            long: None,
        }
    }

    /// The result for a text: the remembered one, else the one that `make` returns, which is remembered.
    #[inline]
    pub(crate) fn get_or_make(&mut self, text: &str, make: impl FnOnce() -> V) -> &V {
        if text.len() > LONGEST_TEXT {
            return self.long.insert(make());
        }
        if self.bytes >= MOST_BYTES || self.results.len() >= MOST_ENTRIES {
            self.results.clear();
            self.bytes = 0;
        }
        match self.results.entry_ref(text) {
            EntryRef::Occupied(known) => known.into_mut(),
            EntryRef::Vacant(new) => {
                let value = make();
                self.bytes += text.len() + size_of::<V>() + value.heap_bytes();
                new.insert(value)
            }
        }
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
