//! A title as words, numbers and signs, found in one pass.

use super::rules::Rules;
use super::words::{
    AMPERSAND, CLOSE, COMMA, DASH, DOLLAR, Key, LONGEST, NUMBER, OPEN, PIPE, SLASH, UNDERSCORE,
    UNKNOWN, Word, flag,
};
use crate::letters::is_composed_latin;

/// A word, a number or a sign, and where it stands in the title.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) start: u16,
    pub(super) end: u16,
    pub(super) word: Word,
    pub(super) shape: Shape,
}

/// What a token looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Shape {
    /// A space stands before it, or nothing.
    pub(super) spaced: bool,
    /// The digits of a number; 0 for a word.
    pub(super) digits: u8,
}

/// What there is in a title, found on the way.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Seen {
    /// The flags of all words together.
    pub(super) flags: u32,
    /// Signs that separate only where something of a dropped kind follows them.
    pub(super) weak_signs: bool,
}

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
    tokens: &mut Vec<Token>,
) -> Result<Seen, Unclean> {
    tokens.clear();
    let mut reader = Reader {
        bytes: text.as_bytes(),
        at: 0,
        trust,
        rules,
        tokens,
        seen: Seen::default(),
        spaced: true,
    };
    reader.run()?;
    Ok(reader.seen)
}

/// What a character is to the reader.
enum Kind {
    Letter,
    Sign(Word),
    /// Punctuation that no rule speaks of.
    Other,
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    trust: Trust,
    rules: &'a Rules,
    tokens: &'a mut Vec<Token>,
    seen: Seen,
    spaced: bool,
}

impl Reader<'_> {
    fn run(&mut self) -> Result<(), Unclean> {
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                b' ' => {
                    // A space at either end or beside another is no longer there once the text is clean.
                    if self.spaced && (self.at == 0 || self.bytes[self.at - 1] == b' ')
                        || self.at + 1 == self.bytes.len()
                    {
                        return Err(Unclean);
                    }
                    self.spaced = true;
                    self.at += 1;
                }
                b'0'..=b'9' => self.number(),
                b'a'..=b'z' | b'A'..=b'Z' => self.word()?,
                _ => {
                    let (c, width) = self.decode();
                    match self.kind(c)? {
                        Kind::Letter => self.word()?,
                        Kind::Sign(sign) => self.sign(sign, width),
                        Kind::Other => {
                            self.at += width;
                            self.spaced = false;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// The character at hand and how many bytes it takes.
    #[inline]
    fn decode(&self) -> (u32, usize) {
        let byte = |offset: usize| u32::from(self.bytes[self.at + offset]);
        let tail = |offset: usize| byte(offset) & 0x3F;
        match byte(0) {
            first @ 0..0x80 => (first, 1),
            first @ 0x80..0xE0 => ((first & 0x1F) << 6 | tail(1), 2),
            first @ 0xE0..0xF0 => ((first & 0x0F) << 12 | tail(1) << 6 | tail(2), 3),
            first => (
                (first & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3),
                4,
            ),
        }
    }

    fn kind(&self, c: u32) -> Result<Kind, Unclean> {
        let code = self.rules.letters.code(c);
        if code != 0 {
            return Ok(Kind::Letter);
        }
        let c = char::from_u32(c).unwrap_or(char::REPLACEMENT_CHARACTER);
        Ok(match c {
            '-' | '–' | '—' => Kind::Sign(DASH),
            '/' => Kind::Sign(SLASH),
            ',' | ';' => Kind::Sign(COMMA),
            '|' => Kind::Sign(PIPE),
            '_' => Kind::Sign(UNDERSCORE),
            '&' => Kind::Sign(AMPERSAND),
            '$' => Kind::Sign(DOLLAR),
            '(' => Kind::Sign(OPEN[0]),
            '[' => Kind::Sign(OPEN[1]),
            '【' => Kind::Sign(OPEN[2]),
            ')' => Kind::Sign(CLOSE[0]),
            ']' => Kind::Sign(CLOSE[1]),
            '】' => Kind::Sign(CLOSE[2]),
            ' '..='~' | '…' => Kind::Other,
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

    fn push(&mut self, start: usize, word: Word, flags: u32, digits: u8) {
        let offset = |at: usize| u16::try_from(at).unwrap_or(u16::MAX);
        self.seen.flags |= flags;
        self.tokens.push(Token {
            start: offset(start),
            end: offset(self.at),
            word,
            shape: Shape {
                spaced: self.spaced,
                digits,
            },
        });
        self.spaced = false;
    }

    fn sign(&mut self, sign: Word, width: usize) {
        let start = self.at;
        self.at += width;
        let strong = match sign {
            SLASH | COMMA => false,
            DASH => {
                width > 1 || self.spaced || matches!(self.bytes.get(self.at), None | Some(b' '))
            }
            AMPERSAND => {
                self.push(start, sign, 0, 0);
                return;
            }
            _ => true,
        };
        self.seen.weak_signs |= !strong;
        self.push(start, sign, if strong { flag::SIGN } else { 0 }, 0);
    }

    fn word(&mut self) -> Result<(), Unclean> {
        let start = self.at;
        let mut key = Key::default();
        let mut letters = 0_usize;
        let mut known = true;
        // Where digits begin, and the key of what stands before them.
        let mut before_digits = None;
        while self.at < self.bytes.len() {
            let (c, width) = self.decode();
            let code = self.rules.letters.code(c);
            if code == 0 {
                if c < 0x80 {
                    break;
                }
                match self.kind(c)? {
                    Kind::Letter => known = false,
                    _ => break,
                }
            }
            if code.is_ascii_digit() && before_digits.is_none() {
                before_digits = Some((self.at, key));
            }
            key.push(code);
            letters += 1;
            self.at += width;
        }
        let (word, flags) = if known && letters <= LONGEST {
            self.rules.lexicon.find(key)
        } else {
            (UNKNOWN, 0)
        };
        if word == UNKNOWN
            && known
            && let Some((digits_at, key)) = before_digits
        {
            // `Lương10-15 Triệu`, `Upto15tr`: a word of pay and a number.
            let (word, flags) = self.rules.lexicon.find(key);
            if flags & super::rules::list::BEFORE_NUMBERS != 0 {
                self.at = digits_at;
                self.push(start, word, flags, 0);
                return Ok(());
            }
        }
        self.push(start, word, flags, 0);
        Ok(())
    }

    fn number(&mut self) {
        let start = self.at;
        let mut digits = 0_u8;
        let digit = |at: usize| self.bytes.get(at).is_some_and(u8::is_ascii_digit);
        let mut at = self.at;
        loop {
            match self.bytes.get(at) {
                Some(b'0'..=b'9') => digits = digits.saturating_add(1),
                // 20.000.000, 8,5 and 13h45 are a number each.
                Some(b'.' | b',' | b'h' | b'H') if digit(at + 1) => {}
                _ => break,
            }
            at += 1;
        }
        self.at = at;
        let flags = self.rules.info(NUMBER).flags;
        self.push(start, NUMBER, flags, digits);
    }
}

/// The text of some tokens.
pub(super) fn text(title: &str, token: Token) -> &str {
    &title[usize::from(token.start)..usize::from(token.end)]
}
