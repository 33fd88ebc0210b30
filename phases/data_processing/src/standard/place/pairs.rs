//! The pairs of one detail: its lines, cut before the provinces that they list.

use std::borrow::Cow;
use std::collections::HashSet;
use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};
use memchr::{memchr, memchr_iter, memchr2};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::super::{html, provinces};
use super::{Names, Place};
use crate::letters::is_alphanumeric;
use crate::shape::shape;
use crate::text;

/// Separators between two `Place: detail` of one line.
const BETWEEN: [char; 6] = ['-', '–', '—', ';', '|', '•'];
/// What stands in a JSON array before its first text, and before another.
const OPEN: [&str; 2] = ["[\"", ",\""];
/// Pairs that are compared one by one to find a repeat; more are hashed.
const FEW: usize = 16;

/// The pairs of one detail, in one buffer that the next reuses.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    /// A JSON array but for its end, where nothing has to be escaped.
    text: String,
    /// Where each begins and ends.
    all: Vec<(usize, usize)>,
    /// Where each begins and ends, by its text, once there are more than a few.
    seen: HashTable<(usize, usize)>,
    hasher: DefaultHashBuilder,
    /// Whether one may hold a character that JSON escapes.
    escapes: bool,
    page: String,
}

impl Pairs {
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|(start, end)| &self.text[*start..*end])
    }

    fn clear(&mut self) {
        self.text.clear();
        self.all.clear();
        self.seen.clear();
    }

    /// Takes pairs that were read elsewhere.
    pub(super) fn set(&mut self, pairs: &[String]) {
        self.clear();
        for pair in pairs {
            let start = self.begin();
            self.text.push_str(pair);
            self.end(start);
        }
        self.escapes = true;
    }

    /// Where the text of the next one begins.
    fn begin(&mut self) -> usize {
        self.text.push_str(OPEN[usize::from(!self.all.is_empty())]);
        self.text.len()
    }

    /// Takes the text that was written since.
    fn end(&mut self, start: usize) {
        self.all.push((start, self.text.len()));
        self.text.push('"');
    }

    /// Reads a detail. Tells whether the page held references to U+0000.
    pub(super) fn read(&mut self, detail: &str, names: &mut Names) -> bool {
        self.clear();
        if detail.is_empty() {
            return false;
        }
        if !is_marked_up(detail) {
            let shown = shape(detail);
            self.escapes = shown.escapes() || !shown.plain();
            self.lines(detail, shown.plain(), names);
            return false;
        }
        let mut page = std::mem::take(&mut self.page);
        let bare = html::write_bare(detail, &mut page).then(|| shape(&page));
        let shown = match bare {
            // Where all tags are bare and the rest is plain, nothing is there that could be composed.
            Some(bare) if bare.plain() => bare,
            _ => {
                // Composed before it is read: in `<À` nothing begins a tag, in its decomposed form a letter would.
                let composed: Cow<'_, str> = if is_nfc_quick(detail.chars()) == IsNormalized::Yes {
                    Cow::Borrowed(detail)
                } else {
                    detail.nfc().collect()
                };
                html::write_text(&composed, &mut page);
                shape(&page)
            }
        };
        self.escapes = shown.escapes() || !shown.plain();
        self.lines(&page, shown.plain(), names);
        self.page = page;
        html::without_nul(detail).len() < detail.len()
    }

    /// The lines that the detail shows that was read last, where it is marked up.
    pub(super) fn page_of(&self, detail: &str) -> Option<&str> {
        is_marked_up(detail).then_some(&self.page)
    }

    fn lines(&mut self, text: &str, plain: bool, names: &mut Names) {
        if plain {
            let mut start = 0;
            for end in memchr_iter(b'\n', text.as_bytes()).chain([text.len()]) {
                self.line(trim_spaces(&text[start..end]), names);
                start = end + 1;
            }
        } else {
            for line in text.split(['\n', '\r']) {
                self.line(&text::clean(line), names);
            }
        }
    }

    /// Cuts a clean line before every `<province>:` that stands after a separator.
    fn line(&mut self, line: &str, names: &mut Names) {
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
            if let Some((end, next)) = separator(&line[window..colon], names) {
                let (end, next) = (window + end, window + next);
                let within = first.filter(|first| *first < end);
                self.part(&line[start..end], within.map(|first| first - start), names);
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
        self.part(&line[start..], first.map(|first| first - start), names);
    }

    /// Takes one part, of which the first colon is known, as a pair; nothing where it is empty, or where a colon has one
    /// side only and that is no place.
    fn part(&mut self, part: &str, colon: Option<usize>, names: &mut Names) {
        let (leading, part) = trim(part);
        if !holds_alphanumeric(part) {
            return;
        }
        let begun = self.text.len();
        let start = self.begin();
        match colon.and_then(|colon| colon.checked_sub(leading)) {
            None => self.text.push_str(part),
            Some(colon) => match (trim_spaces(&part[..colon]), trim_spaces(&part[colon + 1..])) {
                ("", side) | (side, "") => {
                    if names.find(side).is_none() {
                        self.text.truncate(begun);
                        return;
                    }
                    self.text.push_str(side);
                }
                // It is written so already, as nearly all are.
                (place, detail)
                    if place.len() == colon && colon + 2 + detail.len() == part.len() =>
                {
                    self.text.push_str(part);
                }
                (place, detail) => {
                    self.text.push_str(place);
                    self.text.push_str(": ");
                    self.text.push_str(detail);
                }
            },
        }
        if self.is_repeat(start) {
            self.text.truncate(begun);
        } else {
            self.end(start);
        }
    }

    /// Whether what was written since is a pair that is there already.
    fn is_repeat(&mut self, start: usize) -> bool {
        let pair = &self.text[start..];
        if self.all.len() < FEW {
            return self.iter().any(|known| known == pair);
        }
        let (text, hasher) = (self.text.as_bytes(), &self.hasher);
        let of = |(start, end): (usize, usize)| &text[start..end];
        let hash = |place: &(usize, usize)| hasher.hash_one(of(*place));
        let mut seen = std::mem::take(&mut self.seen);
        if seen.is_empty() {
            for known in &self.all {
                seen.insert_unique(hash(known), *known, hash);
            }
        }
        let pair = (start, text.len());
        let is_known = |known: &(usize, usize)| of(*known) == of(pair);
        let repeat = seen.find(hash(&pair), is_known).is_some();
        if !repeat {
            seen.insert_unique(hash(&pair), pair, hash);
        }
        self.seen = seen;
        repeat
    }

    /// Adds the pairs as a JSON array to a buffer. They are clean, so that only two characters need escaping.
    pub(super) fn write_json(&self, out: &mut String) {
        if self.all.is_empty() {
            out.push('[');
        } else if !self.escapes {
            out.push_str(&self.text);
        } else {
            for (index, pair) in self.iter().enumerate() {
                out.push_str(OPEN[usize::from(index > 0)]);
                let mut rest = pair;
                while let Some(at) = memchr2(b'"', b'\\', rest.as_bytes()) {
                    out.push_str(&rest[..at]);
                    out.push('\\');
                    out.push_str(&rest[at..=at]);
                    rest = &rest[at + 1..];
                }
                out.push_str(rest);
                out.push('"');
            }
        }
        out.push(']');
    }

    /// The distinct places that the pairs speak of, in their order.
    pub(super) fn places(&self, names: &mut Names) -> Vec<Place<'_>> {
        let mut provinces = [false; 1 << u8::BITS];
        let mut others = HashSet::new();
        let mut places = Vec::new();
        for place in self.iter().filter_map(|pair| place_of(pair, names)) {
            let first = match place {
                Place::Province(number) => {
                    !std::mem::replace(&mut provinces[usize::from(number)], true)
                }
                Place::Other(text) => others.insert(text),
            };
            if first {
                places.push(place);
            }
        }
        places
    }
}

fn is_marked_up(detail: &str) -> bool {
    memchr2(b'<', b'&', detail.as_bytes()).is_some()
}

/// The farther of the last two separators before a colon that leave a province behind them, for `Bà Rịa - Vũng Tàu` holds one
/// itself: where it begins and ends.
fn separator(before: &str, names: &mut Names) -> Option<(usize, usize)> {
    let (at, next) = last_separator(before)?;
    let province = Some(&before[next..])
        .filter(|_| spaced(before, at, next))
        .and_then(|name| names.find(name));
    // Of a list of provinces the usual place: nothing before its separator can be a part of its name.
    if let Some(province) = province
        && !names.is_end_of_another(province)
        && !may_belong(before, at)
    {
        return Some((at, next));
    }
    let mut found = province.map(|_| (at, next));
    if let Some((at, next)) = last_separator(&before[..at])
        && spaced(before, at, next)
        && names.find(&before[next..]).is_some()
    {
        found = Some((at, next));
    }
    // A half of a province's name is no separator: `Bà Rịa - Vũng Tàu: x` is one place.
    found.filter(|_| names.find(before).is_none())
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
fn trim_spaces(text: &str) -> &str {
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

/// The place that a pair speaks of: the province before its colon (or the words there), or a line that is a place itself.
fn place_of<'a>(pair: &'a str, names: &mut Names) -> Option<Place<'a>> {
    let place = |text: &'a str, names: &mut Names| {
        names.find(text).map_or(Place::Other(text), Place::Province)
    };
    match pair.split_once(':') {
        Some((text, _)) => {
            let text = text.trim();
            (!text.is_empty()).then(|| place(text, names))
        }
        // A line without a colon may be an address, which is no place of the list: addresses have numbers and commas.
        None => Some(place(pair, names)).filter(|place| {
            let short = pair.split(' ').count() <= 4 && !pair.contains([',', '.', '&']);
            matches!(place, Place::Province(_)) || short && !pair.chars().any(char::is_numeric)
        }),
    }
}
