//! Finds the words of a part that stay: the words before and between its tails.

use super::drop_reason::{DropReason, TitlePart};
use super::matcher::Matcher;
use super::trace::{Span, TitleTrace};
use crate::rules::title::list;
use crate::rules::title::words::{AMPERSAND, COMMA, DASH, PIPE, SLASH, UNDERSCORE};

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
        while at < end {
            let is_behind_comma = at > start && self.word(at - 1) == COMMA;
            if is_behind_comma
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
                trace.dropped(self, Span::Tokens(at, end), reason);
                break;
            }
            trace.dropped(self, Span::Tokens(at, tail.end), reason);
            kept.push((from, at));
            at = self.skip_joints(tail.end, end);
            from = at;
        }
        kept.push((from, at.min(end)));
        kept.retain(|(from, to)| from < to);
        runs_on
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
