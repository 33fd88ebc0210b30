//! The rules of locations: provinces, districts and words.

pub(crate) mod districts;
mod ends;
pub(crate) mod key;
pub(crate) mod provinces;
pub(crate) mod words;

use std::sync::{Arc, LazyLock};

use self::districts::Districts;
use self::provinces::Provinces;
use self::words::PlaceWords;
use crate::rules::shipped;
use crate::rules::source::{Source, TableError};

/// The rules of locations and addresses.
#[derive(Debug, Clone)]
pub struct PlaceRules {
    /// The provinces.
    pub provinces: Provinces,
    pub(crate) districts: Districts,
    pub(crate) words: PlaceWords,
    /// The unaccented keys of all names, sorted.
    names: Vec<String>,
    /// The first two bytes of these keys: a bit for the second byte in the number of the first.
    beginnings: Vec<[u64; 4]>,
}

/// Words before a name, as unaccented keys. A name may follow without a space: TPHCM, Q7.
const BEFORE: [&str; 12] = [
    "thanhpho", "tinh", "tp", "quan", "huyen", "thixa", "tx", "q", "h", "d", "district", "dist",
];

/// The most bytes of the unaccented key of a name, with the words before it.
const LONGEST: usize = 64;

impl PlaceRules {
    /// Reads the tables `provinces`, `districts`, `district_names` and `location_words`.
    ///
    /// # Errors
    /// A line is not a rule.
    pub fn read(
        provinces: &[Source<'_>],
        districts: &[Source<'_>],
        district_names: &[Source<'_>],
        words: &[Source<'_>],
    ) -> Result<Self, TableError> {
        let provinces = Provinces::read(provinces)?;
        let districts = Districts::read(districts, district_names, &provinces)?;
        let words = PlaceWords::read(words)?;
        let names = provinces.letters().chain(districts.letters());
        let mut names: Vec<String> = names.chain(words.letters()).map(str::to_owned).collect();
        names.sort_unstable();
        names.dedup();
        let mut beginnings = vec![[0; 4]; 256];
        for name in &names {
            if let [first, second, ..] = name.as_bytes() {
                beginnings[usize::from(*first)][usize::from(second / 64)] |= 1 << (second % 64);
            }
        }
        Ok(Self {
            provinces,
            districts,
            words,
            names,
            beginnings,
        })
    }

    /// Whether a name may begin with an unaccented key, so that most words of a text need no lookup.
    pub(crate) fn may_begin(&self, letters: &str) -> bool {
        if letters.len() > LONGEST {
            return false;
        }
        self.is_beginning(letters)
            || BEFORE.iter().any(|word| {
                let rest = letters.strip_prefix(word);
                rest.is_some_and(|rest| rest.is_empty() || self.may_begin(rest))
                    || word.starts_with(letters)
            })
    }

    /// Whether an unaccented key is the beginning of a name.
    fn is_beginning(&self, letters: &str) -> bool {
        if let [first, second, ..] = letters.as_bytes() {
            let seconds = &self.beginnings[usize::from(*first)];
            if seconds[usize::from(second / 64)] & 1 << (second % 64) == 0 {
                return false;
            }
        }
        let at = self.names.partition_point(|name| name.as_str() < letters);
        let name = self.names.get(at);
        name.is_some_and(|name| name.starts_with(letters))
    }

    /// Whether a word, as a key, may come after a name and belongs to it: `City`.
    pub(crate) fn ends_name(word: &str) -> bool {
        provinces::AFTER.contains(&word) || districts::AFTER.contains(&word)
    }

    /// The rules that are compiled in.
    ///
    /// # Panics
    /// Never: a test reads the tables.
    pub fn shipped() -> &'static Arc<Self> {
        static SHIPPED: LazyLock<Arc<PlaceRules>> = LazyLock::new(|| {
            let tables = [
                &shipped::PROVINCES,
                &shipped::DISTRICTS,
                &shipped::DISTRICT_NAMES,
                &shipped::LOCATION_WORDS,
            ];
            let [provinces, districts, names, words] = tables.map(|table| [Source::of(table)]);
            match PlaceRules::read(&provinces, &districts, &names, &words) {
                Ok(rules) => Arc::new(rules),
                Err(error) => unreachable!("{error}"),
            }
        });
        &SHIPPED
    }
}
