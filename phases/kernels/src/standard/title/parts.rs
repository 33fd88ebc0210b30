//! Splits a title into parts: segments between separators, and brackets.

use super::drop_reason::TitlePart;
use super::matcher::Matcher;
use crate::rules::title::list;
use crate::rules::title::words::{
    CLOSE, DASH, NUMBER, OPEN, PIPE, SLASH, UNDERSCORE, Word, is_sign,
};

/// A segment or the inside of a bracket: a range of tokens, and a range of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) tokens: (usize, usize),
    pub(super) text: (usize, usize),
    /// The brackets around the part, as an index of [`BRACKETS`].
    pub(super) bracket: Option<usize>,
    pub(super) separator: Separator,
}

/// The sign before a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Separator {
    None,
    /// A dash of any kind.
    Dash,
    /// Another sign, by its token.
    Sign(usize),
}

pub(super) const BRACKETS: [(char, char); 3] = [('(', ')'), ('[', ']'), ('【', '】')];

/// The kind of the bracket that a sign opens, as an index of [`BRACKETS`].
pub(super) fn opening(word: Word) -> Option<usize> {
    OPEN.iter().position(|bracket| *bracket == word)
}

impl Matcher<'_> {
    /// Splits the title, from a token on, and up to a byte.
    pub(super) fn split(&self, from: usize, text_end: usize, parts: &mut Vec<Part>) {
        parts.clear();
        let end = self.tokens.len();
        let text_start = match self.tokens.get(from) {
            Some(token) if from > 0 => usize::from(token.start),
            _ => 0,
        };
        let mut open = Part {
            tokens: (from, from),
            text: (text_start, 0),
            bracket: None,
            separator: Separator::None,
        };
        let mut at = from;
        while at < end {
            let token = self.tokens[at];
            if !is_sign(token.word) {
                at += 1;
                continue;
            }
            let start = usize::from(token.start);
            if let Some(kind) = opening(token.word) {
                self.close(&mut open, at, start, parts);
                let bracket = self.bracket_at(at, kind, text_end, open.separator);
                parts.push(bracket);
                let closing = bracket.tokens.1;
                at = (closing + 1).min(end);
                open.separator = Separator::None;
                open.tokens.0 = at;
                open.text.0 = self
                    .tokens
                    .get(closing)
                    .map_or(text_end, |token| usize::from(token.end));
                continue;
            }
            if self.is_separator(at, open.tokens.0, end) {
                self.close(&mut open, at, start, parts);
                open.separator = if token.word == DASH {
                    Separator::Dash
                } else {
                    Separator::Sign(at)
                };
                open.tokens.0 = at + 1;
                open.text.0 = usize::from(token.end);
            }
            at += 1;
        }
        self.close(&mut open, end, text_end, parts);
    }

    /// The inside of the bracket that a token opens.
    fn bracket_at(&self, at: usize, kind: usize, text_end: usize, separator: Separator) -> Part {
        let closing = self.closing(at, kind);
        let inner_end = self
            .tokens
            .get(closing)
            .map_or(text_end, |token| usize::from(token.start));
        Part {
            tokens: (at + 1, closing),
            text: (usize::from(self.tokens[at].end), inner_end),
            bracket: Some(kind),
            separator,
        }
    }

    /// The bracket that a token opens inside another bracket.
    pub(super) fn inner_bracket(&self, outer: &Part, at: usize) -> Option<Part> {
        let kind = opening(self.word(at))?;
        let mut inner = self.bracket_at(at, kind, outer.text.1, Separator::None);
        if inner.tokens.1 > outer.tokens.1 {
            (inner.tokens.1, inner.text.1) = (outer.tokens.1, outer.text.1);
        }
        Some(inner)
    }

    /// Ends the open segment, and keeps it if it has any text.
    fn close(&self, open: &mut Part, token: usize, text: usize, parts: &mut Vec<Part>) {
        open.tokens.1 = token;
        open.text.1 = text;
        if open.text.0 < text && !self.text[open.text.0..text].trim_ascii().is_empty() {
            parts.push(*open);
            open.separator = Separator::None;
        }
    }

    /// The token that closes a bracket, or the end of the title if none does.
    fn closing(&self, open: usize, kind: usize) -> usize {
        let mut depth = 0_usize;
        for at in open + 1..self.tokens.len() {
            let word = self.word(at);
            if word == OPEN[kind] {
                depth += 1;
            } else if word == CLOSE[kind] {
                if depth == 0 {
                    return at;
                }
                depth -= 1;
            }
        }
        self.tokens.len()
    }

    /// Whether a sign splits a title or the inside of a bracket. The open segment or item begins at `start`.
    pub(super) fn is_separator(&self, at: usize, start: usize, end: usize) -> bool {
        match self.word(at) {
            PIPE => true,
            DASH => {
                let token = self.tokens[at];
                // – and — need no space.
                let is_spaced = usize::from(token.end - token.start) > 1 || self.is_spaced(at);
                if at > start && at + 1 < end && self.is_one_expression(at) {
                    return false;
                }
                is_spaced
                    || self.begins_dropped(at + 1, end)
                    || at + 1 < end && self.has(at + 1, list::ROLE) && self.is_places(start, at)
            }
            UNDERSCORE => {
                self.is_spaced(at)
                    || self.begins_dropped(at + 1, end)
                    || self.is_dropped_before(start, at)
                    || self.is_code(TitlePart::Segment, at + 1, end)
            }
            // A list of places before the role stays whole: Hồ Chí Minh/ Hà Nội - Kỹ Sư.
            SLASH => self.begins_dropped(at + 1, end) && !self.is_places(start, at),
            _ => false,
        }
    }

    fn is_spaced(&self, at: usize) -> bool {
        let token = self.tokens[at];
        let next = self.text.as_bytes().get(usize::from(token.end));
        token.is_spaced || matches!(next, None | Some(b' '))
    }

    /// Whether a dash is inside one expression: `10 - 15 Triệu`, `T2 - T6`, `Part - Time`.
    fn is_one_expression(&self, at: usize) -> bool {
        let (before, after) = (self.word(at - 1), self.word(at + 1));
        before == NUMBER && after == NUMBER
            || self.has(at - 1, list::DAY) && self.has(at + 1, list::DAY)
            || self.has(at - 1, list::TIME) && self.has(at + 1, list::TIME)
    }
}
