//! The first bytes and the lengths of the words of a table, to see at once that a word is not among them.

/// The lengths, in bytes, of the words that begin with each byte. A word may seem to be there that nobody added, but no
/// word is missed.
#[derive(Debug, Clone)]
pub(crate) struct Shapes(Box<[u64; 256]>);

impl Default for Shapes {
    fn default() -> Self {
        Self(Box::new([0; 256]))
    }
}

impl Shapes {
    /// The shapes of words.
    pub(crate) fn of<'a>(words: impl Iterator<Item = &'a String>) -> Self {
        let mut shapes = Self::default();
        for word in words {
            let (first, length) = shape(word);
            shapes.0[first] |= length;
        }
        shapes
    }

    /// Whether a word may be among them.
    #[inline]
    pub(crate) fn may_have(&self, word: &str) -> bool {
        let (first, length) = shape(word);
        self.0[first] & length != 0
    }
}

/// The first byte of a word, changed for a word that is not ASCII, and a bit for its length. Most words of Vietnamese are
/// not ASCII, and most brands are.
fn shape(word: &str) -> (usize, u64) {
    let first = word.bytes().next().unwrap_or(0);
    let first = if word.is_ascii() { first } else { first | 0x80 };
    (usize::from(first), 1 << word.len().min(63))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_is_missed() {
        let words = ["aeon", "tüv", "x", "ê", &"y".repeat(100)].map(String::from);
        let shapes = Shapes::of(words.iter());
        assert!(words.iter().all(|word| shapes.may_have(word)));
        assert!(
            !["aeo", "tuv", "beon", "", "đầu"]
                .iter()
                .any(|word| shapes.may_have(word))
        );
    }
}
