//! Titles of which nothing goes, as far as that is seen without reading them by pieces.
//!
//! Two thirds of the titles stay as they are. To split one, and to put it together as it was, takes several times as long
//! as to see that no word begins what is dropped, and that every sign stands as it would be written.

use super::matcher::{LONGEST_CODE, Matcher};
use super::token::Seen;
use crate::rules::title::list::{JOINT, WHO};
use crate::rules::title::words::flag::{LEAD, PLACE, PLACE_END, PREFIX, SIGN, TAIL};
use crate::rules::title::words::{
    AMPERSAND, CLOSE, COMMA, DASH, FIRST, NUMBER, OPEN, SLASH, UNKNOWN, is_sign,
};

impl Matcher<'_> {
    /// Whether a reading would give the same title.
    pub(super) fn stays(&self, seen: Seen) -> bool {
        self.is_plain(seen) || self.is_in_order(seen)
    }

    /// Whether no rule speaks of any part of the title.
    fn is_plain(&self, seen: Seen) -> bool {
        // A single word may be a code.
        let [first, .., last] = self.tokens else {
            return false;
        };
        // Places alone: they begin with a name or a word before one, and end with a name, any word behind `phường`, or `và`.
        let places = first.flags & (PREFIX | JOINT) != 0
            || last.flags & (PLACE_END | JOINT) != 0
            || first.flags & PLACE != 0 && seen.flags & PREFIX != 0;
        seen.flags & SIGN == 0
            && (!seen.weak_signs || seen.flags & (PLACE | PREFIX) == 0)
            && !places
            && first.flags & (LEAD | WHO) == 0
            && usize::from(last.end) == self.text.len()
            && !is_sign(first.word)
            && !is_sign(last.word)
            && (seen.flags & TAIL == 0 || !seen.weak_signs && self.is_without_tail())
    }

    /// Whether no tail begins at any word of a title that is one segment, though a word of one stands there: `kinh nghiệm`
    /// begins one, `kinh doanh` does not. Numbers are such words, so the title must be longer than a code (`TA 169`) and
    /// not say first how many are wanted.
    fn is_without_tail(&self) -> bool {
        let words = self.tokens.len();
        words > LONGEST_CODE
            && self.word(0) != NUMBER
            && (0..words).all(|at| self.tail(at, 0, words).is_none())
    }

    /// Whether every sign stands as it would be written, and no place, no code and nothing that is dropped is there.
    fn is_in_order(&self, seen: Seen) -> bool {
        let first = self.tokens.first();
        let (Some(first), Some(last)) = (first, self.tokens.last()) else {
            return false;
        };
        // No code, for which digits are needed; no mark that the source cut it short.
        first.flags & (LEAD | WHO) == 0
            && usize::from(last.end) == self.text.len()
            && !self
                .text
                .bytes()
                .fold(false, |any, b| any | b.is_ascii_digit())
            && self.are_signs_in_order()
            && (seen.flags & (PLACE | PREFIX) == 0 || self.is_without_place())
    }

    /// Whether no place's name begins at any word: where none does up to the end of the title, none does up to that of a
    /// segment.
    fn is_without_place(&self) -> bool {
        let end = self.tokens.len();
        (0..end).all(|at| !self.has(at, PLACE | PREFIX) || self.place(at, end, 0).is_none())
    }

    fn are_signs_in_order(&self) -> bool {
        let mut within = false;
        for at in 0..self.tokens.len() {
            let word = self.word(at);
            let in_order = match word {
                UNKNOWN | FIRST.. => self.begins_no_tail(at),
                DASH => self.is_dash_in_order(at),
                // Outside of brackets nothing is split there, and they stay as they are written.
                COMMA | AMPERSAND | SLASH => !within || self.is_between_words(at),
                _ if word == OPEN[0] => !within && self.is_open_in_order(at),
                _ if word == CLOSE[0] => within && self.is_close_in_order(at),
                _ => false,
            };
            if !in_order {
                return false;
            }
            within = word == OPEN[0] || within && word != CLOSE[0];
        }
        let last = self.tokens.last();
        !within && last.is_some_and(|last| !is_sign(last.word) || last.word == CLOSE[0])
    }

    /// A bracket with a space before it, behind a word, a dash or another bracket, and right before a word.
    fn is_open_in_order(&self, at: usize) -> bool {
        let before = if at == 0 {
            self.tokens[0].start == 0
        } else {
            let behind = self.word(at - 1);
            self.gap(at - 1) == " "
                && (self.is_word(at - 1) || behind == DASH || behind == CLOSE[0])
        };
        before && self.is_word(at + 1) && self.gap(at).is_empty()
    }

    /// A bracket right behind a word, with a space behind it, and a word, a dash or another bracket; or nothing.
    fn is_close_in_order(&self, at: usize) -> bool {
        let behind = self.tokens.get(at + 1).is_none_or(|next| {
            self.gap(at) == " "
                && (self.is_word(at + 1) || next.word == DASH || next.word == OPEN[0])
        });
        self.is_word(at - 1) && self.gap(at - 1).is_empty() && behind
    }

    /// A dash with a space on both sides, between what a title is split in; or one without, between two words.
    fn is_dash_in_order(&self, at: usize) -> bool {
        let token = self.tokens[at];
        if at == 0 || at + 1 == self.tokens.len() || token.end - token.start > 1 {
            return false;
        }
        let (before, behind) = (self.gap(at - 1), self.gap(at));
        before == behind
            && match before {
                "" => self.is_word(at - 1) && self.is_word(at + 1),
                " " => {
                    (self.is_word(at - 1) || self.word(at - 1) == CLOSE[0])
                        && (self.is_word(at + 1) || self.word(at + 1) == OPEN[0])
                }
                _ => false,
            }
    }

    /// Whether a sign stands between two words, with nothing but spaces.
    fn is_between_words(&self, at: usize) -> bool {
        at > 0
            && self.is_word(at - 1)
            && self.is_word(at + 1)
            && matches!(self.gap(at - 1), "" | " ")
            && matches!(self.gap(at), "" | " ")
    }

    fn is_word(&self, at: usize) -> bool {
        self.tokens
            .get(at)
            .is_some_and(|token| matches!(token.word, UNKNOWN | FIRST..))
    }

    /// What stands between a token and the next one.
    fn gap(&self, at: usize) -> &str {
        let next = self.tokens.get(at + 1);
        let end = next.map_or(self.text.len(), |next| usize::from(next.start));
        &self.text[usize::from(self.tokens[at].end)..end]
    }

    /// Whether no tail begins at a word, wherever a segment begins or ends: up to the end of the title more rules hold than
    /// up to that of a segment, and where a segment begins at the word more than elsewhere. Without numbers and places,
    /// that is: of those a longer stretch may hold others.
    fn begins_no_tail(&self, at: usize) -> bool {
        self.tail(at, at, self.tokens.len()).is_none()
    }
}
