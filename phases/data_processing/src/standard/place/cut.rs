//! Cuts a line into pairs.
//!
//! Example: `Hưng Yên: A - Bà Rịa - Vũng Tàu: B` has two colons.
//!
//! 1. Before the first colon is `Hưng Yên`, without a separator: no cut.
//! 2. Before the second colon is `… A - Bà Rịa - Vũng Tàu`. Behind the last separator is the province `Vũng Tàu`, and
//!    behind the one before it the province `Bà Rịa - Vũng Tàu`. The farther one is the cut.
//! 3. The pairs are `Hưng Yên: A` and `Bà Rịa - Vũng Tàu: B`.

use memchr::{memchr, memchr_iter};

use super::finder::ProvinceFinder;
use crate::rules::provinces;
use crate::text::letters::is_alphanumeric;

/// Separators between two `Place: detail` of one line.
const BETWEEN: [char; 6] = ['-', '–', '—', ';', '|', '•'];

/// Passes each pair of a clean line to `each`. The line is cut before every `<province>:` that follows a separator.
pub(super) fn cut(line: &str, finder: &mut ProvinceFinder, mut each: impl FnMut(&str)) {
    let mut start = 0;
    // The first colon of the part that begins there, and the last that was met.
    let (mut first, mut before) = (None, None);
    for colon in memchr_iter(b':', line.as_bytes()) {
        // The name before the colon begins after the nearest separator that leaves a province. Only as much is read as
        // a name can take, so that a line of colons costs no more than its length.
        let mut window = colon.saturating_sub(provinces::LONGEST_BYTES).max(start);
        while !line.is_char_boundary(window) {
            window += 1;
        }
        if let Some((end, next)) = separator(&line[window..colon], finder) {
            let (end, next) = (window + end, window + next);
            let within = first.filter(|first| *first < end);
            part(
                &line[start..end],
                within.map(|first| first - start),
                finder,
                &mut each,
            );
            start = next;
            // A province's name may hold a colon itself: `Hà: Nội`.
            first = if before.is_some_and(|before| before >= start) {
                memchr(b':', &line.as_bytes()[start..]).map(|at| start + at)
            } else {
                None
            };
        }
        first = first.or(Some(colon));
        before = Some(colon);
    }
    part(
        &line[start..],
        first.map(|first| first - start),
        finder,
        &mut each,
    );
}

/// Passes one part, of which the first colon is known, as a pair; nothing where it is empty, or where a colon has one side
/// only and that side is not a place.
fn part(
    part: &str,
    colon: Option<usize>,
    finder: &mut ProvinceFinder,
    each: &mut impl FnMut(&str),
) {
    let (leading, part) = trim(part);
    if !holds_alphanumeric(part) {
        return;
    }
    let Some(colon) = colon.and_then(|colon| colon.checked_sub(leading)) else {
        return each(part);
    };
    match (trim_spaces(&part[..colon]), trim_spaces(&part[colon + 1..])) {
        ("", side) | (side, "") => {
            if finder.find(side).is_some() {
                each(side);
            }
        }
        // Nearly every pair is written so already.
        (place, detail) if place.len() == colon && colon + 2 + detail.len() == part.len() => {
            each(part);
        }
        (place, detail) => each(&format!("{place}: {detail}")),
    }
}

/// The separator before a province that is followed by a colon, as its start and end: the farther one of the last two
/// separators with a province behind them, because `Bà Rịa - Vũng Tàu` holds a separator itself.
fn separator(before: &str, finder: &mut ProvinceFinder) -> Option<(usize, usize)> {
    let (at, next) = last_separator(before)?;
    let mut found = None;
    if spaced(before, at, next) && finder.find(&before[next..]).is_some() {
        found = Some((at, next));
    }
    if let Some((at, next)) = last_separator(&before[..at])
        && spaced(before, at, next)
        && finder.find(&before[next..]).is_some()
    {
        found = Some((at, next));
    }
    // A separator within a province's name does not count: `Bà Rịa - Vũng Tàu: x` is one place.
    found.filter(|_| finder.find(before).is_none())
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

/// Where the last of [`BETWEEN`] begins and ends.
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

/// A part without spaces and separators at its ends, and how many bytes went from its beginning.
fn trim(part: &str) -> (usize, &str) {
    let goes = |c: char| c == ' ' || BETWEEN.contains(&c);
    let may_go = |byte: Option<&u8>| {
        byte.is_some_and(|byte| matches!(*byte, b' ' | b'-' | b';' | b'|' | 0x80..))
    };
    let mut rest = part;
    // A letter of ASCII is the usual end; one beyond it has to be looked at.
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

/// A stretch of a clean line, where a space is the only one, without those at its ends.
pub(super) fn trim_spaces(text: &str) -> &str {
    let text = text.strip_prefix(' ').unwrap_or(text);
    text.strip_suffix(' ').unwrap_or(text)
}

fn holds_alphanumeric(text: &str) -> bool {
    let first = text.as_bytes().first();
    first.is_some_and(u8::is_ascii_alphanumeric) || text.chars().any(is_alphanumeric)
}

/// A dash separates only with a space beside it; the other signs always do.
fn spaced(text: &str, at: usize, next: usize) -> bool {
    &text[at..next] != "-" || text[..at].ends_with(' ') || text[next..].starts_with(' ')
}
