//! Splits the parts of a name into segments, for its key.

use super::chunk::{NamePart, PartKind};
use crate::rules::company::Rules;
use crate::rules::company::key::part;
use crate::text::syllable::is_syllable;

/// The parts of one name, with the texts and rules to read them.
#[derive(Clone, Copy)]
pub(super) struct Name<'a> {
    pub(super) parts: &'a [NamePart],
    pub(super) texts: &'a str,
    pub(super) rules: &'a Rules,
}

impl<'a> Name<'a> {
    /// The uses of a word by itself.
    pub(super) fn single(&self, at: usize) -> u16 {
        match self.parts[at].kind {
            PartKind::Word => self.rules.key.single(self.parts[at].word),
            _ => 0,
        }
    }

    /// The text of a part in a key.
    pub(super) fn text(&self, at: usize) -> &'a str {
        let part = &self.parts[at];
        match part.kind {
            PartKind::Form(form) => self.rules.key.form_text(form),
            _ => part.key_text(self.texts),
        }
    }

    /// Whether a part could be a syllable of Vietnamese.
    pub(super) fn is_syllable(&self, at: usize) -> bool {
        is_syllable(self.text(at))
    }

    /// Whether a phrase that begins at a part begins a branch.
    pub(super) fn begins_branch(&self, at: usize) -> bool {
        match_phrase(*self, at, part::BRANCH).is_some()
    }

    /// The words that say more than what many companies do, of some parts in order.
    pub(super) fn telling(self, parts: impl Iterator<Item = usize>) -> impl Iterator<Item = usize> {
        let mut generic_to = 0;
        parts.filter(move |at| {
            let generic = part::GENERIC | part::COUNTRY | part::FORM;
            if let Some(end) = match_phrase(self, *at, generic) {
                generic_to = generic_to.max(end);
            }
            *at >= generic_to && self.parts[*at].kind == PartKind::Word
        })
    }

    /// Whether a segment has a word from a part on.
    pub(super) fn has_word(&self, from: usize, to: usize) -> bool {
        self.parts[from..to]
            .iter()
            .any(|part| part.kind == PartKind::Word)
    }
}

/// The position of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// The first segment.
    Name,
    /// After a dash.
    Dash,
    /// After `|`.
    Pipe,
    /// In brackets.
    Bracket,
    /// At a legal form or a branch, without a sign before it.
    Form,
    /// After brackets, or after a branch.
    Next,
}

/// The meaning of a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SegmentRole {
    /// A branch with its region.
    Branch,
    /// A full name, which begins with a legal form.
    Full,
    Other,
}

/// A part of a name between two separators.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segment {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) start: Start,
    pub(super) role: SegmentRole,
    /// The number of parts at its beginning that give it its role.
    pub(super) head: usize,
}

/// The index after a phrase that begins at a part and has one of some uses. A legal form is read by its spelling.
pub(super) fn match_phrase(name: Name<'_>, at: usize, uses: u16) -> Option<usize> {
    let first = name.parts.get(at)?;
    let key = &name.rules.key;
    let word = match first.kind {
        PartKind::Form(form) => return (key.form(form) & uses != 0).then_some(at + 1),
        PartKind::Word => first.word,
        _ => return None,
    };
    if key.begins(word) & uses == 0 {
        return None;
    }
    let is_next = |index: usize, word: u16| {
        let part = name.parts.get(at + 1 + index);
        part.is_some_and(|part| part.kind == PartKind::Word && part.word == word)
    };
    let longest = key
        .phrases(word)
        .iter()
        .filter(|(of, _)| of & uses != 0)
        .filter(|(_, rest)| rest.iter().enumerate().all(|(i, word)| is_next(i, *word)))
        .map(|(_, rest)| at + 1 + rest.len())
        .max();
    longest.or_else(|| (key.single(word) & uses != 0).then_some(at + 1))
}

/// Splits a name into segments. They replace the content of `out`.
pub(super) fn split(name: Name<'_>, out: &mut Vec<Segment>) {
    out.clear();
    let mut splitter = Splitter {
        name,
        out,
        from: 0,
        start: Start::Name,
    };
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(part) = name.parts.get(at) {
        match part.kind {
            PartKind::Sign(b'(' | b'[') => {
                if depth == 0 {
                    splitter.end(at, at + 1, Start::Bracket);
                }
                depth += 1;
            }
            PartKind::Sign(b')' | b']') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    splitter.end(at, at + 1, Start::Next);
                }
            }
            _ if depth > 0 => {}
            PartKind::Sign(b'|') => splitter.end(at, at + 1, Start::Pipe),
            PartKind::Dash => splitter.end(at, at + 1, Start::Dash),
            PartKind::Hyphen | PartKind::Sign(b'_') => {
                if begins_full(name, at + 1) || name.begins_branch(at + 1) {
                    splitter.end(at, at + 1, Start::Dash);
                }
            }
            PartKind::Form(form) => {
                let uses = name.rules.key.form(form);
                if at > splitter.from && uses & (part::FULL | part::BRANCH) != 0 && !leads(name, at)
                {
                    splitter.end(at, at, Start::Form);
                }
            }
            PartKind::Word => {
                if at > splitter.from && begins_full(name, at) {
                    splitter.end(at, at, Start::Form);
                }
            }
            PartKind::Sign(_) => {}
        }
        at += 1;
    }
    splitter.end(at, at, Start::Next);
}

/// Whether the part before a legal form belongs to it: Tổng Công ty.
fn leads(name: Name<'_>, at: usize) -> bool {
    at > 0 && begins_full(name, at - 1) && name.parts[at - 1].kind == PartKind::Word
}

/// Whether a full name begins at a part.
fn begins_full(name: Name<'_>, at: usize) -> bool {
    full_head(name, at).is_some()
}

/// The index after the legal form with which a full name begins.
fn full_head(name: Name<'_>, at: usize) -> Option<usize> {
    let at = match name.parts.get(at)?.kind {
        PartKind::Word => match_phrase(name, at, part::FULL_LEAD)?,
        _ => at,
    };
    match name.parts.get(at)?.kind {
        PartKind::Form(_) => match_phrase(name, at, part::FULL),
        _ => None,
    }
}

struct Splitter<'a> {
    name: Name<'a>,
    out: &'a mut Vec<Segment>,
    from: usize,
    start: Start,
}

impl Splitter<'_> {
    /// Ends a segment before `to`. The next one begins at `next`.
    fn end(&mut self, to: usize, next: usize, start: Start) {
        if self.from < to {
            self.push(to);
        }
        self.from = next;
        // A dash beside brackets or beside another dash separates as well.
        let keeps = self.start == Start::Dash && self.from == to && start == Start::Next;
        if !keeps {
            self.start = start;
        }
    }

    fn push(&mut self, to: usize) {
        let name = self.name;
        let (from, start) = (self.from, self.start);
        let is_first = self
            .out
            .iter()
            .all(|segment| segment.start == Start::Bracket);
        let (role, head) = if let Some(end) = match_phrase(name, from, part::BRANCH) {
            // Words that are not a legal form begin a branch only after a dash, before a legal form or before a region.
            let is_form = matches!(name.parts[from].kind, PartKind::Form(_));
            let is_followed = |at: usize| {
                matches!(name.parts.get(at), Some(part) if matches!(part.kind, PartKind::Form(_)))
                    || begins_full(name, at)
                    || match_phrase(name, at, part::REGION).is_some()
            };
            if is_form || (start != Start::Name && !is_first) || is_followed(end) {
                (SegmentRole::Branch, end - from)
            } else {
                (SegmentRole::Other, 0)
            }
        } else if !is_first
            && (match_phrase(name, from, part::REGION).is_some()
                || name.single(to - 1) & part::BRANCH_END != 0)
        {
            (SegmentRole::Branch, 0)
        } else if let Some(end) = full_head(name, from) {
            (SegmentRole::Full, end - from)
        } else {
            (SegmentRole::Other, 0)
        };
        let segment = |from, to, start, role, head| Segment {
            from,
            to,
            start,
            role,
            head,
        };
        // `Chi nhánh Công ty …` is a branch of the company that follows.
        let end = from + head;
        if role == SegmentRole::Branch
            && head > 0
            && end < to
            && matches!(name.parts[end].kind, PartKind::Form(_))
        {
            self.out.push(segment(from, end, start, role, head));
            if let Some(full) = full_head(name, end) {
                self.out
                    .push(segment(end, to, Start::Form, SegmentRole::Full, full - end));
            } else {
                self.out
                    .push(segment(end, to, Start::Form, SegmentRole::Other, 0));
            }
            return;
        }
        self.out.push(segment(from, to, start, role, head));
    }
}
