//! What is left of a bracketed part.

use super::matcher::Matcher;
use super::pieces::Piece;
use super::trace::{Stretch, Trace, Why};
use super::trailing::words;
use crate::rules::title::list;
use crate::rules::title::words::{COMMA, DASH, PIPE, SLASH, UNDERSCORE};

impl Matcher<'_> {
    /// Writes what is left of a bracketed part: items of a dropped kind go, the rest stays as it is written.
    pub(super) fn list(
        &self,
        piece: &Piece,
        cut: bool,
        kept: &mut Vec<(usize, usize)>,
        out: &mut String,
        trace: &mut impl Trace,
    ) {
        let (start, end) = piece.tokens;
        let dropped = if start == end {
            Some(Why::Wordless)
        } else if self.is_places(start, end) {
            Some(Why::Places)
        } else if self.is_address(start, end) {
            Some(Why::Address)
        } else {
            self.code(start, end).then_some(Why::Code)
        };
        if let Some(why) = dropped {
            trace.drops(self, Stretch::Bytes(piece.text.0, piece.text.1), why);
            return;
        }
        let begun = out.len();
        let mut running_on = false;
        let mut dropped_before = false;
        let mut from = start;
        while from < end {
            let to = (from..end)
                .find(|at| {
                    self.word(*at) == COMMA
                        || matches!(self.word(*at), DASH | PIPE | UNDERSCORE | SLASH)
                            && self.is_separator(*at, from, end)
                })
                .unwrap_or(end);
            let item = Piece {
                tokens: (from, to),
                text: (
                    if from == start {
                        piece.text.0
                    } else {
                        usize::from(self.tokens[from - 1].end)
                    },
                    if to == end {
                        piece.text.1
                    } else {
                        usize::from(self.tokens[to].start)
                    },
                ),
                ..*piece
            };
            let at = out.len();
            let dropped = if self.is_places(from, to) {
                Some(Why::Places)
            } else {
                self.code(from, to).then_some(Why::Code)
            };
            if let Some(why) = dropped {
                trace.drops(self, Stretch::Bytes(item.text.0, item.text.1), why);
            } else {
                running_on |= self.keep(from, to, kept, trace);
                // The language of the work is never part of an offer.
                if !running_on || (from..to).any(|at| self.has(at, list::LANGUAGE)) {
                    if at > begun {
                        self.join_item(from - 1, out);
                    }
                    let text = out.len();
                    self.write(&item, kept, out, trace);
                    let fragment = cut
                        && to == end
                        && (from == start || dropped_before)
                        && words(&out[text..]) <= 2;
                    if fragment && out.len() > text {
                        trace.drops(self, Stretch::Written(&out[text..]), Why::Fragment);
                    }
                    if out.len() == text || fragment {
                        out.truncate(at);
                    }
                } else if let (Some((from, _)), Some((_, to))) = (kept.first(), kept.last()) {
                    trace.drops(self, Stretch::Tokens(*from, *to), Why::RunsOn);
                }
            }
            dropped_before = out.len() == at;
            from = to + 1;
        }
    }

    /// What stands between an item and those before it.
    fn join_item(&self, sign: usize, out: &mut String) {
        if self.word(sign) == DASH {
            out.push_str(" - ");
        } else {
            self.join_sign(sign, out);
        }
    }
}
