//! The districts and towns of the 63 provinces, found under any of their spellings.

use std::sync::Arc;

use hashbrown::HashMap;

use super::ends::Ends;
use super::key::{key_into, lacks_accents_of, letters, words};
use super::provinces::Provinces;
use crate::rules::source::{self as table, Source, TableError};

/// A district, town or provincial city.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct District {
    /// The name, without Quận, Huyện, Thị xã and Thành phố, except before a number.
    pub(crate) name: Arc<str>,
    /// The number of its province.
    pub(crate) province: u8,
}

/// The districts and their spellings.
#[derive(Debug, Clone, Default)]
pub(crate) struct Districts {
    all: Vec<District>,
    /// The spellings by their unaccented keys, each with the number of its district.
    by_letters: HashMap<String, Vec<(String, u16)>>,
    most_bytes: usize,
    /// The first and the last letters of the spellings.
    ends: Ends,
}

/// The bytes by which a text may be longer than the longest spelling and still name a district: for words beside the name.
const MORE_BYTES: usize = 24;

/// Words before the name of a district.
const BEFORE: [&str; 9] = [
    "quận", "quan", "huyện", "tp", "tx", "q", "h", "district", "dist",
];
/// Pairs of words before the name of a district. `Xã` alone comes before the name of a commune.
const PAIRS_BEFORE: [[&str; 2]; 3] = [["thành", "phố"], ["thanh", "pho"], ["thị", "xã"]];
/// Words after the name of a district.
pub(super) const AFTER: [&str; 4] = ["district", "dist", "city", "town"];

const TOO_MANY: &str = "too many districts";

impl Districts {
    /// Reads `districts.txt` and `district_names.txt`. A line without a province of the table is left to the rules of
    /// titles, which need no province.
    ///
    /// # Errors
    /// A line of the second table is not `province | district | other spellings`.
    pub(super) fn read(
        districts: &[Source<'_>],
        names: &[Source<'_>],
        provinces: &Provinces,
    ) -> Result<Self, TableError> {
        let mut made = Self::default();
        for word in BEFORE
            .into_iter()
            .chain(PAIRS_BEFORE.into_iter().map(|[word, _]| word))
        {
            made.ends.add_before(word);
        }
        for word in AFTER {
            made.ends.add_after(word);
        }
        for line in table::rules(districts) {
            let Some((province, names)) = line.text.split_once(':') else {
                continue;
            };
            if let Some(province) = provinces.number(province) {
                for name in names.split(',').map(str::trim) {
                    made.add(name, province, [name])
                        .ok_or_else(|| line.error(TOO_MANY))?;
                }
            }
        }
        for line in table::rules(names) {
            let mut cells = line.cells();
            let (Some(province), Some(name)) = (cells.next(), cells.next()) else {
                let form = "a district is written `province | district | other spellings`";
                return Err(line.error(form));
            };
            let number = provinces
                .number(province)
                .ok_or_else(|| line.error(format!("`{province}` is not a province")))?;
            made.add(name, number, std::iter::once(name).chain(cells))
                .ok_or_else(|| line.error(TOO_MANY))?;
        }
        Ok(made)
    }

    /// Adds a district, or spellings of it; `None` if there are too many districts.
    fn add<'a>(
        &mut self,
        name: &str,
        province: u8,
        spellings: impl IntoIterator<Item = &'a str>,
    ) -> Option<()> {
        let same = self.find(name).into_iter();
        let mut same = same.filter(|number| self.district(*number).province == province);
        let number = match same.next() {
            Some(number) => number,
            None => {
                let number = u16::try_from(self.all.len()).ok()?;
                self.all.push(District {
                    name: name.into(),
                    province,
                });
                number
            }
        };
        for spelling in spellings {
            let key = bare_key(spelling).0;
            if key.is_empty() {
                continue;
            }
            self.most_bytes = self.most_bytes.max(spelling.len() + MORE_BYTES);
            self.ends.add(&key);
            let of_letters = self.by_letters.entry(letters(&key)).or_default();
            if !of_letters.contains(&(key.clone(), number)) {
                of_letters.push((key, number));
            }
        }
        Some(())
    }

    /// Whether a text may name a district. A number alone does not.
    pub(crate) fn may_name(&self, text: &str) -> bool {
        let begins_with_digit = text.as_bytes().first().is_some_and(u8::is_ascii_digit);
        text.len() <= self.most_bytes && !begins_with_digit && self.ends.may_have(text)
    }

    /// The districts that a text names, if it names nothing else. Several provinces may have a district of that name.
    pub(crate) fn find(&self, text: &str) -> Vec<u16> {
        if !self.may_name(text) {
            return Vec::new();
        }
        let (name, has_word) = bare_key(text);
        let is_number = name.bytes().all(|byte| byte.is_ascii_digit());
        if is_number && !has_word {
            return Vec::new();
        }
        let Some(spellings) = self.by_letters.get(&letters(&name)) else {
            return Vec::new();
        };
        let numbers = |is_it: &dyn Fn(&str) -> bool| -> Vec<u16> {
            let found = spellings.iter().filter(|(key, _)| is_it(key));
            found.map(|(_, number)| *number).collect()
        };
        let exact = numbers(&|key| key == name);
        if exact.is_empty() {
            numbers(&|key| lacks_accents_of(&name, key))
        } else {
            exact
        }
    }

    /// The unaccented keys of all spellings.
    pub(super) fn letters(&self) -> impl Iterator<Item = &str> {
        self.by_letters.keys().map(String::as_str)
    }

    /// The district of a number.
    pub(crate) fn district(&self, number: u16) -> &District {
        &self.all[usize::from(number)]
    }
}

/// The key of a district's name without the words beside it, and whether there was such a word.
fn bare_key(text: &str) -> (String, bool) {
    // The keys of the words, one after another: most texts are not districts, so few strings are built.
    let mut keys = String::with_capacity(text.len());
    let mut ends = Vec::with_capacity(8);
    for word in words(text) {
        key_into(word, &mut keys);
        ends.push(keys.len());
    }
    let word = |at: usize| &keys[at.checked_sub(1).map_or(0, |before| ends[before])..ends[at]];
    let (mut from, mut to) = (0, ends.len());
    // At least one word is left.
    while from + 1 < to {
        if BEFORE.contains(&word(from)) {
            from += 1;
        } else if from + 2 < to && PAIRS_BEFORE.contains(&[word(from), word(from + 1)]) {
            from += 2;
        } else if AFTER.contains(&word(to - 1)) {
            to -= 1;
        } else {
            break;
        }
    }
    let has_word = to - from < ends.len();
    if to < ends.len() {
        keys.truncate(ends[to - 1]);
    }
    let mut name = keys;
    if from > 0 {
        name.drain(..ends[from - 1]);
    }
    // Q7, D7
    if let Some(digits) = name.strip_prefix(['q', 'd'])
        && !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
    {
        return (digits.to_owned(), true);
    }
    (name, has_word)
}

#[cfg(test)]
mod tests {
    use super::super::PlaceRules;

    #[test]
    fn a_district_is_found_with_its_provinces() {
        let rules = PlaceRules::shipped();
        for (text, wanted) in [
            ("Cầu Giấy", "Cầu Giấy: VN-HN"),
            ("Quận Cầu Giấy", "Cầu Giấy: VN-HN"),
            ("Cau Giay District", "Cầu Giấy: VN-HN"),
            ("Q.nam Từ Liêm", "Nam Từ Liêm: VN-HN"),
            ("Thu Đuc", "Thủ Đức: VN-SG"),
            ("TP Vinh", "Vinh: VN-22"),
            ("TX. Phú Mỹ", "Phú Mỹ: VN-43"),
            ("Quận 7", "Quận 7: VN-SG"),
            ("District 7", "Quận 7: VN-SG"),
            ("Q.7", "Quận 7: VN-SG"),
            ("Q7", "Quận 7: VN-SG"),
            ("Phan Rang", "Phan Rang-Tháp Chàm: VN-36"),
            ("Tân Phú", "Tân Phú: VN-39, Tân Phú: VN-SG"),
            ("7", ""),
            ("Quận 77", ""),
            ("Phường Tân Phú", ""),
            ("Xã Mường Khương", ""),
            ("Thị xã Phú Mỹ", "Phú Mỹ: VN-43"),
            ("Thủy Nguyên", "Thuỷ Nguyên: VN-HP"),
            ("Quận", ""),
        ] {
            let found = rules.districts.find(text).into_iter().map(|number| {
                let district = rules.districts.district(number);
                let code = &rules.provinces.province(district.province).code;
                format!("{}: {code}", district.name)
            });
            assert_eq!(found.collect::<Vec<_>>().join(", "), wanted, "{text}");
        }
    }

    #[test]
    fn every_province_has_districts() {
        let rules = PlaceRules::shipped();
        for number in 0..63 {
            let has = rules.districts.all.iter().any(|d| d.province == number);
            assert!(has, "{}", rules.provinces.province(number).name);
        }
    }
}
