//! Recognises words that name places and nothing else.

use super::matcher::Matcher;
use crate::rules::source::Origin;
use crate::rules::title::words::{AMPERSAND, COMMA, DASH, FIRST, NUMBER, SLASH, UNKNOWN, flag};
use crate::rules::title::{Phrase, PlacePrefix, list};

/// The most words of a place's name that no table has: Phường An Khánh Hưng.
const LONGEST_NAME: usize = 4;
/// The most words such as `Quận` or `Thành phố` before one name.
const MOST_PREFIXES: usize = 3;

impl Matcher<'_> {
    /// Whether a range is a list of places: `Hà Nội`, `Quận 7, HCM`, `Mỏ Bạch - Thái Nguyên`.
    #[inline]
    pub(super) fn is_places(&self, start: usize, end: usize) -> bool {
        // Most titles have no word of a place.
        self.may_have_place() && self.is_list_of_places(start, end)
    }

    /// Whether any place's name can begin in the title.
    fn may_have_place(&self) -> bool {
        self.flags.words & (flag::PLACE | flag::PREFIX) != 0
    }

    fn is_list_of_places(&self, start: usize, end: usize) -> bool {
        if end <= start
            || self.word(start) >= FIRST
                && !self.has(start, flag::PLACE | flag::PREFIX | list::JOINT)
        {
            return false;
        }
        let is_joint = |at: usize| {
            matches!(self.word(at), COMMA | DASH | SLASH | AMPERSAND) || self.has(at, list::JOINT)
        };
        let mut at = start;
        let mut is_found = false;
        loop {
            while at < end && is_joint(at) {
                at += 1;
            }
            if at == end {
                return is_found;
            }
            match self.place(at, end) {
                Some(next) => (at, is_found) = (self.behind_part_of_place(next, end), true),
                // Quận 1, 5, 7.
                None if is_found && self.word(at) == NUMBER && is_joint(at - 1) => at += 1,
                // The source may have cut the last place short: Hà Nội/ Thanh Hó...
                None => {
                    let is_rest = end == self.tokens.len() && end - at <= 2;
                    return self.is_cut && is_found && is_rest;
                }
            }
        }
    }

    /// The token behind the number of a part of a place: `Mỹ Đình 2`.
    fn behind_part_of_place(&self, at: usize, end: usize) -> usize {
        let is_part = at < end && self.word(at) == NUMBER && self.tokens[at].digits == 1;
        at + usize::from(is_part)
    }

    /// Whether a square bracket has a name that no table has, and then places only: `[Định Công - Hoàng Mai]`.
    pub(super) fn is_half_address(&self, start: usize, end: usize) -> bool {
        if !self.may_have_place() {
            return false;
        }
        let is_joint = |at: &usize| matches!(self.word(*at), COMMA | DASH | SLASH);
        let Some(sign) = (start..end).find(is_joint) else {
            return false;
        };
        let is_name = |at: usize| {
            let is_known = self.word(at) >= FIRST && !self.has(at, flag::PLACE | flag::PLACE_END);
            !is_known && self.token_text(at).starts_with(char::is_uppercase)
        };
        let name = usize::from(self.tokens[start].start)..usize::from(self.tokens[sign].start);
        (start + 2..=start + 3).contains(&sign)
            && (start..sign).all(is_name)
            && !self.text[name].is_ascii()
            && self.is_places(sign + 1, end)
    }

    /// Whether a range is an address, a list that ends with two places: `MB Điện Biên Phủ, Ba Đình, Hà Nội`.
    pub(super) fn is_address(&self, start: usize, end: usize) -> bool {
        if !self.may_have_place() {
            return false;
        }
        let mut commas = (start..end).rev().filter(|at| self.word(*at) == COMMA);
        let (Some(last), Some(before)) = (commas.next(), commas.next()) else {
            return false;
        };
        self.is_places(before + 1, last) && self.is_places(last + 1, end)
    }

    /// The first token of a place that ends a role without a word before it: `Giao Dịch Viên Hà Nội`.
    /// At least `least` words of the role must stay.
    pub(super) fn bare_place(&self, start: usize, end: usize, least: usize) -> Option<usize> {
        if self.flags.words & flag::PLACE_END == 0 {
            return None;
        }
        let is_part = end > start
            && self.word(end - 1) == NUMBER
            && self.tokens[end - 1].digits == 1
            && self.tokens[end - 1].is_spaced;
        let end = end - usize::from(is_part);
        if end <= start + least || !self.has(end - 1, flag::PLACE_END) {
            return None;
        }
        let is_last = |at: &usize| {
            self.has(*at, flag::PLACE)
                && self
                    .rules
                    .places(self.word(*at))
                    .iter()
                    .any(|place| place.bare && self.name(&place.phrase, *at, end) == Some(end))
        };
        let at = (end.saturating_sub(4).max(start + least)..end).find(is_last)?;
        // The place belongs to the word before it: Thị Trường Hà Nội.
        (!self.has(at - 1, list::QUALIFIED)).then_some(at)
    }

    /// The end of the place's name that begins at a token.
    pub(super) fn place(&self, at: usize, end: usize) -> Option<usize> {
        self.place_by(at, end, 0, &mut |_| {})
    }

    /// Does the same as [`Self::place`], and reports the rules that match, the innermost first.
    pub(super) fn place_by(
        &self,
        at: usize,
        end: usize,
        depth: usize,
        by: &mut impl FnMut(Origin),
    ) -> Option<usize> {
        if at >= end || depth > MOST_PREFIXES {
            return None;
        }
        if self.has(at, flag::PREFIX) {
            for prefix in self.rules.prefixes(self.word(at)) {
                let Some(next) = self.name(&prefix.phrase, at, end) else {
                    continue;
                };
                let found = self
                    .place_by(next, end, depth + 1, by)
                    .or_else(|| self.unlisted_name(prefix, next, end));
                if found.is_some() {
                    by(prefix.origin);
                    return found;
                }
            }
        }
        if !self.has(at, flag::PLACE) {
            return None;
        }
        let second = match self.tokens[..end].get(at + 1) {
            Some(token) => token.word,
            None => UNKNOWN,
        };
        let word = self.word(at);
        if !self.rules.info(word).place_seconds.has(second) {
            return None;
        }
        self.rules.places(word).iter().find_map(|place| {
            let mut name_end = self.name(&place.phrase, at, end)?;
            by(place.origin);
            // Can Tho City, Hưng Yên Province.
            while name_end < end && self.has(name_end, list::SUFFIX) {
                name_end += 1;
            }
            Some(name_end)
        })
    }

    /// The end of a name that no table has, after a prefix that allows one: `Quận 7`, `Phường An Khánh`.
    fn unlisted_name(&self, prefix: &PlacePrefix, at: usize, end: usize) -> Option<usize> {
        if prefix.number && at < end && self.word(at) == NUMBER {
            return Some(at + 1);
        }
        if !prefix.any {
            return None;
        }
        let words = (at..end.min(at + LONGEST_NAME))
            .take_while(|at| matches!(self.word(*at), UNKNOWN | NUMBER | FIRST..))
            .count();
        (words > 0).then_some(at + words)
    }

    /// The end of a name, if its words are at a token.
    fn name(&self, phrase: &Phrase, at: usize, end: usize) -> Option<usize> {
        let words = self.rules.elements(phrase);
        let name_end = at + words.len();
        let is_here = name_end <= end
            && words
                .iter()
                .zip(&self.tokens[at..])
                .all(|(wanted, token)| *wanted == token.word);
        is_here.then_some(name_end)
    }
}
