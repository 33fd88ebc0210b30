//! Cleaning that every `standard` rule starts with.
//!
//! `normalisation.md`, second paragraph: a text is brought to Unicode NFC, zero-width and control characters are dropped,
//! NBSP and other spaces count as a space, runs of spaces become one, ends are trimmed. The editors of a job board paste
//! from word processors and phones, so one title comes as NFC and as NFD, with and without NBSP.

pub(crate) mod cases;
pub(crate) mod json;
pub(crate) mod letters;
pub(crate) mod padded;
pub(crate) mod scan;
pub(crate) mod split;
pub(crate) mod syllable;

use std::borrow::Cow;

use self::cases::letter;
use self::letters::is_composed_latin;
use self::scan::scan;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// How one character takes part in a cleaned text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Role {
    /// Written as it is.
    Text,
    /// Counts as a space, whatever its width.
    Space,
    /// Not visible. It is dropped before composition, so that it cannot separate a letter from its accent.
    Nothing,
}

fn role(c: char) -> Role {
    match c {
        ' '..='~' if c != ' ' => Role::Text,
        // The Hangul fillers are letters to Unicode and blank to a reader.
        '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' => Role::Space,
        // Soft hyphen, combining grapheme joiner, Mongolian vowel separator, zero-width and bidirectional marks, byte
        // order mark, interlinear marks.
        '\u{AD}'
        | '\u{34F}'
        | '\u{61C}'
        | '\u{180E}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{FEFF}'
        | '\u{FFF9}'..='\u{FFFB}' => Role::Nothing,
        c if c.is_whitespace() => Role::Space,
        c if c.is_control() => Role::Nothing,
        _ => Role::Text,
    }
}

/// True where [`clean`] would change nothing, found in one pass and without allocation.
fn is_clean(text: &str) -> bool {
    let scanned = scan(text);
    if scanned.plain() && !scanned.breaks() && !text.starts_with(' ') && !text.ends_with(' ') {
        return true;
    }
    // Treats the text as preceded by a space, so that a text that starts with a space is not clean.
    let mut after_space = true;
    for c in text.chars() {
        match role(c) {
            Role::Nothing => return false,
            Role::Space if after_space || c != ' ' => return false,
            Role::Space => after_space = true,
            Role::Text => after_space = false,
        }
    }
    (text.is_empty() || !after_space)
        && (text.chars().all(|c| c.is_ascii() || is_composed_latin(c))
            || is_nfc_quick(text.chars()) == IsNormalized::Yes)
}

/// The rule of [`clean`], as `explain-row` shows it.
pub(crate) const CLEAN: &str =
    "letters are composed (NFC), invisible characters are dropped, spaces are plain and single";

/// The reason why no rule reads a text, as `explain-row` shows it.
pub(crate) const TOO_LONG: &str = "the text is longer than the column, so no rule reads it";

/// Cleans a text: NFC, no invisible characters, single plain spaces, trimmed. A clean text is borrowed, not copied.
///
/// ```
/// use jobinsight_kernels::text::clean;
/// assert_eq!(clean(" Ke\u{302}\u{301} \u{a0}toa\u{301}n\u{200b} "), "Kế toán");
/// ```
pub fn clean(text: &str) -> Cow<'_, str> {
    if is_clean(text) {
        return Cow::Borrowed(text);
    }
    // Composed letters, dashes and quotes are written as they are; only the spaces between them change.
    let mut out = String::with_capacity(text.len());
    let composed =
        |c: char| c.is_ascii() || is_composed_latin(c) || matches!(c, '\u{2010}'..='\u{2027}');
    if text.chars().all(|c| composed(c) || role(c) != Role::Text) {
        put(text.chars().filter_map(visible), &mut out);
    } else {
        put(text.chars().filter_map(visible).nfc(), &mut out);
    }
    Cow::Owned(out)
}

/// A text with its letters composed (NFC). A composed text is borrowed, not copied.
pub(crate) fn composed(text: &str) -> Cow<'_, str> {
    if scan(text).plain() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}

/// The character that is read; `None` for an invisible one.
fn visible(c: char) -> Option<char> {
    match role(c) {
        Role::Nothing => None,
        Role::Space => Some(' '),
        Role::Text => Some(c),
    }
}

/// Writes characters with single spaces between words.
fn put(visible: impl Iterator<Item = char>, out: &mut String) {
    let mut space_due = false;
    for c in visible {
        if c == ' ' {
            space_due = !out.is_empty();
            continue;
        }
        if space_due {
            out.push(' ');
            space_due = false;
        }
        out.push(c);
    }
}

/// True where a reader would see nothing: no character at all, or only spaces, zero-width and control characters.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|c| role(c) != Role::Text)
}

/// Drops U+0000, which PostgreSQL cannot store in a text. The second value is true if there was one.
pub fn without_nul(text: &str) -> (Cow<'_, str>, bool) {
    if text.contains('\0') {
        (Cow::Owned(text.replace('\0', "")), true)
    } else {
        (Cow::Borrowed(text), false)
    }
}

/// Syllables in the old and in the new orthography. Only open syllables differ: `hoà` is `hòa`, but `hoàn` is `hoàn` in
/// both.
const TONES: [(&str, &str); 15] = [
    ("oà", "òa"),
    ("oá", "óa"),
    ("oả", "ỏa"),
    ("oã", "õa"),
    ("oạ", "ọa"),
    ("oè", "òe"),
    ("oé", "óe"),
    ("oẻ", "ỏe"),
    ("oẽ", "õe"),
    ("oẹ", "ọe"),
    ("uỳ", "ùy"),
    ("uý", "úy"),
    ("uỷ", "ủy"),
    ("uỹ", "ũy"),
    ("uỵ", "ụy"),
];

/// A word in the form in which words are compared: in lower case, and with the tone mark on the vowel where the new
/// orthography puts it. So `thoả` and `thỏa` are one word.
pub fn fold(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    fold_into(word, &mut out);
    out
}

/// Adds a folded word to a buffer.
pub(crate) fn fold_into(word: &str, out: &mut String) {
    let start = out.len();
    if word.is_ascii() {
        out.push_str(word);
        out[start..].make_ascii_lowercase();
        return;
    }
    let mut known = true;
    for c in word.chars() {
        if c.is_ascii() {
            out.push(c.to_ascii_lowercase());
        } else if is_composed_latin(c) && c != 'İ' {
            out.push(letter(c).lower);
        } else {
            known = false;
            out.extend(c.to_lowercase());
        }
    }
    let made = &out[start..];
    // The lower case of a composed letter is composed, except for a few letters that Vietnamese does not have.
    if !known && is_nfc_quick(made.chars()) != IsNormalized::Yes {
        let composed: String = made.nfc().collect();
        out.truncate(start);
        out.push_str(&composed);
    }
    // In `quý` the u belongs to the consonant `qu`, so the tone mark stays on the y.
    let made = &out[start..];
    let mut ends = made.chars().rev();
    let vowels = ends.next().is_some_and(|last| !last.is_ascii())
        && ends
            .next()
            .is_some_and(|before| matches!(before, 'o' | 'u'));
    if vowels && !made.starts_with("qu") {
        for (old, new) in TONES {
            if made.ends_with(old) {
                let at = out.len() - old.len();
                out.replace_range(at.., new);
                break;
            }
        }
    }
}

/// A folded word as the old orthography writes it: `hòa` as `hoà`.
pub(crate) fn old_tone(folded: &str) -> String {
    let word = TONES
        .iter()
        .filter(|_| !folded.starts_with("qu"))
        .find_map(|(old, new)| Some((folded.strip_suffix(new)?, old)));
    word.map_or_else(|| folded.to_owned(), |(start, old)| format!("{start}{old}"))
}

/// A letter without its Vietnamese accents (`ế` → `e`, `đ` → `d`), lower case. Used where the source types without accents.
pub fn unaccented(word: &str) -> String {
    if word.chars().all(|c| c.is_ascii() || is_composed_latin(c)) {
        return word.chars().map(|c| letter(c).bare).collect();
    }
    unaccented_nfd(word)
}

/// Does the same as [`unaccented`] for any letters, through the decomposed form.
fn unaccented_nfd(word: &str) -> String {
    word.chars()
        .flat_map(char::to_lowercase)
        .nfd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .map(|c| if c == 'đ' { 'd' } else { c })
        .collect()
}

/// Whether a character is an emoji or another pictograph.
pub(crate) fn is_emoji(c: char) -> bool {
    matches!(c, '\u{1F000}'..='\u{1FAFF}' | '\u{2600}'..='\u{27BF}' | '\u{2B00}'..='\u{2BFF}' | '\u{FE0F}' | '\u{2190}'..='\u{21FF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clean_follows_the_specification() {
        for (given, wanted) in [
            ("Kế Toán", "Kế Toán"),
            ("  a\t\n b  ", "a b"),
            ("a\u{a0}\u{2003}b", "a b"),
            ("a\u{200b}b\u{feff}", "ab"),
            ("a\0b\u{7}", "ab"),
            ("e\u{200b}\u{301}", "é"),
            ("", ""),
            ("\u{200b} ", ""),
        ] {
            assert_eq!(clean(given), wanted, "{given:?}");
        }
        assert!(matches!(clean("Kế Toán"), Cow::Borrowed(_)));
    }

    #[test]
    fn both_orthographies_fold_to_one_word() {
        assert_eq!(fold("Hoà"), fold("HÒA"));
        assert_eq!(fold("Thoả"), fold("thỏa"));
        assert_eq!(fold("Quý"), "quý");
        assert_eq!(fold("İSTANBUL ŒUVRE ẞ"), "i\u{307}stanbul œuvre ß");
        assert_eq!(fold("HOA\u{300}"), "hòa");
        assert_eq!(unaccented("Đắk Lắk"), "dak lak");
    }

    #[test]
    fn the_table_of_letters_has_each_letter_without_its_accents() {
        let known = |c: &char| c.is_ascii() || is_composed_latin(*c);
        for c in (0..=0x2000_u32).filter_map(char::from_u32).filter(known) {
            let word = c.to_string();
            assert_eq!(unaccented(&word), unaccented_nfd(&word), "{c}");
        }
    }
}
