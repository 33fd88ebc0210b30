//! Drops the segments of a name that are not the name of the company: branches, and a brand before the full name.

use super::chunk::PartKind;
use super::segments::{Name, Segment, SegmentRole, Start, match_phrase};
use crate::rules::company::key::part;

/// Drops branches. A branch at the beginning ends at the next dash, or at a legal form; any other goes to the end of the
/// name.
pub(super) fn drop_branches(name: Name<'_>, segments: &mut Vec<Segment>) {
    let has_words = |segment: &Segment| {
        segment.start != Start::Bracket
            && segment.role != SegmentRole::Branch
            && name.has_word(segment.from, segment.to)
    };
    let Some(first) = segments.iter().position(has_words) else {
        // The branch is all that the name has.
        for segment in segments.iter_mut() {
            segment.from += segment.head;
        }
        return;
    };
    let tail = segments[first..]
        .iter()
        .position(|segment| segment.role == SegmentRole::Branch);
    if let Some(tail) = tail.map(|tail| first + tail) {
        let is_form = matches!(name.parts[segments[tail].from].kind, PartKind::Form(_));
        let words = segments[first..tail]
            .iter()
            .flat_map(|segment| segment.from..segment.to);
        if is_form || name.telling(words).next().is_some() {
            segments.truncate(tail);
        } else {
            // SX - TM - CN Minh An: what would be left names no company.
            segments[tail].role = SegmentRole::Other;
        }
    }
    segments.retain(|segment| segment.role != SegmentRole::Branch);
}

/// Drops what stands before a full name. A full name may also be in brackets behind a brand. A unit of a company is not a
/// brand, so its name stays.
pub(super) fn drop_brand(name: Name<'_>, segments: &mut Vec<Segment>) {
    let is_full = |segment: &Segment| {
        segment.role == SegmentRole::Full
            && (segment.from + segment.head..segment.to)
                .any(|at| name.parts[at].kind == PartKind::Word)
    };
    let full = segments
        .iter()
        .position(|segment| is_full(segment) && segment.start != Start::Bracket)
        .or_else(|| segments.iter().position(is_full));
    let Some(full) = full.filter(|full| *full > 0) else {
        return;
    };
    let first = segments
        .iter()
        .find(|segment| segment.start != Start::Bracket);
    if first.is_some_and(|first| match_phrase(name, first.from, part::UNIT).is_some()) {
        return;
    }
    if segments[full].start == Start::Bracket {
        segments.truncate(full + 1);
    }
    segments.drain(..full);
    segments[0].start = Start::Name;
}

/// Drops the short name of a bank before its full name: Ngân hàng VPBank - Việt Nam Thịnh Vượng.
pub(super) fn drop_brand_of_bank(name: Name<'_>, segments: &mut Vec<Segment>) {
    let [first, second, ..] = segments.as_mut_slice() else {
        return;
    };
    let is_kept = |at: usize| match name.parts[at].kind {
        PartKind::Form(form) => name.rules.key.form(form) & part::KEPT != 0,
        _ => false,
    };
    let words = |segment: &Segment| {
        (segment.from..segment.to)
            .filter(|at| name.parts[*at].kind == PartKind::Word)
            .count()
    };
    let is_brand = is_kept(first.from) && words(first) == 1 && second.start == Start::Dash;
    if is_brand && words(second) > 1 {
        first.to = first.from + 1;
        second.start = Start::Next;
    }
}
