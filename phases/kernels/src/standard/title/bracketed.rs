//! Reduces a bracket in a title: each item is dropped, cut or kept by itself. A bracket inside is an item of its own.

use super::drop_reason::{DropReason, TitlePart};
use super::parts::{BRACKETS, Part, opening};
use super::render::Renderer;
use super::trace::{Span, TitleTrace};
use crate::rules::title::list;
use crate::rules::title::words::{CLOSE, COMMA, DASH, PIPE, SLASH, UNDERSCORE, is_sign};

impl<T: TitleTrace> Renderer<'_, '_, T> {
    /// Writes the items of a bracket that are kept.
    pub(super) fn bracket(&mut self, part: &Part, is_cut: bool) {
        let (start, end) = part.tokens;
        let kind = if part.bracket == Some(0) {
            TitlePart::Bracket
        } else {
            TitlePart::Square
        };
        if let Some(reason) = self.matcher.drop_reason(kind, start, end) {
            self.dropped(Span::Bytes(part.text.0, part.text.1), reason);
            return;
        }
        let begun = self.out.len();
        // Whether a rule that runs on was found, so that the items from here on are dropped with its offer.
        let mut is_running_on = false;
        let mut is_previous_dropped = false;
        let mut from = start;
        while from < end {
            let at = self.out.len();
            if let Some(inner) = self.matcher.inner_bracket(part, from) {
                if is_running_on {
                    let offer = Span::Bytes(inner.text.0, inner.text.1);
                    self.dropped(offer, DropReason::RunsOn);
                } else {
                    if at > begun {
                        self.join_inner_bracket(from - 1);
                    }
                    let is_written = self.write_bracket(&inner, is_cut && inner.tokens.1 == end);
                    if !is_written {
                        self.out.truncate(at);
                    }
                }
                is_previous_dropped = self.out.len() == at;
                from = inner.tokens.1 + 1;
                continue;
            }
            let item = self.item(part, from);
            let (_, to) = item.tokens;
            if let Some(reason) = self.matcher.drop_reason(TitlePart::Item, from, to) {
                self.dropped(Span::Bytes(item.text.0, item.text.1), reason);
            } else {
                is_running_on |= self.keep(from, to);
                if is_running_on && !self.names_language(from, to) {
                    self.drop_offer();
                } else {
                    if at > begun {
                        self.join_item(from - 1);
                    }
                    self.drop_bare_place(1);
                    let is_rest = to == end && (from == start || is_previous_dropped);
                    self.write_item(&item, at, is_cut && is_rest);
                }
            }
            is_previous_dropped = self.out.len() == at;
            // A bracket that ends an item is the next item.
            let is_bracket = to < end && opening(self.matcher.word(to)).is_some();
            from = to + usize::from(!is_bracket);
        }
    }

    /// Writes a bracket with the words in it that stay. Returns false if none does.
    pub(super) fn write_bracket(&mut self, part: &Part, is_cut: bool) -> bool {
        let Some(bracket) = part.bracket else {
            return false;
        };
        let before = self.out.len();
        let (open, close) = BRACKETS[bracket];
        self.out.push(open);
        let inner = self.out.len();
        self.bracket(part, is_cut);
        let is_written = self.out.len() > inner;
        if is_written {
            self.out.push(close);
        } else {
            self.out.truncate(before);
        }
        is_written
    }

    /// Joins a bracket to the item before it. A space comes before a bracket.
    fn join_inner_bracket(&mut self, before: usize) {
        let word = self.matcher.word(before);
        if is_sign(word) && !CLOSE.contains(&word) {
            self.join_item(before);
        }
        if !self.out.ends_with(' ') {
            self.out.push(' ');
        }
    }

    /// The item of a bracket that begins at a token.
    fn item(&self, part: &Part, from: usize) -> Part {
        let matcher = &self.matcher;
        let (start, end) = part.tokens;
        let is_separator = |at: &usize| match matcher.word(*at) {
            COMMA => true,
            word if opening(word).is_some() => true,
            DASH | PIPE | UNDERSCORE | SLASH => matcher.is_separator(*at, from, end),
            _ => false,
        };
        let to = (from..end).find(is_separator).unwrap_or(end);
        let text_start = if from == start {
            part.text.0
        } else {
            usize::from(matcher.tokens[from - 1].end)
        };
        let text_end = if to == end {
            part.text.1
        } else {
            usize::from(matcher.tokens[to].start)
        };
        Part {
            tokens: (from, to),
            text: (text_start, text_end),
            ..*part
        }
    }

    /// Writes an item. If nothing of it stays, the sign that joined it is dropped too: the result ends at `before`.
    fn write_item(&mut self, item: &Part, before: usize, is_cut: bool) {
        let start = self.out.len();
        self.write(item);
        if is_cut {
            self.drop_fragment(start);
        }
        if self.out.len() == start {
            self.out.truncate(before);
        }
    }

    /// Whether an item names a language. The language of the work is never a part of an offer.
    fn names_language(&self, from: usize, to: usize) -> bool {
        (from..to).any(|at| self.matcher.has(at, list::LANGUAGE))
    }

    /// Reports the words of an item that the rules kept, but that belong to an offer.
    fn drop_offer(&mut self) {
        if let (Some((from, _)), Some((_, to))) = (self.kept.first(), self.kept.last()) {
            let offer = Span::Tokens(*from, *to);
            self.dropped(offer, DropReason::RunsOn);
        }
    }
}
