//! Normalizes short texts, so that they can be compared. The SQL functions in `sql/functions/text.sql` do the same, and get
//! the characters from here.

use unicode_normalization::UnicodeNormalization;

/// Characters that count as a space.
pub const SPACES: &str = "\t\n\u{B}\u{C}\r\u{85}\u{A0}\u{1680}\u{2000}\u{2001}\u{2002}\u{2003}\u{2004}\u{2005}\u{2006}\u{2007}\u{2008}\u{2009}\u{200A}\u{2028}\u{2029}\u{202F}\u{205F}\u{3000}";

/// Characters that count as a hyphen: the tilde, and dashes.
pub const DASHES: &str =
    "~\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2015}\u{2212}\u{FF0D}\u{FF5E}";

/// The digits.
const DIGITS: &str = "0123456789";

/// Wide digits, from 0 to 9.
pub const WIDE_DIGITS: &str = "０１２３４５６７８９";

/// The capital letters of Vietnamese words beyond ASCII.
pub const CAPITALS: &str = "ÀÁÂÊÌÍÒÓÔĂĐƠƯẠẢẦẨẬẾỆỂỎỐỒỚỜỪỨỰƯỢẤÙ";

/// The letters of [`CAPITALS`] in lower case.
pub const SMALL: &str = "àáâêìíòóôăđơưạảầẩậếệểỏốồớờừứựượấù";

/// Characters that are dropped: zero-width characters, direction marks, the soft hyphen, control characters.
pub const INVISIBLE: &str = "\u{200B}\u{200C}\u{200D}\u{200E}\u{200F}\u{2060}\u{2061}\u{2062}\u{2063}\u{2064}\u{FEFF}\u{AD}\u{61C}\u{202A}\u{202B}\u{202C}\u{202D}\u{202E}\u{2066}\u{2067}\u{2068}\u{2069}\u{180E}\u{1}\u{2}\u{3}\u{4}\u{5}\u{6}\u{7}\u{8}\u{E}\u{F}\u{10}\u{11}\u{12}\u{13}\u{14}\u{15}\u{16}\u{17}\u{18}\u{19}\u{1A}\u{1B}\u{1C}\u{1D}\u{1E}\u{1F}\u{7F}";

/// The spellings of `đ`, which has no decomposition.
pub const DE: &str = "đĐÐð";

/// The accents of Vietnamese, as combining characters.
pub const ACCENTS: &str = "\u{300}\u{301}\u{302}\u{303}\u{306}\u{309}\u{31B}\u{323}";

/// The characters that [`plain`] replaces or drops. [`meant`] has the replacement of each one at the same place.
pub fn read() -> String {
    [SPACES, DASHES, WIDE_DIGITS, CAPITALS, INVISIBLE].concat()
}

/// The replacement of each character of [`read`], in the same order. An invisible character is dropped, so it has no entry here.
pub fn meant() -> String {
    let times = |sign: &str, all: &str| sign.repeat(all.chars().count());
    [&times(" ", SPACES), &times("-", DASHES), DIGITS, SMALL].concat()
}

/// A text in NFC and in lower case, with one kind of space and dash, ASCII digits, and no invisible characters.
///
/// ```
/// assert_eq!(jobinsight_kernels::short_text::plain("  Còn –１０\u{a0} NGÀY"), "còn -10 ngày");
/// ```
pub fn plain(text: &str) -> String {
    normalized(text.nfc())
}

/// A text as [`plain`] returns it, without the Vietnamese accents.
///
/// ```
/// assert_eq!(jobinsight_kernels::short_text::folded("Hạn nộp Đơn"), "han nop don");
/// ```
pub fn folded(text: &str) -> String {
    if text.is_ascii() {
        return normalized(text.chars());
    }
    let letters = text.nfd().filter(|c| !ACCENTS.contains(*c));
    let letters = letters.map(|c| if DE.contains(c) { 'd' } else { c });
    normalized(letters.nfc())
}

/// Translates each character, and makes one space of several.
fn normalized(text: impl Iterator<Item = char>) -> String {
    let mut out = String::new();
    for c in text.filter_map(translated) {
        if c != ' ' || !(out.is_empty() || out.ends_with(' ')) {
            out.push(c);
        }
    }
    if out.ends_with(' ') {
        out.pop();
    }
    out
}

/// The character that a character counts as; `None` if it is dropped.
fn translated(c: char) -> Option<char> {
    if matches!(c, ' '..='}') {
        return Some(c.to_ascii_lowercase());
    }
    let at = |all: &str| all.chars().position(|one| one == c);
    if at(SPACES).is_some() {
        Some(' ')
    } else if at(DASHES).is_some() {
        Some('-')
    } else if let Some(at) = at(WIDE_DIGITS) {
        DIGITS.chars().nth(at)
    } else if let Some(at) = at(CAPITALS) {
        SMALL.chars().nth(at)
    } else if at(INVISIBLE).is_some() {
        None
    } else {
        Some(c)
    }
}
