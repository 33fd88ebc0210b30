//! Results by text, within a bound. All caches of this crate have this type, apart from the memo of the words of titles.
//!
//! Names, addresses and locations repeat within a batch and from batch to batch, so the kernel reads each text once and
//! looks its result up afterwards. The engines (title, company, place) do not depend on the cache: a cached result equals
//! the result of the engine, and a test over all postings at hand shows it.
//!
//! A cache is full at a number of entries or of bytes. A full cache is emptied before the next text is looked up. Texts that
//! are frequent are soon known again, and no order of use has to be kept.
//!
//! Most of the time of a lookup is waiting for memory, so a lookup reads few places: a slot, an entry, a text.
//!
//! 1. The slot: a text's hash says where to look first. If another text is in that slot, the next slots are read. The
//!    number of entries leaves half of the slots free, so a free slot is near. A small cache grows for that, and a large
//!    one never has to.
//! 2. The entry: the entries are in a list without gaps, in the order in which they were added. A batch often repeats
//!    this order, and a list takes memory only as it is filled.
//! 3. The text: it is compared only if the hashes are equal. The text of its result comes right after it, so a new entry
//!    needs no allocation.

use std::hash::{BuildHasher, Hasher};

use hashbrown::DefaultHashBuilder;

/// Slots of a large cache: twice as many as entries, and a power of two.
const SLOTS: usize = MOST_ENTRIES * 2;
/// Slots of a small cache. They are doubled when half of them are used.
const FEW_SLOTS: usize = 1 << 9;
/// Entries for which a new cache has room, so that it need not grow for those of a usual batch.
const ROOM: usize = 1 << 12;
/// Bytes of text that a new cache reserves for each of those entries. Reserved memory costs nothing until it is written.
const TEXT_BYTES: usize = 256;
/// Entries at which a cache is full.
const MOST_ENTRIES: usize = 1 << 14;
/// Bytes of texts and values at which a cache is full.
const MOST_BYTES: usize = 1 << 21;
/// A longer text, in bytes, is not remembered: such texts hardly ever repeat, and a few of them would fill the cache.
pub(crate) const LONGEST_TEXT: usize = 1 << 10;

/// A value that a cache can hold.
pub(crate) trait Cached {
    /// Bytes that the value holds outside itself.
    fn heap_bytes(&self) -> usize {
        0
    }
}

/// A result is often a text alone.
impl Cached for () {}

/// Results by text, within a bound. A result is a text and a value. The hash is seeded, so that nobody can make up texts
/// that collide.
pub(crate) struct Cache<V> {
    hasher: DefaultHashBuilder,
    /// For each slot the number of its entry, counted from 1; 0 in a free slot.
    slots: Vec<u16>,
    entries: Vec<Entry<V>>,
    /// Each text, followed by the text of its result.
    texts: String,
    /// Bytes that the values hold outside the entries.
    heap_bytes: usize,
    /// The last result of a text that is too long to be remembered.
    long: (String, Option<V>),
}

/// A text and its result.
struct Entry<V> {
    /// The upper 32 bits of the hash. The lower bits choose the slot.
    hash: u32,
    /// The start of the text in [`Cache::texts`].
    start: u32,
    /// The end of the text, where the text of the result starts.
    middle: u32,
    end: u32,
    value: V,
}

impl<V> Entry<V> {
    #[inline]
    fn text<'a>(&self, texts: &'a str) -> &'a [u8] {
        &texts.as_bytes()[self.start as usize..self.middle as usize]
    }
}

impl<V: Cached> Cache<V> {
    /// A cache of the texts of rows, with room for a usual batch.
    pub(crate) fn new() -> Self {
        Self::with_room(SLOTS, ROOM, ROOM * TEXT_BYTES)
    }

    /// A cache of parts of texts, of which there are few. It begins small, and has the same bounds.
    pub(crate) fn small() -> Self {
        Self::with_room(FEW_SLOTS, 0, 0)
    }

    fn with_room(slots: usize, entries: usize, bytes: usize) -> Self {
        Self {
            hasher: DefaultHashBuilder::default(),
            slots: vec![0; slots],
            entries: Vec::with_capacity(entries),
            texts: String::with_capacity(bytes),
            heap_bytes: 0,
            long: (String::new(), None),
        }
    }

    /// Returns the cached result of a text. If there is none, calls `make` and caches its result: `make` adds the text of the
    /// result to the string, and returns the value.
    #[inline]
    pub(crate) fn get_or_make(
        &mut self,
        text: &str,
        make: impl FnOnce(&mut String) -> V,
    ) -> (&str, &V) {
        if text.len() > LONGEST_TEXT {
            let (written, value) = &mut self.long;
            written.clear();
            let value = value.insert(make(written));
            return (written, value);
        }
        self.make_room();
        let index = self.index_or_make(text, make);
        let entry = &self.entries[index];
        let written = &self.texts[entry.middle as usize..entry.end as usize];
        (written, &entry.value)
    }

    /// Like [`Cache::get_or_make`], for a user that needs the results of several texts at the same time: the value stays
    /// at the returned index, and its text in [`Cache::texts`], until [`Cache::make_room`] is called. The text must not
    /// be longer than [`LONGEST_TEXT`].
    #[inline]
    pub(crate) fn index_or_make(
        &mut self,
        text: &str,
        make: impl FnOnce(&mut String) -> V,
    ) -> usize {
        let hash = self.hash(text.as_bytes());
        let (mut slot, half) = self.split_hash(hash);
        loop {
            let Some(index) = usize::from(self.slots[slot]).checked_sub(1) else {
                return self.insert(slot, half, text, make);
            };
            let entry = &self.entries[index];
            if entry.hash == half && is_equal(entry.text(&self.texts), text.as_bytes()) {
                return index;
            }
            slot = self.after(slot);
        }
    }

    /// The slot after a slot.
    #[inline]
    fn after(&self, slot: usize) -> usize {
        (slot + 1) & (self.slots.len() - 1)
    }

    #[inline]
    pub(crate) fn value(&self, index: usize) -> &V {
        &self.entries[index].value
    }

    /// All cached text: each text, followed by the text of its result.
    #[inline]
    pub(crate) fn texts(&self) -> &str {
        &self.texts
    }

    /// Empties the cache if it is full.
    #[inline]
    pub(crate) fn make_room(&mut self) {
        let bytes = self.texts.len() + self.heap_bytes + self.entries.len() * size_of::<Entry<V>>();
        if bytes >= MOST_BYTES || self.entries.len() >= MOST_ENTRIES {
            self.clear();
        }
    }

    /// Adds an entry in a free slot, and returns its index.
    #[allow(clippy::cast_possible_truncation)] // the bounds on bytes and on entries are far lower
    fn insert(
        &mut self,
        slot: usize,
        hash: u32,
        text: &str,
        make: impl FnOnce(&mut String) -> V,
    ) -> usize {
        let start = self.texts.len();
        self.texts.push_str(text);
        let middle = self.texts.len();
        let value = make(&mut self.texts);
        self.heap_bytes += value.heap_bytes();
        self.entries.push(Entry {
            hash,
            start: start as u32,
            middle: middle as u32,
            end: self.texts.len() as u32,
            value,
        });
        let entries = self.entries.len();
        self.slots[slot] = entries as u16;
        if entries * 2 > self.slots.len() {
            self.grow();
        }
        entries - 1
    }

    /// Doubles the slots.
    #[cold]
    #[allow(clippy::cast_possible_truncation)] // the bound on entries is far lower
    fn grow(&mut self) {
        self.slots = vec![0; self.slots.len() * 2];
        for index in 0..self.entries.len() {
            let hash = self.hash(self.entries[index].text(&self.texts));
            let (mut slot, _) = self.split_hash(hash);
            while self.slots[slot] != 0 {
                slot = self.after(slot);
            }
            self.slots[slot] = index as u16 + 1;
        }
    }

    fn clear(&mut self) {
        self.slots.fill(0);
        self.entries.clear();
        self.texts.clear();
        self.heap_bytes = 0;
    }

    /// Returns the first slot to read for a hash, and the upper 32 bits of the hash.
    #[inline]
    #[allow(clippy::cast_possible_truncation)] // the lowest bits of the hash, and the highest bits
    fn split_hash(&self, hash: u64) -> (usize, u32) {
        (hash as usize & (self.slots.len() - 1), (hash >> 32) as u32)
    }

    /// The hash of a text. Unlike the hash of a `&str`, it adds no byte for the end of the text, which would take time.
    #[inline]
    fn hash(&self, text: &[u8]) -> u64 {
        let mut state = self.hasher.build_hasher();
        state.write(text);
        state.finish()
    }
}

/// Whether two texts are equal. Most texts are words of 4 to 16 bytes. They are compared as two chunks, the first and the last
/// bytes, which may overlap. This is faster than the call of a function that compares bytes.
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
mod tests;
