//! Finds provinces by name and, for `explain-row`, records which names were found.

use std::sync::Arc;

use super::PlaceRules;
use crate::cache::{Cache, Cached};
use crate::rules::place::districts::Districts;
use crate::rules::place::key::key;
use crate::steps::Step;
use crate::tables::TableLine;

impl Cached for Option<u8> {}

impl Cached for Vec<u16> {
    fn heap_bytes(&self) -> usize {
        size_of_val(&**self)
    }
}

/// A name that is not a province.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum OtherName {
    /// A place that is known and has no code.
    Known,
    Country,
    /// A name that begins with a place's name and is not a place.
    NoPlace,
    /// The numbers of the districts of that name.
    District(Vec<u16>),
}

impl Cached for Option<OtherName> {
    fn heap_bytes(&self) -> usize {
        match self {
            Some(OtherName::District(numbers)) => size_of_val(&**numbers),
            _ => 0,
        }
    }
}

/// Finds provinces by name.
pub(super) struct ProvinceFinder {
    rules: Arc<PlaceRules>,
    /// The provinces by the texts that were looked up. There are few, and each comes in thousands of rows.
    known: Cache<Option<u8>>,
    /// The districts by the items of addresses. Most addresses have a district of another address.
    districts: Cache<Vec<u16>>,
    /// The other names by the texts that were looked up.
    others: Cache<Option<OtherName>>,
    /// The names that were found, in order and without repeats, with their provinces; `None` if they are not recorded.
    found: Option<Vec<(String, u8)>>,
}

impl ProvinceFinder {
    pub(super) fn new(rules: Arc<PlaceRules>) -> Self {
        Self {
            rules,
            known: Cache::small(),
            districts: Cache::small(),
            others: Cache::small(),
            found: None,
        }
    }

    /// A finder that records the names that it finds.
    pub(super) fn recording(rules: Arc<PlaceRules>) -> Self {
        Self {
            found: Some(Vec::new()),
            ..Self::new(rules)
        }
    }

    /// The rules.
    pub(super) fn rules(&self) -> &PlaceRules {
        &self.rules
    }

    /// The most bytes of a text that may name a province.
    pub(super) fn most_bytes(&self) -> usize {
        self.rules.provinces.most_bytes()
    }

    /// The number of the province that a text names, if the text names one and nothing else. Records it.
    pub(super) fn find(&mut self, text: &str) -> Option<u8> {
        let number = self.look_up(text)?;
        self.record(text, number);
        Some(number)
    }

    /// Does the same as [`Self::find`], and records nothing.
    pub(super) fn look_up(&mut self, text: &str) -> Option<u8> {
        let provinces = &self.rules.provinces;
        if text.is_empty() || !provinces.may_name(text) {
            return None;
        }
        let (_, number) = self.known.get_or_make(text, |_| provinces.number(text));
        *number
    }

    /// The numbers of the districts that a text names, if it names nothing else, and the table of districts.
    pub(super) fn districts(&mut self, text: &str) -> (&[u16], &Districts) {
        let districts = &self.rules.districts;
        if !districts.may_name(text) {
            return (&[], districts);
        }
        let (_, numbers) = self.districts.get_or_make(text, |_| districts.find(text));
        (numbers, districts)
    }

    /// No district, as [`Self::districts`] returns it.
    pub(super) fn no_districts(&self) -> (&[u16], &Districts) {
        (&[], &self.rules.districts)
    }

    /// The name that a text is, if it is not a province and nothing else.
    pub(super) fn other(&mut self, text: &str) -> Option<&OtherName> {
        let rules = &self.rules;
        let (_, name) = self.others.get_or_make(text, |_| {
            let key = key(text);
            if rules.words.is_known_key(&key) {
                return Some(OtherName::Known);
            }
            if rules.words.is_country(&key) {
                return Some(OtherName::Country);
            }
            if rules.words.is_other(&key) {
                return Some(OtherName::NoPlace);
            }
            let districts = rules.districts.find(text);
            (!districts.is_empty()).then_some(OtherName::District(districts))
        });
        name.as_ref()
    }

    /// Records that a text names a province.
    pub(super) fn record(&mut self, text: &str, number: u8) {
        if let Some(found) = &mut self.found
            && found.iter().all(|(known, _)| known != text)
        {
            found.push((text.to_owned(), number));
        }
    }

    pub(super) fn name(&self, province: u8) -> &Arc<str> {
        &self.rules.provinces.province(province).name
    }

    /// Whether a province is a city under the central government. ISO 3166-2 gives these two letters. They are no part of
    /// another province, and no city within them has their name.
    pub(super) fn is_central_city(&self, province: u8) -> bool {
        let code = &self.rules.provinces.province(province).code;
        code.bytes()
            .skip("VN-".len())
            .all(|byte| byte.is_ascii_alphabetic())
    }

    /// A step for each recorded name that is not the province's own spelling.
    pub(super) fn spelled(&self) -> Vec<Step> {
        let found = self.found.iter().flatten();
        found
            .map(|(text, number)| (text, self.name(*number)))
            .filter(|(text, name)| **text != ***name)
            .map(|(text, name)| {
                let line = self.rules.provinces.line(text).into_iter().collect();
                Step::new("a province is spelled one way", text, &**name).by(line)
            })
            .collect()
    }

    /// The lines of the table that the recorded names come from, without repeats.
    pub(super) fn lines(&self) -> Vec<TableLine> {
        let mut lines = Vec::new();
        let found = self.found.iter().flatten();
        for line in found.filter_map(|(text, _)| self.rules.provinces.line(text)) {
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
        lines
    }
}
