//! Reads a title into words, numbers and signs, in one pass. A title that is not clean is refused during this pass, so the
//! usual title, which is clean, is read only once.

use std::str::Chars;

use super::code::is_code_number;
use super::token::{RareChar, TitleFlags, Token, is_weak};
use super::word_memo::{Class, WordMemo};
use crate::rules::title::TitleRules;
use crate::rules::title::list::{BEFORE_NUMBERS, CODE_WORD};
use crate::rules::title::words::{
    AMPERSAND, CLOSE, COMMA, DASH, DOLLAR, Key, LONGEST, NUMBER, OPEN, SIGNS, SLASH, UNKNOWN, Word,
    flag, is_sign,
};
use crate::text::letters::is_composed_latin;

/// The title has a character or a space that must be cleaned first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unclean;

/// Whether the text was cleaned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// The text may have characters or spaces that must be cleaned.
    Raw,
    /// The text is a result of [`crate::text::clean`].
    Clean,
}

/// Reads a title of at most 65,535 bytes into `tokens`.
pub(super) fn read(
    text: &str,
    trust: Trust,
    rules: &TitleRules,
    memo: &mut WordMemo,
    tokens: &mut Vec<Token>,
) -> Result<TitleFlags, Unclean> {
    debug_assert!(u16::try_from(text.len()).is_ok());
    tokens.clear();
    memo.take(text);
    let mut tokenizer = Tokenizer {
        text,
        trust,
        rules,
        tokens,
        flags: TitleFlags::default(),
        is_spaced: true,
    };
    tokenizer.run(memo)?;
    Ok(tokenizer.flags)
}

struct Tokenizer<'a> {
    text: &'a str,
    trust: Trust,
    rules: &'a TitleRules,
    tokens: &'a mut Vec<Token>,
    flags: TitleFlags,
    /// The next token has a space or nothing before it.
    is_spaced: bool,
}

impl<'a> Tokenizer<'a> {
    fn run(&mut self, memo: &mut WordMemo) -> Result<(), Unclean> {
        let end = self.text.len();
        let mut at = 0;
        while at < end {
            match memo.class(at) {
                Class::Letter => {
                    let (word_end, key) = memo.word(at);
                    if let Some((word, flags)) = memo.find(key) {
                        self.push(at, word_end, word, flags, 0);
                        at = word_end;
                        // Nearly every word is followed by a space.
                        if memo.class(at) == Class::Space {
                            at = self.space(at)?;
                        }
                        continue;
                    }
                    let (start, before) = (at, self.tokens.len());
                    let earlier = std::mem::take(&mut self.flags.has_digit);
                    at = self.step(at)?;
                    let has_digit = self.flags.has_digit;
                    self.flags.has_digit |= earlier;
                    // A whole word of one title is a whole word in every title.
                    if at == word_end
                        && self.tokens.len() == before + 1
                        && self.trust == Trust::Raw
                        && let Some(token) = self.tokens.last()
                        && usize::from(token.start) == start
                        && usize::from(token.end) == at
                        && !is_sign(token.word)
                        // A word with a digit is read again, so that the digit is seen.
                        && !has_digit
                    {
                        memo.keep(key, token.word, token.flags);
                    }
                }
                Class::Space => at = self.space(at)?,
                Class::Other => at = self.other(at)?,
            }
        }
        Ok(())
    }

    /// Reads a space. A clean text neither begins nor ends with one, nor are there two side by side.
    #[inline]
    fn space(&mut self, at: usize) -> Result<usize, Unclean> {
        if self.is_spaced || at + 1 == self.text.len() {
            return Err(Unclean);
        }
        self.is_spaced = true;
        Ok(at + 1)
    }

    /// Reads a number or a sign of ASCII. Returns its end.
    #[inline]
    fn other(&mut self, at: usize) -> Result<usize, Unclean> {
        let byte = self.text.as_bytes()[at];
        if byte.is_ascii_digit() {
            return Ok(self.number(at));
        }
        match SIGNS[usize::from(byte)] {
            Some(UNKNOWN) => self.is_spaced = false,
            Some(sign) => self.sign(sign, at, at + 1),
            None => return Err(Unclean),
        }
        Ok(at + 1)
    }

    /// Reads a token that begins with a letter or beyond ASCII. Returns its end. This is rare, so it is not inlined into the
    /// loop over words.
    #[inline(never)]
    fn step(&mut self, at: usize) -> Result<usize, Unclean> {
        let here = self.text[at..].chars();
        let mut rest = here.clone();
        let Some(c) = rest.next() else {
            return Ok(self.text.len());
        };
        let end = self.at(&rest);
        if self.rules.letters.code(c as u32) != 0 {
            let rest = self.word(here)?;
            return Ok(self.at(&rest));
        }
        match self.kind(c)? {
            RareChar::Letter => {
                let rest = self.word(here)?;
                return Ok(self.at(&rest));
            }
            RareChar::Sign(sign) => self.sign(sign, at, end),
            RareChar::Other => self.is_spaced = false,
        }
        Ok(end)
    }

    /// The position in the text that has this rest.
    #[inline]
    fn at(&self, rest: &Chars<'_>) -> usize {
        self.text.len() - rest.as_str().len()
    }

    fn kind(&self, c: char) -> Result<RareChar, Unclean> {
        Ok(match c {
            '–' | '—' => RareChar::Sign(DASH),
            '【' => RareChar::Sign(OPEN[2]),
            '】' => RareChar::Sign(CLOSE[2]),
            '…' => RareChar::Other,
            c if is_composed_latin(c) && c.is_alphabetic() => RareChar::Letter,
            c if self.trust == Trust::Clean => {
                if c.is_alphanumeric() {
                    RareChar::Letter
                } else {
                    RareChar::Other
                }
            }
            _ => return Err(Unclean),
        })
    }

    #[inline]
    #[allow(clippy::cast_possible_truncation)] // `read` takes no longer title
    fn push(&mut self, start: usize, end: usize, word: Word, flags: u32, digits: u8) {
        let offset = |at: usize| at as u16;
        self.flags.words |= flags;
        self.tokens.push(Token {
            start: offset(start),
            end: offset(end),
            word,
            is_spaced: self.is_spaced,
            digits,
            flags,
        });
        self.is_spaced = false;
    }

    #[inline]
    fn sign(&mut self, sign: Word, start: usize, end: usize) {
        let is_strong = match sign {
            SLASH | COMMA | AMPERSAND => false,
            // – and — need no space.
            DASH => {
                let next = self.text.as_bytes().get(end);
                end - start > 1 || self.is_spaced || matches!(next, None | Some(b' '))
            }
            _ => true,
        };
        self.flags.has_weak_sign |= is_weak(sign, is_strong);
        let flags = match sign {
            // An amount of money begins with it.
            DOLLAR => flag::SIGN | flag::TAIL,
            _ if is_strong => flag::SIGN,
            _ => 0,
        };
        self.push(start, end, sign, flags, 0);
    }

    /// Reads a word. Returns the rest of the text.
    #[inline]
    fn word(&mut self, mut rest: Chars<'a>) -> Result<Chars<'a>, Unclean> {
        let start = self.at(&rest);
        let letters = self.rules.letters;
        let mut key = Key::default();
        let mut length = 0_usize;
        // The first digit of the word, and the key of the letters before it.
        let mut before_digits = None;
        loop {
            let here = rest.clone();
            let Some(c) = rest.next() else {
                rest = here;
                break;
            };
            let code = letters.code(c as u32);
            if code <= b'9' {
                if code != 0 {
                    if before_digits.is_none() {
                        before_digits = Some((here, key));
                        self.flags.has_digit = true;
                    }
                } else if c.is_ascii() || !matches!(self.kind(c)?, RareChar::Letter) {
                    rest = here;
                    break;
                } else {
                    // No word of the rules has this letter.
                    length = LONGEST;
                }
            }
            key.push(code);
            length += 1;
        }
        let lexicon = &self.rules.lexicon;
        let (word, flags) = if length <= LONGEST {
            lexicon.find(key)
        } else {
            (UNKNOWN, 0)
        };
        if let Some((digits, key)) = before_digits
            && word == UNKNOWN
            && length <= LONGEST
        {
            // A word of pay and a number: `Lương10-15 Triệu`, `Upto15tr`.
            let (word, flags) = lexicon.find(key);
            if flags & BEFORE_NUMBERS != 0 {
                self.push(start, self.at(&digits), word, flags, 0);
                return Ok(digits);
            }
            let end = self.at(&rest);
            if flags & CODE_WORD != 0 && is_code_number(&self.text[self.at(&digits)..end]) {
                self.push(start, end, UNKNOWN, flag::CODE, 0);
                return Ok(rest);
            }
        }
        self.push(start, self.at(&rest), word, flags, 0);
        Ok(rest)
    }

    /// Reads a number. Returns its end. Not inlined; see [`Self::step`].
    #[inline(never)]
    fn number(&mut self, start: usize) -> usize {
        let bytes = &self.text.as_bytes()[start..];
        let mut digits = 0_u8;
        let mut end = 0;
        loop {
            match bytes.get(end) {
                Some(b'0'..=b'9') => digits = digits.saturating_add(1),
                // 20.000.000, 8,5 and 13h45 are one number each.
                Some(b'.' | b',' | b'h' | b'H')
                    if bytes.get(end + 1).is_some_and(u8::is_ascii_digit) => {}
                _ => break,
            }
            end += 1;
        }
        self.flags.has_digit = true;
        let flags = self.rules.info(NUMBER).flags;
        self.push(start, start + end, NUMBER, flags, digits);
        start + end
    }
}
