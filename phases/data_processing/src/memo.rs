//! What was made of a text, remembered up to a size.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::short::{self, Lately};

/// Results by text, for the texts of a batch that come again and again. It is seeded like any hash map, so that no list of
/// names can be made up that lands in one place, and it forgets all at once when it is full: the texts that come often
/// are soon known again.
pub(crate) struct Memo<V> {
    hasher: DefaultHashBuilder,
    entries: HashTable<Entry<V>>,
    /// The texts, in the order in which they were met.
    keys: String,
}

/// A text, by where it stands among the keys, and what was made of it.
struct Entry<V> {
    start: u32,
    end: u32,
    value: V,
}

impl<V> Entry<V> {
    fn key<'a>(&self, keys: &'a str) -> &'a [u8] {
        &keys.as_bytes()[self.start as usize..self.end as usize]
    }
}

/// Bytes of keys, and entries, at which a memo is full.
const MOST_BYTES: usize = 1 << 20;
const MOST_ENTRIES: usize = 1 << 14;
/// Longer texts hardly ever come again, and would fill it.
const LONGEST: usize = 1 << 10;

impl<V: Copy> Memo<V> {
    /// An empty one with room for so many texts of so many bytes each, so that it need not grow for those of a usual batch.
    pub(crate) fn with_room(texts: usize, bytes: usize) -> Self {
        Self {
            hasher: DefaultHashBuilder::default(),
            entries: HashTable::with_capacity(texts),
            keys: String::with_capacity(texts * bytes),
        }
    }

    pub(crate) fn hash(&self, key: &str) -> u64 {
        self.hasher.hash_one(key.as_bytes())
    }

    /// What was made of a text whose hash is given.
    pub(crate) fn get(&self, hash: u64, key: &str) -> Option<V> {
        let key = key.as_bytes();
        let known = self
            .entries
            .find(hash, |known| known.key(&self.keys) == key);
        known.map(|known| known.value)
    }

    /// True where what is remembered has to go before more can be.
    pub(crate) fn is_full(&self) -> bool {
        self.keys.len() >= MOST_BYTES || self.entries.len() >= MOST_ENTRIES
    }

    /// What is remembered, in the order in which it was met.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, V)> {
        let mut entries: Vec<&Entry<V>> = self.entries.iter().collect();
        entries.sort_by_key(|entry| (entry.start, entry.end));
        entries.into_iter().map(|entry| {
            let key = &self.keys[entry.start as usize..entry.end as usize];
            (key, entry.value)
        })
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.keys.clear();
    }

    /// Remembers what was made of a text that is not known yet, unless it is too long.
    pub(crate) fn insert(&mut self, hash: u64, key: &str, value: V) {
        if key.len() > LONGEST {
            return;
        }
        // Whoever asks `is_full` in time stays far below what 32 bits count; otherwise it is not remembered.
        let (Ok(start), Ok(end)) = (
            u32::try_from(self.keys.len()),
            u32::try_from(self.keys.len() + key.len()),
        ) else {
            return;
        };
        self.keys.push_str(key);
        let (hasher, keys) = (&self.hasher, &self.keys);
        let entry = Entry { start, end, value };
        self.entries
            .insert_unique(hash, entry, |known| hasher.hash_one(known.key(keys)));
    }
}

/// A memo of texts that are mostly short: those that were met lately are found by their bytes alone.
pub(crate) struct ShortMemo<V> {
    lately: Lately<V>,
    all: Memo<V>,
}

impl<V: Copy + Default> ShortMemo<V> {
    /// An empty one, as [`Memo::with_room`], and with so many places for those that were met lately.
    pub(crate) fn with_room(texts: usize, bytes: usize, places: usize) -> Self {
        Self {
            lately: Lately::new(places),
            all: Memo::with_room(texts, bytes),
        }
    }

    /// What was made of a text.
    pub(crate) fn get(&mut self, text: &str) -> Option<V> {
        let key = short::key(text);
        if let Some(known) = self.lately.get(key) {
            return Some(*known);
        }
        let known = self.all.get(self.all.hash(text), text)?;
        self.lately.keep(key, known);
        Some(known)
    }

    /// See [`Memo::insert`].
    pub(crate) fn insert(&mut self, text: &str, value: V) {
        self.all.insert(self.all.hash(text), text, value);
        self.lately.keep(short::key(text), value);
    }

    /// See [`Memo::is_full`].
    pub(crate) fn is_full(&self) -> bool {
        self.all.is_full()
    }

    /// See [`Memo::iter`].
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, V)> {
        self.all.iter()
    }

    /// Forgets all.
    pub(crate) fn clear(&mut self) {
        self.lately.clear();
        self.all.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remembers_until_it_is_full() {
        let mut memo = Memo::with_room(0, 0);
        for n in 0..MOST_ENTRIES {
            let key = n.to_string();
            let hash = memo.hash(&key);
            assert_eq!(memo.get(hash, &key), None);
            memo.insert(hash, &key, n);
            assert_eq!(memo.get(hash, &key), Some(n));
        }
        assert!(memo.is_full());
        assert_eq!(memo.get(memo.hash("77"), "77"), Some(77));
        memo.clear();
        assert!(!memo.is_full());
        assert_eq!(memo.get(memo.hash("77"), "77"), None);
        let long = "x".repeat(LONGEST + 1);
        memo.insert(memo.hash(&long), &long, 1);
        assert_eq!(memo.get(memo.hash(&long), &long), None);
    }

    #[test]
    fn short_texts_and_long_ones_are_known_until_all_is_forgotten() {
        let mut memo = ShortMemo::with_room(0, 0, 2);
        let texts = ["Huế", "Hà Nội", "Thành phố Hồ Chí Minh", ""];
        for (value, text) in texts.iter().enumerate() {
            assert_eq!(memo.get(text), None);
            memo.insert(text, value);
        }
        // There are two places only for what was met lately.
        for _ in 0..2 {
            for (value, text) in texts.iter().enumerate() {
                assert_eq!(memo.get(text), Some(value), "{text}");
            }
        }
        let met: Vec<&str> = memo.iter().map(|(text, _)| text).collect();
        assert_eq!(met, texts);
        memo.clear();
        assert!(texts.iter().all(|text| memo.get(text).is_none()));
    }
}
