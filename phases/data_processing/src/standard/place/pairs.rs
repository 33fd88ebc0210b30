//! The pairs of one detail: those of its lines, each once.

use std::borrow::Cow;
use std::collections::HashSet;

use memchr::{memchr_iter, memchr2};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::super::html;
use super::lines::Lines;
use super::{Names, Place};

/// The pairs of one detail, in buffers that the next reuses.
pub(super) struct Pairs {
    lines: Lines,
    /// Their numbers among those of all lines.
    all: Vec<u32>,
    /// How many details were read.
    list: u64,
    page: String,
}

impl Pairs {
    pub(super) fn new() -> Self {
        Self {
            lines: Lines::new(),
            all: Vec::new(),
            list: 0,
            page: String::new(),
        }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|number| self.lines.text(*number))
    }

    /// Begins another list.
    fn begin_list(&mut self) {
        self.all.clear();
        self.list += 1;
        if self.lines.is_full() {
            self.lines.clear();
        }
    }

    /// Takes pairs that were read elsewhere.
    pub(super) fn set(&mut self, pairs: &[String]) {
        self.begin_list();
        for pair in pairs {
            self.all.push(self.lines.number(pair));
        }
    }

    /// Reads a detail. Tells whether the page held references to U+0000.
    pub(super) fn read(&mut self, detail: &str, names: &mut Names) -> bool {
        self.begin_list();
        if detail.is_empty() {
            return false;
        }
        if !is_marked_up(detail) {
            self.lines(detail, names);
            return false;
        }
        let mut page = std::mem::take(&mut self.page);
        let is_composed = || is_nfc_quick(detail.chars()) == IsNormalized::Yes;
        // Where all tags are bare and the rest is plain, nothing is there that could be composed.
        let bare = html::write_bare(detail, &mut page);
        if !bare || !self.lines(&page, names) && !is_composed() {
            self.begin_list();
            // Composed before it is read: in `<À` nothing begins a tag, in its decomposed form a letter would.
            let composed: Cow<'_, str> = if is_composed() {
                Cow::Borrowed(detail)
            } else {
                detail.nfc().collect()
            };
            html::write_text(&composed, &mut page);
            self.lines(&page, names);
        }
        self.page = page;
        html::without_nul(detail).len() < detail.len()
    }

    /// The lines that the detail shows that was read last, where it is marked up.
    pub(super) fn page_of(&self, detail: &str) -> Option<&str> {
        is_marked_up(detail).then_some(&self.page)
    }

    /// Takes the pairs of the lines of a text. Tells whether all lines are plain.
    fn lines(&mut self, text: &str, names: &mut Names) -> bool {
        let mut plain = true;
        let mut start = 0;
        for end in memchr_iter(b'\n', text.as_bytes()).chain([text.len()]) {
            if end > start {
                let line = &text[start..end];
                plain &= self.lines.read(line, names, self.list, &mut self.all);
            }
            start = end + 1;
        }
        plain
    }

    /// Adds the pairs as a JSON array to a buffer.
    pub(super) fn write_json(&self, out: &mut String) {
        out.push('[');
        for (index, number) in self.all.iter().enumerate() {
            out.push_str(&self.lines.json(*number)[usize::from(index == 0)..]);
        }
        out.push(']');
    }

    /// The distinct places that the pairs speak of, in their order.
    pub(super) fn places(&mut self, names: &mut Names) -> Vec<Place<'_>> {
        for number in &self.all {
            self.lines.find_place(*number, names);
        }
        let mut provinces = [false; 1 << u8::BITS];
        let mut others = HashSet::new();
        let mut places = Vec::new();
        for place in self
            .all
            .iter()
            .filter_map(|number| self.lines.place(*number))
        {
            let first = match place {
                Place::Province(number) => {
                    !std::mem::replace(&mut provinces[usize::from(number)], true)
                }
                Place::Other(text) => others.insert(text),
            };
            if first {
                places.push(place);
            }
        }
        places
    }
}

fn is_marked_up(detail: &str) -> bool {
    memchr2(b'<', b'&', detail.as_bytes()).is_some()
}
