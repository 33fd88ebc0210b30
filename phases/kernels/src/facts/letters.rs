//! Letters without accents and case, and composed texts.
//!
//! The tables of Unicode answer every question about a character, but slowly. A table of the common characters, which is
//! computed from them once, has the same answers.

use std::borrow::Cow;
use std::iter::once;
use std::sync::LazyLock;

use unicode_normalization::char::{
    canonical_combining_class, decompose_canonical, is_combining_mark,
};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// The common characters are below this one. Vietnamese letters end at U+1EF9.
const COMMON: usize = 0x1F00;
/// The bit of a character that is composed, whatever characters are beside it.
const COMPOSED: u8 = 0x80;

/// An entry for each common character: whether it is composed, and its folded letter if that is one letter of ASCII.
#[derive(Debug)]
pub(crate) struct LetterTable([u8; COMMON]);

impl LetterTable {
    /// The table, which is computed once.
    pub(crate) fn known() -> &'static Self {
        static KNOWN: LazyLock<LetterTable> = LazyLock::new(LetterTable::compute);
        &KNOWN
    }

    fn compute() -> Self {
        let mut table = [0; COMMON];
        for (known, c) in table.iter_mut().zip('\0'..) {
            if is_nfc_quick(once(c)) == IsNormalized::Yes && canonical_combining_class(c) == 0 {
                *known = COMPOSED;
            }
            let mut folded = String::new();
            fold(c, &mut folded);
            if let ([letter], true) = (folded.as_bytes(), c.is_alphanumeric()) {
                *known |= letter;
            }
        }
        Self(table)
    }

    /// The entry of a character.
    pub(crate) fn get(&self, c: char) -> KnownLetter {
        KnownLetter(self.0.get(c as usize).copied().unwrap_or(0))
    }
}

/// An entry of the table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct KnownLetter(u8);

impl KnownLetter {
    /// Whether the character is composed, whatever characters are beside it. False if the table does not have it.
    pub(crate) fn is_composed(self) -> bool {
        self.0 & COMPOSED != 0
    }

    /// The letter or digit without accent and case; `None` if the table does not have it.
    pub(crate) fn folded(self) -> Option<char> {
        match self.0 & !COMPOSED {
            0 => None,
            letter => Some(char::from(letter)),
        }
    }
}

/// Adds a letter without accent and case.
pub(crate) fn fold(c: char, folded: &mut String) {
    if c.is_ascii() {
        folded.push(c.to_ascii_lowercase());
        return;
    }
    for lower in c.to_lowercase() {
        match lower {
            'đ' | 'ð' => folded.push('d'),
            lower => decompose_canonical(lower, |part| {
                if !is_combining_mark(part) {
                    folded.push(part);
                }
            }),
        }
    }
}

/// A text with its letters composed (NFC). A composed text is borrowed.
pub(crate) fn composed(text: &str) -> Cow<'_, str> {
    let letters = LetterTable::known();
    let is_composed = |c| letters.get(c).is_composed();
    if text.chars().all(is_composed) || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.nfc().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_the_answers_of_unicode() {
        let letters = LetterTable::known();
        let mut letters_of_ascii = 0;
        for c in '\0'..='\u{2FFF}' {
            let mut folded = String::new();
            fold(c, &mut folded);
            if let Some(letter) = letters.get(c).folded() {
                letters_of_ascii += 1;
                assert!(c.is_alphanumeric(), "{c:?}");
                assert_eq!(folded, letter.to_string());
            }
            for text in [
                format!("{c}"),
                format!("a{c}\u{301}"),
                format!("\u{323}{c}"),
            ] {
                assert_eq!(composed(&text), text.nfc().collect::<String>(), "{text:?}");
            }
        }
        assert!(letters_of_ascii > 300, "{letters_of_ascii}");
    }
}
