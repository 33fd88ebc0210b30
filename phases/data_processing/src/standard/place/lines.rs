//! The pairs of lines, remembered.
//!
//! The postings of a company list its addresses again and again, each posting some of them in some markup: of the lines of
//! the crawled details an eighth are distinct.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};
use memchr::memchr2;

use super::cut::{cut, trim_spaces};
use super::{Names, Place};
use crate::memo::Memo;
use crate::text;
use crate::text::scan::shape;

/// Bytes of pairs, and numbers of pairs, at which all is forgotten.
const MOST_BYTES: usize = 1 << 21;
const MOST_NUMBERS: usize = 1 << 18;
/// The lines of a usual batch, for which a memo need not grow.
const ROOM: usize = 1 << 10;

/// Lines with the numbers of their pairs, and the pairs of all. A number holds until [`Lines::clear`].
pub(super) struct Lines {
    known: Memo<Known>,
    /// The numbers of the pairs of each line, one line after another.
    numbers: Vec<u32>,
    pairs: Vec<Pair>,
    by_text: HashTable<u32>,
    hasher: DefaultHashBuilder,
    texts: String,
}

/// What is known of a line.
#[derive(Debug, Clone, Copy)]
struct Known {
    /// Where the numbers of its pairs stand.
    from: u32,
    to: u32,
    plain: bool,
}

/// A pair.
struct Pair {
    /// Its text.
    text: Text,
    /// It as a JSON string with a comma before it.
    json: Text,
    /// The last list that it was in.
    list: u64,
    place: Option<Found>,
}

/// A stretch of the texts.
#[derive(Debug, Clone, Copy)]
struct Text {
    start: u32,
    end: u32,
}

impl Text {
    /// Within what a lane holds in memory, far below 32 bits.
    fn new(start: usize, end: usize) -> Self {
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Self {
            start: place(start),
            end: place(end),
        }
    }

    fn of(self, texts: &str) -> &str {
        &texts[self.start as usize..self.end as usize]
    }
}

/// What a pair was found to speak of.
#[derive(Debug, Clone, Copy)]
enum Found {
    Nothing,
    Province(u8),
    /// A place that is no province, see [`named`].
    Other,
}

impl Lines {
    pub(super) fn new() -> Self {
        Self {
            known: Memo::with_room(ROOM, 64),
            numbers: Vec::with_capacity(ROOM * 4),
            pairs: Vec::with_capacity(ROOM * 2),
            by_text: HashTable::with_capacity(ROOM * 2),
            hasher: DefaultHashBuilder::default(),
            texts: String::with_capacity(ROOM * 128),
        }
    }

    /// True where what is remembered has to go before more can be.
    pub(super) fn is_full(&self) -> bool {
        self.known.is_full() || self.texts.len() > MOST_BYTES || self.numbers.len() > MOST_NUMBERS
    }

    /// Forgets all.
    pub(super) fn clear(&mut self) {
        // What a giant took is given back.
        if self.pairs.capacity() > MOST_NUMBERS || self.texts.capacity() > 2 * MOST_BYTES {
            *self = Self::new();
            return;
        }
        self.known.clear();
        self.numbers.clear();
        self.pairs.clear();
        self.by_text.clear();
        self.texts.clear();
    }

    /// Adds the pairs of a line to a list, but for those that are in it, by the number of the list. Tells whether the line
    /// is plain, see [`crate::text::scan::Shape::plain`].
    pub(super) fn read(
        &mut self,
        line: &str,
        names: &mut Names,
        list: u64,
        out: &mut Vec<u32>,
    ) -> bool {
        let hash = self.known.hash(line);
        let known = self.known.get(hash, line);
        let known = known.unwrap_or_else(|| {
            let made = self.cut(line, names);
            // A detail of a million lines is read with what is remembered so far.
            if !self.known.is_full() {
                self.known.insert(hash, line, made);
            }
            made
        });
        for number in &self.numbers[known.from as usize..known.to as usize] {
            let pair = &mut self.pairs[*number as usize];
            if pair.list != list {
                pair.list = list;
                out.push(*number);
            }
        }
        known.plain
    }

    fn cut(&mut self, line: &str, names: &mut Names) -> Known {
        let mut numbers = std::mem::take(&mut self.numbers);
        let count = |numbers: &[u32]| u32::try_from(numbers.len()).unwrap_or(u32::MAX);
        let from = count(&numbers);
        let plain = shape(line).plain();
        let mut take = |pair: &str| numbers.push(self.number(pair));
        if plain {
            cut(trim_spaces(line), names, &mut take);
        } else {
            for line in line.split('\r') {
                cut(&text::clean(line), names, &mut take);
            }
        }
        let to = count(&numbers);
        self.numbers = numbers;
        Known { from, to, plain }
    }

    /// The number of a pair.
    pub(super) fn number(&mut self, text: &str) -> u32 {
        let hash = self.hasher.hash_one(text.as_bytes());
        let (pairs, texts) = (&self.pairs, &self.texts);
        let of = |number: u32| pairs[number as usize].text.of(texts);
        if let Some(known) = self.by_text.find(hash, |known| of(*known) == text) {
            return *known;
        }
        let number = u32::try_from(self.pairs.len()).unwrap_or(u32::MAX);
        let pair = self.keep(text);
        self.pairs.push(pair);
        let (hasher, pairs, texts) = (&self.hasher, &self.pairs, &self.texts);
        self.by_text.insert_unique(hash, number, |known| {
            hasher.hash_one(pairs[*known as usize].text.of(texts).as_bytes())
        });
        number
    }

    /// Writes a pair down.
    fn keep(&mut self, text: &str) -> Pair {
        let texts = &mut self.texts;
        let begun = texts.len();
        let start = begun + 2;
        texts.push_str(",\"");
        texts.push_str(text);
        texts.push('"');
        let mut json = Text::new(begun, texts.len());
        // That of a detail is clean, so that only two characters need escaping.
        if memchr2(b'"', b'\\', text.as_bytes()).is_some() {
            let begun = texts.len();
            texts.push_str(",\"");
            for c in text.chars() {
                if matches!(c, '"' | '\\') {
                    texts.push('\\');
                }
                texts.push(c);
            }
            texts.push('"');
            json = Text::new(begun, texts.len());
        }
        Pair {
            text: Text::new(start, start + text.len()),
            json,
            list: 0,
            place: None,
        }
    }

    /// The text of a pair.
    pub(super) fn text(&self, number: u32) -> &str {
        self.pairs[number as usize].text.of(&self.texts)
    }

    /// A pair as a JSON string with a comma before it.
    pub(super) fn json(&self, number: u32) -> &str {
        self.pairs[number as usize].json.of(&self.texts)
    }

    /// Finds out which place a pair speaks of.
    pub(super) fn find_place(&mut self, number: u32, names: &mut Names) {
        let found = self.pairs[number as usize].place;
        self.pairs[number as usize].place =
            found.or_else(|| Some(place_of(self.text(number), names)));
    }

    /// The place that a pair was found to speak of.
    pub(super) fn place(&self, number: u32) -> Option<Place<'_>> {
        match self.pairs[number as usize].place? {
            Found::Nothing => None,
            Found::Province(province) => Some(Place::Province(province)),
            Found::Other => Some(Place::Other(named(self.text(number)))),
        }
    }
}

/// What stands where a pair names its place: before its colon, or all of it.
fn named(pair: &str) -> &str {
    pair.split_once(':').map_or(pair, |(place, _)| place.trim())
}

/// The place that a pair speaks of: the province before its colon (or the words there), or a line that is a place itself.
fn place_of(pair: &str, names: &mut Names) -> Found {
    let text = named(pair);
    if text.is_empty() {
        return Found::Nothing;
    }
    match names.find(text) {
        Some(province) => Found::Province(province),
        None if text.len() < pair.len() => Found::Other,
        // A line without a colon may be an address, which is no place of the list: addresses have numbers and commas.
        None => {
            let short = pair.split(' ').count() <= 4 && !pair.contains([',', '.', '&']);
            if short && !pair.chars().any(char::is_numeric) {
                Found::Other
            } else {
                Found::Nothing
            }
        }
    }
}
