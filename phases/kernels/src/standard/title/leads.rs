//! Finds what is before and after the words that name the job: leads, and words that introduce a tail.

use super::matcher::Matcher;
use crate::rules::source::Origin;
use crate::rules::title::words::{flag, is_sign};
use crate::rules::title::{ELEMENTS, list};

/// The most words of a brand before `Tuyển Gấp`.
const LONGEST_BRAND: usize = 6;
/// The most tokens of a phrase that introduces a tail.
const LONGEST_INTRODUCTION: usize = 4;

impl Matcher<'_> {
    /// The end of the lead that the title begins with, and its line.
    pub(super) fn lead(&self) -> Option<(usize, Origin)> {
        if self.flags.words & flag::LEAD == 0 {
            return None;
        }
        self.lead_at(0).or_else(|| self.lead_behind_brand())
    }

    /// The end of the lead that begins at a token, and its line.
    fn lead_at(&self, at: usize) -> Option<(usize, Origin)> {
        if at >= self.tokens.len() || !self.has(at, flag::LEAD) {
            return None;
        }
        self.rules.leads(self.word(at)).iter().find_map(|rule| {
            let end = self.phrase(&rule.phrase, at, self.tokens.len())?;
            self.is_allowed(rule, at, at, end)
                .then_some((end, rule.origin))
        })
    }

    /// The end of a lead behind a brand, before the role: `Vinamilk Tuyển Gấp Kế Toán`.
    pub(super) fn lead_behind_brand(&self) -> Option<(usize, Origin)> {
        let is_company = |at: usize| {
            let next = self.tokens.get(at + 1);
            next.is_some_and(|next| next.flags & list::QUALIFIED != 0)
        };
        let is_brand = |at: &usize| {
            let is_role = self.has(*at, list::ROLE | list::ROLE_ITEM) && !is_company(*at);
            !is_role && !is_sign(self.word(*at))
        };
        let brand = (0..self.tokens.len().min(LONGEST_BRAND))
            .take_while(|at| !self.has(*at, flag::LEAD) && is_brand(at))
            .count();
        let (end, origin) = self.lead_at(brand)?;
        let is_role = end < self.tokens.len() && self.has(end, list::ROLE);
        (brand > 0 && is_role).then_some((end, origin))
    }

    /// Whether the title has the name of a role: Viên, Engineer.
    pub(super) fn names_role(&self) -> bool {
        let is_name = |at: usize| {
            self.has(at, list::ROLE_NAME) && (at == 0 || !self.has(at - 1, list::NO_ROLE))
        };
        self.flags.words & list::ROLE_NAME != 0 && (0..self.tokens.len()).any(is_name)
    }

    /// Whether the title has the name of a role or a word that begins one: Kế Toán, Sales.
    pub(super) fn may_name_role(&self) -> bool {
        self.names_role() || (0..self.tokens.len()).any(|at| self.has(at, list::ROLE))
    }

    /// The end of a range without the phrase that introduced what followed, and its line: `Kế Toán Từ`.
    pub(super) fn introduction(&self, start: usize, end: usize) -> Option<(usize, Origin)> {
        if end <= start || !self.has(end - 1, flag::INTRODUCTION) {
            return None;
        }
        let last = self.word(end - 1);
        self.rules.introductions.iter().find_map(|rule| {
            // The phrase ends here with its last word, or the source cut that word short.
            let ending = self.rules.elements(&rule.phrase).last();
            if !self.is_cut && matches!(ending, Some(word @ ..ELEMENTS) if *word != last) {
                return None;
            }
            (end.saturating_sub(LONGEST_INTRODUCTION).max(start)..end).find_map(|at| {
                let is_here = self.phrase(&rule.phrase, at, end) == Some(end)
                    && self.is_allowed(rule, at, start, end);
                is_here.then_some((at, rule.origin))
            })
        })
    }
}
