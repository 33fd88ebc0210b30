//! Titles with signs of which nothing goes.
//!
//! A third of the titles have a dash or a bracket and lose nothing. To split them, and to put them together as they were,
//! takes ten times as long as to see that every sign stands as it would be written, and that no word begins what is dropped.

use super::rules::list::WHO;
use super::sight::Sight;
use super::tokens::Seen;
use super::words::{AMPERSAND, CLOSE, COMMA, DASH, FIRST, OPEN, SLASH, UNKNOWN, flag, is_sign};

impl Sight<'_> {
    /// Whether a reading would give the same title, as far as that is seen without one.
    pub(super) fn is_in_order(&self, seen: Seen) -> bool {
        let first = self.tokens.first();
        let (Some(first), Some(last)) = (first, self.tokens.last()) else {
            return false;
        };
        // No code, for which digits are needed; no mark that the source cut it short.
        first.flags & (flag::LEAD | WHO) == 0
            && usize::from(last.end) == self.text.len()
            && !self
                .text
                .bytes()
                .fold(false, |any, b| any | b.is_ascii_digit())
            && self.are_signs_in_order()
            && (seen.flags & (flag::PLACE | flag::PREFIX) == 0 || self.is_without_place())
    }

    /// Whether no place's name begins at any word: where none does up to the end of the title, none does up to that of a
    /// segment.
    fn is_without_place(&self) -> bool {
        let end = self.tokens.len();
        (0..end)
            .all(|at| !self.has(at, flag::PLACE | flag::PREFIX) || self.place(at, end, 0).is_none())
    }

    fn are_signs_in_order(&self) -> bool {
        let mut within = false;
        for at in 0..self.tokens.len() {
            let in_order = match self.word(at) {
                UNKNOWN | FIRST.. => self.begins_no_tail(at),
                DASH => self.is_dash_in_order(at),
                COMMA | AMPERSAND | SLASH => !within || self.is_between_words(at),
                word if word == OPEN[0] && !within => {
                    within = true;
                    let before = if at == 0 {
                        self.tokens[0].start == 0
                    } else {
                        self.gap(at - 1) == " "
                            && (self.is_word(at - 1)
                                || self.word(at - 1) == DASH
                                || self.word(at - 1) == CLOSE[0])
                    };
                    before && self.is_word(at + 1) && self.gap(at).is_empty()
                }
                word if word == CLOSE[0] && within => {
                    within = false;
                    let behind = at + 1 == self.tokens.len()
                        || self.gap(at) == " "
                            && (self.is_word(at + 1)
                                || matches!(self.word(at + 1), DASH)
                                || self.word(at + 1) == OPEN[0]);
                    at > 0 && self.is_word(at - 1) && self.gap(at - 1).is_empty() && behind
                }
                _ => false,
            };
            if !in_order {
                return false;
            }
        }
        !within
            && self
                .tokens
                .last()
                .is_some_and(|last| !is_sign(last.word) || last.word == CLOSE[0])
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
