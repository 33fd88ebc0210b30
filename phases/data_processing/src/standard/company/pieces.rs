//! The pieces of a name: its words, numbers and signs, how each is written, and how they are joined.

use super::trace::Trace;
use super::words;
use crate::cache::{Cache, Cached};
use crate::rules::company::{Form, NO_WORD, Rules};
use crate::text::cases::{self, letter};
use crate::text::split::split;

/// Kinds of pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PieceKind {
    /// Letters or digits.
    Word,
    /// A legal form, by the number of its spelling. Set by [`Pieces::find_forms`].
    Form(u16),
    /// A dash that separates. Set by [`Pieces::find_forms`].
    Dash,
    /// A dash of any width, such as the one of `Border-X`.
    Hyphen,
    /// Another sign: its byte if it is ASCII, else 0.
    Sign(u8),
}

/// A word, a number, a sign or a legal form of a name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    /// Where its text starts and ends among the texts; a form has the text of its spelling instead.
    start: usize,
    end: usize,
    kind: PieceKind,
    /// The number of the word among the words of the tables, see [`Rules::word`].
    word: u16,
    /// A space stands before it.
    spaced: bool,
}

/// The pieces of the text between two spaces of a name. A tenth of those of a batch are distinct, so they are cached.
pub(super) struct Chunk {
    pieces: Vec<Piece>,
    texts: String,
    /// All characters are plain, see [`cases::Letter`].
    is_plain: bool,
}

impl Cached for Chunk {
    fn heap_bytes(&self) -> usize {
        self.pieces.len() * size_of::<Piece>() + self.texts.len()
    }
}

impl Chunk {
    fn read(chunk: &str, rules: &Rules, buffers: &mut [String; 2], trace: &mut Trace) -> Self {
        let mut made = Self {
            pieces: Vec::with_capacity(1),
            texts: String::with_capacity(chunk.len()),
            // Two spaces in a row, or a space at an end: the name is not as it would be written.
            is_plain: !chunk.is_empty(),
        };
        for token in split(chunk) {
            let start = made.texts.len();
            let kind = letter(token.chars().next().unwrap_or(' ')).kind;
            let (kind, word) = if kind == cases::Kind::Letter {
                let written = words::write(token, rules, buffers, &mut made.texts);
                trace.word(rules, token, &made.texts[start..], written.case);
                made.is_plain &= written.is_plain;
                (PieceKind::Word, written.number)
            } else {
                made.texts.push_str(token);
                made.is_plain &= token.chars().all(|c| letter(c).plain);
                match token {
                    "-" | "–" | "—" => (PieceKind::Hyphen, NO_WORD),
                    _ if kind == cases::Kind::Digit => (PieceKind::Word, rules.word(token)),
                    sign => {
                        let first = sign.as_bytes()[0];
                        let sign = if first.is_ascii() { first } else { 0 };
                        (PieceKind::Sign(sign), NO_WORD)
                    }
                }
            };
            made.pieces.push(Piece {
                start,
                end: made.texts.len(),
                kind,
                word,
                spaced: made.pieces.is_empty(),
            });
        }
        made
    }
}

/// The pieces of one name, in buffers that the next name reuses.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    all: Vec<Piece>,
    /// The pieces that are left after [`Pieces::strip`]: from this one…
    from: usize,
    /// …to before this one.
    to: usize,
    texts: String,
    buffers: [String; 2],
}

impl Pieces {
    /// Reads a clean name, in place of the one before. Returns whether all its characters are plain, see
    /// [`cases::Letter`].
    pub(super) fn read(
        &mut self,
        name: &str,
        chunks: &mut Cache<Chunk>,
        rules: &Rules,
        trace: &mut Trace,
    ) -> bool {
        self.all.clear();
        self.texts.clear();
        let mut is_plain = true;
        let mut rest = Some(name);
        while let Some(text) = rest {
            // Chunks are short, so a plain loop finds their end sooner than a search by blocks.
            let space = text.bytes().position(|byte| byte == b' ');
            let chunk = &text[..space.unwrap_or(text.len())];
            rest = space.map(|space| &text[space + 1..]);
            let chunk = chunks.get_or_make(chunk, || {
                Chunk::read(chunk, rules, &mut self.buffers, trace)
            });
            let before = self.texts.len();
            self.texts.push_str(&chunk.texts);
            is_plain &= chunk.is_plain;
            self.all.extend(chunk.pieces.iter().map(|piece| Piece {
                start: before + piece.start,
                end: before + piece.end,
                ..*piece
            }));
        }
        if let Some(first) = self.all.first_mut() {
            first.spaced = false;
        }
        (self.from, self.to) = (0, self.all.len());
        is_plain
    }

    /// Replaces the words of legal forms by one piece, and marks the hyphens that separate as dashes. Returns false if a
    /// form may be part of a longer one once it has its one spelling: `C.ty . CP`.
    pub(super) fn find_forms(&mut self, rules: &Rules, trace: &mut Trace) -> bool {
        let texts = &self.texts;
        let all = &mut self.all;
        let (mut at, mut kept) = (0, 0);
        // The form right before, apart from dashes.
        let mut before = None;
        // Whether the piece before is a word that this piece continues.
        let mut within = false;
        while let Some(piece) = all.get(at).copied() {
            let mut made = piece;
            let boundary = piece.spaced || !within;
            within = piece.kind == PieceKind::Word;
            match piece.kind {
                PieceKind::Word if boundary && rules.begin_form(piece.word).is_some() => {
                    if let Some((found, next)) = form_at(all, at, before, rules) {
                        trace.form(rules, || join(&all[at..next], texts), found);
                        made.kind = PieceKind::Form(found.spelling);
                        within = matches!(all[next - 1].kind, PieceKind::Word);
                        before = Some(found.spelling);
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
        (self.from, self.to) = (0, kept);
        let may_continue = |pair: &[Piece]| {
            matches!(pair[0].kind, PieceKind::Form(_))
                && matches!(
                    pair[1].kind,
                    PieceKind::Sign(b'.' | b',') | PieceKind::Form(_)
                )
        };
        !all.windows(2).any(may_continue)
    }

    /// Drops recruiting words from both ends, unless nothing that names a company would be left. Returns whether it
    /// dropped any.
    pub(super) fn strip(&mut self, rules: &Rules, trace: &mut Trace) -> bool {
        let mut has_dropped = false;
        loop {
            self.trim();
            let pieces = &self.all[self.from..self.to];
            let may_go = |piece: Option<&Piece>| {
                piece.is_some_and(|piece| {
                    piece.kind == PieceKind::Word && rules.ends_recruiting(piece.word)
                })
            };
            if !may_go(pieces.first()) && !may_go(pieces.last()) {
                return has_dropped;
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
                let first = &pieces[..phrase.len()];
                trace.stripped(rules, || join(first, &self.texts), *origin);
                self.from += phrase.len();
                has_dropped = true;
                continue;
            }
            let tail = rules.recruiting.iter().find(|(phrase, _)| {
                pieces.len() > phrase.len()
                    && is(&pieces[pieces.len() - phrase.len()..], phrase)
                    && names(&pieces[..pieces.len() - phrase.len()])
            });
            let Some((phrase, origin)) = tail else {
                return has_dropped;
            };
            let last = &pieces[pieces.len() - phrase.len()..];
            trace.stripped(rules, || join(last, &self.texts), *origin);
            self.to -= phrase.len();
            has_dropped = true;
        }
    }

    /// Drops what may not be at an end: dashes, and trailing `.` `,` `-` `;` `:`.
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

    /// Writes the pieces that are left, in place of what `out` held.
    pub(super) fn write(&self, rules: &Rules, out: &mut String) {
        out.clear();
        let pieces = &self.all[self.from..self.to];
        for (index, piece) in pieces.iter().enumerate() {
            let last = out.as_bytes().last().copied();
            let is_spaced = piece.spaced
                && !matches!(last, None | Some(b'(' | b'[' | b' '))
                && !matches!(
                    piece.kind,
                    PieceKind::Sign(b')' | b']' | b',') | PieceKind::Dash
                );
            match piece.kind {
                PieceKind::Form(spelling) => {
                    let joins_last = !piece.spaced
                        && out
                            .chars()
                            .next_back()
                            .is_some_and(|c| c == '.' || c == ',' || c.is_alphanumeric());
                    if is_spaced || joins_last {
                        out.push(' ');
                    }
                    out.push_str(&rules.spellings[usize::from(spelling)]);
                    let joins_next = |next: &Piece| {
                        !next.spaced && matches!(next.kind, PieceKind::Form(_) | PieceKind::Word)
                    };
                    if pieces.get(index + 1).is_some_and(joins_next) {
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
                    if is_spaced {
                        out.push(' ');
                    }
                    out.push_str(&self.texts[piece.start..piece.end]);
                }
            }
        }
    }
}

/// Words that are not part of a form, with their spaces, for the trace.
fn join(pieces: &[Piece], texts: &str) -> String {
    let mut joined = String::new();
    for (index, piece) in pieces.iter().enumerate() {
        if piece.spaced && index > 0 {
            joined.push(' ');
        }
        joined.push_str(&texts[piece.start..piece.end]);
    }
    joined
}
/// The legal form that starts at a piece, and the index of the piece after it. Between its words there may be spaces, dots
/// and commas.
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

/// Whether a dash separates: it, or another dash of the same row of dashes, has a space on one side.
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
