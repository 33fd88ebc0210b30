//! The location of a posting: its places, each spelled one way, and the codes of its provinces.

use super::finder::ProvinceFinder;
use super::parts::{self, Place, ProvinceSet};
use super::scan::{Found, Mention, scan};
use crate::text::clean;

/// A location that is written one way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Location {
    /// The text.
    pub text: String,
    /// The codes of its provinces, see [`codes`](super::codes), joined by commas.
    pub codes: String,
    /// The codes of today's provinces that contain them, without repeats, joined by commas.
    pub province_codes: String,
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
        let texts = self.text.len() + self.codes.len() + self.province_codes.len();
        texts + self.places.len() * size_of::<Place>() * 2
    }
}

/// Writes a location one way.
pub(super) fn read(location: &str, finder: &mut ProvinceFinder) -> Location {
    let cleaned = clean(location);
    let (text, found) = spell(&cleaned, finder);
    let places = parts::of_location(&text, &found, finder);
    let named = found.iter().filter_map(|found| match found.mention {
        Mention::Province(province) => Some(province),
        _ => None,
    });
    let mut provinces: Vec<u8> = named.collect();
    if provinces.is_empty() {
        provinces = places.iter().filter_map(Place::number).collect();
    }
    let (codes, province_codes) = codes(provinces, finder);
    Location {
        codes,
        province_codes,
        places,
        is_known: found.iter().any(|found| found.mention == Mention::Known),
        stands_for_several: cleaned.contains('&') || cleaned.to_lowercase().contains("nơi khác"),
        text,
    }
}

/// The codes of some provinces, in order and without repeats, joined by commas: the ISO codes, and the codes of today's
/// provinces.
pub(super) fn codes(
    provinces: impl IntoIterator<Item = u8>,
    finder: &ProvinceFinder,
) -> (String, String) {
    let (mut codes, mut since_2025) = (String::new(), String::new());
    let mut known = ProvinceSet::default();
    // Several provinces may be one province today. A code of today has two digits.
    let mut known_today = [false; 100];
    for number in provinces {
        if !known.insert(number) {
            continue;
        }
        let province = finder.rules().provinces.province(number);
        add(&province.code, &mut codes);
        let is_known = &mut known_today[usize::from(province.number_since_2025)];
        if !std::mem::replace(is_known, true) {
            add(&province.code_since_2025, &mut since_2025);
        }
    }
    (codes, since_2025)
}

/// Adds a code to a list.
fn add(code: &str, list: &mut String) {
    if !list.is_empty() {
        list.push(',');
    }
    list.push_str(code);
}

/// The most passes over a text. The names of a custom table may make new names together with the words beside them.
const MOST_PASSES: usize = 4;

/// A clean text with each province spelled one way, and the places that it names then.
fn spell(text: &str, finder: &mut ProvinceFinder) -> (String, Vec<Found>) {
    let mut before = text.to_owned();
    for _ in 0..MOST_PASSES {
        let mut found = scan(&before, finder);
        if let Some(rest) = finder
            .rules()
            .words
            .without_lead(&before)
            .map(str::to_owned)
        {
            // The board's words go only where a place follows, so that no text is emptied.
            let behind = scan(&rest, finder);
            if behind.first().is_some_and(|place| place.start == 0) {
                (before, found) = (rest, behind);
            }
        }
        let spelled = write(&before, &found, finder);
        if spelled == before {
            return (before, found);
        }
        before = spelled;
    }
    (text.to_owned(), scan(text, finder))
}

/// A text with the provinces that were found in it spelled one way.
fn write(text: &str, all: &[Found], finder: &mut ProvinceFinder) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut written = 0;
    for found in all {
        if let Mention::Province(province) = found.mention {
            finder.record(&text[found.start..found.end], province);
            out.push_str(&text[written..found.start]);
            out.push_str(finder.name(province));
            written = found.end;
        }
    }
    out.push_str(&text[written..]);
    out
}
