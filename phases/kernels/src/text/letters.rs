//! The letters of titles and names as small numbers, so that a word is compared as a few integers.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

/// The Vietnamese letters beyond ASCII, each in lower case.
const BEYOND_ASCII: &str = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ";

/// Code points from this one on have no code.
const END: usize = 0x2000;

static CODES: LazyLock<Box<[u8; END]>> = LazyLock::new(|| {
    let mut codes = Box::new([0; END]);
    for (code, letter) in (b'0'..=b'9').chain(b'a'..=b'z').map(|c| (c, char::from(c))) {
        for c in [letter, letter.to_ascii_uppercase()] {
            codes[c as usize] = code;
        }
    }
    // An editor may have saved this file with decomposed letters.
    for (code, letter) in (128_u8..).zip(BEYOND_ASCII.nfc()) {
        for c in letter.to_uppercase().chain([letter]) {
            codes[c as usize] = code;
        }
    }
    codes
});

/// The numbers of letters and digits: the same for both cases, different for different letters; 0 for any other character.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Letters(&'static [u8; END]);

impl Letters {
    pub(crate) fn new() -> Self {
        Self(&CODES)
    }

    /// The number of a letter or digit.
    #[inline]
    pub(crate) fn code(self, c: u32) -> u8 {
        if (c as usize) < END {
            self.0[c as usize]
        } else {
            0
        }
    }
}

/// True for Latin letters with their usual accents, which are composed unless a combining mark follows.
#[inline]
pub(crate) fn is_composed_latin(c: char) -> bool {
    matches!(c, '\u{C0}'..='\u{24F}' | '\u{1EA0}'..='\u{1EF9}')
}

/// [`char::is_alphanumeric`] with a short way for the letters of Vietnamese.
#[inline]
pub(crate) fn is_alphanumeric(c: char) -> bool {
    if c.is_ascii() {
        c.is_ascii_alphanumeric()
    } else if is_composed_latin(c) {
        !matches!(c, '×' | '÷')
    } else {
        c.is_alphanumeric()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_has_its_own_number_in_both_cases() {
        let letters = Letters::new();
        let mut seen = std::collections::HashSet::new();
        for letter in ('a'..='z').chain('0'..='9').chain(BEYOND_ASCII.chars()) {
            let code = letters.code(letter as u32);
            assert!(code != 0 && seen.insert(code), "{letter}");
            for upper in letter.to_uppercase() {
                assert_eq!(letters.code(upper as u32), code, "{letter}");
            }
        }
        assert_eq!(seen.len(), 26 + 10 + 67);
        for c in ['-', ' ', 'ß', '付', '\u{10FFFF}'] {
            assert_eq!(letters.code(c as u32), 0, "{c}");
        }
    }

    #[test]
    fn composed_latin_agrees_with_unicode() {
        for c in (0..=0x2000_u32).filter_map(char::from_u32) {
            assert_eq!(is_alphanumeric(c), c.is_alphanumeric(), "{c}");
            if is_composed_latin(c) {
                assert!(c.is_alphabetic() || matches!(c, '×' | '÷'), "{c}");
                assert_eq!(
                    unicode_normalization::is_nfc_quick([c].into_iter()),
                    unicode_normalization::IsNormalized::Yes
                );
            }
        }
    }
}
