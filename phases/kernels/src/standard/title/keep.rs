//! Finds the words of a part that stay: the words before and between its tails.

use super::drop_reason::{DropReason, TitlePart};
use super::matcher::Matcher;
use super::trace::{Span, TitleTrace};
use crate::rules::title::list;
use crate::rules::title::words::{AMPERSAND, COMMA, DASH, PIPE, SLASH, UNDERSCORE, flag, is_sign};

/// Ranges of tokens that stay, in order.
pub(super) type Kept = Vec<(usize, usize)>;

impl Matcher<'_> {
    /// Finds the ranges of a segment or item that stay. Returns true if it begins with a tail
    /// whose rule runs on (`+`), so that the next items are dropped too.
    pub(super) fn keep(
        &self,
        start: usize,
        end: usize,
        kept: &mut Kept,
        trace: &mut impl TitleTrace,
    ) -> bool {
        kept.clear();
        let mut from = start;
        let mut at = start;
        let mut runs_on = false;
        let is_behind_comma = |at: usize| at > start && self.word(at - 1) == COMMA;
        while at < end {
            // Nothing is dropped from any other word on.
            let mut rest = at..end;
            let next = rest.find(|at| self.has(*at, flag::TAIL) || is_behind_comma(*at));
            let Some(next) = next else {
                at = end;
                break;
            };
            at = next;
            if is_behind_comma(at)
                && let Some(reason) =
                    self.drop_reason(TitlePart::BehindComma, at, self.item_end(at, end))
            {
                trace.dropped(self, Span::Tokens(at, end), reason);
                break;
            }
            let Some(tail) = self.tail(at, from, end) else {
                at += 1;
                continue;
            };
            let reason = tail.origin.map_or(DropReason::Money, DropReason::Tail);
            runs_on |= at == start && tail.runs_on;
            if !tail.alone {
                let resumed = self.resumption(at, from, tail.end, end);
                trace.dropped(self, Span::Tokens(at, resumed.unwrap_or(end)), reason);
                let Some(next) = resumed else {
                    break;
                };
                kept.push((from, at));
                from = next;
                at = next + 1;
                continue;
            }
            trace.dropped(self, Span::Tokens(at, tail.end), reason);
            kept.push((from, at));
            at = match self.role_item(tail.end, end) {
                // The sign still joins two roles: IT Support Onsite/ IT Helpdesk.
                Some(sign) if sign == tail.end && at > from => sign,
                // One comma still joins two items: Quản Lý, Nữ, Tiếng Anh Tốt.
                _ if at > from && self.is_between_commas(at, tail.end, end) => tail.end,
                _ => self.skip_joints(tail.end, end),
            };
            from = at;
        }
        kept.push((from, at.min(end)));
        for (from, to) in kept.iter_mut() {
            // Elsewhere these words may be the end of a name: Chứng Từ, N2 Up.
            let is_cut = *to < end;
            *to = self.end_of_role(*from, *to, is_cut, trace);
        }
        kept.retain(|(from, to)| from < to);
        runs_on
    }

    /// The end of a range without the words at its end that introduce what was dropped, and without a code.
    pub(super) fn end_of_role(
        &self,
        from: usize,
        to: usize,
        is_cut: bool,
        trace: &mut impl TitleTrace,
    ) -> usize {
        // Few titles have such a word.
        if self.flags.words & (flag::CODE | flag::INTRODUCTION) == 0 {
            return to;
        }
        // What is not cut may be an introduction as a whole, but only behind other parts.
        let may_introduce = is_cut || from > 0;
        let mut end = to;
        loop {
            let words = (from..end).rev().take_while(|at| is_sign(self.word(*at)));
            let last = end - words.count();
            let without_code = self.without_code(from, last);
            if without_code < last {
                trace.dropped(self, Span::Tokens(without_code, last), DropReason::Code);
                end = without_code;
            } else if may_introduce
                && let Some((at, origin)) = self
                    .introduction(from, last)
                    .filter(|(at, _)| is_cut || *at == from)
            {
                let reason = DropReason::Introduction(origin);
                trace.dropped(self, Span::Tokens(at, last), reason);
                end = at;
            } else {
                return end;
            }
        }
    }

    /// The token at which the words that stay go on, behind a tail that begins at `at`. The part begins at `start`.
    fn resumption(&self, at: usize, start: usize, tail_end: usize, end: usize) -> Option<usize> {
        let may_resume = list::ROLE_ITEM | list::LANGUAGE | list::QUALIFYING;
        // Few tails have such a word.
        if !(tail_end..end).any(|at| self.has(at, may_resume)) {
            return None;
        }
        if at > start {
            // The language of the work is not a part of an offer: Kế Toán, Lương 10 Triệu, Tiếng Anh Tốt.
            let is_language = |sign: &usize| {
                self.word(*sign) == COMMA && *sign + 1 < end && self.has(*sign + 1, list::LANGUAGE)
            };
            let language = || (tail_end..end).find(is_language);
            if let Some(sign) = self.role_item(tail_end, end).or_else(language) {
                return Some(sign);
            }
        }
        // Tại Hồ Chí Minh Ngành Gia Dụng.
        let is_qualifying =
            |next: &usize| self.has(*next, list::QUALIFYING) && self.is_places(at, *next);
        (tail_end..end).find(is_qualifying)
    }

    /// The sign of an item that names a role again, behind a tail: `IT Support Onsite/ IT Helpdesk`.
    fn role_item(&self, start: usize, end: usize) -> Option<usize> {
        let names_role = |at: &usize| {
            self.word(*at) == SLASH && *at + 1 < end && self.has(*at + 1, list::ROLE_ITEM)
        };
        (start..end).find(names_role)
    }

    /// Whether a tail from `at` to `tail_end` is an item of a list that goes on.
    fn is_between_commas(&self, at: usize, tail_end: usize, end: usize) -> bool {
        tail_end + 1 < end && self.word(tail_end) == COMMA && self.word(at - 1) == COMMA
    }

    /// Skips the signs and words that joined what is dropped to what follows.
    fn skip_joints(&self, mut at: usize, end: usize) -> usize {
        let is_joint = |at: usize| {
            let word = self.word(at);
            matches!(word, AMPERSAND | SLASH | DASH | COMMA | UNDERSCORE | PIPE)
                || self.has(at, list::JOINT)
        };
        while at < end && is_joint(at) {
            at += 1;
        }
        at
    }

    fn item_end(&self, at: usize, end: usize) -> usize {
        (at..end).find(|at| self.word(*at) == COMMA).unwrap_or(end)
    }
}
