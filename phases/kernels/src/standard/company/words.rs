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
    /// In lower case, because it is the `s` of `Domino's`.
    Possessive,
    /// In capitals, because it has no vowel.
    NoVowel,
    /// In capitals, because a table lists it.
    Acronym(Origin),
    /// In the spelling of its owner, which a table has.
    Brand(Origin),
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

/// The forms of a word, in buffers that the next word reuses.
#[derive(Debug, Default)]
pub(super) struct WordBuffers {
    lower: String,
    folded: String,
    /// In lower case, without accents, as a key has it.
    pub(super) bare: String,
}

/// Writes a word of letters by its letters alone: a brand as its owner does, an acronym, a single letter and a word without
/// a vowel in capitals, any other word with one capital. After an apostrophe, an `s` is in lower case. The buffers may have any
/// content.
pub(super) fn write(
    given: &str,
    is_after_apostrophe: bool,
    rules: &Rules,
    WordBuffers {
        lower,
        folded,
        bare,
    }: &mut WordBuffers,
    out: &mut String,
) -> WrittenWord {
    lower.clear();
    bare.clear();
    let (mut letters, mut has_vowel, mut is_plain) = (0, false, true);
    for c in given.chars() {
        let read = as_typed(c);
        let of = letter(read);
        lower.push(of.lower);
        if !of.mark {
            bare.push(of.bare);
        }
        letters += usize::from(!of.mark);
        has_vowel |= of.vowel;
        is_plain &= of.plain && read == c;
    }
    let number = if lower.is_ascii() {
        rules.word(lower)
    } else {
        folded.clear();
        fold_into(lower, folded);
        rules.word(folded)
    };
    let spelled = rules.spelled(lower);
    let case = match spelled {
        _ if is_after_apostrophe && lower == "s" => Case::Possessive,
        _ if letters < 2 => Case::Single,
        Some(word) if word.spelling.is_some() => Case::Brand(word.origin),
        _ if !has_vowel => Case::NoVowel,
        Some(word) => Case::Acronym(word.origin),
        None => Case::Word,
    };
    match (case, spelled.and_then(|word| word.spelling.as_ref())) {
        (Case::Brand(_), Some(spelling)) => out.push_str(spelling),
        _ => {
            let capitals = match case {
                Case::Possessive => 0,
                Case::Word => 1,
                _ => usize::MAX,
            };
            let mut rest = lower.chars();
            out.extend(rest.by_ref().take(capitals).map(|c| letter(c).upper));
            out.push_str(rest.as_str());
        }
    }
    WrittenWord {
        number,
        case,
        is_plain,
    }
}

/// The letter that was meant: `Ð` (U+00D0) looks like `Đ`, and some keyboards type it instead.
fn as_typed(c: char) -> char {
    match c {
        'Ð' => 'Đ',
        'ð' => 'đ',
        c => c,
    }
}
