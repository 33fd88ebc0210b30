//! Legal forms and dashes among the parts of a name.

use super::chunk::{NamePart, PartKind};
use crate::rules::company::{Form, Rules};

/// The legal form that starts at a part, and the index of the part after it. Between its words there may be spaces, dots
/// and commas.
pub(super) fn form_at<'a>(
    parts: &[NamePart],
    start: usize,
    before: Option<u16>,
    rules: &'a Rules,
) -> Option<(&'a Form, usize)> {
    let mut found = None;
    let (mut node, mut at) = (None, start);
    while let Some(part) = parts.get(at).filter(|part| part.kind == PartKind::Word) {
        let next = match node {
            None => rules.begin_form(part.word),
            Some(node) => rules.next(node, part.word),
        };
        let Some(next) = next else {
            break;
        };
        node = Some(next);
        at += 1;
        let goes_on = |next: &NamePart| next.kind == PartKind::Word && !next.spaced;
        if !parts.get(at).is_some_and(goes_on)
            && let Some(form) = rules.end(next, before, || form_after(parts, at, rules))
        {
            found = Some((form, at));
        }
        at = after_signs(parts, at);
    }
    let (form, mut end) = found?;
    // `Cty.` and `Inc.`: the dot of an abbreviation belongs to it.
    while sign(parts, end) == b'.' && parts.get(end).is_some_and(|dot| !dot.spaced) {
        end += 1;
    }
    Some((form, end))
}

/// The form after the words of another one, by the number of its spelling.
fn form_after(parts: &[NamePart], at: usize, rules: &Rules) -> Option<u16> {
    let (form, _) = form_at(parts, after_signs(parts, at), None, rules)?;
    Some(form.spelling)
}

/// The index after the dots and commas between the words of a form.
fn after_signs(parts: &[NamePart], mut at: usize) -> usize {
    while matches!(sign(parts, at), b'.' | b',') {
        at += 1;
    }
    at
}

/// The sign at an index, or 0.
fn sign(parts: &[NamePart], at: usize) -> u8 {
    match parts.get(at).map(|part| part.kind) {
        Some(PartKind::Sign(sign)) => sign,
        _ => 0,
    }
}

/// Whether a dash separates: it, or another dash of the same row of dashes, has a space on one side.
pub(super) fn separates(parts: &[NamePart], at: usize, kept: usize) -> bool {
    let after_dash = kept.checked_sub(1).map(|before| parts[before].kind) == Some(PartKind::Dash);
    let mut behind = parts[at + 1..].iter();
    let spaced_behind = loop {
        match behind.next() {
            Some(part) if part.spaced => break true,
            Some(part) if part.kind == PartKind::Hyphen => {}
            _ => break false,
        }
    };
    parts[at].spaced || after_dash || spaced_behind
}
