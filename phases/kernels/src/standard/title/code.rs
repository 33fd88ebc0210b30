//! Recognises codes of a posting: `TA163`, `(2026TD450980)`, `(Ho24.300)`, `(OS-J3459)`, `(25388)`, `[C15]`, `ID: 4070`.
//!
//! The name of a technology is not a code: `C#`, `.NET`, `B2`, `3D`, `S7-1200`. Names that look like codes are in the list
//! `[standard]` of `title_words.txt`, and grades such as `N2` are in the list `[grade]`.

use super::drop_reason::TitlePart;
use super::matcher::Matcher;
use crate::rules::title::list;
use crate::rules::title::words::{Key, NUMBER, flag, is_sign};

/// The most tokens of a code that is the first segment of a title.
pub(super) const LONGEST_FIRST_CODE: usize = 3;
/// The most tokens of a code elsewhere: VN-IT-2024-001.
const LONGEST_CODE: usize = 7;
/// The fewest digits of a code without a letter.
const DIGITS_OF_NUMBER: usize = 5;

impl Matcher<'_> {
    /// Whether a range is a code of the posting.
    #[inline]
    pub(super) fn is_code(&self, kind: TitlePart, start: usize, end: usize) -> bool {
        self.flags.has_digit && self.is_code_with_digit(kind, start, end)
    }

    fn is_code_with_digit(&self, kind: TitlePart, start: usize, end: usize) -> bool {
        let longest = if kind == TitlePart::First {
            LONGEST_FIRST_CODE
        } else {
            LONGEST_CODE
        };
        if end <= start || end - start > longest {
            return false;
        }
        let (from, to) = (self.tokens[start].start, self.tokens[end - 1].end);
        let last = self.text.as_bytes()[usize::from(to) - 1];
        if !last.is_ascii_digit() && !last.is_ascii_uppercase() {
            return false;
        }
        let text = &self.text[usize::from(from)..usize::from(to)];
        let digits = text.bytes().filter(u8::is_ascii_digit);
        let digits = digits.take(DIGITS_OF_NUMBER).count();
        // The look at the lexicon comes last, because it takes longest.
        let is_named = || self.has(start, list::CODE_WORD) && self.is_rest_of_code(start + 1, end);
        digits > 0
            && (is_named() || self.is_shaped(kind, (start, end), text, digits))
            && !self.names_standard(start)
    }

    /// Whether a text looks like a code. It has this number of digits, or more if the number is [`DIGITS_OF_NUMBER`].
    fn is_shaped(
        &self,
        kind: TitlePart,
        (start, end): (usize, usize),
        text: &str,
        digits: usize,
    ) -> bool {
        let from = self.tokens[start].start;
        let is_all_digits = text.bytes().all(|c| c.is_ascii_digit());
        let is_behind_hash =
            digits >= 3 && is_all_digits && self.text[..usize::from(from)].ends_with('#');
        is_behind_hash
            || is_led(text, digits)
            || is_mixed(text, digits)
            || is_capitalized(text)
            || is_all_digits && digits >= DIGITS_OF_NUMBER
            || match kind {
                TitlePart::Square => self.is_short_code(start, end, text),
                // The sign of a segment: F01.
                TitlePart::Segment => digits >= 2 && is_letter_and_number(text),
                _ => false,
            }
    }

    /// Whether tokens behind the word of a code are its number: ID: 4070, Mã: KD01, Ref: BA-2024-01.
    fn is_rest_of_code(&self, start: usize, end: usize) -> bool {
        let is_part = |at: usize| {
            let text = self.token_text(at);
            let is_capital = |c: u8| c.is_ascii_uppercase() || c.is_ascii_digit();
            is_sign(self.word(at)) || text.bytes().all(is_capital)
        };
        start < end && (start..end).all(is_part)
    }

    /// Whether square brackets hold a short code: `[C15]`, `[1.2]`.
    fn is_short_code(&self, start: usize, end: usize, text: &str) -> bool {
        let is_grade = self.has(start, list::GRADE);
        end == start + 1
            && !is_grade
            && (self.word(start) == NUMBER || text.len() <= 3 && is_letter_and_number(text))
    }

    /// Whether a token begins the name of a standard or of a technology: `ISO 9001`, `ISO27001`.
    fn names_standard(&self, at: usize) -> bool {
        if self.has(at, list::STANDARD) {
            return true;
        }
        let text = self.token_text(at);
        let letters = text.trim_end_matches(|c: char| c.is_ascii_digit());
        Key::of(letters, self.rules.letters)
            .is_some_and(|key| self.rules.lexicon.find(key).1 & list::STANDARD != 0)
    }

    /// The end of a range without the code of the posting at its end: `Kế Toán Id21373`.
    pub(super) fn without_code(&self, start: usize, end: usize) -> usize {
        let is_code = end > start + 1 && self.has(end - 1, flag::CODE);
        end - usize::from(is_code)
    }
}

/// Two to five capitals and a number: TA163, CNLT.679, TA 169.
fn is_led(text: &str, digits: usize) -> bool {
    let letters = text.bytes().take_while(u8::is_ascii_uppercase).count();
    let rest = text[letters..].trim_start_matches([' ', '.', '-']);
    (2..=5).contains(&letters) && digits >= 2 && is_number(rest)
}

/// Digits and capitals in any order: 4B025, 2026TD450980, OS-J3459.
fn is_mixed(text: &str, digits: usize) -> bool {
    let is_part = |c: u8| c.is_ascii_digit() || c.is_ascii_uppercase() || matches!(c, b'-' | b'.');
    let letters = text.bytes().filter(u8::is_ascii_uppercase).count();
    (5..=20).contains(&text.len()) && digits >= 4 && letters > 0 && text.bytes().all(is_part)
}

/// One capital, up to three letters, and a number of at least three digits: Ho24.300, Ta133.
fn is_capitalized(text: &str) -> bool {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let rest = &text[letters..];
    (2..=4).contains(&letters)
        && text.starts_with(|c: char| c.is_ascii_uppercase())
        && rest.bytes().filter(u8::is_ascii_digit).count() >= 3
        && is_number(rest)
}

/// A capital and a number: C15.
fn is_letter_and_number(text: &str) -> bool {
    text.strip_prefix(|c: char| c.is_ascii_uppercase())
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|c| c.is_ascii_digit()))
}

/// A number with or without points.
fn is_number(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
        && text.bytes().all(|c| c.is_ascii_digit() || c == b'.')
}

/// Whether the digits behind the word of a code are the rest of it: `Id21373`.
pub(super) fn is_code_number(rest: &str) -> bool {
    rest.len() >= 3 && rest.bytes().all(|byte| byte.is_ascii_digit())
}
