//! How a word of a name is written, by its letters alone.

use crate::rules::company::Rules;
use crate::rules::source::Origin;
use crate::text::cases::{Kind, letter};
use crate::text::fold_into;

/// How a word is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    /// In capitals: a single letter.
    Single,
    /// In capitals: it can't be spoken.
    NoVowel,
    /// In capitals: a table says so.
    Acronym(Origin),
    /// With one capital.
    Word,
}

/// A word as it was written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Written {
    /// The bytes that it took.
    pub(super) read: usize,
    /// Its number among the words of phrases.
    pub(super) number: u16,
    pub(super) case: Case,
    /// Its letters are plain, see [`letter`].
    pub(super) plain: bool,
}

/// Writes the word of letters that a text begins with, by its letters alone: an acronym, a single letter or a word without a
/// vowel in capitals, any other with one. The buffers hold nothing of worth.
pub(super) fn write(
    text: &str,
    rules: &Rules,
    [lower, folded]: &mut [String; 2],
    out: &mut String,
) -> Written {
    lower.clear();
    let (mut letters, mut vowel, mut plain) = (0, false, true);
    let mut read = text.len();
    for (at, c) in text.char_indices() {
        let of = letter(c);
        if of.kind != Kind::Letter {
            read = at;
            break;
        }
        lower.push(of.lower);
        letters += usize::from(!of.mark);
        vowel |= of.vowel;
        plain &= of.plain;
    }
    let number = if lower.is_ascii() {
        rules.word(lower)
    } else {
        folded.clear();
        fold_into(lower, folded);
        rules.word(folded)
    };
    let case = if letters < 2 {
        Case::Single
    } else if !vowel {
        Case::NoVowel
    } else {
        rules.acronym(lower).map_or(Case::Word, Case::Acronym)
    };
    let mut rest = lower.chars();
    let capitals = if case == Case::Word { 1 } else { usize::MAX };
    out.extend(rest.by_ref().take(capitals).map(|c| letter(c).upper));
    out.push_str(rest.as_str());
    Written {
        read,
        number,
        case,
        plain,
    }
}
