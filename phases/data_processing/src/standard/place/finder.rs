//! Finds provinces by name and, for `explain-row`, records which names were found.

use std::sync::Arc;

use jobinsight_core::explain::{Step, TableLine};

use super::Provinces;
use crate::cache::{Cache, Cached};

impl Cached for Option<u8> {}

/// Finds provinces by name.
pub(super) struct ProvinceFinder {
    provinces: Arc<Provinces>,
    /// The provinces by the texts that were looked up. There are few, and each comes in thousands of rows.
    known: Cache<Option<u8>>,
    /// The names that were found, in order and without repeats, with their provinces; `None` if they are not recorded.
    found: Option<Vec<(String, u8)>>,
}

impl ProvinceFinder {
    pub(super) fn new(provinces: Arc<Provinces>) -> Self {
        Self {
            provinces,
            known: Cache::new(),
            found: None,
        }
    }

    /// A finder that records the names that it finds.
    pub(super) fn recording(provinces: Arc<Provinces>) -> Self {
        Self {
            found: Some(Vec::new()),
            ..Self::new(provinces)
        }
    }

    /// The most bytes of a text that may name a province.
    pub(super) fn most_bytes(&self) -> usize {
        self.provinces.most_bytes()
    }

    /// The number of the province that a text names, if the text names one and nothing else.
    pub(super) fn find(&mut self, text: &str) -> Option<u8> {
        if text.is_empty() || text.len() > self.most_bytes() {
            return None;
        }
        let (_, number) = self
            .known
            .get_or_make(text, |_| self.provinces.number(text));
        let number = (*number)?;
        if let Some(found) = &mut self.found
            && found.iter().all(|(known, _)| known != text)
        {
            found.push((text.to_owned(), number));
        }
        Some(number)
    }

    pub(super) fn name(&self, province: u8) -> &str {
        &self.provinces.province(province).name
    }

    pub(super) fn code(&self, province: u8) -> &str {
        &self.provinces.province(province).code
    }

    /// A step for each recorded name that is not the province's own spelling.
    pub(super) fn spelled(&self) -> Vec<Step> {
        let found = self.found.iter().flatten();
        found
            .map(|(text, number)| (text, self.name(*number)))
            .filter(|(text, name)| text != name)
            .map(|(text, name)| {
                let line = self.provinces.line(text).into_iter().collect();
                Step::new("a province is spelled one way", text, name).by(line)
            })
            .collect()
    }

    /// The lines of the table that the recorded names come from, without repeats.
    pub(super) fn lines(&self) -> Vec<TableLine> {
        let mut lines = Vec::new();
        let found = self.found.iter().flatten();
        for line in found.filter_map(|(text, _)| self.provinces.line(text)) {
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
        lines
    }
}
