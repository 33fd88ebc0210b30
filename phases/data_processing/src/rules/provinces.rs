//! The 63 provinces of ISO 3166-2:VN, found under any of their spellings.

use hashbrown::HashMap;
use std::sync::{Arc, LazyLock};

use jobinsight_core::explain::TableLine;

use super::shipped as tables;
use super::source::{self as table, Origin, Origins, Source, TableError};
use crate::text::letters::is_alphanumeric;
use crate::text::{fold_into, unaccented};

/// A province: its code and the one way it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Province {
    /// The code in ISO 3166-2:VN.
    pub code: String,
    /// The name of the province.
    pub name: String,
}

/// The bytes by which a text may be longer than the longest spelling and still name a province: for a word such as
/// `Thành phố` before the name, and for spaces and signs, which do not count.
const MORE_BYTES: usize = 21;

/// The table as it is compiled in.
pub const PROVINCES: Source<'_> = Source::of(&tables::PROVINCES);

/// The provinces and their spellings.
#[derive(Debug, Clone)]
pub struct Provinces {
    all: Vec<Province>,
    by_key: HashMap<String, u8>,
    /// The most bytes of a text that may name a province. A longer text is not looked up.
    most_bytes: usize,
    /// The line of each spelling.
    by_origin: HashMap<String, Origin>,
    origins: Origins,
}

impl Provinces {
    /// Reads the table.
    ///
    /// # Errors
    /// A line that is not a province, or gives a spelling of one province to another.
    pub fn read(sources: &[Source<'_>]) -> Result<Self, TableError> {
        let mut made = Self {
            all: Vec::new(),
            by_key: HashMap::new(),
            most_bytes: 0,
            by_origin: HashMap::new(),
            origins: Origins::default(),
        };
        let mut plain = Vec::new();
        for line in table::rules(sources) {
            if !made.origins.ends_with(line.table) {
                made.origins.add_of(sources, line.table);
            }
            let origin = made.origins.here(line.line);
            let mut cells = line.cells();
            let (Some(code), Some(name)) = (cells.next(), cells.next()) else {
                return Err(line.error("a province is written `code | name | aliases`"));
            };
            if !code.starts_with("VN-") || name.is_empty() {
                return Err(line.error("a province has a code such as VN-44 and a name"));
            }
            // A custom line may only add aliases to a province.
            let known = made.all.iter().position(|known| known.code == code);
            let at = known.unwrap_or_else(|| {
                made.all.push(Province {
                    code: code.to_owned(),
                    name: name.to_owned(),
                });
                made.all.len() - 1
            });
            let number = u8::try_from(at).map_err(|_| line.error("too many provinces"))?;
            for spelling in std::iter::once(name).chain(cells) {
                let key = key(spelling);
                if key.is_empty() {
                    return Err(line.error("a spelling without a letter"));
                }
                made.most_bytes = made.most_bytes.max(spelling.len() + MORE_BYTES);
                plain.push((unaccented(&key), number));
                for key in [key.clone(), unaccented(&key)] {
                    made.by_origin.entry(key).or_insert(origin);
                }
                if let Some(other) = made.by_key.insert(key, number)
                    && other != number
                {
                    let other = &made.all[usize::from(other)].name;
                    return Err(line.error(format!("`{spelling}` is a spelling of {other} too")));
                }
            }
        }
        // A spelling without accents is found too, unless two provinces share it.
        for (key, number) in &plain {
            if plain.iter().all(|(other, n)| other != key || n == number) {
                made.by_key.entry(key.clone()).or_insert(*number);
            }
        }
        Ok(made)
    }

    /// The provinces that are compiled in.
    ///
    /// # Panics
    /// Never: a test reads the table.
    pub fn shipped() -> &'static Arc<Self> {
        static SHIPPED: LazyLock<Arc<Provinces>> =
            LazyLock::new(|| match Provinces::read(&[PROVINCES]) {
                Ok(provinces) => Arc::new(provinces),
                Err(error) => unreachable!("{error}"),
            });
        &SHIPPED
    }

    /// The most bytes of a text that may name a province.
    pub(crate) fn most_bytes(&self) -> usize {
        self.most_bytes
    }

    /// The number of the province that a text names, if it names one and nothing else.
    pub(crate) fn number(&self, text: &str) -> Option<u8> {
        self.entry(text).map(|(_, number)| number)
    }

    /// The line that says which province a text names.
    pub(crate) fn line(&self, text: &str) -> Option<TableLine> {
        let (key, _) = self.entry(text)?;
        let origin = self.by_origin.get(key)?;
        Some(self.origins.line(*origin))
    }

    /// The spelling that equals a text, and its province.
    fn entry(&self, text: &str) -> Option<(&str, u8)> {
        if text.len() > self.most_bytes {
            return None;
        }
        self.by_own_key(&key(text))
    }

    /// The spelling that equals a key, with or without a word such as `Tỉnh` before it, and its province.
    fn by_own_key(&self, key: &str) -> Option<(&str, u8)> {
        let found = self.by_key.get_key_value(key).or_else(|| {
            PREFIXES
                .iter()
                .find_map(|prefix| self.by_key.get_key_value(key.strip_prefix(prefix)?))
        });
        found.map(|(key, number)| (key.as_str(), *number))
    }

    /// The province of a number.
    pub(crate) fn province(&self, number: u8) -> &Province {
        &self.all[usize::from(number)]
    }

    /// The province that a text names, if it names one and nothing else.
    pub fn find(&self, text: &str) -> Option<&Province> {
        self.number(text).map(|number| self.province(number))
    }
}

/// Letters and digits of a spelling, folded word by word: case, spaces, dots and dashes do not count.
fn key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    for word in text.split(|c| !is_alphanumeric(c)) {
        fold_into(word, &mut key);
    }
    key
}

/// Words that may come before the name of a province, as [`key`] spells them.
const PREFIXES: [&str; 4] = ["thànhphố", "tỉnh", "tp", "t.p"];

#[cfg(test)]
mod tests {
    use super::*;

    fn find(text: &str) -> Option<&'static Province> {
        Provinces::shipped().find(text)
    }

    #[test]
    fn every_spelling_of_the_specification_is_found() {
        for spelling in [
            "TP HCM",
            "TP.HCM",
            "HCM",
            "Ho Chi Minh",
            "Sài Gòn",
            "hồ chí minh",
            "Thành phố Hồ Chí Minh",
        ] {
            assert_eq!(
                find(spelling).map(|p| p.code.as_str()),
                Some("VN-SG"),
                "{spelling}"
            );
        }
        for (spelling, name) in [
            ("Bà Rịa-Vũng Tàu", "Bà Rịa - Vũng Tàu"),
            ("Thừa Thiên Huế", "Huế"),
            ("Hoà Bình", "Hòa Bình"),
            ("Đắc Nông", "Đắk Nông"),
            ("Tỉnh Nghệ An", "Nghệ An"),
        ] {
            assert_eq!(
                find(spelling).map(|p| p.name.as_str()),
                Some(name),
                "{spelling}"
            );
        }
        assert_eq!(find("Nhật Bản"), None);
    }

    #[test]
    fn there_are_63_provinces_with_distinct_codes() {
        let all = &Provinces::shipped().all;
        let codes: std::collections::HashSet<_> = all.iter().map(|p| &p.code).collect();
        let names: std::collections::HashSet<_> = all.iter().map(|p| &p.name).collect();
        assert_eq!((all.len(), codes.len(), names.len()), (63, 63, 63));
    }

    #[test]
    fn a_malformed_province_is_an_error() {
        let with = |text| {
            let theirs = Source {
                name: "theirs",
                text,
            };
            Provinces::read(&[PROVINCES, theirs])
        };
        for (text, wanted) in [
            (
                "Hà Tây",
                "a province is written `code | name | aliases`: `Hà Tây`",
            ),
            (
                "HT | Hà Tây",
                "a province has a code such as VN-44 and a name: `HT | Hà Tây`",
            ),
            (
                "VN-99 | Sài Gòn",
                "`Sài Gòn` is a spelling of Hồ Chí Minh too: `VN-99 | Sài Gòn`",
            ),
        ] {
            let error = with(text).unwrap_err();
            assert_eq!((error.reason.as_str(), error.line), (wanted, 1));
        }
        let more = with("VN-HN | Hà Nội | Thăng Long").unwrap();
        assert_eq!(more.find("thang long").unwrap().name, "Hà Nội");
    }
}
