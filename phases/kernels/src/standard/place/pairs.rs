//! The pairs of one detail, and the places that pairs name.

use std::borrow::Cow;
use std::hash::{Hash, Hasher};
use std::ops::Deref;
use std::sync::Arc;

use hashbrown::HashSet;
use memchr::{memchr2, memchr2_iter};

use super::address;
use super::cut::cut;
use super::finder::ProvinceFinder;
use super::html;
use super::pair_text::PairText;
use super::parts::Place;
use crate::cache::{Cache, Cached, LONGEST_TEXT};
use crate::text::{self, json::write_json_text};

/// The pairs of a `location_detail`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Detail {
    /// The pairs, see [`pairs`](super::pairs()).
    pub pairs: Vec<Arc<Pair>>,
    /// Whether the page had U+0000, which PostgreSQL cannot store.
    pub nul_dropped: bool,
}

/// A pair, with the places that it names. Two pairs are equal if their texts are equal.
#[derive(Debug, Clone)]
pub struct Pair {
    /// The text of the pair, and the texts that the pair adds to the columns, one after another: [`Self::quoted`] and
    /// [`Self::json`].
    texts: String,
    /// Where each text after the first starts in `texts`.
    starts: [usize; 2],
    /// The place before its colon, or a line that is a place itself: what it adds to the location.
    pub(super) named: Option<Arc<str>>,
    /// The places in parts. An address without `Place:` may list several, with `;` between them.
    pub(super) places: Vec<Place>,
    /// Whether a place of the pair depends on the location.
    pub(crate) is_open: bool,
    /// Whether it names a place that is known and has no code.
    pub(crate) is_known: bool,
}

impl Deref for Pair {
    type Target = str;

    fn deref(&self) -> &str {
        &self.texts[..self.starts[0]]
    }
}

impl PartialEq for Pair {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for Pair {}

impl Hash for Pair {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl Pair {
    /// Reads a pair. The position of its first colon and the province before it may be known.
    pub(super) fn new(text: &str, known: Option<(usize, u8)>, finder: &mut ProvinceFinder) -> Self {
        let read = PairText::read(text, known, finder);
        let named = read.named(finder);
        let places = read.places(named.as_ref(), finder);
        // A place without an address has about a hundred bytes.
        let mut texts = String::with_capacity(places.len() * 128 + text.len() * 3);
        texts.push_str(text);
        let mut starts = [texts.len(); 2];
        write_json_text(text, &mut texts);
        starts[1] = texts.len();
        for (index, place) in places.iter().enumerate() {
            if index > 0 {
                texts.push(',');
            }
            place.write_json(finder.rules(), &mut texts);
        }
        let words = &finder.rules().words;
        let is_known = |place: &Place| {
            let name = place.name.as_deref().filter(|_| place.number.is_none());
            name.is_some_and(|name| words.is_known(name))
        };
        Self {
            is_known: places.iter().any(is_known),
            is_open: places.iter().any(|place| place.is_open),
            named,
            places,
            texts,
            starts,
        }
    }

    /// The places that the pair names, in parts.
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// The pair as a JSON string.
    pub(crate) fn quoted(&self) -> &str {
        &self.texts[self.starts[0]..self.starts[1]]
    }

    /// The places as JSON objects, joined by commas.
    pub(crate) fn json(&self) -> &str {
        &self.texts[self.starts[1]..]
    }

    /// The bytes of the pair and its texts.
    pub(crate) fn bytes(&self) -> usize {
        let places = self.places.len() * size_of::<Place>();
        // Its addresses are parts of its text.
        size_of::<Self>() + self.texts.len() + self.len() + places
    }
}

impl Cached for Arc<Pair> {
    fn heap_bytes(&self) -> usize {
        self.bytes()
    }
}

/// The pairs of a line. Companies repeat their addresses, so only an eighth of the lines of a batch are distinct.
impl Cached for Vec<Arc<Pair>> {
    fn heap_bytes(&self) -> usize {
        self.iter().map(|pair| pair.bytes()).sum()
    }
}

/// Results that are cached by line or, because a long line is not cached, by the pairs of that line.
pub(super) struct PairCaches {
    lines: Cache<Vec<Arc<Pair>>>,
    pairs: Cache<Arc<Pair>>,
}

impl PairCaches {
    pub(super) fn new() -> Self {
        Self {
            lines: Cache::new(),
            pairs: Cache::small(),
        }
    }
}

/// Reads a detail.
pub(super) fn read(detail: &str, caches: &mut PairCaches, finder: &mut ProvinceFinder) -> Detail {
    let page = page(detail);
    let text = page.as_deref().unwrap_or(detail);
    let mut pairs = Vec::with_capacity(4);
    let mut start = 0;
    for end in memchr2_iter(b'\n', b'\r', text.as_bytes()).chain([text.len()]) {
        let line = &text[start..end];
        start = end + 1;
        let known = &mut caches.pairs;
        let (_, of_line) = caches.lines.get_or_make(line, |_| {
            let mut of_line = Vec::with_capacity(1);
            cut(&text::clean(line), finder, |text, province, finder| {
                let mut make = |_: &mut String| Arc::new(Pair::new(text, province, finder));
                of_line.push(if line.len() <= LONGEST_TEXT {
                    make(&mut String::new())
                } else {
                    Arc::clone(known.get_or_make(text, make).1)
                });
            });
            of_line
        });
        pairs.extend_from_slice(of_line);
    }
    Detail {
        pairs: distinct(pairs),
        nul_dropped: page.is_some() && html::without_nul(detail).len() < detail.len(),
    }
}

/// Up to this number of items, it is faster to compare each with the items before it than to hash them.
const FEW: usize = 16;

/// The items in their order, without repeats.
fn distinct<T: Eq + Hash>(mut items: Vec<T>) -> Vec<T> {
    if items.len() <= FEW {
        let mut at = 1;
        while at < items.len() {
            if items[..at].contains(&items[at]) {
                items.remove(at);
            } else {
                at += 1;
            }
        }
    } else {
        let mut known = HashSet::with_capacity(items.len());
        let is_new: Vec<bool> = items.iter().map(|item| known.insert(item)).collect();
        drop(known);
        let mut is_new = is_new.into_iter();
        items.retain(|_| is_new.next() == Some(true));
    }
    items
}

/// The lines that a detail shows, if it is HTML.
pub(super) fn page(detail: &str) -> Option<String> {
    memchr2(b'<', b'&', detail.as_bytes())?;
    // Composed before it is read, because the decomposed form of `<À` would begin a tag: `<A` and an accent.
    Some(html::text(&text::composed(detail)))
}

/// The distinct places that pairs name, in their order, joined by `, `.
pub(super) fn join(pairs: &[Arc<Pair>]) -> Cow<'_, str> {
    if let [pair] = pairs {
        return Cow::Borrowed(pair.named.as_deref().unwrap_or_default());
    }
    let named = pairs.iter().filter_map(|pair| pair.named.as_deref());
    Cow::Owned(distinct(named.collect()).join(", "))
}

/// The places of a pair, if the location names one province: an address that names no province is there.
pub(super) fn places_within(pair: &Pair, province: u8, finder: &mut ProvinceFinder) -> Vec<Place> {
    let mut places = pair.places.clone();
    let is_single = places.len() == 1;
    for place in places.iter_mut().filter(|place| place.is_open) {
        if is_single {
            place.address = Some((**pair).to_owned());
        }
        let address = place.address.as_deref().unwrap_or_default();
        let parts = address::read(address, Some(province), finder);
        place.locate(province, parts.district, finder);
    }
    places
}
