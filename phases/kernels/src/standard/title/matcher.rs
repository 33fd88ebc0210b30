//! Finds the rules that match at a word of a title.

use super::token::{self, TitleFlags, Token};
use crate::rules::source::Origin;
use crate::rules::title::words::{
    COMMA, DASH, DOLLAR, NUMBER, SLASH, UNKNOWN, Word, flag, is_sign,
};
use crate::rules::title::{
    ANY, DASH_OR_NOT, ELEMENTS, END, PAY, PLACE, Phrase, TitleRule, TitleRules, WordSet, list,
};

/// A title with its tokens and the rules.
#[derive(Clone, Copy)]
pub(super) struct Matcher<'a> {
    pub(super) rules: &'a TitleRules,
    pub(super) text: &'a str,
    pub(super) tokens: &'a [Token],
    pub(super) flags: TitleFlags,
    /// The source cut the title short, so the last word may be incomplete.
    pub(super) is_cut: bool,
}

/// A tail that matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tail {
    /// The token after its words.
    pub(super) end: usize,
    /// Only the words of the rule are dropped, not the words that follow.
    pub(super) alone: bool,
    /// The items that follow in a list are dropped too.
    pub(super) runs_on: bool,
    /// The line of the rule. An amount of money needs no rule.
    pub(super) origin: Option<Origin>,
}

impl<'a> Matcher<'a> {
    /// A title that the source did not cut short.
    pub(super) fn whole(
        rules: &'a TitleRules,
        text: &'a str,
        tokens: &'a [Token],
        flags: TitleFlags,
    ) -> Self {
        Self {
            rules,
            text,
            tokens,
            flags,
            is_cut: false,
        }
    }

    pub(super) fn word(&self, at: usize) -> Word {
        self.tokens[at].word
    }

    pub(super) fn has(&self, at: usize, flags: u32) -> bool {
        self.tokens[at].flags & flags != 0
    }

    pub(super) fn token_text(&self, at: usize) -> &'a str {
        token::text(self.text, self.tokens[at])
    }

    /// The tail that begins at a token. The segment or item begins at `start` and ends before `end`.
    #[inline]
    pub(super) fn tail(&self, at: usize, start: usize, end: usize) -> Option<Tail> {
        // Few words begin a tail.
        if self.has(at, flag::TAIL) {
            self.tail_of(at, start, end)
        } else {
            None
        }
    }

    fn tail_of(&self, at: usize, start: usize, end: usize) -> Option<Tail> {
        let word = self.word(at);
        if word == DOLLAR {
            return self.pay(at, end).map(|end| Tail {
                end,
                alone: false,
                runs_on: false,
                origin: None,
            });
        }
        // `.Net` is a technology, and `Net` is an amount without taxes.
        if self.has(at, list::DOTTED)
            && self.text[..usize::from(self.tokens[at].start)].ends_with('.')
        {
            return None;
        }
        let behind = match word {
            NUMBER => self.number(at, end).unwrap_or(at + 1),
            _ => at + 1,
        };
        let second = self.words_at(behind, end);
        if !self.rules.info(word).seconds.meets(second) {
            return None;
        }
        let third = self.words_at(behind + 1, end);
        let is_at_start = at == start || matches!(self.word(at - 1), COMMA | SLASH);
        self.rules.tails(word).iter().find_map(|rule| {
            let is_other = !rule.seconds.meets(second) || !rule.thirds.meets(third);
            debug_assert!(!is_other || self.phrase(&rule.phrase, at, end).is_none());
            if is_other || rule.at_start && !is_at_start {
                return None;
            }
            let end = self.phrase(&rule.phrase, at, end)?;
            self.is_allowed(rule, at, start, end).then_some(Tail {
                end,
                alone: rule.alone,
                runs_on: rule.runs_on,
                origin: Some(rule.origin),
            })
        })
    }

    /// The words that a rule may find at a token.
    fn words_at(&self, at: usize, end: usize) -> WordSet {
        match self.tokens[..end].get(at) {
            // The last word of a title that was cut may be a part of any word.
            _ if self.is_cut => WordSet::ALL,
            Some(token) => WordSet::one(token.word),
            // No rule has this word.
            None => WordSet::one(UNKNOWN),
        }
    }

    /// Whether the words around a rule's phrase allow it: its conditions `not behind` and `not before`.
    pub(super) fn is_allowed(&self, rule: &TitleRule, at: usize, start: usize, end: usize) -> bool {
        let is_behind = !rule.behind.is_empty() && {
            let mut before = at;
            // A sign does not hide the word before it: `Quản Lý - Khu Vực`.
            while before > start && matches!(self.word(before - 1), DASH | SLASH | COMMA) {
                before -= 1;
            }
            before > start && rule.behind.contains(&self.word(before - 1))
        };
        let is_before = |phrase| self.phrase(phrase, end, self.tokens.len()).is_some();
        !is_behind && !rule.before.iter().any(is_before)
    }

    /// The end of a phrase, if it is at a token.
    #[inline]
    pub(super) fn phrase(&self, phrase: &Phrase, at: usize, end: usize) -> Option<usize> {
        let elements = self.rules.elements(phrase);
        // Most phrases that are looked for begin with a word that is not here.
        if let Some(first @ ..ELEMENTS) = elements.first()
            && (at >= end || self.word(at) != *first)
        {
            return None;
        }
        self.phrase_of(elements, at, end)
    }

    fn phrase_of(&self, elements: &[Word], mut at: usize, end: usize) -> Option<usize> {
        let first = at;
        for element in elements {
            match *element {
                NUMBER => at = self.number(at, end)?,
                PAY => at = self.pay(at, end)?,
                PLACE => at = self.place(at, end)?,
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
                wanted if at > first && self.is_beginning_of(at, end, wanted) => return Some(end),
                _ => return None,
            }
        }
        Some(at)
    }

    /// Whether the source cut the title inside this word: `Thu Nh...`.
    fn is_beginning_of(&self, at: usize, end: usize, wanted: Word) -> bool {
        if !self.is_cut_at(at, end) || self.word(at) == NUMBER {
            return false;
        }
        let mut spelling = self.rules.spelling(wanted).chars();
        self.token_text(at)
            .chars()
            .flat_map(char::to_lowercase)
            .all(|c| spelling.next() == Some(c))
    }

    /// Whether a token is the last one of a title that the source cut short.
    pub(super) fn is_cut_at(&self, at: usize, end: usize) -> bool {
        self.is_cut && at + 1 == self.tokens.len() && at + 1 == end
    }
}
