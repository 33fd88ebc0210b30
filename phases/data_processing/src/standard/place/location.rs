//! The location of a posting: its places, each spelled one way, and the codes of its provinces.

use super::finder::ProvinceFinder;
use super::pairs::NamedPlace;
use crate::text::clean;

/// A location that is written one way.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Location {
    /// The text.
    pub text: String,
    /// The codes of its provinces, see [`codes`](super::codes), joined by commas.
    pub codes: String,
    /// Whether it stands for several places without naming them all.
    pub stands_for_several: bool,
}

/// Writes a location one way.
pub(super) fn read(location: &str, finder: &mut ProvinceFinder) -> Location {
    let text = clean(location);
    let mut writer = Writer::new(finder, text.len());
    writer.made.stands_for_several = text.contains('&') || text.to_lowercase().contains("nơi khác");
    writer.spell(&text);
    writer.made
}

/// The location that consists of the given places.
pub(super) fn join(places: &[NamedPlace<'_>], finder: &mut ProvinceFinder) -> Location {
    let mut writer = Writer::new(finder, places.len() * PLACE_BYTES);
    for (index, place) in places.iter().enumerate() {
        if index > 0 {
            writer.made.text.push_str(", ");
        }
        match *place {
            NamedPlace::Province(province) => writer.push_province(province),
            // The text may itself be a list.
            NamedPlace::Other(text) => writer.spell(text),
        }
    }
    writer.made
}

/// The bytes that a writer reserves for each place. Few names of provinces are longer.
const PLACE_BYTES: usize = 24;

/// Writes one location.
struct Writer<'a> {
    finder: &'a mut ProvinceFinder,
    made: Location,
    /// Whether the code of a province was written, by its number.
    has_code: [bool; 1 << u8::BITS],
}

impl<'a> Writer<'a> {
    /// A writer with room for a text of about so many bytes.
    fn new(finder: &'a mut ProvinceFinder, bytes: usize) -> Self {
        Self {
            finder,
            made: Location {
                text: String::with_capacity(bytes + PLACE_BYTES),
                codes: String::with_capacity(bytes / 2),
                stands_for_several: false,
            },
            has_code: [false; 1 << u8::BITS],
        }
    }

    /// Adds the items of a text, with each province spelled one way.
    fn spell(&mut self, text: &str) {
        for (item, separator) in items(text, self.finder) {
            match self.finder.find(item) {
                Some(province) => self.push_province(province),
                None => self.made.text.push_str(item),
            }
            self.made.text.push_str(separator);
        }
    }

    fn push_province(&mut self, province: u8) {
        self.made.text.push_str(self.finder.name(province));
        let has_code = &mut self.has_code[usize::from(province)];
        if !std::mem::replace(has_code, true) {
            if !self.made.codes.is_empty() {
                self.made.codes.push(',');
            }
            self.made.codes.push_str(self.finder.code(province));
        }
    }
}

/// The items of a location with the separator that follows each; the dash within a province's name does not separate.
fn items<'a>(location: &'a str, finder: &mut ProvinceFinder) -> Vec<(&'a str, &'a str)> {
    let mut items = Vec::with_capacity(8);
    let mut start = 0;
    for (at, sign) in location.match_indices([',', ';', '&', '/', '|']) {
        let next = at + sign.len();
        push_item(&mut items, &location[start..at], sign, finder);
        start = next;
    }
    push_item(&mut items, &location[start..], "", finder);
    items
}

fn push_item<'a>(
    items: &mut Vec<(&'a str, &'a str)>,
    text: &'a str,
    separator: &'a str,
    finder: &mut ProvinceFinder,
) {
    let trimmed = text.trim();
    let lead = text.len() - text.trim_start().len();
    let tail = &text[lead + trimmed.len()..];
    items.push(("", &text[..lead]));
    if finder.find(trimmed).is_none() && trimmed.contains(" - ") {
        // `x - Bà Rịa - Vũng Tàu` names two places: a province's name that has a dash is not cut.
        let mut rest = trimmed;
        while let Some(cut) = rest.find(" - ") {
            let next = cut + " - ".len();
            let second = rest[next..].find(" - ").map_or(rest.len(), |at| next + at);
            let end = if finder.find(&rest[..second]).is_some() {
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
