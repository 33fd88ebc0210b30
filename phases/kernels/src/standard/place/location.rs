//! The location of a posting: its places, each spelled one way, and the codes of its provinces.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter};

use super::finder::ProvinceFinder;
use super::parts::{self, Place, ProvinceSet};
use super::plain_list::plain_list;
use super::scan::{Found, Mention, scan};
use crate::text::clean;

/// A location that is written one way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Location {
    /// The text.
    pub text: String,
    /// The numbers of its provinces, in its order and without repeats.
    pub provinces: Vec<u8>,
    /// The places in parts.
    pub places: Vec<Place>,
    /// Whether it names a place that is known and has no code, such as `Toàn quốc`.
    pub is_known: bool,
    /// Whether it stands for several places without naming them all.
    pub stands_for_several: bool,
}

impl Location {
    /// The bytes that it holds outside itself. The texts of a place are about as long as its structure.
    pub(crate) fn heap_bytes(&self) -> usize {
        self.text.len() + self.provinces.len() + self.places.len() * size_of::<Place>() * 2
    }
}

/// Writes a location one way.
pub(super) fn read(location: &str, finder: &mut ProvinceFinder) -> Location {
    let cleaned = clean(location);
    let stands_for_several = stands_for_several(&cleaned);
    let (text, found) = spell(cleaned, finder);
    let places = parts::of_location(&text, &found, finder);
    let named = found.iter().filter_map(|found| match found.mention {
        Mention::Province(province) => Some(province),
        _ => None,
    });
    let mut known = ProvinceSet::default();
    let mut provinces: Vec<u8> = named.filter(|number| known.insert(*number)).collect();
    if provinces.is_empty() {
        (provinces, _) = ProvinceSet::of(places.iter());
    }
    Location {
        provinces,
        places,
        is_known: found.iter().any(|found| found.mention == Mention::Known),
        stands_for_several,
        text,
    }
}

/// Whether a clean location stands for several places.
fn stands_for_several(location: &str) -> bool {
    // The letters `ơ`, `Ơ`, `ư` and `Ư` begin with this byte. Few locations have one of them after an `n`.
    const BEGINS_LETTER: u8 = 0xC6;
    let bytes = location.as_bytes();
    memchr(b'&', bytes).is_some()
        || memchr_iter(BEGINS_LETTER, bytes).any(|at| {
            let before = at.checked_sub(1);
            let before = before.filter(|before| matches!(bytes[*before], b'n' | b'N'));
            let from = before.and_then(|at| location.get(at..));
            let lower = from
                .into_iter()
                .flat_map(|from| from.chars().flat_map(char::to_lowercase));
            let words = "nơi khác";
            lower.take(words.chars().count()).eq(words.chars())
        })
}

/// Adds the ISO codes of some provinces, joined by commas.
pub(super) fn write_codes(provinces: &[u8], finder: &ProvinceFinder, out: &mut String) {
    let start = out.len();
    for number in provinces {
        add(&finder.rules().provinces.province(*number).code, start, out);
    }
}

/// Adds the codes of today's provinces in the same way, without repeats. Several provinces may be one province today.
pub(super) fn write_province_codes(provinces: &[u8], finder: &ProvinceFinder, out: &mut String) {
    let start = out.len();
    let mut known = ProvinceSet::default();
    for number in provinces {
        let province = finder.rules().provinces.province(*number);
        if known.insert(province.number_since_2025) {
            add(&province.code_since_2025, start, out);
        }
    }
}

/// Adds a code to a list that starts at a position.
fn add(code: &str, start: usize, list: &mut String) {
    if list.len() > start {
        list.push(',');
    }
    list.push_str(code);
}

/// The most passes over a text. The names of a custom table may make new names together with the words beside them.
const MOST_PASSES: usize = 4;

/// A clean text with each province spelled one way, and the places that it names then.
fn spell(text: Cow<'_, str>, finder: &mut ProvinceFinder) -> (String, Vec<Found>) {
    let mut before = text.clone();
    for _ in 0..MOST_PASSES {
        let found = match plain_list(&before, finder) {
            Some(found) => found,
            None => scan_behind_lead(&mut before, finder),
        };
        if record_all(&before, &found, finder) {
            return (before.into_owned(), found);
        }
        before = Cow::Owned(write(&before, &found, finder));
    }
    let found = scan(&text, finder);
    (text.into_owned(), found)
}

/// The places that a text names. Drops the board's words at its beginning.
fn scan_behind_lead(text: &mut Cow<'_, str>, finder: &mut ProvinceFinder) -> Vec<Found> {
    if let Some(rest) = finder.rules().words.without_lead(text).map(str::to_owned) {
        // The words go only where a place follows, so that no text is emptied.
        let behind = scan(&rest, finder);
        if behind.first().is_some_and(|place| place.start == 0) {
            *text = Cow::Owned(rest);
            return behind;
        }
    }
    scan(text, finder)
}

/// Records the provinces that were found in a text. Returns whether each is spelled one way.
fn record_all(text: &str, all: &[Found], finder: &mut ProvinceFinder) -> bool {
    let mut is_spelled = true;
    for found in all {
        if let Mention::Province(province) = found.mention {
            let name = &text[found.start..found.end];
            finder.record(name, province);
            is_spelled &= **finder.name(province) == *name;
        }
    }
    is_spelled
}

/// A text with the provinces that were found in it spelled one way.
fn write(text: &str, all: &[Found], finder: &ProvinceFinder) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut written = 0;
    for found in all {
        if let Mention::Province(province) = found.mention {
            out.push_str(&text[written..found.start]);
            out.push_str(finder.name(province));
            written = found.end;
        }
    }
    out.push_str(&text[written..]);
    out
}

#[cfg(test)]
mod tests {
    use super::stands_for_several;

    #[test]
    fn a_location_stands_for_several_places_in_either_case() {
        for text in [
            "Huế & 2 nơi khác",
            "NƠI KHÁC",
            "Bình Dương, 2 Nơi khác",
            "A&B",
        ] {
            assert!(stands_for_several(text), "{text}");
        }
        for text in ["", "Bình Dương", "nơi", "ơi khác", "ƠI KHÁC", "noi khac"] {
            assert!(!stands_for_several(text), "{text}");
        }
    }
}
