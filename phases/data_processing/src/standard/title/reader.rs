//! Reads a title into words, numbers and signs, in one pass.

use std::str::Chars;

use super::memo::{Class, Memo};
use super::token::{Seen, Shape, Token, is_weak};
use crate::rules::title::Rules;
use crate::rules::title::list::BEFORE_NUMBERS;
use crate::rules::title::words::{
    AMPERSAND, CLOSE, COMMA, DASH, Key, LONGEST, NUMBER, OPEN, SIGNS, SLASH, UNKNOWN, Word, flag,
    is_sign,
};
use crate::text::letters::is_composed_latin;

/// The title holds a character for which the whole of it must be cleaned first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unclean;

/// How much is known of the text that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// It is as it came.
    Raw,
    /// [`crate::text::clean`] made it.
    Clean,
}

/// Reads a title of at most 65,535 bytes into `tokens`.
pub(super) fn read(
    text: &str,
    trust: Trust,
    rules: &Rules,
    memo: &mut Memo,
    tokens: &mut Vec<Token>,
) -> Result<Seen, Unclean> {
    debug_assert!(u16::try_from(text.len()).is_ok());
    tokens.clear();
    memo.take(text);
    let mut reader = Reader {
        text,
        trust,
        rules,
        tokens,
        seen: Seen::default(),
        spaced: true,
    };
    reader.run(memo)?;
    Ok(reader.seen)
}

/// What a character beyond ASCII that has no number is to the reader.
enum Kind {
    /// A letter that no rule knows.
    Letter,
    Sign(Word),
    /// Punctuation that no rule speaks of.
    Other,
}

struct Reader<'a> {
    text: &'a str,
    trust: Trust,
    rules: &'a Rules,
    tokens: &'a mut Vec<Token>,
    seen: Seen,
    spaced: bool,
}

impl<'a> Reader<'a> {
    fn run(&mut self, memo: &mut Memo) -> Result<(), Unclean> {
        let end = self.text.len();
        let mut at = 0;
        while at < end {
            match memo.class(at) {
                Class::Letter => {
                    let (word_end, key) = memo.word(at);
                    if let Some((word, flags)) = memo.find(key) {
                        self.push(at, word_end, word, flags, 0);
                        at = word_end;
                        // As nearly every word, which need not be asked for then.
                        if memo.class(at) == Class::Space {
                            at = self.space(at)?;
                        }
                        continue;
                    }
                    let (start, before) = (at, self.tokens.len());
                    at = self.step(at)?;
                    // A word that is one by itself is one in every title.
                    if at == word_end
                        && self.tokens.len() == before + 1
                        && self.trust == Trust::Raw
                        && let Some(token) = self.tokens.last()
                        && usize::from(token.start) == start
                        && usize::from(token.end) == at
                        && !is_sign(token.word)
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
        if self.spaced || at + 1 == self.text.len() {
            return Err(Unclean);
        }
        self.spaced = true;
        Ok(at + 1)
    }

    /// Reads what begins with a byte of ASCII that is neither a letter nor a space; gives where it ends.
    #[inline]
    fn other(&mut self, at: usize) -> Result<usize, Unclean> {
        let byte = self.text.as_bytes()[at];
        if byte.is_ascii_digit() {
            return Ok(self.number(at));
        }
        match SIGNS[usize::from(byte)] {
            Some(UNKNOWN) => self.spaced = false,
            Some(sign) => self.sign(sign, at, at + 1),
            None => return Err(Unclean),
        }
        Ok(at + 1)
    }

    /// Reads what begins with a letter, or beyond ASCII; gives where it ends. It is rare, and kept out of the loop over words,
    /// which has no registers to spare.
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
            Kind::Letter => {
                let rest = self.word(here)?;
                return Ok(self.at(&rest));
            }
            Kind::Sign(sign) => self.sign(sign, at, end),
            Kind::Other => self.spaced = false,
        }
        Ok(end)
    }

    /// How far the text is read where this is its rest.
    #[inline]
    fn at(&self, rest: &Chars<'_>) -> usize {
        self.text.len() - rest.as_str().len()
    }

    fn kind(&self, c: char) -> Result<Kind, Unclean> {
        Ok(match c {
            '–' | '—' => Kind::Sign(DASH),
            '【' => Kind::Sign(OPEN[2]),
            '】' => Kind::Sign(CLOSE[2]),
            '…' => Kind::Other,
            c if is_composed_latin(c) && c.is_alphabetic() => Kind::Letter,
            c if self.trust == Trust::Clean => {
                if c.is_alphanumeric() {
                    Kind::Letter
                } else {
                    Kind::Other
                }
            }
            _ => return Err(Unclean),
        })
    }

    #[inline]
    #[allow(clippy::cast_possible_truncation)] // no title is so long, see `read`
    fn push(&mut self, start: usize, end: usize, word: Word, flags: u32, digits: u8) {
        let offset = |at: usize| at as u16;
        self.seen.flags |= flags;
        self.tokens.push(Token {
            start: offset(start),
            end: offset(end),
            word,
            shape: Shape {
                spaced: self.spaced,
                digits,
            },
            flags,
        });
        self.spaced = false;
    }

    #[inline]
    fn sign(&mut self, sign: Word, start: usize, end: usize) {
        let strong = match sign {
            SLASH | COMMA | AMPERSAND => false,
            // – and — need no space.
            DASH => {
                let next = self.text.as_bytes().get(end);
                end - start > 1 || self.spaced || matches!(next, None | Some(b' '))
            }
            _ => true,
        };
        self.seen.weak_signs |= is_weak(sign, strong);
        self.push(start, end, sign, if strong { flag::SIGN } else { 0 }, 0);
    }

    /// Reads a word; gives what is behind it.
    #[inline]
    fn word(&mut self, mut rest: Chars<'a>) -> Result<Chars<'a>, Unclean> {
        let start = self.at(&rest);
        let letters = self.rules.letters;
        let mut key = Key::default();
        let mut length = 0_usize;
        // Where digits begin, and the key of what stands before them.
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
                    }
                } else if c.is_ascii() || !matches!(self.kind(c)?, Kind::Letter) {
                    rest = here;
                    break;
                } else {
                    // No word of the rules has such a letter.
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
            // `Lương10-15 Triệu`, `Upto15tr`: a word of pay and a number.
            let (word, flags) = lexicon.find(key);
            if flags & BEFORE_NUMBERS != 0 {
                self.push(start, self.at(&digits), word, flags, 0);
                return Ok(digits);
            }
        }
        self.push(start, self.at(&rest), word, flags, 0);
        Ok(rest)
    }

    /// Reads a number; gives where it ends. Kept out of the loop like [`Self::step`].
    #[inline(never)]
    fn number(&mut self, start: usize) -> usize {
        let bytes = &self.text.as_bytes()[start..];
        let mut digits = 0_u8;
        let mut end = 0;
        loop {
            match bytes.get(end) {
                Some(b'0'..=b'9') => digits = digits.saturating_add(1),
                // 20.000.000, 8,5 and 13h45 are a number each.
                Some(b'.' | b',' | b'h' | b'H')
                    if bytes.get(end + 1).is_some_and(u8::is_ascii_digit) => {}
                _ => break,
            }
            end += 1;
        }
        let flags = self.rules.info(NUMBER).flags;
        self.push(start, start + end, NUMBER, flags, digits);
        start + end
    }
}
