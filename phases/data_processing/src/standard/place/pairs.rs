//! The pairs of one detail, and the places that pairs name.

use std::hash::Hash;
use std::sync::Arc;

use hashbrown::HashSet;
use memchr::{memchr2, memchr2_iter};

use super::cut::cut;
use super::finder::ProvinceFinder;
use super::html;
use crate::cache::{Cache, Cached};
use crate::text;

/// The pairs of a `location_detail`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Detail {
    /// The pairs, see [`pairs`](super::pairs()).
    pub pairs: Vec<Arc<str>>,
    /// Whether the page had U+0000, which PostgreSQL cannot store.
    pub nul_dropped: bool,
}

/// A place that a pair names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum NamedPlace<'a> {
    Province(u8),
    /// A place that is not a province.
    Other(&'a str),
}

/// The pairs of a line. The postings of a company repeat its addresses, so only an eighth of the lines of a batch are
/// distinct.
impl Cached for Vec<Arc<str>> {
    fn heap_bytes(&self) -> usize {
        let pairs = self.iter();
        pairs.map(|pair| pair.len() + size_of::<Arc<str>>()).sum()
    }
}

/// Reads a detail.
pub(super) fn read(
    detail: &str,
    lines: &mut Cache<Vec<Arc<str>>>,
    finder: &mut ProvinceFinder,
) -> Detail {
    let page = page(detail);
    let text = page.as_deref().unwrap_or(detail);
    let mut pairs = Vec::new();
    let mut start = 0;
    for end in memchr2_iter(b'\n', b'\r', text.as_bytes()).chain([text.len()]) {
        let line = &text[start..end];
        start = end + 1;
        let (_, of_line) = lines.get_or_make(line, |_| {
            let mut pairs = Vec::new();
            cut(&text::clean(line), finder, |pair| pairs.push(pair.into()));
            pairs
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

/// The distinct places that pairs name, in their order.
pub(super) fn places<'a>(
    pairs: &'a [Arc<str>],
    finder: &mut ProvinceFinder,
) -> Vec<NamedPlace<'a>> {
    let named = pairs.iter().filter_map(|pair| place(pair, finder));
    distinct(named.collect())
}

/// The place that a pair names: the province before its colon (or the words there), or a line that is a place itself.
fn place<'a>(pair: &'a str, finder: &mut ProvinceFinder) -> Option<NamedPlace<'a>> {
    let text = pair.split_once(':').map_or(pair, |(place, _)| place.trim());
    if text.is_empty() {
        return None;
    }
    if let Some(province) = finder.find(text) {
        return Some(NamedPlace::Province(province));
    }
    // A line without a colon may be an address, which does not name a place: addresses have numbers and commas.
    let is_place = text.len() < pair.len()
        || pair.split(' ').count() <= 4
            && !pair.contains([',', '.', '&'])
            && !pair.chars().any(char::is_numeric);
    is_place.then_some(NamedPlace::Other(text))
}
