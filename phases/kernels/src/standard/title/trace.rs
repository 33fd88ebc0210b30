//! The steps of a cleaning, for `explain-row`. The code that cleans reports each step to a trace; the trace `()` ignores
//! them at no cost.

use super::drop_reason::DropReason;
use super::matcher::Matcher;
use crate::Warnings;
use crate::rules::source::Origin;
use crate::steps::Step;
use crate::tables::TableLine;

/// Words of a title that are dropped.
#[derive(Debug, Clone, Copy)]
pub(super) enum Span<'a> {
    /// The tokens from the first number to before the second.
    Tokens(usize, usize),
    /// The bytes from the first number to before the second.
    Bytes(usize, usize),
    /// A text that was already written to the result.
    Written(&'a str),
}

impl Span<'_> {
    /// The tokens of the span, from the first to before the second. A text that was written already has none.
    pub(super) fn tokens(self, matcher: &Matcher<'_>) -> Option<(usize, usize)> {
        let at = |byte: usize| {
            let tokens = matcher.tokens;
            tokens.partition_point(|token| usize::from(token.start) < byte)
        };
        match self {
            Span::Tokens(from, to) => Some((from, to)),
            Span::Bytes(from, to) => Some((at(from), at(to))),
            Span::Written(_) => None,
        }
    }
}

/// Receives the steps of a cleaning.
pub(super) trait TitleTrace {
    /// Words are dropped.
    fn dropped(&mut self, matcher: &Matcher<'_>, span: Span<'_>, reason: DropReason);
    /// The whole title was rewritten, or a pass put its parts together.
    fn rewritten(&mut self, rule: &str, before: &str, after: &str);
    /// The title stays, although the pass dropped all of it.
    fn kept(&mut self, rule: &str, title: &str);
}

impl TitleTrace for () {
    #[inline]
    fn dropped(&mut self, _: &Matcher<'_>, _: Span<'_>, _: DropReason) {}
    #[inline]
    fn rewritten(&mut self, _: &str, _: &str, _: &str) {}
    #[inline]
    fn kept(&mut self, _: &str, _: &str) {}
}

/// A trace that keeps the steps.
#[derive(Debug, Default)]
pub(crate) struct TitleRecorder {
    pub(crate) steps: Vec<Step>,
    /// The steps of the pass in progress.
    pass: Vec<Step>,
}

impl TitleTrace for TitleRecorder {
    fn dropped(&mut self, matcher: &Matcher<'_>, span: Span<'_>, reason: DropReason) {
        let text = match span {
            Span::Written(text) => text,
            Span::Bytes(from, to) => &matcher.text[from..to],
            Span::Tokens(from, to) if from < to => {
                let start = usize::from(matcher.tokens[from].start);
                &matcher.text[start..usize::from(matcher.tokens[to - 1].end)]
            }
            Span::Tokens(..) => "",
        };
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        let line = |origin| vec![matcher.rules.origins.line(origin)];
        let lines = match reason {
            DropReason::Lead(origin)
            | DropReason::Tail(origin)
            | DropReason::Introduction(origin) => line(origin),
            DropReason::Places | DropReason::Address | DropReason::BarePlace => span
                .tokens(matcher)
                .map_or_else(Vec::new, |(from, to)| places(matcher, from, to)),
            _ => Vec::new(),
        };
        self.pass.push(Step::new(reason.text(), text, "").by(lines));
    }

    fn rewritten(&mut self, rule: &str, before: &str, after: &str) {
        self.steps.append(&mut self.pass);
        if before != after {
            self.steps.push(Step::new(rule, before, after));
        }
    }

    fn kept(&mut self, rule: &str, title: &str) {
        let dropped = std::mem::take(&mut self.pass);
        let lines = dropped.into_iter().flat_map(|step| step.lines).collect();
        self.steps.push(Step::new(rule, title, title).by(lines));
    }
}

/// Keeps the title as it is, with a warning.
pub(super) fn keep(
    rule: &str,
    title: &str,
    out: &mut String,
    trace: &mut impl TitleTrace,
) -> Warnings {
    trace.kept(rule, title);
    out.clear();
    out.push_str(title);
    Warnings::TITLE_KEPT
}

/// The lines of the tables that name the places of a span.
fn places(matcher: &Matcher<'_>, from: usize, to: usize) -> Vec<TableLine> {
    let mut lines = Vec::new();
    let mut at = from;
    while at < to {
        let mut by = |origin: Origin| {
            let line = matcher.rules.origins.line(origin);
            if !lines.contains(&line) {
                lines.push(line);
            }
        };
        at = matcher.place_by(at, to, 0, &mut by).unwrap_or(at + 1);
    }
    lines
}
