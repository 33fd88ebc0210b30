//! The 63 provinces of ISO 3166-2:VN, found under any of their spellings.

use std::sync::Arc;

use hashbrown::HashMap;

use super::ends::Ends;
use super::key::{key, lacks_accents_of};
use crate::rules::source::{self as table, Origin, Origins, Source, TableError};
use crate::tables::TableLine;
use crate::text::json::write_json_text;
use crate::text::unaccented;

/// A province: its codes and the one way it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Province {
    /// The code in ISO 3166-2:VN.
    pub code: Arc<str>,
    /// The two-digit code of the province that contains it since July 2025.
    pub code_since_2025: Arc<str>,
    /// The number of `code_since_2025`.
    pub(crate) number_since_2025: u8,
    /// The name of the province.
    pub name: Arc<str>,
    /// The beginning of a place in it, as a JSON object: up to its district.
    pub(crate) json: String,
}

/// The bytes by which a text may be longer than the longest spelling and still name a province: for a word such as
/// `Thành phố` before the name, and for spaces and signs, which do not count.
const MORE_BYTES: usize = 21;

/// The form of the first cell of a line.
const CODES: &str = "a province has two codes, such as VN-44 91, and a name";

/// The provinces and their spellings.
#[derive(Debug, Clone)]
pub struct Provinces {
    all: Vec<Province>,
    by_key: HashMap<String, u8>,
    /// The keys of the spellings by their unaccented form, for a text that lacks some of the accents.
    by_letters: HashMap<String, Vec<(String, u8)>>,
    /// The most bytes of a text that may name a province. A longer text is not looked up.
    most_bytes: usize,
    /// The first and the last letters of the spellings.
    ends: Ends,
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
            by_letters: HashMap::new(),
            most_bytes: 0,
            ends: Ends::default(),
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
            let (Some(codes), Some(name)) = (cells.next(), cells.next()) else {
                return Err(line.error("a province is written `code | name | aliases`"));
            };
            let (code, since_2025) = codes.split_once(' ').unwrap_or((codes, ""));
            if !code.starts_with("VN-") || name.is_empty() {
                return Err(line.error(CODES));
            }
            // A custom line may only add aliases to a province. It needs no second code.
            let known = made.all.iter().position(|known| *known.code == *code);
            let at = match known {
                Some(at) => at,
                None => {
                    made.all.push(Province {
                        code: code.into(),
                        code_since_2025: since_2025.into(),
                        number_since_2025: two_digits(since_2025)
                            .ok_or_else(|| line.error(CODES))?,
                        name: name.into(),
                        json: place_json(name, code, since_2025),
                    });
                    made.all.len() - 1
                }
            };
            let number = u8::try_from(at).map_err(|_| line.error("too many provinces"))?;
            for spelling in std::iter::once(name).chain(cells) {
                let key = key(spelling);
                if key.is_empty() {
                    return Err(line.error("a spelling without a letter"));
                }
                made.most_bytes = made.most_bytes.max(spelling.len() + MORE_BYTES);
                made.ends.add(&key);
                plain.push((unaccented(&key), number));
                let of_letters = made.by_letters.entry(unaccented(&key)).or_default();
                of_letters.push((key.clone(), number));
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
        for word in BEFORE {
            made.ends.add_before(word);
        }
        for word in AFTER {
            made.ends.add_after(word);
        }
        // A spelling without accents is found too, unless two provinces share it.
        for (key, number) in &plain {
            if plain.iter().all(|(other, n)| other != key || n == number) {
                made.by_key.entry(key.clone()).or_insert(*number);
            }
        }
        Ok(made)
    }

    /// Whether a text may name a province, so that most texts of an address need no lookup.
    pub(crate) fn may_name(&self, text: &str) -> bool {
        text.len() <= self.most_bytes && self.ends.may_have(text)
    }

    /// The most bytes of a text that may name a province.
    pub(crate) fn most_bytes(&self) -> usize {
        self.most_bytes
    }

    /// The unaccented keys of all spellings.
    pub(super) fn letters(&self) -> impl Iterator<Item = &str> {
        self.by_letters.keys().map(String::as_str)
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

    /// The spelling that equals a text, with or without words such as `Tỉnh` or `City` beside it, and its province.
    fn entry(&self, text: &str) -> Option<(&str, u8)> {
        if text.len() > self.most_bytes {
            return None;
        }
        let key = key(text);
        let mut name = key.as_str();
        loop {
            if let Some(found) = self.by_name(name) {
                return Some(found);
            }
            let before = BEFORE.iter().find_map(|word| name.strip_prefix(word));
            let beside = before.or_else(|| AFTER.iter().find_map(|word| name.strip_suffix(word)));
            name = beside.filter(|rest| !rest.is_empty())?;
        }
    }

    /// The spelling that equals a key, or has all its accents and more, and its province.
    fn by_name(&self, name: &str) -> Option<(&str, u8)> {
        if let Some((key, number)) = self.by_key.get_key_value(name) {
            return Some((key, *number));
        }
        if name.is_ascii() {
            return None;
        }
        let spellings = self.by_letters.get(&unaccented(name))?;
        let mut found = spellings
            .iter()
            .filter(|(key, _)| lacks_accents_of(name, key));
        let (key, number) = found.next()?;
        found
            .all(|(_, other)| other == number)
            .then_some((key, *number))
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

/// The beginning of a place, as a JSON object.
fn place_json(name: &str, code: &str, since_2025: &str) -> String {
    let mut json = String::from("{\"name\":");
    write_json_text(name, &mut json);
    json.push_str(",\"code\":");
    write_json_text(code, &mut json);
    json.push_str(",\"province\":");
    write_json_text(since_2025, &mut json);
    json.push_str(",\"district\":");
    json
}

/// The number that a code of two digits is.
fn two_digits(code: &str) -> Option<u8> {
    let is_code = code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_digit());
    code.parse().ok().filter(|_| is_code)
}

/// Words that may come before the name of a province, as [`key`] spells them.
const BEFORE: [&str; 4] = ["thànhphố", "thanhpho", "tỉnh", "tp"];
/// Words that may come after it.
pub(super) const AFTER: [&str; 2] = ["city", "province"];

#[cfg(test)]
mod tests;
