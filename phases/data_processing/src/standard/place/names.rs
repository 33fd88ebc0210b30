//! Provinces by the texts that name them.

use std::sync::Arc;

use jobinsight_core::explain::{Step, TableLine};

use crate::memo::ShortMemo;
use crate::rules::provinces::{LONGEST_BYTES, Provinces};

/// Provinces by the texts that named them: there are few, and each comes in thousands of rows.
pub(super) struct Names {
    provinces: Arc<Provinces>,
    known: ShortMemo<Option<u8>>,
}

impl Names {
    pub(super) fn new(provinces: Arc<Provinces>) -> Self {
        Self {
            provinces,
            known: ShortMemo::with_room(1 << 10, 32, 1 << 8),
        }
    }

    /// The number of the province that a text names, if it names one and nothing else.
    pub(super) fn find(&mut self, text: &str) -> Option<u8> {
        if text.is_empty() || text.len() > LONGEST_BYTES {
            return None;
        }
        if let Some(known) = self.known.get(text) {
            return known;
        }
        if self.known.is_full() {
            self.known.clear();
        }
        let found = self.provinces.number(text);
        self.known.insert(text, found);
        found
    }

    /// The provinces that were looked up under another spelling than their own.
    pub(super) fn spelled(&self, of: impl Fn(&str) -> bool) -> Vec<Step> {
        let found = self.known.iter().filter(|(text, _)| of(text));
        let named = found.filter_map(|(text, number)| Some((text, self.name(number?))));
        named
            .filter(|(text, name)| text != name)
            .map(|(text, name)| {
                let line = self.provinces.line(text).into_iter().collect();
                Step::new("a province is spelled one way", text, name).by(line)
            })
            .collect()
    }

    /// Where the provinces stand that were looked up.
    pub(super) fn lines(&self) -> Vec<TableLine> {
        let mut lines = Vec::new();
        for line in self
            .known
            .iter()
            .filter_map(|(text, _)| self.provinces.line(text))
        {
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
        lines
    }

    /// See [`Provinces::is_end_of_another`].
    pub(super) fn is_end_of_another(&self, province: u8) -> bool {
        self.provinces.is_end_of_another(province)
    }

    pub(super) fn name(&self, province: u8) -> &str {
        &self.provinces.province(province).name
    }

    pub(super) fn code(&self, province: u8) -> &str {
        &self.provinces.province(province).code
    }
}
