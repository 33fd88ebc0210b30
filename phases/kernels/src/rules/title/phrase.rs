//! Phrases: the sequences of words and signs in the lines of the rules.

use std::ops::Range;

use super::words::Word;

/// A range of [`TitleRules::elements`](super::TitleRules::elements).
pub(crate) type Phrase = Range<u32>;

/// `<pay>`: an amount of money in any spelling.
pub(crate) const PAY: Word = Word::MAX;
/// A dash or nothing.
pub(crate) const DASH_OR_NOT: Word = Word::MAX - 1;
/// `<any>`: any word.
pub(crate) const ANY: Word = Word::MAX - 2;
/// `<end>`: a sign, or the end of the segment or item.
pub(crate) const END: Word = Word::MAX - 3;
/// `<place>`: a place.
pub(crate) const PLACE: Word = Word::MAX - 4;
/// The lowest of the elements above. Every word has a smaller number.
pub(crate) const ELEMENTS: Word = PLACE;

pub(crate) fn span(range: &Range<u32>) -> Range<usize> {
    range.start as usize..range.end as usize
}
