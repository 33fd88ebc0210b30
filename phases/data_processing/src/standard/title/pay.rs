//! Collects the pay that the dropped words of a title name. Where the salary of a posting is negotiable, its bounds come
//! from there.
//!
//! Of the dropped words, the pay begins at a word of pay (`Lương`) or at an amount of money, and ends after the amount and
//! its period. A bonus is not pay. Example: of `(Data Có Sẵn, Lương Cứng 8-10tr/Tháng + Thưởng 5tr, Nghỉ T7)`, the pay is
//! `Lương Cứng 8-10tr/Tháng`.

use super::drop_reason::DropReason;
use super::matcher::Matcher;
use super::trace::{Span, TitleTrace};
use crate::rules::title::list;
use crate::rules::title::words::{COMMA, DASH, SLASH};

/// A trace that keeps the pay.
#[derive(Debug, Default)]
pub(super) struct PayRecorder {
    text: String,
}

impl PayRecorder {
    pub(super) fn clear(&mut self) {
        self.text.clear();
    }

    pub(super) fn text(&self) -> Option<&str> {
        (!self.text.is_empty()).then_some(self.text.as_str())
    }
}

impl TitleTrace for PayRecorder {
    fn dropped(&mut self, matcher: &Matcher<'_>, span: Span<'_>, _: DropReason) {
        let Some((from, end)) = span.tokens(matcher) else {
            return;
        };
        let mut at = from;
        let mut is_bonus = false;
        while at < end {
            let is_amount = matcher.pay(at, end).is_some() && !is_bonus;
            let is_pay = is_amount || matcher.has(at, list::PAY_WORD);
            match matcher.pay_end(at, end).filter(|_| is_pay) {
                Some(pay_end) => {
                    // `Từ 10 Triệu` is another salary than `10 Triệu`.
                    let is_bound = |at: &usize| matcher.has(*at, list::BOUND);
                    let bounds = (from..at).rev().take_while(is_bound).count();
                    self.push(matcher, at - bounds, pay_end);
                    at = pay_end;
                }
                None => {
                    is_bonus =
                        matcher.has(at, list::BONUS) || is_bonus && matcher.word(at) != COMMA;
                    at += 1;
                }
            }
        }
    }

    fn rewritten(&mut self, _: &str, _: &str, _: &str) {}

    fn kept(&mut self, _: &str, _: &str) {
        self.clear();
    }
}

impl PayRecorder {
    fn push(&mut self, matcher: &Matcher<'_>, from: usize, end: usize) {
        let (first, last) = (matcher.tokens[from], matcher.tokens[end - 1]);
        if !self.text.is_empty() {
            self.text.push(' ');
        }
        let words = usize::from(first.start)..usize::from(last.end);
        self.text.push_str(&matcher.text[words]);
    }
}

impl Matcher<'_> {
    /// The end of the pay that begins at a token: after its first amount, the upper bound and the period of it. A comma or
    /// a bonus before the amount is the end of a pay without an amount.
    fn pay_end(&self, at: usize, end: usize) -> Option<usize> {
        let amount = |at: usize| self.pay(at, end).or_else(|| self.number(at, end));
        let is_other = |at: &usize| self.word(*at) == COMMA || self.has(*at, list::BONUS);
        let first = (at..end)
            .take_while(|at| !is_other(at))
            .find(|at| amount(*at).is_some())?;
        let mut behind = amount(first)?;
        while behind < end {
            let next = behind + 1;
            let is_joint = self.has(behind, list::BOUND) || self.word(behind) == DASH;
            if let Some(upper) = amount(behind).or_else(|| amount(next).filter(|_| is_joint)) {
                behind = upper;
            } else if self.has(behind, list::PERIOD) {
                behind = next;
            } else if self.word(behind) == SLASH && next < end && self.has(next, list::PERIOD) {
                behind = next + 1;
            } else {
                break;
            }
        }
        Some(behind)
    }
}
