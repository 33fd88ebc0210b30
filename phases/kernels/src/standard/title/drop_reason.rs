//! Decides whether a part of a title is dropped as a whole. No other module decides this.
//!
//! The reasons are tried from left to right; a part is dropped for the first one that applies to its kind:
//!
//! | kind of part | empty | places | address | code | no word |
//! |---|---|---|---|---|---|
//! | the first segment | yes | yes | – | yes | – |
//! | a later segment | yes | yes | yes | yes | yes |
//! | a bracket | yes | yes | yes | yes | a count |
//! | an item of a bracket | – | yes | – | yes | – |
//! | the words after a comma | – | yes | – | – | – |
//!
//! The first segment names the job, so a list of places at its end does not make it an address, and a number alone may be
//! the job's name. A bracket without a word is a count or a share (`(02)`, `(5 - 12%)`), unless it is a year. An item that is empty leaves its signs to [`trailing`](super::trailing).

use super::matcher::Matcher;
use crate::rules::source::Origin;
use crate::rules::title::words::{DASH, FIRST, OPEN, PIPE, SLASH, UNDERSCORE, UNKNOWN, flag};

/// A kind of part that may be dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TitlePart {
    /// The first segment outside brackets.
    First,
    /// A later segment outside brackets.
    Segment,
    /// A bracket as a whole.
    Bracket,
    /// A square bracket as a whole.
    Square,
    /// One item of a bracket.
    Item,
    /// The words between a comma and the next one.
    BehindComma,
}

/// Why words of a title are dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DropReason {
    /// The mark of a source that cut the title short.
    Mark,
    Lead(Origin),
    /// Words before the role that say who or how many people are sought.
    Who,
    Tail(Origin),
    /// Words that introduced what was dropped after them.
    Introduction(Origin),
    Money,
    /// An item after a tail whose rule runs on.
    RunsOn,
    Places,
    Address,
    BarePlace,
    Code,
    Wordless,
    /// The rest of a part that the source cut short.
    Fragment,
    /// The rest of a part after a tail was cut out of it.
    Leftover,
}

impl DropReason {
    /// The reason in words, as `explain-row` shows it.
    pub(super) fn text(self) -> &'static str {
        match self {
            Self::Mark => "the source cut the title short here",
            Self::Lead(_) => "a title may begin with this before it names the job",
            Self::Who => "words before the role that say who or how many people are sought",
            Self::Tail(_) => "an advertisement begins here",
            Self::Introduction(_) => "words that introduced what was dropped after them",
            Self::Money => "an amount of money",
            Self::RunsOn => "an item of the offer that the list began with",
            Self::Places => "places and nothing else",
            Self::Address => "an address: it ends with two places",
            Self::BarePlace => "a place at the end of the role",
            Self::Code => "a code of the posting",
            Self::Wordless => "it contains no word",
            Self::Fragment => "one or two words of a part that the source cut short",
            Self::Leftover => "the rest of a part that was dropped; it names nothing",
        }
    }
}

impl Matcher<'_> {
    /// The reason for which the tokens from `start` to before `end` are dropped as a whole, if there is one.
    pub(super) fn drop_reason(
        &self,
        kind: TitlePart,
        start: usize,
        end: usize,
    ) -> Option<DropReason> {
        use TitlePart::{BehindComma, Bracket, Item, Segment, Square};
        let may_be_empty = !matches!(kind, Item | BehindComma);
        if may_be_empty && start == end {
            Some(DropReason::Wordless)
        } else if self.is_places(start, end) {
            Some(DropReason::Places)
        } else if matches!(kind, Segment | Bracket | Square)
            && (self.is_address(start, end) || kind == Square && self.is_half_address(start, end))
        {
            Some(DropReason::Address)
        } else if kind != BehindComma && self.is_code(kind, start, end) {
            Some(DropReason::Code)
        } else if kind == Segment && self.is_wordless(start, end)
            || matches!(kind, Bracket | Square) && self.is_count(start, end)
        {
            Some(DropReason::Wordless)
        } else {
            None
        }
    }

    fn is_wordless(&self, start: usize, end: usize) -> bool {
        (start..end).all(|at| !matches!(self.word(at), UNKNOWN | FIRST..))
    }

    /// Whether a bracket has numbers and signs only, and not a year.
    fn is_count(&self, start: usize, end: usize) -> bool {
        let is_year = |at: usize| {
            self.tokens[at].digits == 4
                && (self.token_text(at).starts_with("19") || self.token_text(at).starts_with("20"))
        };
        self.is_wordless(start, end) && !(start..end).any(is_year)
    }

    /// Whether the words before a sign are dropped as a whole, so that the sign splits the title: `HCM_Kế Toán`.
    pub(super) fn is_dropped_before(&self, start: usize, at: usize) -> bool {
        start < at
            && (self.is_places(start, at)
                || self.is_code(TitlePart::Segment, start, at)
                || self.tail(start, start, at).is_some_and(|tail| !tail.alone))
    }

    /// Whether words that are dropped begin at a token: a tail, or places up to the next sign. A weak separator, such as a
    /// dash without spaces, splits a title only there.
    pub(super) fn begins_dropped(&self, at: usize, end: usize) -> bool {
        if at >= end {
            return false;
        }
        if self.tail(at, at, end).is_some() {
            return true;
        }
        if !self.has(at, flag::PLACE | flag::PREFIX) {
            return false;
        }
        let is_end = |at: &usize| {
            let word = self.word(*at);
            matches!(word, SLASH | DASH | PIPE | UNDERSCORE) || OPEN.contains(&word)
        };
        self.is_places(at, (at..end).find(is_end).unwrap_or(end))
    }
}
