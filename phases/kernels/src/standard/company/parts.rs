//! The parts of a name: finding legal forms, dropping recruiting words, and joining what is left.

use super::chunk::{Chunk, NamePart, PartKind};
use super::forms::{form_at, separates};
use super::trace::NameTrace;
use super::words::WordBuffers;
use crate::cache::Cache;
use crate::rules::company::{NO_WORD, Rules};
use crate::text::padded::Padded;

/// The parts of one name, in buffers that the next name reuses.
#[derive(Debug, Default)]
pub(super) struct NameParts {
    all: Vec<NamePart>,
    /// The index of the first part that [`NameParts::strip`] keeps.
    from: usize,
    /// The index after the last part that it keeps.
    to: usize,
    /// The name that is being read.
    padded: Padded,
    buffers: WordBuffers,
}

impl NameParts {
    /// Reads a name, in place of the one before. Returns true if all characters are plain, see [`cases::Letter`], and no space
    /// is at an end or next to another.
    pub(super) fn read(
        &mut self,
        name: &str,
        chunks: &mut Cache<Chunk>,
        rules: &Rules,
        trace: &mut NameTrace,
    ) -> bool {
        self.all.clear();
        chunks.make_room();
        self.padded.take(name);
        let mut is_plain = true;
        let mut start = 0;
        while start <= name.len() {
            let end = self.padded.find_space(start);
            let chunk = &name[start..end];
            start = end + 1;
            let index = chunks.index_or_make(chunk, |texts| {
                Chunk::read(chunk, rules, &mut self.buffers, trace, texts)
            });
            let chunk = chunks.value(index);
            is_plain &= chunk.is_plain;
            if let Some(first) = chunk.first {
                self.all.push(first);
            }
            if !chunk.others.is_empty() {
                self.all.extend_from_slice(&chunk.others);
            }
        }
        if let Some(first) = self.all.first_mut() {
            first.spaced = false;
        }
        (self.from, self.to) = (0, self.all.len());
        is_plain
    }

    /// Replaces the words of legal forms by one part, and marks the hyphens that separate as dashes. Returns false if a
    /// replaced form may be the beginning of a longer form (`C.ty . CP`), or the end of one (`Tổng Cty`, if `tổng công ty` is
    /// a form too).
    pub(super) fn find_forms(&mut self, texts: &str, rules: &Rules, trace: &mut NameTrace) -> bool {
        let all = &mut self.all;
        let (mut at, mut kept) = (0, 0);
        // The last form, if only dashes came after it.
        let mut before = None;
        // Whether the previous part is a word, so that this part may continue it.
        let mut within = false;
        while let Some(part) = all.get(at).copied() {
            let mut made = part;
            let boundary = part.spaced || !within;
            within = part.kind == PartKind::Word;
            match part.kind {
                PartKind::Word if boundary && rules.begin_form(part.word).is_some() => {
                    if let Some((found, next)) = form_at(all, at, before, rules) {
                        trace.form(rules, || join(&all[at..next], texts), found);
                        made.kind = PartKind::Form(found.spelling);
                        within = matches!(all[next - 1].kind, PartKind::Word);
                        before = Some(found.spelling);
                        at = next - 1;
                    } else {
                        before = None;
                    }
                }
                PartKind::Hyphen => {
                    if separates(all, at, kept) {
                        made.kind = PartKind::Dash;
                    } else {
                        before = None;
                    }
                }
                _ => before = None,
            }
            all[kept] = made;
            kept += 1;
            at += 1;
        }
        all.truncate(kept);
        (self.from, self.to) = (0, kept);
        let may_be_longer = |pair: &[NamePart]| match (pair[0].kind, pair[1].kind) {
            (PartKind::Form(_), PartKind::Sign(b'.' | b',') | PartKind::Form(_)) => true,
            (PartKind::Word, PartKind::Form(_)) => pair[0].word != NO_WORD,
            _ => false,
        };
        !all.windows(2).any(may_be_longer)
    }

    /// Drops recruiting words from both ends and badges from the end, unless nothing that names a company would be left. Returns whether it
    /// dropped any.
    pub(super) fn strip(&mut self, texts: &str, rules: &Rules, trace: &mut NameTrace) -> bool {
        let mut has_dropped = false;
        loop {
            self.trim();
            let parts = &self.all[self.from..self.to];
            let may_go = |part: Option<&NamePart>| {
                part.is_some_and(|part| {
                    part.kind == PartKind::Word && rules.ends_dropped(part.word)
                })
            };
            if !may_go(parts.first()) && !may_go(parts.last()) {
                return has_dropped;
            }
            let is = |part: &[NamePart], phrase: &[u16]| {
                part.iter()
                    .zip(phrase)
                    .all(|(part, word)| part.kind == PartKind::Word && part.word == *word)
            };
            let names = |part: &[NamePart]| part.iter().any(|part| part.kind == PartKind::Word);
            let head = rules.dropped.iter().find(|phrase| {
                let words = &phrase.words;
                !phrase.is_badge
                    && parts.len() > words.len()
                    && is(parts, words)
                    && names(&parts[words.len()..])
            });
            if let Some(phrase) = head {
                let first = &parts[..phrase.words.len()];
                trace.stripped(rules, || join(first, texts), phrase);
                self.from += phrase.words.len();
                has_dropped = true;
                continue;
            }
            let tail = rules.dropped.iter().find(|phrase| {
                let words = &phrase.words;
                parts.len() > words.len()
                    && is(&parts[parts.len() - words.len()..], words)
                    && names(&parts[..parts.len() - words.len()])
            });
            let Some(phrase) = tail else {
                return has_dropped;
            };
            let last = &parts[parts.len() - phrase.words.len()..];
            trace.stripped(rules, || join(last, texts), phrase);
            self.to -= phrase.words.len();
            has_dropped = true;
        }
    }

    /// Drops what may not be at an end: dashes, and trailing `.` `,` `-` `;` `:`.
    fn trim(&mut self) {
        let parts = &self.all;
        while self.from < self.to
            && matches!(
                parts[self.to - 1].kind,
                PartKind::Dash | PartKind::Hyphen | PartKind::Sign(b'.' | b',' | b';' | b':')
            )
        {
            self.to -= 1;
        }
        while self.from < self.to && parts[self.from].kind == PartKind::Dash {
            self.from += 1;
        }
    }

    /// Forgets the name that was read.
    pub(super) fn clear(&mut self) {
        self.all.clear();
        (self.from, self.to) = (0, 0);
    }

    /// The parts that are left.
    pub(super) fn kept(&self) -> &[NamePart] {
        &self.all[self.from..self.to]
    }

    /// Writes the parts that are left, in place of what `out` held.
    pub(super) fn write(&self, texts: &str, rules: &Rules, out: &mut String) {
        out.clear();
        let parts = self.kept();
        for (index, part) in parts.iter().enumerate() {
            let last = out.as_bytes().last().copied();
            let is_spaced = part.spaced
                && !matches!(last, None | Some(b'(' | b'[' | b' '))
                && !matches!(
                    part.kind,
                    PartKind::Sign(b')' | b']' | b',') | PartKind::Dash
                );
            match part.kind {
                PartKind::Form(spelling) => {
                    let joins_last = !part.spaced
                        && out
                            .chars()
                            .next_back()
                            .is_some_and(|c| c == '.' || c == ',' || c.is_alphanumeric());
                    if is_spaced || joins_last {
                        out.push(' ');
                    }
                    out.push_str(&rules.spellings[usize::from(spelling)]);
                    let joins_next = |next: &NamePart| {
                        !next.spaced && matches!(next.kind, PartKind::Form(_) | PartKind::Word)
                    };
                    if parts.get(index + 1).is_some_and(joins_next) {
                        out.push(' ');
                    }
                }
                PartKind::Dash => {
                    if last != Some(b' ') {
                        out.push(' ');
                    }
                    out.push_str("- ");
                }
                PartKind::Word | PartKind::Hyphen | PartKind::Sign(_) => {
                    if is_spaced {
                        out.push(' ');
                    }
                    out.push_str(part.text(texts));
                }
            }
        }
    }
}

/// Joins the texts of parts, with their spaces, for the trace. A form that was replaced is not among the parts.
fn join(parts: &[NamePart], texts: &str) -> String {
    let mut joined = String::new();
    for (index, part) in parts.iter().enumerate() {
        if part.spaced && index > 0 {
            joined.push(' ');
        }
        joined.push_str(part.text(texts));
    }
    joined
}
