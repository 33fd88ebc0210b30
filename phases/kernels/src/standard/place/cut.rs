//! Cuts a line into pairs.
//!
//! Example: `Hưng Yên: A - Bà Rịa - Vũng Tàu: B` has two colons.
//!
//! 1. Before the first colon is `Hưng Yên`, without a separator: no cut.
//! 2. Before the second colon is `… A - Bà Rịa - Vũng Tàu`. After the last separator is the province `Vũng Tàu`, and
//!    after the one before it the province `Bà Rịa - Vũng Tàu`. The farther one is the cut.
//! 3. The pairs are `Hưng Yên: A` and `Bà Rịa - Vũng Tàu: B`.

use std::sync::Arc;

use memchr::{memchr, memchr_iter};

use super::finder::ProvinceFinder;
use crate::text::letters::is_alphanumeric;

/// Takes a pair, with the position of its first colon and the province before it, if both are known.
pub(super) trait Each: FnMut(&str, Option<(usize, u8)>, &mut ProvinceFinder) {}

impl<F: FnMut(&str, Option<(usize, u8)>, &mut ProvinceFinder)> Each for F {}

/// Separators between two pairs of one line.
const BETWEEN: [char; 6] = ['-', '–', '—', ';', '|', '•'];

/// Passes each pair of a clean line to `each`, with the province before its first colon and the position of the colon, if
/// both are known. The line is cut before every `<province>:` that follows a separator.
pub(super) fn cut(line: &str, finder: &mut ProvinceFinder, mut each: impl Each) {
    let mut start = 0;
    // The first colon of the part that begins at `start`, and the last colon so far.
    let (mut first, mut before): (Option<Colon>, _) = (None, None);
    for colon in memchr_iter(b':', line.as_bytes()) {
        // The name before the colon begins after the nearest separator that leaves a province. No more is
        // read than the longest name, so that a line of many colons takes linear time.
        let mut window = colon.saturating_sub(finder.most_bytes()).max(start);
        while !line.is_char_boundary(window) {
            window += 1;
        }
        let separator = separator(&line[window..colon], finder).filter(|_| {
            // A separator within a province's name does not count: `Bà Rịa - Vũng Tàu: x` is one place.
            window > start || finder.find(trim_spaces(&line[start..colon])).is_none()
        });
        let mut here = Colon {
            at: colon,
            province: None,
        };
        if let Some(separator) = separator {
            let end = window + separator.start;
            let within = first.filter(|first| first.at < end);
            let within = within.map(|first| first.behind(start));
            part(&line[start..end], within, finder, &mut each);
            start = window + separator.end;
            // A province's name may itself have a colon: `Hà: Nội`.
            first = if before.is_some_and(|before| before >= start) {
                let at = memchr(b':', &line.as_bytes()[start..]);
                at.map(|at| Colon {
                    at: start + at,
                    province: None,
                })
            } else {
                here.province = Some(separator.province);
                None
            };
        }
        first = first.or(Some(here));
        before = Some(colon);
    }
    let first = first.map(|first| first.behind(start));
    part(&line[start..], first, finder, &mut each);
}

/// A colon, and the province that the text before it names, if that is known.
#[derive(Clone, Copy)]
struct Colon {
    at: usize,
    province: Option<u8>,
}

impl Colon {
    /// The colon, counted from a position before it.
    fn behind(self, start: usize) -> Self {
        Self {
            at: self.at - start,
            ..self
        }
    }
}

/// Passes one part to `each` as a pair, without the text of buttons. `colon` is the first colon of the part. An empty part
/// is not passed. A part with text on one side of the colon only is passed if that text is a place. A province before the
/// colon, or alone, is spelled one way.
fn part(part: &str, colon: Option<Colon>, finder: &mut ProvinceFinder, each: &mut impl Each) {
    let (leading, part) = trim(part);
    let (_, part) = trim(finder.rules().words.without_buttons(part));
    if !has_alphanumeric(part) {
        return;
    }
    let place = |text: &str, finder: &mut ProvinceFinder| match finder.find(text) {
        Some(province) => Some(Arc::clone(finder.name(province))),
        None => finder.rules().words.is_known(text).then(|| text.into()),
    };
    let colon = colon.filter(|colon| colon.at >= leading);
    let Some(colon) = colon.map(|colon| colon.behind(leading)) else {
        return match finder.find(part) {
            Some(province) => each(&Arc::clone(finder.name(province)), None, finder),
            None => each(part, None, finder),
        };
    };
    let Colon {
        at: colon,
        province,
    } = colon;
    // A button may have had the colon.
    let sides = part.split_at_checked(colon);
    let province = province.filter(|_| sides.is_some());
    let (before, after) = sides.unwrap_or((part, ""));
    match (
        trim_spaces(before),
        trim_spaces(after.get(1..).unwrap_or_default()),
    ) {
        ("", side) | (side, "") => {
            if let Some(place) = place(side, finder) {
                each(&place, None, finder);
            }
        }
        (before, detail) => match province.or_else(|| finder.find(before)) {
            // Nearly every pair has this form already.
            Some(province)
                if **finder.name(province) == *before
                    && before.len() == colon
                    && colon + 2 + detail.len() == part.len() =>
            {
                each(part, Some((colon, province)), finder);
            }
            Some(province) => {
                let pair = format!("{}: {detail}", finder.name(province));
                each(&pair, None, finder);
            }
            None => each(&format!("{before}: {detail}"), None, finder),
        },
    }
}

/// A separator before a province that is followed by a colon.
struct PairSeparator {
    start: usize,
    end: usize,
    province: u8,
}

/// The separator before a province that is followed by a colon: the farther one of the last two separators that a province
/// follows, because `Bà Rịa - Vũng Tàu` itself has a separator.
fn separator(before: &str, finder: &mut ProvinceFinder) -> Option<PairSeparator> {
    let mut of_province = |start, end| {
        if !spaced(before, start, end) {
            return None;
        }
        let province = finder.find(trim_spaces(&before[end..]))?;
        Some(PairSeparator {
            start,
            end,
            province,
        })
    };
    let (start, end) = last_separator(before)?;
    let last = of_province(start, end);
    let farther = last_separator(&before[..start]).and_then(|(start, end)| of_province(start, end));
    farther.or(last)
}

/// The first byte of the separators beyond ASCII, and of other signs.
const BEYOND_ASCII: u8 = 0xE2;

/// Whether a byte may begin one of [`BETWEEN`].
const BEGINS_SEPARATOR: [bool; 256] = {
    let mut begins = [false; 256];
    begins[b'-' as usize] = true;
    begins[b';' as usize] = true;
    begins[b'|' as usize] = true;
    begins[BEYOND_ASCII as usize] = true;
    begins
};

/// The start and end of the last separator of a text.
fn last_separator(text: &str) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut end = bytes.len();
    loop {
        let at = bytes[..end]
            .iter()
            .rposition(|byte| BEGINS_SEPARATOR[usize::from(*byte)])?;
        let sign = text[at..].chars().next()?;
        if BETWEEN.contains(&sign) {
            return Some((at, at + sign.len_utf8()));
        }
        end = at;
    }
}

/// A part without the spaces and separators at its ends, and how many bytes were dropped from its beginning.
fn trim(part: &str) -> (usize, &str) {
    let goes = |c: char| c == ' ' || BETWEEN.contains(&c);
    let may_go = |byte: Option<&u8>| {
        byte.is_some_and(|byte| matches!(*byte, b' ' | b'-' | b';' | b'|' | 0x80..))
    };
    let mut rest = part;
    // Most parts end with an ASCII letter. Any other end needs a closer look.
    while may_go(rest.as_bytes().last())
        && let Some(shorter) = rest.strip_suffix(goes)
    {
        rest = shorter;
    }
    let behind = rest.len();
    while may_go(rest.as_bytes().first())
        && let Some(shorter) = rest.strip_prefix(goes)
    {
        rest = shorter;
    }
    (behind - rest.len(), rest)
}

/// A piece of a clean line without the spaces at its ends. A clean line has only single spaces.
pub(super) fn trim_spaces(text: &str) -> &str {
    let text = text.strip_prefix(' ').unwrap_or(text);
    text.strip_suffix(' ').unwrap_or(text)
}

fn has_alphanumeric(text: &str) -> bool {
    let first = text.as_bytes().first();
    first.is_some_and(u8::is_ascii_alphanumeric) || text.chars().any(is_alphanumeric)
}

/// A dash separates only with a space beside it; the other signs always do.
fn spaced(text: &str, at: usize, next: usize) -> bool {
    &text[at..next] != "-" || text[..at].ends_with(' ') || text[next..].starts_with(' ')
}
