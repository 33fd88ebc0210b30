//! Recognises numbers and amounts of money.

use super::matcher::Matcher;
use crate::rules::title::list;
use crate::rules::title::words::{DASH, DOLLAR, NUMBER};

/// The fewest digits of an amount without a unit: 1.000.000.
const DIGITS_OF_MONEY: u8 = 7;

impl Matcher<'_> {
    /// The end of a number: `3`, `3 - 5`, `3 đến 5`.
    pub(super) fn number(&self, at: usize, end: usize) -> Option<usize> {
        if at >= end || self.word(at) != NUMBER {
            return None;
        }
        let next = at + 1;
        if next < end && self.word(next) == NUMBER {
            return Some(next + 1);
        }
        let is_range = next + 1 < end
            && (self.word(next) == DASH || self.has(next, list::RANGE))
            && self.word(next + 1) == NUMBER;
        Some(if is_range { next + 2 } else { next })
    }

    /// The end of an amount of money: `$1000`, `15 - 20 triệu`, `15-20tr`, `110M`, `20.000.000`.
    pub(super) fn pay(&self, at: usize, end: usize) -> Option<usize> {
        let is_dollar = at < end && self.word(at) == DOLLAR;
        let first = at + usize::from(is_dollar);
        let mut next = self.number(first, end)?;
        if is_dollar {
            return Some(next);
        }
        // A dollar sign may come before the upper bound only: `1000-$2000`.
        if next + 2 < end && self.word(next) == DASH && self.word(next + 1) == DOLLAR {
            next = self.number(next + 2, end).unwrap_or(next);
        }
        if next < end && self.is_unit(first, next, end) {
            return Some(next + 1);
        }
        let is_long = self.tokens[next - 1].digits >= DIGITS_OF_MONEY
            && self.token_text(next - 1).contains(['.', ',']);
        is_long.then_some(next)
    }

    /// Whether a token is the unit of the number that begins at `first`.
    fn is_unit(&self, first: usize, at: usize, end: usize) -> bool {
        // One digit and a letter is a name: 3M, 4K.
        let is_name = self.tokens[at - 1].digits < 2 && at == first + 1;
        self.word(at) == DOLLAR
            || self.has(at, list::UNIT)
            || self.has(at, list::UNIT_BESIDE) && !self.tokens[at].is_spaced && !is_name
            || self.is_beginning_of_unit(at, end)
    }

    /// Whether the source cut the title inside the unit: `(15 -20 Tri...`.
    fn is_beginning_of_unit(&self, at: usize, end: usize) -> bool {
        self.is_cut_at(at, end) && {
            let text = self.token_text(at);
            ["Triệu", "triệu", "TRIỆU"]
                .iter()
                .any(|unit| unit.starts_with(text))
        }
    }
}
