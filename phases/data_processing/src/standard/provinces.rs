//! The 63 provinces of ISO 3166-2:VN, found under any of their spellings.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::table;
use crate::text::{fold, unaccented};

/// A province: its code and the one way it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Province {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
}

/// No spelling of a province is longer in bytes, prefixes included; longer texts are not looked up.
pub(super) const LONGEST_BYTES: usize = 120;

static BY_KEY: LazyLock<HashMap<String, Province>> = LazyLock::new(|| {
    let mut map = HashMap::new();
    for line in table::lines(include_str!("tables/provinces.txt")) {
        let mut cells = table::cells(line);
        let (Some(code), Some(name)) = (cells.next(), cells.next()) else {
            continue;
        };
        for spelling in std::iter::once(name).chain(cells) {
            let key = key(spelling);
            // Where accents are missing altogether the place is still found, unless two places would fall together.
            map.entry(unaccented(&key))
                .or_insert(Province { code, name });
            map.insert(key, Province { code, name });
        }
    }
    map
});

/// Letters and digits of a spelling, folded word by word: case, spaces, dots and dashes do not count.
fn key(text: &str) -> String {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(fold)
        .collect()
}

/// Words that may stand before a province's name, in the spelling of [`key`].
const PREFIXES: [&str; 4] = ["thànhphố", "tỉnh", "tp", "t.p"];

/// The province that a text names, if it names one and nothing else.
pub(super) fn find(text: &str) -> Option<Province> {
    if text.len() > LONGEST_BYTES {
        return None;
    }
    let key = key(text);
    let found = BY_KEY.get(&key).or_else(|| {
        PREFIXES
            .iter()
            .find_map(|prefix| BY_KEY.get(key.strip_prefix(prefix)?))
    });
    found.copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_every_spelling_of_the_specification() {
        for spelling in [
            "TP HCM",
            "TP.HCM",
            "HCM",
            "Ho Chi Minh",
            "Sài Gòn",
            "hồ chí minh",
            "Thành phố Hồ Chí Minh",
        ] {
            assert_eq!(find(spelling).map(|p| p.code), Some("VN-SG"), "{spelling}");
        }
        for (spelling, name) in [
            ("Bà Rịa-Vũng Tàu", "Bà Rịa - Vũng Tàu"),
            ("Thừa Thiên Huế", "Huế"),
            ("Hoà Bình", "Hòa Bình"),
            ("Đắc Nông", "Đắk Nông"),
            ("Tỉnh Nghệ An", "Nghệ An"),
        ] {
            assert_eq!(find(spelling).map(|p| p.name), Some(name), "{spelling}");
        }
        assert_eq!(find("Nhật Bản"), None);
    }

    #[test]
    fn there_are_63() {
        let codes: std::collections::HashSet<_> = BY_KEY.values().map(|p| p.code).collect();
        assert_eq!(codes.len(), 63);
    }
}
