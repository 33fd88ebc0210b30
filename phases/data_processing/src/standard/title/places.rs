//! Whether words name places and nothing else.

use super::matcher::Matcher;
use crate::rules::source::Origin;
use crate::rules::title::list;
use crate::rules::title::words::{AMPERSAND, COMMA, DASH, FIRST, NUMBER, SLASH, flag};

/// The most words of a name that no table holds: Phường An Khánh Hưng.
const LONGEST_NAME: usize = 4;

impl Matcher<'_> {
    /// Places alone, in a list of any kind: `Hà Nội`, `Quận 7, HCM`, `Mỏ Bạch - Thái Nguyên`, `Biên Hòa, Dĩ An`.
    pub(super) fn is_places(&self, start: usize, end: usize) -> bool {
        if end <= start
            || self.word(start) >= FIRST
                && !self.has(start, flag::PLACE | flag::PREFIX | list::JOINT)
        {
            return false;
        }
        let joint = |at: usize| {
            matches!(self.word(at), COMMA | DASH | SLASH | AMPERSAND) || self.has(at, list::JOINT)
        };
        let mut at = start;
        let mut found = false;
        loop {
            while at < end && joint(at) {
                at += 1;
            }
            if at == end {
                return found;
            }
            match self.place(at, end, 0) {
                Some(next) => (at, found) = (next, true),
                // The last one may be cut: Hà Nội/ Thanh Hó...
                None => return self.cut && found && end == self.tokens.len() && end - at <= 2,
            }
        }
    }

    /// An address: a list that ends in two places, such as `MB Điện Biên Phủ, Ba Đình, Hà Nội`.
    pub(super) fn is_address(&self, start: usize, end: usize) -> bool {
        let mut commas = (start..end).rev().filter(|at| self.word(*at) == COMMA);
        let (Some(last), Some(before)) = (commas.next(), commas.next()) else {
            return false;
        };
        self.is_places(before + 1, last) && self.is_places(last + 1, end)
    }

    /// Where the places begin that end a role without a word before them: `Giao Dịch Viên Hà Nội`.
    pub(super) fn bare_place(&self, start: usize, end: usize) -> Option<usize> {
        if end < start + 3 || !self.has(end - 1, flag::PLACE_END) {
            return None;
        }
        let at = (end.saturating_sub(4).max(start + 2)..end).find(|at| {
            self.has(*at, flag::PLACE)
                && self
                    .rules
                    .places(self.word(*at))
                    .iter()
                    .any(|place| place.bare && self.name(&place.phrase, *at, end) == Some(end))
        })?;
        // The place qualifies the word before it: Thị Trường Hà Nội.
        (!self.has(at - 1, list::QUALIFIED)).then_some(at)
    }

    /// Where a place's name ends that begins at a word.
    pub(super) fn place(&self, at: usize, end: usize, depth: usize) -> Option<usize> {
        self.place_by(at, end, depth, &mut |_| {})
    }

    /// The same, and which rules say so, the innermost first.
    pub(super) fn place_by(
        &self,
        at: usize,
        end: usize,
        depth: usize,
        by: &mut impl FnMut(Origin),
    ) -> Option<usize> {
        if at >= end || depth > 3 {
            return None;
        }
        if self.has(at, flag::PREFIX) {
            for prefix in self.rules.prefixes(self.word(at)) {
                let Some(next) = self.name(&prefix.phrase, at, end) else {
                    continue;
                };
                if let Some(end) = self.place_by(next, end, depth + 1, by) {
                    by(prefix.origin);
                    return Some(end);
                }
                if prefix.number && next < end && self.word(next) == NUMBER {
                    by(prefix.origin);
                    return Some(next + 1);
                }
                if prefix.any {
                    let name = (next..end.min(next + LONGEST_NAME))
                        .take_while(|at| {
                            self.word(*at) == 0
                                || self.word(*at) >= FIRST
                                || self.word(*at) == NUMBER
                        })
                        .count();
                    if name > 0 {
                        by(prefix.origin);
                        return Some(next + name);
                    }
                }
            }
        }
        if !self.has(at, flag::PLACE) {
            return None;
        }
        self.rules.places(self.word(at)).iter().find_map(|place| {
            let end = self.name(&place.phrase, at, end)?;
            by(place.origin);
            Some(end)
        })
    }

    fn name(&self, phrase: &crate::rules::title::Phrase, at: usize, end: usize) -> Option<usize> {
        let words = self.rules.elements(phrase);
        (at + words.len() <= end
            && words
                .iter()
                .zip(&self.tokens[at..])
                .all(|(wanted, token)| *wanted == token.word))
        .then_some(at + words.len())
    }
}
