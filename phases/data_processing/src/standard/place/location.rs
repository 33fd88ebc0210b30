//! The location of a posting: its places, each spelled one way, and the codes of its provinces.

use super::Location;
use super::finder::ProvinceFinder;
use super::pairs::NamedPlace;
use crate::text::clean;

/// Writes a location one way.
pub(super) fn read(location: &str, finder: &mut ProvinceFinder) -> Location {
    let text = clean(location);
    let mut made = Location {
        stands_for_several: text.contains('&') || text.to_lowercase().contains("nơi khác"),
        ..Location::default()
    };
    spell(&text, &mut made, finder);
    made
}

/// The location that consists of the given places.
pub(super) fn join(places: &[NamedPlace<'_>], finder: &mut ProvinceFinder) -> Location {
    let mut made = Location::default();
    for (index, place) in places.iter().enumerate() {
        if index > 0 {
            made.text.push_str(", ");
        }
        match *place {
            NamedPlace::Province(province) => push_province(province, &mut made, finder),
            // It may be a list itself.
            NamedPlace::Other(text) => spell(text, &mut made, finder),
        }
    }
    made
}

/// Adds the items of a text, with each province spelled one way.
fn spell(text: &str, made: &mut Location, finder: &mut ProvinceFinder) {
    for (item, separator) in items(text, finder) {
        match finder.find(item) {
            Some(province) => push_province(province, made, finder),
            None => made.text.push_str(item),
        }
        made.text.push_str(separator);
    }
}

fn push_province(province: u8, made: &mut Location, finder: &ProvinceFinder) {
    made.text.push_str(finder.name(province));
    let code = finder.code(province);
    if !made.codes.split(',').any(|known| known == code) {
        if !made.codes.is_empty() {
            made.codes.push(',');
        }
        made.codes.push_str(code);
    }
}

/// The items of a location with the separator that follows each; the dash within a province's name does not separate.
fn items<'a>(location: &'a str, finder: &mut ProvinceFinder) -> Vec<(&'a str, &'a str)> {
    let mut items = Vec::new();
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
        // `x - Bà Rịa - Vũng Tàu` names two places: a province's name that holds a dash itself is not cut.
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
