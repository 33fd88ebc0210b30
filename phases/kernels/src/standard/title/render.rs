//! One pass over a title: drops or cuts each part, and puts the rest together.

use super::drop_reason::{DropReason, TitlePart};
use super::keep::Kept;
use super::matcher::Matcher;
use super::parts::{Part, Separator};
use super::token::{TitleFlags, Token};
use super::trace::{Span, TitleTrace};
use super::trailing::{trim_end, without_mark, words};
use crate::rules::title::words::{CLOSE, COMMA, DASH, FIRST, NUMBER, UNDERSCORE, UNKNOWN};
use crate::rules::title::{TitleRules, list};

/// Buffers of a pass.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    parts: Vec<Part>,
    kept: Kept,
}

/// Applies the rules once to a title that was read, and writes the result to `out`.
pub(super) fn pass(
    rules: &TitleRules,
    text: &str,
    (tokens, flags): (&[Token], TitleFlags),
    scratch: &mut Scratch,
    out: &mut String,
    trace: &mut impl TitleTrace,
) {
    let (whole, is_cut) = without_mark(text);
    let matcher = Matcher {
        rules,
        text,
        tokens,
        flags,
        is_cut,
    };
    out.clear();
    let Scratch { parts, kept } = scratch;
    let mut renderer = Renderer {
        matcher,
        kept,
        out,
        trace,
    };
    if is_cut {
        renderer.dropped(Span::Bytes(whole.len(), text.len()), DropReason::Mark);
    }
    let from = renderer.beginning();
    matcher.split(from, whole.len(), parts);
    let last = parts.len().saturating_sub(1);
    for (index, part) in parts.iter().enumerate() {
        // A part that the source cut short, unless it is the whole title.
        let is_cut = is_cut && index == last && index > 0;
        renderer.part(part, index == 0, is_cut);
    }
    let end = trim_end(out, 0);
    out.truncate(end);
}

/// A pass in progress.
pub(super) struct Renderer<'a, 'b, T> {
    pub(super) matcher: Matcher<'a>,
    pub(super) kept: &'b mut Kept,
    /// The result so far.
    pub(super) out: &'b mut String,
    trace: &'b mut T,
}

impl<T: TitleTrace> Renderer<'_, '_, T> {
    /// Finds the first token that names the job: after `Cần Tuyển`, after `Nữ`, after `05`.
    fn beginning(&mut self) -> usize {
        let matcher = self.matcher;
        let end = matcher.tokens.len();
        let names = |at: usize| at < end && matches!(matcher.word(at), UNKNOWN | NUMBER | FIRST..);
        // `Tuyển Dụng - Đào Tạo` is the role itself.
        let found = matcher
            .lead()
            .filter(|(behind, _)| names(*behind) && !matcher.is_places(*behind, end));
        let lead = found.map_or(0, |(behind, origin)| {
            self.dropped(Span::Tokens(0, behind), DropReason::Lead(origin));
            behind
        });
        let is_who = lead + 1 < end
            && (matcher.has(lead, list::WHO)
                || matcher.word(lead) == NUMBER && matcher.tokens[lead].digits <= 2)
            && matcher.has(lead + 1, list::ROLE);
        if is_who {
            self.dropped(Span::Tokens(lead, lead + 1), DropReason::Who);
        }
        lead + usize::from(is_who)
    }

    /// Writes the words of a part that stay, after the sign that joins them to the parts before.
    fn part(&mut self, part: &Part, is_first: bool, is_cut: bool) {
        let before = self.out.len();
        if before > 0 {
            self.join(part.separator);
        }
        if part.bracket.is_some() {
            if !self.write_bracket(part, is_cut) {
                self.out.truncate(before);
            }
            return;
        }
        let start = self.out.len();
        self.segment(part, is_first, is_cut);
        if self.out.len() == start {
            self.out.truncate(before);
        } else if part.separator == Separator::None
            && before > 0
            && self.out[start..].starts_with(['/', ',', ';', ':'])
        {
            // No space comes between a bracket and these signs.
            self.out.remove(before);
        }
    }

    fn join(&mut self, separator: Separator) {
        match separator {
            Separator::None => self.out.push(' '),
            Separator::Dash => self.out.push_str(" - "),
            // Nothing is left that the sign joined: [BSV] _ Tân Bình_Kế Toán.
            Separator::Sign(at)
                if self.matcher.word(at) == UNDERSCORE
                    && self.out.ends_with([')', ']', '】'])
                    && !CLOSE.contains(&self.matcher.word(at - 1)) =>
            {
                self.out.push(' ');
            }
            Separator::Sign(at) => self.join_sign(at),
        }
    }

    /// Joins an item of a bracket to the item before it. A sign or a bracket is between them.
    pub(super) fn join_item(&mut self, between: usize) {
        match self.matcher.word(between) {
            DASH => self.out.push_str(" - "),
            word if CLOSE.contains(&word) => self.out.push(' '),
            _ => self.join_sign(between),
        }
    }

    /// Writes a sign as the title has it, with its spaces.
    fn join_sign(&mut self, at: usize) {
        let token = self.matcher.tokens[at];
        if token.is_spaced {
            self.out.push(' ');
        }
        self.out.push_str(self.matcher.token_text(at));
        if self.matcher.text[usize::from(token.end)..].starts_with(' ') {
            self.out.push(' ');
        }
    }

    /// Writes the words of a segment outside brackets that stay.
    fn segment(&mut self, part: &Part, is_first: bool, is_cut: bool) {
        let (start, end) = part.tokens;
        let kind = if is_first {
            TitlePart::First
        } else {
            TitlePart::Segment
        };
        if let Some(reason) = self.matcher.drop_reason(kind, start, end) {
            self.dropped(Span::Bytes(part.text.0, part.text.1), reason);
            return;
        }
        self.keep(start, end);
        // The first segment names the job, so two words of it must stay.
        self.drop_bare_place(if is_first { 2 } else { 1 });
        let start = self.out.len();
        self.write(part);
        if is_cut {
            self.drop_fragment(start);
        }
    }

    /// Drops a place at the end of the words that stay. At least `least` of them stay.
    pub(super) fn drop_bare_place(&mut self, least: usize) {
        let matcher = self.matcher;
        if let Some((from, to)) = self.kept.last_mut()
            && let Some(at) = matcher.bare_place(*from, *to, least)
        {
            let place = Span::Tokens(at, *to);
            // Và of `Kế Toán Hà Nội Và Hải Phòng`.
            *to = matcher.end_of_role(*from, at, true, self.trace);
            self.dropped(place, DropReason::BarePlace);
        }
    }

    /// Drops the written words of a part that the source cut short, if there are only one or two. Returns true if it
    /// dropped them.
    pub(super) fn drop_fragment(&mut self, start: usize) -> bool {
        let is_fragment = words(&self.out[start..]) <= 2;
        if is_fragment {
            self.drop_written(start, DropReason::Fragment);
        }
        is_fragment
    }

    /// Finds the ranges of a part that stay. See [`Matcher::keep`].
    pub(super) fn keep(&mut self, start: usize, end: usize) -> bool {
        self.matcher.keep(start, end, self.kept, self.trace)
    }

    /// Writes the ranges of a part that stay, with the signs before its first token and after its last.
    pub(super) fn write(&mut self, part: &Part) {
        let matcher = self.matcher;
        let begun = self.out.len();
        for (from, to) in &*self.kept {
            let start = if *from == part.tokens.0 {
                part.text.0
            } else {
                usize::from(matcher.tokens[*from].start)
            };
            let end = if *to == part.tokens.1 {
                part.text.1
            } else {
                usize::from(matcher.tokens[*to].start)
            };
            let before = self.out.len();
            if before > begun && matcher.word(*from) != COMMA {
                self.out.push(' ');
            }
            let at = self.out.len();
            self.out.push_str(matcher.text[start..end].trim_ascii());
            let mut end = trim_end(self.out, at);
            while part.bracket.is_none() && self.out[at..end].ends_with([')', ']', '】']) {
                self.out.pop();
                end = trim_end(self.out, at);
            }
            self.out.truncate(end);
            if self.out.len() == at {
                self.out.truncate(before);
            }
        }
        // The rest of a part that was cut needs a letter: `100%` of `100% Data Có Sẵn` names nothing.
        let is_whole = self.kept.first() == Some(&part.tokens);
        let says = |c: char| {
            if is_whole {
                c.is_alphanumeric()
            } else {
                c.is_alphabetic()
            }
        };
        if !self.out[begun..].contains(says) {
            self.drop_written(begun, DropReason::Leftover);
        }
    }

    fn drop_written(&mut self, start: usize, reason: DropReason) {
        let written = Span::Written(&self.out[start..]);
        self.trace.dropped(&self.matcher, written, reason);
        self.out.truncate(start);
    }

    pub(super) fn dropped(&mut self, span: Span<'_>, reason: DropReason) {
        self.trace.dropped(&self.matcher, span, reason);
    }
}
