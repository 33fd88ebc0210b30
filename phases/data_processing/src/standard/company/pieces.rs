//! A name as pieces: what stands in it one after another, and how it is written.

use std::fmt;

use super::vocabulary::{Piece, PieceKind, Vocabulary};
use super::watch::Watch;
use crate::rules::company::{Form, Rules};

/// Pieces as they would be written.
#[derive(Clone, Copy)]
pub(super) struct Written<'a>(&'a [Piece], &'a Vocabulary);

impl fmt::Display for Written<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, piece) in self.0.iter().enumerate() {
            if piece.spaced && index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(self.1.text(piece.text))?;
        }
        Ok(())
    }
}

/// The pieces of one name after another, in one buffer.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    all: Vec<Piece>,
    /// Those that are written.
    from: usize,
    to: usize,
}

impl Pieces {
    /// Reads a name. Tells whether it is plain, see [`Vocabulary::read`].
    pub(super) fn read(
        &mut self,
        name: &str,
        words: &mut Vocabulary,
        rules: &Rules,
        watch: &mut impl Watch,
    ) -> bool {
        words.read(name, rules, watch, &mut self.all)
    }

    /// Puts legal forms in the place of their words, and tells dashes that separate from hyphens. Gives false where a form
    /// may be part of a longer one once it is spelled in its one way: `C.ty . CP`.
    pub(super) fn find_forms(
        &mut self,
        rules: &Rules,
        words: &Vocabulary,
        watch: &mut impl Watch,
    ) -> bool {
        let all = &mut self.all;
        let (mut at, mut kept) = (0, 0);
        // The form that stands right before, but for dashes.
        let mut before = None;
        // Whether the piece before is a word that this one goes on.
        let mut within = false;
        while let Some(piece) = all.get(at).copied() {
            let mut made = piece;
            let boundary = piece.spaced || !within;
            within = piece.kind == PieceKind::Word;
            match piece.kind {
                PieceKind::Word if boundary && rules.begin_form(piece.word).is_some() => {
                    if let Some((found, next)) = form_at(all, at, before, rules) {
                        let form = found.spelling;
                        watch.spells(rules, Written(&all[at..next], words), found);
                        made.kind = PieceKind::Form(form);
                        made.text = words.form(form);
                        within = matches!(all[next - 1].kind, PieceKind::Word);
                        before = Some(form);
                        at = next - 1;
                    } else {
                        before = None;
                    }
                }
                PieceKind::Hyphen => {
                    if separates(all, at, kept) {
                        made.kind = PieceKind::Dash;
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
        self.from = 0;
        self.to = kept;
        let goes_on = |pair: &[Piece]| {
            matches!(pair[0].kind, PieceKind::Form(_))
                && matches!(
                    pair[1].kind,
                    PieceKind::Sign(b'.' | b',') | PieceKind::Form(_)
                )
        };
        !all.windows(2).any(goes_on)
    }

    /// Drops recruiting words from both ends, unless nothing that names a company would be left. Tells whether it did.
    pub(super) fn strip(
        &mut self,
        rules: &Rules,
        words: &Vocabulary,
        watch: &mut impl Watch,
    ) -> bool {
        let mut dropped = false;
        loop {
            self.trim();
            let pieces = &self.all[self.from..self.to];
            let may_go = |piece: Option<&Piece>| {
                piece.is_some_and(|piece| {
                    piece.kind == PieceKind::Word && rules.ends_recruiting(piece.word)
                })
            };
            if !may_go(pieces.first()) && !may_go(pieces.last()) {
                break;
            }
            let is = |part: &[Piece], phrase: &[u16]| {
                part.iter()
                    .zip(phrase)
                    .all(|(piece, word)| piece.kind == PieceKind::Word && piece.word == *word)
            };
            let names = |part: &[Piece]| part.iter().any(|piece| piece.kind == PieceKind::Word);
            let head = rules.recruiting.iter().find(|(phrase, _)| {
                pieces.len() > phrase.len() && is(pieces, phrase) && names(&pieces[phrase.len()..])
            });
            if let Some((phrase, origin)) = head {
                watch.strips(rules, Written(&pieces[..phrase.len()], words), *origin);
                self.from += phrase.len();
                dropped = true;
                continue;
            }
            let tail = rules.recruiting.iter().find(|(phrase, _)| {
                pieces.len() > phrase.len()
                    && is(&pieces[pieces.len() - phrase.len()..], phrase)
                    && names(&pieces[..pieces.len() - phrase.len()])
            });
            let Some((phrase, origin)) = tail else {
                break;
            };
            let last = &pieces[pieces.len() - phrase.len()..];
            watch.strips(rules, Written(last, words), *origin);
            self.to -= phrase.len();
            dropped = true;
        }
        dropped
    }

    /// Drops what may not stand at an end: dashes, and trailing `.` `,` `-` `;` `:`.
    fn trim(&mut self) {
        let pieces = &self.all;
        while self.from < self.to
            && matches!(
                pieces[self.to - 1].kind,
                PieceKind::Dash | PieceKind::Hyphen | PieceKind::Sign(b'.' | b',' | b';' | b':')
            )
        {
            self.to -= 1;
        }
        while self.from < self.to && pieces[self.from].kind == PieceKind::Dash {
            self.from += 1;
        }
    }

    /// Writes what is left.
    pub(super) fn write(&self, words: &Vocabulary, out: &mut String) {
        let pieces = &self.all[self.from..self.to];
        for (index, piece) in pieces.iter().enumerate() {
            let last = out.as_bytes().last().copied();
            let spaced = piece.spaced
                && !matches!(last, None | Some(b'(' | b'[' | b' '))
                && !matches!(
                    piece.kind,
                    PieceKind::Sign(b')' | b']' | b',') | PieceKind::Dash
                );
            match piece.kind {
                PieceKind::Form(_) => {
                    let joined = !piece.spaced
                        && out
                            .chars()
                            .next_back()
                            .is_some_and(|c| c == '.' || c == ',' || c.is_alphanumeric());
                    out.push_str(words.text_after(piece.text, spaced || joined));
                    let joins = |next: &Piece| {
                        !next.spaced && matches!(next.kind, PieceKind::Form(_) | PieceKind::Word)
                    };
                    if pieces.get(index + 1).is_some_and(joins) {
                        out.push(' ');
                    }
                }
                PieceKind::Dash => {
                    if last != Some(b' ') {
                        out.push(' ');
                    }
                    out.push_str("- ");
                }
                PieceKind::Word | PieceKind::Hyphen | PieceKind::Sign(_) => {
                    out.push_str(words.text_after(piece.text, spaced));
                }
            }
        }
    }
}

/// The legal form that starts at a piece, and the piece after it. Between its words there may be spaces, dots and commas.
fn form_at<'a>(
    pieces: &[Piece],
    start: usize,
    before: Option<u16>,
    rules: &'a Rules,
) -> Option<(&'a Form, usize)> {
    let sign = |at: usize| match pieces.get(at).map(|piece| piece.kind) {
        Some(PieceKind::Sign(sign)) => sign,
        _ => 0,
    };
    let mut found = None;
    let (mut node, mut at) = (None, start);
    while let Some(piece) = pieces.get(at).filter(|piece| piece.kind == PieceKind::Word) {
        let next = match node {
            None => rules.begin_form(piece.word),
            Some(node) => rules.next(node, piece.word),
        };
        let Some(next) = next else {
            break;
        };
        node = Some(next);
        at += 1;
        let goes_on = |next: &Piece| next.kind == PieceKind::Word && !next.spaced;
        if !pieces.get(at).is_some_and(goes_on)
            && let Some(form) = rules.end(next, before)
        {
            found = Some((form, at));
        }
        while matches!(sign(at), b'.' | b',') {
            at += 1;
        }
    }
    let (form, mut end) = found?;
    // `Cty.` and `Inc.`: the dot of an abbreviation belongs to it.
    while sign(end) == b'.' && pieces.get(end).is_some_and(|dot| !dot.spaced) {
        end += 1;
    }
    Some((form, end))
}

/// Whether a dash has a space on one side, or stands in a row of dashes of which one has: all of them are written with spaces.
fn separates(pieces: &[Piece], at: usize, kept: usize) -> bool {
    let after_dash = kept.checked_sub(1).map(|before| pieces[before].kind) == Some(PieceKind::Dash);
    let mut behind = pieces[at + 1..].iter();
    let spaced_behind = loop {
        match behind.next() {
            Some(piece) if piece.spaced => break true,
            Some(piece) if piece.kind == PieceKind::Hyphen => {}
            _ => break false,
        }
    };
    pieces[at].spaced || after_dash || spaced_behind
}
