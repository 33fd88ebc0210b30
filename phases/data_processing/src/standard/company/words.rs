//! How a word of a name is written, by its letters alone.

use crate::rules::company::Rules;
use crate::rules::source::Origin;
use crate::text::cases::letter;
use crate::text::fold_into;

/// The rule by which a word is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    /// In capitals, because it is a single letter.
    Single,
    /// In capitals, because it has no vowel.
    NoVowel,
    /// In capitals, because a table lists it.
    Acronym(Origin),
    /// With one capital.
    Word,
}

/// A word that was written.
#[derive(Debug, Clone, Copy)]
pub(super) struct WrittenWord {
    /// The number of the word among the words of the tables, see [`Rules::word`].
    pub(super) number: u16,
    pub(super) case: Case,
    /// All letters are plain, see [`crate::text::cases::Letter`].
    pub(super) is_plain: bool,
}

/// Writes a word of letters by its letters alone: an acronym, a single letter and a word without a vowel in capitals, any
/// other word with one capital. The buffers may have any content.
pub(super) fn write(
    given: &str,
    rules: &Rules,
    [lower, folded]: &mut [String; 2],
    out: &mut String,
) -> WrittenWord {
    lower.clear();
    let (mut letters, mut has_vowel, mut is_plain) = (0, false, true);
    for c in given.chars() {
        let of = letter(c);
        lower.push(of.lower);
        letters += usize::from(!of.mark);
        has_vowel |= of.vowel;
        is_plain &= of.plain;
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
    } else if !has_vowel {
        Case::NoVowel
    } else {
        rules.acronym(lower).map_or(Case::Word, Case::Acronym)
    };
    let capitals = if case == Case::Word { 1 } else { usize::MAX };
    let mut rest = lower.chars();
    out.extend(rest.by_ref().take(capitals).map(|c| letter(c).upper));
    out.push_str(rest.as_str());
    WrittenWord {
        number,
        case,
        is_plain,
    }
}
