//! The first and the last letters of names, to see at once that a text is not among them.

use crate::text::cases::letter;
use crate::text::letters::is_alphanumeric;

/// The pairs of a first and a last letter that names have, without accents. A text may seem to be there that is not, but no
/// name is missed.
#[derive(Debug, Clone)]
pub(super) struct Ends([u64; CLASSES]);

/// 26 letters, 10 digits, and all other characters.
const CLASSES: usize = 37;
/// The class of all other characters.
const OTHER: usize = 0;

impl Default for Ends {
    fn default() -> Self {
        Self([0; CLASSES])
    }
}

impl Ends {
    /// Adds the name of a key.
    pub(super) fn add(&mut self, key: &str) {
        let (first, last) = ends(key);
        self.0[first] |= 1 << last;
    }

    /// Adds all names that begin with a word.
    pub(super) fn add_before(&mut self, word: &str) {
        self.0[ends(word).0] = u64::MAX;
    }

    /// Adds all names that end with a word.
    pub(super) fn add_after(&mut self, word: &str) {
        for lasts in &mut self.0 {
            *lasts |= 1 << ends(word).1;
        }
    }

    /// Whether a text may be a name.
    pub(super) fn may_have(&self, text: &str) -> bool {
        let (first, last) = ends(text);
        first == OTHER || last == OTHER || self.0[first] & (1 << last) != 0
    }
}

/// The classes of the first and the last letter or digit of a text.
fn ends(text: &str) -> (usize, usize) {
    // Most texts begin and end with a letter of ASCII.
    if let [first, .., last] = text.as_bytes()
        && first.is_ascii_alphanumeric()
        && last.is_ascii_alphanumeric()
    {
        return (class((*first).into()), class((*last).into()));
    }
    let mut letters = text.chars().filter(|c| is_alphanumeric(*c));
    let first = letters.next();
    let last = letters.next_back().or(first);
    (first.map_or(OTHER, class), last.map_or(OTHER, class))
}

fn class(c: char) -> usize {
    let bare = if c.is_ascii() {
        c.to_ascii_lowercase()
    } else {
        letter(c).bare
    };
    match bare {
        bare @ 'a'..='z' => 1 + bare as usize - 'a' as usize,
        digit @ '0'..='9' => 27 + digit as usize - '0' as usize,
        _ => OTHER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_is_missed() {
        let mut ends = Ends::default();
        ends.add("đànẵng");
        ends.add_before("tp");
        ends.add_after("city");
        for text in ["Đà Nẵng", " da nang.", "ĐN-G", "TP 7", "Hue City", "Ðx", ""] {
            assert!(ends.may_have(text), "{text}");
        }
        for text in ["Huế", "12 Đà Nẵng", "Đà Nẵng 2", "An Giang"] {
            assert!(!ends.may_have(text), "{text}");
        }
    }
}
