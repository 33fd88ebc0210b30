//! Who looks on while a title is cleaned: nobody, or who tells of it step by step.

use jobinsight_core::explain::{Step, TableLine};

use super::matcher::Matcher;
use crate::rules::source::Origin;

/// A stretch of the title that is dropped.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stretch<'a> {
    /// Tokens from and before.
    Tokens(usize, usize),
    /// Bytes from and before.
    Bytes(usize, usize),
    /// What was written of it.
    Written(&'a str),
}

/// Why a stretch is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// The mark of a title that was cut short.
    Mark,
    Lead(Origin),
    Who,
    Tail(Origin),
    Money,
    /// An item behind one whose rule takes those behind it.
    RunsOn,
    Places,
    Address,
    BarePlace,
    Code,
    /// There is no word in it.
    Wordless,
    /// What is left of something that was cut.
    Fragment,
    /// What is left beside something that was dropped.
    Leftover,
}

/// Told what goes, and what is left after each reading. For nobody it comes to nothing.
pub(super) trait Trace {
    /// A stretch goes.
    fn drops(&mut self, matcher: &Matcher<'_>, stretch: Stretch<'_>, why: Why);
    /// A rule that speaks of the whole title made another of it; a reading put together what it left.
    fn makes(&mut self, rule: &str, before: &str, after: &str);
    /// The title stays, whatever the reading would drop.
    fn stays(&mut self, rule: &str, title: &str);
}

impl Trace for () {
    #[inline]
    fn drops(&mut self, _: &Matcher<'_>, _: Stretch<'_>, _: Why) {}
    #[inline]
    fn makes(&mut self, _: &str, _: &str, _: &str) {}
    #[inline]
    fn stays(&mut self, _: &str, _: &str) {}
}

/// Writes down what it is told.
#[derive(Debug, Default)]
pub(crate) struct Recorder {
    pub(crate) steps: Vec<Step>,
    /// Those of the reading that is on.
    reading: Vec<Step>,
}

impl Trace for Recorder {
    fn drops(&mut self, matcher: &Matcher<'_>, stretch: Stretch<'_>, why: Why) {
        let bytes = |at: usize| usize::from(matcher.tokens[at].start);
        let text = match stretch {
            Stretch::Written(text) => text,
            Stretch::Bytes(from, to) => &matcher.text[from..to],
            Stretch::Tokens(from, to) if from < to => {
                &matcher.text[bytes(from)..usize::from(matcher.tokens[to - 1].end)]
            }
            Stretch::Tokens(..) => "",
        };
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        let line = |origin| vec![matcher.rules.origins.line(origin)];
        let lines = match (why, stretch) {
            (Why::Lead(origin) | Why::Tail(origin), _) => line(origin),
            (Why::Places | Why::Address | Why::BarePlace, Stretch::Tokens(from, to)) => {
                places(matcher, from, to)
            }
            (Why::Places | Why::Address, Stretch::Bytes(from, to)) => {
                let at = |byte: usize| {
                    matcher
                        .tokens
                        .partition_point(|token| usize::from(token.start) < byte)
                };
                places(matcher, at(from), at(to))
            }
            _ => Vec::new(),
        };
        self.reading.push(Step::new(said(why), text, "").by(lines));
    }

    fn makes(&mut self, rule: &str, before: &str, after: &str) {
        self.steps.append(&mut self.reading);
        if before != after {
            self.steps.push(Step::new(rule, before, after));
        }
    }

    fn stays(&mut self, rule: &str, title: &str) {
        let dropped = std::mem::take(&mut self.reading);
        let lines = dropped.into_iter().flat_map(|step| step.lines).collect();
        self.steps.push(Step::new(rule, title, title).by(lines));
    }
}

/// The lines that name the places of a stretch.
fn places(matcher: &Matcher<'_>, from: usize, to: usize) -> Vec<TableLine> {
    let mut lines = Vec::new();
    let mut at = from;
    while at < to {
        let mut by = |origin| {
            let line = matcher.rules.origins.line(origin);
            if !lines.contains(&line) {
                lines.push(line);
            }
        };
        at = matcher.place_by(at, to, 0, &mut by).unwrap_or(at + 1);
    }
    lines
}

fn said(why: Why) -> &'static str {
    match why {
        Why::Mark => "the source cut the title short here",
        Why::Lead(_) => "a title begins so before it names the job",
        Why::Who => "who is sought, or how many, before the role",
        Why::Tail(_) => "what advertises begins so",
        Why::Money => "an amount of money",
        Why::RunsOn => "an item of the offer that the list began with",
        Why::Places => "places and nothing else",
        Why::Address => "an address: it ends in two places",
        Why::BarePlace => "a place at the end of the role",
        Why::Code => "a code of the posting",
        Why::Wordless => "no word stands in it",
        Why::Fragment => "one or two words of a part that the source cut short",
        Why::Leftover => "what is left beside something dropped, and names nothing",
    }
}
