//! What is left of a bracketed part.

use super::finish::words;
use super::pieces::Piece;
use super::rules::list;
use super::sight::Sight;
use super::words::{COMMA, DASH, PIPE, SLASH, UNDERSCORE};

impl Sight<'_> {
    /// Writes what is left of a bracketed part: items of a dropped kind go, the rest stays as it is written.
    pub(super) fn list(
        &self,
        piece: &Piece,
        cut: bool,
        kept: &mut Vec<(usize, usize)>,
        out: &mut String,
    ) {
        let (start, end) = piece.tokens;
        if start == end
            || self.is_places(start, end)
            || self.is_address(start, end)
            || self.code(start, end)
        {
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
            if !self.is_places(from, to) && !self.code(from, to) {
                running_on |= self.keep(from, to, kept);
                // The language of the work is never part of an offer.
                if !running_on || (from..to).any(|at| self.has(at, list::LANGUAGE)) {
                    if at > begun {
                        self.join_item(from - 1, out);
                    }
                    let text = out.len();
                    self.write(&item, kept, out);
                    let fragment = cut
                        && to == end
                        && (from == start || dropped_before)
                        && words(&out[text..]) <= 2;
                    if out.len() == text || fragment {
                        out.truncate(at);
                    }
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
