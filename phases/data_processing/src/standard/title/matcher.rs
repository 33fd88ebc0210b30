//! Which rules hold at a word of a title.

use super::token::{self, Token};
use crate::rules::source::Origin;
use crate::rules::title::words::{
    COMMA, DASH, DOLLAR, NUMBER, SLASH, UNKNOWN, Word, flag, is_sign,
};
use crate::rules::title::{ANY, DASH_OR_NOT, END, PAY, PLACE, Phrase, Rule, Rules, Words, list};

/// A title with its tokens and the rules: what the rules look at.
#[derive(Clone, Copy)]
pub(super) struct Matcher<'a> {
    pub(super) rules: &'a Rules,
    pub(super) text: &'a str,
    pub(super) tokens: &'a [Token],
    /// The source cut the title short, so its last word may be a part of one.
    pub(super) cut: bool,
}

/// The most words and numbers of a code.
pub(super) const LONGEST_CODE: usize = 3;

/// A rule that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Match {
    /// Behind its words.
    pub(super) end: usize,
    /// Only its own words go.
    pub(super) alone: bool,
    /// The items of a list behind it belong to it.
    pub(super) runs_on: bool,
    /// Where it stands; money of itself stands in no table.
    pub(super) origin: Option<Origin>,
}

impl<'a> Matcher<'a> {
    pub(super) fn word(&self, at: usize) -> Word {
        self.tokens[at].word
    }

    pub(super) fn has(&self, at: usize, flags: u32) -> bool {
        self.tokens[at].flags & flags != 0
    }

    pub(super) fn token_text(&self, at: usize) -> &'a str {
        token::text(self.text, self.tokens[at])
    }

    /// Whether a tail may begin at a word, or an amount of money.
    #[inline]
    pub(super) fn may_begin_tail(&self, at: usize) -> bool {
        self.has(at, flag::TAIL) || self.word(at) == DOLLAR
    }

    /// The tail that begins at a word, if one does; `start` is where the segment or item begins.
    #[inline]
    pub(super) fn tail(&self, at: usize, start: usize, end: usize) -> Option<Match> {
        // Of most words no rule speaks.
        if self.may_begin_tail(at) {
            self.tail_of(at, start, end)
        } else {
            None
        }
    }

    fn tail_of(&self, at: usize, start: usize, end: usize) -> Option<Match> {
        let word = self.word(at);
        if word == DOLLAR {
            return self.pay(at, end).map(|end| Match {
                end,
                alone: false,
                runs_on: false,
                origin: None,
            });
        }
        let at_start = at == start || matches!(self.word(at - 1), COMMA | SLASH);
        let behind = self.number(at, end).unwrap_or(at + 1);
        let words = |at: usize| match self.tokens[..end].get(at) {
            // A title that was cut may end in a part of any word.
            _ if self.cut => Words::ALL,
            Some(token) => Words::one(token.word),
            // Nothing, which is no word of a rule either.
            None => Words::one(UNKNOWN),
        };
        let (second, third) = (words(behind), words(behind + 1));
        if !self.rules.info(word).seconds.meets(second) {
            return None;
        }
        self.rules.tails(word).iter().find_map(|rule| {
            let other = !rule.seconds.meets(second) || !rule.thirds.meets(third);
            debug_assert!(!other || self.phrase(&rule.phrase, at, end).is_none());
            if other || rule.at_start && !at_start {
                return None;
            }
            let end = self.phrase(&rule.phrase, at, end)?;
            self.allowed(rule, at, start, end).then_some(Match {
                end,
                alone: rule.alone,
                runs_on: rule.runs_on,
                origin: Some(rule.origin),
            })
        })
    }

    /// The words of a lead at the beginning of the title, where the rule holds.
    pub(super) fn lead(&self) -> Option<(usize, Origin)> {
        if self.tokens.is_empty() || !self.has(0, flag::LEAD) {
            return None;
        }
        self.rules.leads(self.word(0)).iter().find_map(|rule| {
            let end = self.phrase(&rule.phrase, 0, self.tokens.len())?;
            self.allowed(rule, 0, 0, end).then_some((end, rule.origin))
        })
    }

    /// Whether the words round a rule's own let it hold.
    fn allowed(&self, rule: &Rule, at: usize, start: usize, end: usize) -> bool {
        let behind = !rule.behind.is_empty() && {
            let mut before = at;
            // `Quản Lý - Khu Vực`: a sign does not hide the word before it.
            while before > start && matches!(self.word(before - 1), DASH | SLASH | COMMA) {
                before -= 1;
            }
            before > start && rule.behind.contains(&self.word(before - 1))
        };
        !behind
            && !rule
                .before
                .iter()
                .any(|phrase| self.phrase(phrase, end, self.tokens.len()).is_some())
    }

    /// Where a phrase ends that stands at a word.
    fn phrase(&self, phrase: &Phrase, mut at: usize, end: usize) -> Option<usize> {
        let first = at;
        for element in self.rules.elements(phrase) {
            match *element {
                NUMBER => at = self.number(at, end)?,
                PAY => at = self.pay(at, end)?,
                PLACE => at = self.place(at, end, 0)?,
                DASH_OR_NOT => {
                    if at < end && self.word(at) == DASH {
                        at += 1;
                    }
                }
                ANY => {
                    if at >= end || is_sign(self.word(at)) {
                        return None;
                    }
                    at += 1;
                }
                END => {
                    if at < end && !is_sign(self.word(at)) {
                        return None;
                    }
                }
                wanted if at < end && self.word(at) == wanted => at += 1,
                wanted if at > first && self.is_part_of(at, end, wanted) => return Some(end),
                _ => return None,
            }
        }
        Some(at)
    }

    /// Whether the title was cut within this word: `Thu Nh...`.
    fn is_part_of(&self, at: usize, end: usize, wanted: Word) -> bool {
        if !self.cut || at + 1 != self.tokens.len() || at + 1 != end || self.word(at) == NUMBER {
            return false;
        }
        let mut spelling = self.rules.spelling(wanted).chars();
        self.token_text(at)
            .chars()
            .flat_map(char::to_lowercase)
            .all(|c| spelling.next() == Some(c))
    }

    /// Where a number ends: `3`, `3 - 5`, `3 đến 5`.
    pub(super) fn number(&self, at: usize, end: usize) -> Option<usize> {
        if at >= end || self.word(at) != NUMBER {
            return None;
        }
        let next = at + 1;
        if next < end && self.word(next) == NUMBER {
            return Some(next + 1);
        }
        let joined = next + 1 < end
            && (self.word(next) == DASH || self.has(next, list::RANGE))
            && self.word(next + 1) == NUMBER;
        Some(if joined { next + 2 } else { next })
    }

    /// Where an amount of money ends: `$1000`, `15 - 20 triệu`, `15-20tr`, `110M`, `20.000.000`.
    pub(super) fn pay(&self, at: usize, end: usize) -> Option<usize> {
        let dollar = |at: usize| usize::from(at < end && self.word(at) == DOLLAR);
        let first = at + dollar(at);
        let mut next = self.number(first, end)?;
        if first > at {
            return Some(next);
        }
        // $ before the upper bound only.
        if next + 2 < end && self.word(next) == DASH && self.word(next + 1) == DOLLAR {
            next = self.number(next + 2, end).unwrap_or(next);
        }
        let number = self.tokens[next - 1];
        let long = number.shape.digits >= 7 && self.token_text(next - 1).contains(['.', ',']);
        if next < end {
            let spaced = self.tokens[next].shape.spaced;
            // One digit and a letter is a name: 3M, 4K.
            let many = number.shape.digits >= 2 || next > first + 1;
            if self.word(next) == DOLLAR
                || self.has(next, list::UNIT)
                || self.has(next, list::UNIT_BESIDE) && !spaced && many
                || self.is_part_of_unit(next, end)
            {
                return Some(next + 1);
            }
        }
        long.then_some(next)
    }

    /// `(15 -20 Tri...`
    fn is_part_of_unit(&self, at: usize, end: usize) -> bool {
        self.cut && at + 1 == self.tokens.len() && at + 1 == end && {
            let text = self.token_text(at);
            ["Triệu", "triệu", "TRIỆU"]
                .iter()
                .any(|unit| unit.starts_with(text))
        }
    }

    /// A code of the posting: `TA163`, `CNLT.679`, `CP68`, `TA 169`, `CN25.288`, `4B025`.
    pub(super) fn code(&self, start: usize, end: usize) -> bool {
        if end <= start || end - start > LONGEST_CODE || self.has(start, list::STANDARD) {
            return false;
        }
        let (from, to) = (self.tokens[start].start, self.tokens[end - 1].end);
        let text = &self.text[usize::from(from)..usize::from(to)];
        if !text
            .bytes()
            .next_back()
            .is_some_and(|c| c.is_ascii_digit() || c.is_ascii_uppercase())
        {
            return false;
        }
        let is_digit = |c: u8| c.is_ascii_digit();
        let letters = text.bytes().take_while(u8::is_ascii_uppercase).count();
        let rest = text[letters..].trim_start_matches([' ', '.', '-']);
        let digits = text.bytes().filter(|c| is_digit(*c)).count();
        let led = (2..=5).contains(&letters)
            && digits >= 2
            && rest.bytes().next().is_some_and(is_digit)
            && rest.bytes().all(|c| is_digit(c) || c == b'.');
        let mixed = digits >= 4
            && (5..=7).contains(&text.len())
            && digits < text.len()
            && text.bytes().all(|c| is_digit(c) || c.is_ascii_uppercase());
        led || mixed
    }
}
