//! Case, vowels and kinds of characters, from a table for the letters of Vietnamese.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::text::scan::scan;

/// Kinds of characters in a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CharKind {
    Letter,
    Digit,
    Space,
    Sign,
}

/// A character as the rules see it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Letter {
    pub(crate) lower: char,
    /// In lower case, without its accents.
    pub(crate) bare: char,
    pub(crate) upper: char,
    pub(crate) kind: CharKind,
    /// A vowel, or a letter of another script. A word without one cannot be spoken, so it is written in capitals.
    pub(crate) vowel: bool,
    /// A combining mark, which is not a letter by itself.
    pub(crate) mark: bool,
    /// A text of plain characters only is clean in both cases, apart from its spaces, and each case can be computed from
    /// the other. `ı` is not plain: its capital is `I`, whose lower case is `i`.
    pub(crate) plain: bool,
}

/// The blocks that Vietnamese is written with: Basic Latin to Latin Extended-B, and Latin Extended Additional.
const FIRST: std::ops::Range<u32> = 0..0x250;
const SECOND: std::ops::Range<u32> = 0x1E00..0x1F00;

static TABLE: LazyLock<Vec<Letter>> = LazyLock::new(|| {
    let all = FIRST.chain(SECOND);
    all.map(|code| make(char::from_u32(code).unwrap_or_default()))
        .collect()
});

/// Looks a character up.
pub(crate) fn letter(c: char) -> Letter {
    let code = u32::from(c);
    let at = if code < FIRST.end {
        code
    } else if SECOND.contains(&code) {
        code - SECOND.start + FIRST.end
    } else {
        return make(c);
    };
    TABLE[at as usize]
}

fn make(c: char) -> Letter {
    let mark = is_combining_mark(c);
    let kind = if c.is_numeric() {
        CharKind::Digit
    } else if c.is_alphabetic() || mark {
        CharKind::Letter
    } else if c == ' ' {
        CharKind::Space
    } else {
        CharKind::Sign
    };
    let plain = |base: char| matches!(base, 'b'..='d' | 'f'..='h' | 'j'..='n' | 'p'..='t' | 'v'..='x' | 'z' | '0'..='9');
    let spoken = c
        .to_lowercase()
        .nfd()
        .filter(|c| !is_combining_mark(*c))
        .any(|base| base != 'đ' && !plain(base));
    let mut bases = c.to_lowercase().nfd().filter(|c| !is_combining_mark(*c));
    let scanned = scan(c.encode_utf8(&mut [0; 4]));
    let lower = single(c.to_lowercase(), c);
    let upper = single(c.to_uppercase(), c);
    Letter {
        lower,
        bare: match (bases.next(), bases.next()) {
            (Some('đ'), None) => 'd',
            (Some(base), None) => base,
            _ => lower,
        },
        upper,
        kind,
        vowel: kind == CharKind::Letter && spoken,
        mark,
        plain: scanned.plain() && !scanned.breaks() && single(upper.to_lowercase(), upper) == lower,
    }
}

/// Maps the case of one character to one character. A longer mapping (`ß`, `İ`) would change again in a second pass.
fn single(mut all: impl Iterator<Item = char>, c: char) -> char {
    match (all.next(), all.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}
