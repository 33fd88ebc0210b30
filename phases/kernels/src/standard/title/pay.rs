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
use crate::rules::title::words::{COMMA, DASH, DOLLAR, NUMBER, OPEN, PIPE, SLASH, UNDERSCORE};

/// A trace that keeps the pay.
#[derive(Debug, Default)]
pub(super) struct PayRecorder {
    text: String,
    /// Whether the title has no digit, so that it names no pay.
    is_off: bool,
    /// The end of the last words of `text` in the title, in bytes.
    end: usize,
}

impl PayRecorder {
    /// Starts with a title, and forgets the one before.
    pub(super) fn start(&mut self, has_digit: bool) {
        self.text.clear();
        self.is_off = !has_digit;
    }

    pub(super) fn text(&self) -> Option<&str> {
        (!self.text.is_empty()).then_some(self.text.as_str())
    }
}

impl TitleTrace for PayRecorder {
    #[inline]
    fn dropped(&mut self, matcher: &Matcher<'_>, span: Span<'_>, _: DropReason) {
        if !self.is_off {
            self.read(matcher, span);
        }
    }

    fn rewritten(&mut self, _: &str, _: &str, _: &str) {}

    fn kept(&mut self, _: &str, _: &str) {
        self.text.clear();
    }
}

impl PayRecorder {
    /// Adds the pay that dropped words name.
    fn read(&mut self, matcher: &Matcher<'_>, span: Span<'_>) {
        let Some((from, end)) = span.tokens(matcher) else {
            return;
        };
        // Most of what is dropped has no number.
        let tokens = &matcher.tokens[from..end];
        if !tokens.iter().any(|token| token.word == NUMBER) {
            return;
        }
        let mut at = from;
        let has_bonus = matcher.flags.words & list::BONUS != 0;
        let mut is_bonus = has_bonus && matcher.is_behind_bonus(from);
        while at < end {
            let is_amount =
                matcher.may_be_amount(at) && !is_bonus && matcher.pay(at, end).is_some();
            // `Upto` is a word of pay, but not in `Thưởng Upto 20M`.
            let is_word = matcher.has(at, list::PAY_WORD);
            let is_pay = is_amount || is_word && !(is_bonus && matcher.has(at, list::BOUND));
            match is_pay.then(|| matcher.pay_end(at, end)).flatten() {
                Some(pay_end) => {
                    // `Từ 10 Triệu` is another salary than `10 Triệu`.
                    let is_bound = |at: &usize| matcher.has(*at, list::BOUND);
                    let bounds = (from..at).rev().take_while(is_bound).count();
                    self.push(matcher, at - bounds, pay_end);
                    at = pay_end;
                }
                None => {
                    is_bonus = has_bonus
                        && (matcher.has(at, list::BONUS) || is_bonus && matcher.word(at) != COMMA);
                    at += 1;
                }
            }
        }
    }

    fn push(&mut self, matcher: &Matcher<'_>, from: usize, end: usize) {
        let (first, last) = (matcher.tokens[from], matcher.tokens[end - 1]);
        let words = usize::from(first.start)..usize::from(last.end);
        if !self.text.is_empty() {
            // The dash of `9tr - 15tr` splits the title, but the amounts are one range.
            let between = matcher.text.get(self.end..words.start);
            let is_dash = between.is_some_and(|text| matches!(text.trim(), "-" | "–" | "—"));
            let is_amount = first.word == DOLLAR || matcher.number(from, end).is_some();
            let is_range = is_dash && is_amount;
            self.text.push_str(if is_range { " - " } else { " " });
        }
        self.end = words.end;
        self.text.push_str(&matcher.text[words]);
    }
}

impl Matcher<'_> {
    /// Whether a word of a bonus is before a token, in the same part of the title: `Relocation Allowances | Up To $1000`.
    fn is_behind_bonus(&self, at: usize) -> bool {
        let is_separator = |at: &usize| {
            let word = self.word(*at);
            matches!(word, COMMA | DASH | PIPE | SLASH | UNDERSCORE) || OPEN.contains(&word)
        };
        let mut before = (0..at).rev().take_while(|at| !is_separator(at));
        before.any(|at| self.has(at, list::BONUS))
    }

    /// Whether an amount of money may begin at a token.
    #[inline]
    fn may_be_amount(&self, at: usize) -> bool {
        matches!(self.word(at), NUMBER | DOLLAR)
    }

    /// The end of the pay that begins at a token: after its first amount, the upper bound and the period of it. A comma or
    /// a bonus before the amount is the end of a pay without an amount.
    fn pay_end(&self, at: usize, end: usize) -> Option<usize> {
        let amount = |at: usize| {
            let amount = || self.pay(at, end).or_else(|| self.number(at, end));
            (at < end && self.may_be_amount(at)).then(amount).flatten()
        };
        let is_other = |at: &usize| self.word(*at) == COMMA || self.has(*at, list::BONUS);
        let first = (at..end)
            .take_while(|at| !is_other(at))
            .find(|at| amount(*at).is_some())?;
        let mut behind = amount(first)?;
        while behind < end {
            let next = behind + 1;
            // `$70K/Year`.
            if self.has(behind, list::UNIT_BESIDE) && !self.tokens[behind].is_spaced {
                behind = next;
                continue;
            }
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
