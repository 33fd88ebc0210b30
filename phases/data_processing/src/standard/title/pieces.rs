//! A title as pieces: segments between separators, and bracketed parts.

use super::matcher::Matcher;
use crate::rules::title::list;
use crate::rules::title::words::{
    CLOSE, DASH, NUMBER, OPEN, PIPE, SLASH, UNDERSCORE, Word, flag, is_sign,
};

/// A segment or a bracketed part: where it stands, in tokens and in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) tokens: (usize, usize),
    pub(super) text: (usize, usize),
    /// The brackets that were around it, as the number of their kind.
    pub(super) bracket: Option<usize>,
    pub(super) separator: Separator,
}

/// What stands before a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Separator {
    None,
    /// A dash of any kind.
    Dash,
    /// Another sign, by its token.
    Sign(usize),
}

/// The brackets by the number of their kind.
pub(super) const BRACKETS: [(char, char); 3] = [('(', ')'), ('[', ']'), ('【', '】')];

fn kind(brackets: [Word; 3], word: Word) -> Option<usize> {
    brackets.iter().position(|bracket| *bracket == word)
}

impl Matcher<'_> {
    /// Splits the title from a token on, up to a place in its text.
    pub(super) fn split(&self, from: usize, text_end: usize, pieces: &mut Vec<Piece>) {
        pieces.clear();
        let end = self.tokens.len();
        let mut open = Piece {
            tokens: (from, from),
            text: (
                self.tokens.get(from).map_or(0, |token| {
                    if from == 0 {
                        0
                    } else {
                        usize::from(token.start)
                    }
                }),
                0,
            ),
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
            let (start, behind) = (usize::from(token.start), usize::from(token.end));
            if let Some(bracket) = kind(OPEN, token.word) {
                self.close(&mut open, at, start, pieces);
                let matching = self.matching(at, bracket);
                let inner_end = self
                    .tokens
                    .get(matching)
                    .map_or(text_end, |token| usize::from(token.start));
                pieces.push(Piece {
                    tokens: (at + 1, matching),
                    text: (behind, inner_end),
                    bracket: Some(bracket),
                    separator: open.separator,
                });
                open.separator = Separator::None;
                open.text.0 = self
                    .tokens
                    .get(matching)
                    .map_or(text_end, |token| usize::from(token.end));
                at = (matching + 1).min(end);
                open.tokens.0 = at;
                continue;
            }
            if self.is_separator(at, open.tokens.0, end) {
                self.close(&mut open, at, start, pieces);
                open.separator = if token.word == DASH {
                    Separator::Dash
                } else {
                    Separator::Sign(at)
                };
                open.tokens.0 = at + 1;
                open.text.0 = behind;
            }
            at += 1;
        }
        self.close(&mut open, end, text_end, pieces);
    }

    /// Ends the piece that is open, where anything is in it.
    fn close(&self, open: &mut Piece, token: usize, text: usize, pieces: &mut Vec<Piece>) {
        open.tokens.1 = token;
        open.text.1 = text;
        if open.text.0 < text && !self.text[open.text.0..text].trim_ascii().is_empty() {
            pieces.push(*open);
            open.separator = Separator::None;
        }
    }

    /// The token that closes a bracket; the end where none does.
    fn matching(&self, open: usize, bracket: usize) -> usize {
        let mut depth = 0_usize;
        for at in open + 1..self.tokens.len() {
            let word = self.word(at);
            if word == OPEN[bracket] {
                depth += 1;
            } else if word == CLOSE[bracket] {
                if depth == 0 {
                    return at;
                }
                depth -= 1;
            }
        }
        self.tokens.len()
    }

    /// Whether a title, or what is within brackets, is split at a token; `start` is where the open segment begins.
    pub(super) fn is_separator(&self, at: usize, start: usize, end: usize) -> bool {
        match self.word(at) {
            PIPE => true,
            DASH => {
                let token = self.tokens[at];
                // – and — need no space.
                let spaced = usize::from(token.end - token.start) > 1 || self.is_spaced(at);
                if at > start && at + 1 < end && self.is_one(at) {
                    return false;
                }
                spaced || self.is_dropped(at + 1, end)
            }
            UNDERSCORE => self.is_spaced(at) || self.is_dropped(at + 1, end),
            // A list of places before the role: Hồ Chí Minh/ Hà Nội - Kỹ Sư.
            SLASH => self.is_dropped(at + 1, end) && !self.is_places(start, at),
            _ => false,
        }
    }

    fn is_spaced(&self, at: usize) -> bool {
        let token = self.tokens[at];
        token.shape.spaced
            || matches!(
                self.text.as_bytes().get(usize::from(token.end)),
                None | Some(b' ')
            )
    }

    /// `10 - 15 Triệu`, `T2 - T6`, `Part - Time`: the dash is within one expression.
    fn is_one(&self, at: usize) -> bool {
        let (before, after) = (self.word(at - 1), self.word(at + 1));
        before == NUMBER && after == NUMBER
            || self.has(at - 1, list::DAY) && self.has(at + 1, list::DAY)
            || self.has(at - 1, list::TIME) && self.has(at + 1, list::TIME)
    }

    /// Whether what begins at a token is of a dropped kind.
    fn is_dropped(&self, at: usize, end: usize) -> bool {
        if at >= end {
            return false;
        }
        if self.tail(at, at, end).is_some() {
            return true;
        }
        if !self.has(at, flag::PLACE | flag::PREFIX) {
            return false;
        }
        let item = (at..end)
            .find(|at| {
                matches!(self.word(*at), SLASH | DASH | PIPE | UNDERSCORE)
                    || OPEN.contains(&self.word(*at))
            })
            .unwrap_or(end);
        self.is_places(at, item)
    }
}
