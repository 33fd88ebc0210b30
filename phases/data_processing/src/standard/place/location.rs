//! The location of a posting: its places, each written one way, and their codes.

use super::{Names, Place};
use crate::memo::ShortMemo;
use crate::text::clean;

/// Locations as they were refined: the site has a few hundred, so nearly every one is known after some rows.
pub(super) struct Locations {
    known: ShortMemo<Known>,
    texts: String,
    joined: String,
    codes: Codes,
}

/// Where the texts of a location stand.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Known {
    start: u32,
    middle: u32,
    end: u32,
    several: bool,
}

impl Known {
    /// Whether it names several places without saying which.
    pub(super) fn several(self) -> bool {
        self.several
    }
}

/// Bytes of texts at which all is forgotten.
const MOST_BYTES: usize = 1 << 21;

impl Locations {
    pub(super) fn new() -> Self {
        Self {
            known: ShortMemo::with_room(1 << 9, 32, 1 << 8),
            texts: String::new(),
            joined: String::new(),
            codes: Codes::default(),
        }
    }

    /// A location as it is written, and its codes.
    pub(super) fn texts(&self, known: Known) -> (&str, &str) {
        let [start, middle, end] = [known.start, known.middle, known.end].map(|at| at as usize);
        (&self.texts[start..middle], &self.texts[middle..end])
    }

    pub(super) fn read(&mut self, location: &str, names: &mut Names) -> Known {
        if let Some(known) = self.known.get(location) {
            return known;
        }
        if self.known.is_full() || self.texts.len() > MOST_BYTES {
            self.known.clear();
            self.texts.clear();
        }
        let text = clean(location);
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let start = place(self.texts.len());
        self.codes.clear();
        write(&text, &mut self.texts, &mut self.codes, names);
        let middle = place(self.texts.len());
        self.codes.write_literal(&mut self.texts);
        let known = Known {
            start,
            middle,
            end: place(self.texts.len()),
            several: text.contains('&') || text.to_lowercase().contains("nơi khác"),
        };
        self.known.insert(location, known);
        known
    }

    /// Places one after another, and the codes of the provinces among them.
    pub(super) fn join(&mut self, places: &[Place<'_>], names: &mut Names) -> (&str, &str) {
        self.joined.clear();
        self.codes.clear();
        for (index, place) in places.iter().enumerate() {
            if index > 0 {
                self.joined.push_str(", ");
            }
            match *place {
                Place::Province(province) => {
                    self.joined.push_str(names.name(province));
                    self.codes.push(province, names);
                }
                // It may be a list itself.
                Place::Other(text) => write(text, &mut self.joined, &mut self.codes, names),
            }
        }
        let middle = self.joined.len();
        self.codes.write_literal(&mut self.joined);
        self.joined.split_at(middle)
    }
}

/// Writes a location with each province written one way, and collects the codes of those.
fn write(location: &str, out: &mut String, codes: &mut Codes, names: &mut Names) {
    for (item, separator) in items(location, names) {
        match names.find(item) {
            Some(province) => {
                out.push_str(names.name(province));
                codes.push(province, names);
            }
            None => out.push_str(item),
        }
        out.push_str(separator);
    }
}

/// The codes of some provinces, in the order in which they came and each once.
#[derive(Default)]
struct Codes {
    /// With a comma behind each.
    list: String,
    /// A bit for each number of a province.
    seen: [u128; 2],
}

impl Codes {
    fn clear(&mut self) {
        self.list.clear();
        self.seen = [0; 2];
    }

    fn push(&mut self, province: u8, names: &Names) {
        let half = &mut self.seen[usize::from(province / 128)];
        let bit = 1 << (province % 128);
        if *half & bit == 0 {
            *half |= bit;
            self.list.push_str(names.code(province));
            self.list.push(',');
        }
    }

    /// Writes them as an array literal of PostgreSQL, which plain words need no quotes in.
    fn write_literal(&self, out: &mut String) {
        out.push('{');
        out.push_str(self.list.strip_suffix(',').unwrap_or_default());
        out.push('}');
    }
}

/// The items of a location with the separator that follows each; a province's own dash does not separate.
fn items<'a>(location: &'a str, names: &mut Names) -> Vec<(&'a str, &'a str)> {
    let mut items = Vec::new();
    let mut start = 0;
    for (at, sign) in location.match_indices([',', ';', '&', '/', '|']) {
        let next = at + sign.len();
        push_item(&mut items, &location[start..at], &location[at..next], names);
        start = next;
    }
    push_item(&mut items, &location[start..], "", names);
    items
}

fn push_item<'a>(
    items: &mut Vec<(&'a str, &'a str)>,
    text: &'a str,
    separator: &'a str,
    names: &mut Names,
) {
    let trimmed = text.trim();
    let lead = text.len() - text.trim_start().len();
    let tail = &text[lead + trimmed.len()..];
    items.push(("", &text[..lead]));
    if names.find(trimmed).is_none() && trimmed.contains(" - ") {
        // `x - Bà Rịa - Vũng Tàu` names two places: a province that holds a dash itself is not cut.
        let mut rest = trimmed;
        while let Some(cut) = rest.find(" - ") {
            let next = cut + " - ".len();
            let second = rest[next..].find(" - ").map_or(rest.len(), |at| next + at);
            let end = if names.find(&rest[..second]).is_some() {
                second
            } else {
                cut
            };
            items.push((&rest[..end], ""));
            let Some(after) = rest.get(end + " - ".len()..) else {
                rest = "";
                break;
            };
            items.push(("", " - "));
            rest = after;
        }
        items.push((rest, ""));
    } else {
        items.push((trimmed, ""));
    }
    items.push(("", tail));
    items.push(("", separator));
}
