//! Reads a location that is a list of provinces and nothing else.

use memchr::{memchr, memchr_iter};

use super::finder::ProvinceFinder;
use super::scan::{Found, Mention};
use super::text_words::Gap;
use crate::text::letters::is_alphanumeric;

/// The words behind the number of the other places that a location stands for.
const OTHER_PLACES: &str = " nơi khác";
/// The last of these words, as a key without accents.
const LAST_WORD: &str = "khac";

/// The provinces of a clean text that is a list of them and nothing else: `Hà Nội, Huế & 2 nơi khác`. Most locations are one,
/// and [`scan`](super::scan::scan) finds the same in them.
pub(super) fn plain_list(text: &str, finder: &mut ProvinceFinder) -> Option<Vec<Found>> {
    let mut list = text;
    if let Some(at) = memchr(b'&', text.as_bytes()) {
        let number = text[at + 1..]
            .strip_prefix(' ')?
            .strip_suffix(OTHER_PLACES)?;
        if !number.bytes().all(|byte| byte.is_ascii_digit()) || finder.rules().may_begin(LAST_WORD)
        {
            return None;
        }
        list = text[..at].strip_suffix(' ')?;
    }
    let mut all = Vec::with_capacity(4);
    let mut start = 0;
    for comma in memchr_iter(b',', list.as_bytes()).chain([list.len()]) {
        let mut item = &list[start..comma];
        if start > 0 {
            item = item.strip_prefix(' ')?;
        }
        // Other signs at its ends are not a part of a place.
        let is_letter = |c: char| is_alphanumeric(c) && !c.is_ascii_digit();
        if !item.starts_with(is_letter) || !item.ends_with(is_alphanumeric) {
            return None;
        }
        all.push(Found {
            start: comma - item.len(),
            end: comma,
            mention: Mention::Province(finder.look_up(item)?),
            gap: if start == 0 { Gap::None } else { Gap::Sign },
        });
        start = comma + 1;
    }
    Some(all)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::standard::place::PlaceRules;
    use crate::standard::place::scan::scan;

    #[test]
    fn a_plain_list_has_the_places_that_a_scan_finds() {
        let rules = PlaceRules::shipped();
        let mut finder = ProvinceFinder::new(Arc::clone(rules));
        let names = (0..63).map(|number| &*rules.provinces.province(number).name);
        let names: Vec<&str> = names.collect();
        for name in &names {
            for other in &names {
                for text in [
                    format!("{name}, {other}"),
                    format!("{other} & 17 nơi khác"),
                    format!("{name}, {other}, {name} & 2 nơi khác"),
                ] {
                    let wanted = scan(&text, &mut finder);
                    assert_eq!(plain_list(&text, &mut finder), Some(wanted), "{text}");
                }
            }
        }
        for text in ["TP.HCM, Hoà Bình", "Bà Rịa-Vũng Tàu", "tp hcm & 2 nơi khác"] {
            let wanted = scan(text, &mut finder);
            assert_eq!(plain_list(text, &mut finder), Some(wanted), "{text}");
        }
        for text in [
            "",
            "Hà Nội,Huế",
            "Hà Nội,xHuế",
            "Hà Nội, ",
            "Hà Nội; Huế",
            "(Hà Nội), Huế",
            "Hà Nội, 1",
            "Hà Nội & Huế",
            "Huế & hai nơi khác",
            "Huế, 2 nơi khác",
        ] {
            assert_eq!(plain_list(text, &mut finder), None, "{text}");
        }
    }
}
