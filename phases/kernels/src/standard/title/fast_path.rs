//! Proves from the tokens alone that a pass would return the title as it is.
//!
//! Two thirds of the titles stay as they are. Splitting one and putting it together again takes several times as long as
//! this proof. The proof may fail for a title that stays; then a pass finds out. It must never succeed for a title that
//! changes: a debug assertion, a test over all real postings and the fuzzer compare it with the pass.
//!
//! The title must have no code and no lead behind a brand. Then there are two proofs. Each is a list of lemmas, and each lemma is a function or one condition below.
//!
//! **A plain segment** (`is_plain_but_for_tails`): `Kế Toán Trưởng`, `Nhân Viên Marketing/Content`.
//!
//! 1. The title is one segment: nothing splits it.
//! 2. Its beginning stays: there is no lead, and no `Nữ` or `05` before a role.
//! 3. Its ends stay: it begins and ends with a word or a number, and has no mark that the source cut it short.
//! 4. It is not a list of places and does not end with one.
//! 5. No tail begins at any word.
//! 6. It is not a code.
//!
//! **Signs in order** (`is_in_order`): `Kế Toán (Tiếng Anh) - Ca Tối`. The title may have brackets and dashes.
//!
//! 1. Its beginning stays, and it has no mark that the source cut it short.
//! 2. It has no digit, so it has no number, no amount and no code.
//! 3. No place's name begins at any word, so no part is a list of places or an address.
//! 4. No tail begins at any word, wherever the segments begin and end.
//! 5. Every sign is written as a pass would write it.

use super::code::LONGEST_FIRST_CODE;
use super::matcher::Matcher;
use super::token::{TitleFlags, Token};
use crate::rules::title::list::{JOINT, SUFFIX, WHO};
use crate::rules::title::words::flag::{
    CODE, INTRODUCTION, LEAD, PLACE, PLACE_END, PREFIX, SIGN, TAIL,
};
use crate::rules::title::words::{
    AMPERSAND, CLOSE, COMMA, DASH, FIRST, NUMBER, OPEN, SLASH, UNKNOWN, is_sign,
};

const OPENING: u16 = OPEN[0];
const CLOSING: u16 = CLOSE[0];

impl Matcher<'_> {
    /// Whether it is proven that a pass returns the title as it is.
    pub(super) fn is_unchanged(&self) -> bool {
        let flags = self.flags;
        if flags.words & CODE != 0 || flags.words & LEAD != 0 && self.lead_behind_brand().is_some()
        {
            return false;
        }
        if self.is_plain_but_for_tails(flags) {
            if flags.words & TAIL == 0 {
                return true;
            }
            if !flags.has_weak_sign && self.may_be_without_tail() {
                // The second proof would find the same tail.
                return self.is_without_tail();
            }
        }
        self.is_in_order(flags)
    }

    /// The first proof without lemma 5.
    fn is_plain_but_for_tails(&self, flags: TitleFlags) -> bool {
        // Lemma 6: a code of one token may have any letters, so one token is not enough. A code of several tokens has a
        // number; see lemma 5.
        let [first, .., last] = self.tokens else {
            return false;
        };
        is_one_segment(flags)
            && !may_be_places(first, last, flags)
            && keeps_beginning(first)
            && self.ends_with(last)
            && !is_sign(first.word)
            && !is_sign(last.word)
    }

    /// Lemma 5 of a plain segment, for a title with a word that begins a tail in other titles: `kinh nghiệm` begins one,
    /// `kinh doanh` does not. A number counts as such a word, so the title must be longer than a code (`TA 169`) and must
    /// not begin with the number of people who are sought.
    fn may_be_without_tail(&self) -> bool {
        self.tokens.len() > LONGEST_FIRST_CODE && self.word(0) != NUMBER
    }

    fn is_without_tail(&self) -> bool {
        let words = self.tokens.len();
        (0..words).all(|at| self.tail(at, 0, words).is_none())
    }

    /// The second proof.
    fn is_in_order(&self, flags: TitleFlags) -> bool {
        let (Some(first), Some(last)) = (self.tokens.first(), self.tokens.last()) else {
            return false;
        };
        !flags.has_digit
            && keeps_beginning(first)
            && self.ends_with(last)
            && self.are_tokens_in_order()
            && (flags.words & INTRODUCTION == 0 || self.is_without_introduction())
            && (flags.words & (PLACE | PREFIX) == 0 || self.is_without_place())
    }

    /// The title ends with its last token, so it has no trailing dots, neither a mark nor loose ones.
    fn ends_with(&self, last: &Token) -> bool {
        usize::from(last.end) == self.text.len()
    }

    /// Whether no part is a phrase that introduces a tail. Such a part ends with a word of such a phrase.
    fn is_without_introduction(&self) -> bool {
        let ends_part = |at: usize| {
            self.tokens
                .get(at + 1)
                .is_none_or(|next| is_sign(next.word))
        };
        (0..self.tokens.len()).all(|at| !self.has(at, INTRODUCTION) || !ends_part(at))
    }

    /// Lemma 3 of signs in order. A name that ends before the end of a segment also ends before the end of the title, so
    /// one look up to the end of the title is enough.
    fn is_without_place(&self) -> bool {
        let end = self.tokens.len();
        (0..end).all(|at| !self.has(at, PLACE | PREFIX) || self.place(at, end).is_none())
    }

    /// Lemmas 4 and 5 of signs in order.
    fn are_tokens_in_order(&self) -> bool {
        let mut is_inside = false;
        for at in 0..self.tokens.len() {
            let is_in_order = match self.word(at) {
                UNKNOWN | FIRST.. => self.begins_no_tail(at),
                DASH => self.is_dash_in_order(at),
                // These do not split outside brackets, so they stay as they are written.
                COMMA | AMPERSAND | SLASH => !is_inside || self.is_between_words(at),
                OPENING => !std::mem::replace(&mut is_inside, true) && self.is_opening_in_order(at),
                CLOSING => std::mem::replace(&mut is_inside, false) && self.is_closing_in_order(at),
                _ => false,
            };
            if !is_in_order {
                return false;
            }
        }
        let last = self.tokens.last();
        !is_inside && last.is_some_and(|last| !is_sign(last.word) || last.word == CLOSING)
    }

    /// Lemma 4 of signs in order. Where segments begin and end is not known yet, so the tail is looked for as if one began
    /// at the word and ended with the title. Every other choice allows fewer rules: `^` and `not behind` can only exclude
    /// more, and a phrase has less room. This holds without numbers and places only, because those take as many words as
    /// they can.
    fn begins_no_tail(&self, at: usize) -> bool {
        self.tail(at, at, self.tokens.len()).is_none()
    }

    /// A bracket opens behind a space and a word, a dash or another bracket, and right before a word.
    fn is_opening_in_order(&self, at: usize) -> bool {
        let is_behind = if at == 0 {
            self.tokens[0].start == 0
        } else {
            let before = self.word(at - 1);
            self.gap(at - 1) == " " && (self.is_word(at - 1) || matches!(before, DASH | CLOSING))
        };
        is_behind && self.is_word(at + 1) && self.gap(at).is_empty()
    }

    /// A bracket closes right behind a word. Nothing follows, or a space and a word, a dash or another bracket.
    fn is_closing_in_order(&self, at: usize) -> bool {
        let is_before = self.tokens.get(at + 1).is_none_or(|next| {
            self.gap(at) == " " && (self.is_word(at + 1) || matches!(next.word, DASH | OPENING))
        });
        self.is_word(at - 1) && self.gap(at - 1).is_empty() && is_before
    }

    /// A dash has a space on both sides and separates two parts, or has none and joins two words.
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
                    (self.is_word(at - 1) || self.word(at - 1) == CLOSING)
                        && (self.is_word(at + 1) || self.word(at + 1) == OPENING)
                }
                _ => false,
            }
    }

    /// A sign is between two words, with at most one space on each side.
    fn is_between_words(&self, at: usize) -> bool {
        at > 0
            && self.is_word(at - 1)
            && self.is_word(at + 1)
            && matches!(self.gap(at - 1), "" | " ")
            && matches!(self.gap(at), "" | " ")
    }

    fn is_word(&self, at: usize) -> bool {
        let token = self.tokens.get(at);
        token.is_some_and(|token| matches!(token.word, UNKNOWN | FIRST..))
    }

    /// The text between a token and the next one.
    fn gap(&self, at: usize) -> &str {
        let next = self.tokens.get(at + 1);
        let end = next.map_or(self.text.len(), |next| usize::from(next.start));
        &self.text[usize::from(self.tokens[at].end)..end]
    }
}

/// Lemma 1 of a plain segment. No sign splits by itself. A weak sign, such as `/`, splits only before a place or a tail;
/// there are no words of places, and lemma 5 excludes tails.
fn is_one_segment(flags: TitleFlags) -> bool {
    flags.words & SIGN == 0 && (!flags.has_weak_sign || flags.words & (PLACE | PREFIX) == 0)
}

/// Lemma 4 of a plain segment. A list of places begins with a name, with a word before a name (`Quận`) or with a joint
/// (`và`). It ends with a name, with a joint, or with any word behind `Phường`.
fn may_be_places(first: &Token, last: &Token, flags: TitleFlags) -> bool {
    first.flags & (PREFIX | JOINT) != 0
        || last.flags & (PLACE_END | JOINT | SUFFIX) != 0
        || flags.words & PLACE != 0 && last.word == NUMBER
        || first.flags & PLACE != 0 && flags.words & PREFIX != 0
}

/// No lead and no person who is sought can be at the beginning. A number of people needs a number, which the callers
/// exclude.
fn keeps_beginning(first: &Token) -> bool {
    first.flags & (LEAD | WHO) == 0
}
