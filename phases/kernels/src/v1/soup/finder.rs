//! Searches that remember which needles are absent, so that no failed search is repeated.

use std::collections::HashMap;

use super::super::chars::is_space;

/// Searches for fixed needles. A needle that was not found is not searched for again.
pub(super) struct Finder<'a> {
    text: &'a str,
    absent: HashMap<&'static str, usize>,
}

impl<'a> Finder<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            absent: HashMap::new(),
        }
    }

    pub(super) fn find(&mut self, needle: &'static str, from: usize) -> Option<usize> {
        if self.absent.get(needle).is_some_and(|known| from >= *known) {
            return None;
        }
        let found = self.text.get(from..).and_then(|rest| rest.find(needle));
        if found.is_none() {
            self.absent.insert(needle, from);
        }
        found.map(|offset| from + offset)
    }

    /// The start and end of `first\s*(second\s*)?>`, which ends a comment or a marked section.
    pub(super) fn find_close(
        &mut self,
        first: &'static str,
        again: Option<char>,
        from: usize,
    ) -> Option<(usize, usize)> {
        // The key under which a failed search is remembered. No needle has this spelling.
        let whole = match (first, again) {
            ("--", _) => "--\\s*>",
            (_, None) => "]\\s*>",
            _ => "]\\s*]\\s*>",
        };
        if self.absent.get(whole).is_some_and(|known| from >= *known) {
            return None;
        }
        let mut at = from;
        loop {
            let Some(start) = self.find(first, at) else {
                self.absent.insert(whole, from);
                return None;
            };
            self.find(">", start)?;
            let mut rest = self.text[start + first.len()..].trim_start_matches(is_space);
            if let Some(again) = again {
                rest = rest
                    .strip_prefix(again)
                    .unwrap_or("")
                    .trim_start_matches(is_space);
            }
            if rest.starts_with('>') {
                return Some((start, self.text.len() - rest.len() + 1));
            }
            at = start + 1;
        }
    }
}
