//! One reading of a title: what is left of each piece, and how it is put together.

use super::matcher::Matcher;
use super::pieces::{BRACKETS, Piece, Separator};
use super::token::Token;
use super::trace::{Stretch, Trace, Why};
use super::trailing::{trim_end, without_mark, words};
use crate::rules::title::words::{
    AMPERSAND, COMMA, DASH, FIRST, NUMBER, PIPE, SLASH, UNDERSCORE, UNKNOWN,
};
use crate::rules::title::{Rules, list};

/// What a pass works with besides the title.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    pieces: Vec<Piece>,
    kept: Vec<(usize, usize)>,
}

/// Writes into `out` what is left of a title.
pub(super) fn pass(
    rules: &Rules,
    text: &str,
    tokens: &[Token],
    scratch: &mut Scratch,
    out: &mut String,
    trace: &mut impl Trace,
) {
    let (whole, cut) = without_mark(text);
    let matcher = Matcher {
        rules,
        text,
        tokens,
        cut,
    };
    if cut {
        trace.drops(&matcher, Stretch::Bytes(whole.len(), text.len()), Why::Mark);
    }
    let from = matcher.beginning(trace);
    matcher.split(from, whole.len(), &mut scratch.pieces);
    out.clear();
    let last = scratch.pieces.len().saturating_sub(1);
    for (index, piece) in scratch.pieces.iter().enumerate() {
        let cut_here = cut && index == last && index > 0;
        let before = out.len();
        matcher.join(piece, out);
        let start = out.len();
        match piece.bracket {
            Some(bracket) => {
                out.push(BRACKETS[bracket].0);
                let inner = out.len();
                matcher.list(piece, cut_here, &mut scratch.kept, out, trace);
                if out.len() == inner {
                    out.truncate(before);
                } else {
                    out.push(BRACKETS[bracket].1);
                }
            }
            None => {
                matcher.segment(piece, cut_here, index == 0, &mut scratch.kept, out, trace);
                if out.len() == start {
                    out.truncate(before);
                } else if piece.separator == Separator::None
                    && before > 0
                    && out[start..].starts_with(['/', ',', ';', ':'])
                {
                    // These are not set off from the bracket before them.
                    out.remove(before);
                }
            }
        }
    }
    let end = trim_end(out, 0);
    out.truncate(end);
}

impl Matcher<'_> {
    /// The first token that names the job: behind `Cần Tuyển`, behind `Nữ` or `05`.
    fn beginning(&self, trace: &mut impl Trace) -> usize {
        let names = |at: usize| {
            at < self.tokens.len() && matches!(self.word(at), UNKNOWN | NUMBER | FIRST..)
        };
        // `Tuyển Dụng - Đào Tạo` is the role itself.
        let found = self
            .lead()
            .filter(|(end, _)| names(*end) && !self.is_places(*end, self.tokens.len()));
        let lead = found.map_or(0, |(end, origin)| {
            trace.drops(self, Stretch::Tokens(0, end), Why::Lead(origin));
            end
        });
        let who = lead + 1 < self.tokens.len()
            && (self.has(lead, list::WHO)
                || self.word(lead) == NUMBER && self.tokens[lead].shape.digits <= 2)
            && self.has(lead + 1, list::ROLE);
        if who {
            trace.drops(self, Stretch::Tokens(lead, lead + 1), Why::Who);
        }
        lead + usize::from(who)
    }

    /// What joins a piece to those before it.
    fn join(&self, piece: &Piece, out: &mut String) {
        if out.is_empty() {
            return;
        }
        match piece.separator {
            Separator::None => out.push(' '),
            Separator::Dash => out.push_str(" - "),
            Separator::Sign(at) => self.join_sign(at, out),
        }
    }

    /// A sign as it is written, with the spaces round it.
    pub(super) fn join_sign(&self, at: usize, out: &mut String) {
        let token = self.tokens[at];
        let end = usize::from(token.end);
        if token.shape.spaced {
            out.push(' ');
        }
        out.push_str(self.token_text(at));
        if self.text[end..].starts_with(' ') {
            out.push(' ');
        }
    }

    /// Finds the parts of a segment or item that are kept; tells whether a rule that runs on took its beginning.
    pub(super) fn keep(
        &self,
        start: usize,
        end: usize,
        kept: &mut Vec<(usize, usize)>,
        trace: &mut impl Trace,
    ) -> bool {
        kept.clear();
        let mut from = start;
        let mut at = start;
        let mut runs_on = false;
        while at < end {
            // Of most words no rule speaks.
            if !self.may_begin_tail(at) && (at == start || self.word(at - 1) != COMMA) {
                at += 1;
                continue;
            }
            let item = at > start
                && self.word(at - 1) == COMMA
                && self.is_places(at, self.item_end(at, end));
            if item {
                trace.drops(self, Stretch::Tokens(at, end), Why::Places);
                break;
            }
            if let Some(held) = self.tail(at, from, end) {
                let why = held.origin.map_or(Why::Money, Why::Tail);
                runs_on |= at == start && held.runs_on;
                if !held.alone {
                    trace.drops(self, Stretch::Tokens(at, end), why);
                    break;
                }
                trace.drops(self, Stretch::Tokens(at, held.end), why);
                kept.push((from, at));
                at = held.end;
                // What joined the words that went to the next ones joins nothing now.
                while at < end
                    && (matches!(
                        self.word(at),
                        AMPERSAND | SLASH | DASH | COMMA | UNDERSCORE | PIPE
                    ) || self.has(at, list::JOINT))
                {
                    at += 1;
                }
                from = at;
            } else {
                at += 1;
            }
        }
        kept.push((from, at.min(end)));
        kept.retain(|(from, to)| from < to);
        runs_on
    }

    fn item_end(&self, at: usize, end: usize) -> usize {
        (at..end).find(|at| self.word(*at) == COMMA).unwrap_or(end)
    }

    /// Writes what is left of a segment outside brackets.
    ///
    /// The first one names the role, so a list of places at its end does not make it an address.
    fn segment(
        &self,
        piece: &Piece,
        cut: bool,
        first: bool,
        kept: &mut Vec<(usize, usize)>,
        out: &mut String,
        trace: &mut impl Trace,
    ) {
        let (start, end) = piece.tokens;
        let wordless = || (start..end).all(|at| !matches!(self.word(at), UNKNOWN | FIRST..));
        let dropped = if start == end {
            Some(Why::Wordless)
        } else if self.is_places(start, end) {
            Some(Why::Places)
        } else if !first && self.is_address(start, end) {
            Some(Why::Address)
        } else if self.code(start, end) {
            Some(Why::Code)
        } else {
            (!first && wordless()).then_some(Why::Wordless)
        };
        if let Some(why) = dropped {
            trace.drops(self, Stretch::Bytes(piece.text.0, piece.text.1), why);
            return;
        }
        self.keep(start, end, kept, trace);
        if first
            && let Some((from, to)) = kept.last_mut()
            && let Some(at) = self.bare_place(*from, *to)
        {
            trace.drops(self, Stretch::Tokens(at, *to), Why::BarePlace);
            *to = at;
        }
        // A fragment of one or two words is what is left of something that was cut.
        let begun = out.len();
        self.write(piece, kept, out, trace);
        if cut && words(&out[begun..]) <= 2 {
            trace.drops(self, Stretch::Written(&out[begun..]), Why::Fragment);
            out.truncate(begun);
        }
    }

    /// Writes parts of a piece, with what stands before its first token and behind its last.
    pub(super) fn write(
        &self,
        piece: &Piece,
        kept: &[(usize, usize)],
        out: &mut String,
        trace: &mut impl Trace,
    ) {
        let begun = out.len();
        for (from, to) in kept {
            let start = if *from == piece.tokens.0 {
                piece.text.0
            } else {
                usize::from(self.tokens[*from].start)
            };
            let end = if *to == piece.tokens.1 {
                piece.text.1
            } else {
                usize::from(self.tokens[*to].start)
            };
            if out.len() > begun {
                out.push(' ');
            }
            let at = out.len();
            out.push_str(self.text[start..end].trim_ascii());
            let mut end = trim_end(out, at);
            while piece.bracket.is_none() && out[at..end].ends_with([')', ']', '】']) {
                out.pop();
                end = trim_end(out, at);
            }
            out.truncate(end);
            if out.len() == at {
                out.truncate(at.saturating_sub(usize::from(at > begun)));
            }
        }
        // What is left of a part that was cut, such as `100%` of `100% Data Có Sẵn`, says nothing.
        let whole = kept.first() == Some(&piece.tokens);
        let says = |c: char| {
            if whole {
                c.is_alphanumeric()
            } else {
                c.is_alphabetic()
            }
        };
        if !out[begun..].contains(says) {
            trace.drops(self, Stretch::Written(&out[begun..]), Why::Leftover);
            out.truncate(begun);
        }
    }
}
