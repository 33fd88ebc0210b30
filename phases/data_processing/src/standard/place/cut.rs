//! How a line is cut in pairs.

use memchr::{memchr, memchr_iter};

use super::finder::ProvinceFinder;
use crate::rules::provinces;
use crate::text::letters::is_alphanumeric;

/// Separators between two `Place: detail` of one line.
const BETWEEN: [char; 6] = ['-', '–', '—', ';', '|', '•'];

/// Gives the pairs of a clean line: it is cut before every `<province>:` that stands after a separator.
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

/// Gives one part, of which the first colon is known, as a pair; nothing where it is empty, or where a colon has one side
/// only and that is no place.
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
        // It is written so already, as nearly all are.
        (place, detail) if place.len() == colon && colon + 2 + detail.len() == part.len() => {
            each(part);
        }
        (place, detail) => each(&format!("{place}: {detail}")),
    }
}

/// The farther of the last two separators before a colon that leave a province behind them, for `Bà Rịa - Vũng Tàu` holds one
/// itself: where it begins and ends.
fn separator(before: &str, finder: &mut ProvinceFinder) -> Option<(usize, usize)> {
    let (at, next) = last_separator(before)?;
    let province = Some(&before[next..])
        .filter(|_| spaced(before, at, next))
        .and_then(|name| finder.find(name));
    // Of a list of provinces the usual place: nothing before its separator can be a part of its name.
    if let Some(province) = province
        && !finder.is_end_of_another(province)
        && !may_belong(before, at)
    {
        return Some((at, next));
    }
    let mut found = province.map(|_| (at, next));
    if let Some((at, next)) = last_separator(&before[..at])
        && spaced(before, at, next)
        && finder.find(&before[next..]).is_some()
    {
        found = Some((at, next));
    }
    // A half of a province's name is no separator: `Bà Rịa - Vũng Tàu: x` is one place.
    found.filter(|_| finder.find(before).is_none())
}

/// Whether the letters before a separator at that place may be so few that they are a part of the name behind it, or
/// another separator may stand among them: `TP - Hồ Chí Minh`, `Bà Rịa - Vũng Tàu`. Only so many bytes are looked at as
/// so many letters take at most, and without branches, which the compiler turns into vector instructions.
#[allow(clippy::needless_bitwise_bool)]
fn may_belong(text: &str, at: usize) -> bool {
    const BYTES: usize = 2 * LANES;
    const LANES: usize = 16;
    let before = &text.as_bytes()[..=at];
    let block = before.last_chunk().copied().unwrap_or_else(|| {
        let mut block = [b' '; BYTES + 1];
        block[BYTES + 1 - before.len()..].copy_from_slice(before);
        block
    });
    let (mut letters, mut separators) = ([0_u8; LANES], [0_u8; LANES]);
    for half in [0, LANES] {
        for lane in 0..LANES {
            let (b, second) = (block[half + lane], block[half + lane + 1]);
            let ascii = b.is_ascii_digit() | (b | 0x20).is_ascii_lowercase();
            // U+00C0..U+01BF but × and ÷, and U+1E80..U+1EFF
            let latin = (0xC3..=0xC6).contains(&b) & (second & 0xDF != 0x97)
                | (b == 0xE1) & (second & 0xFE == 0xBA);
            letters[lane] += u8::from(ascii | latin);
            let separator = (b == b'-') | (b == b';') | (b == b'|') | (b == BEYOND_ASCII);
            separators[lane] |= u8::from(separator);
        }
    }
    let letters: u8 = letters.iter().sum();
    separators != [0; LANES] || usize::from(letters) <= provinces::MOST_LETTERS
}

/// What the separators beyond ASCII begin with, among other signs.
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
