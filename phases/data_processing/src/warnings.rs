//! What a person should look at in a row, as a set that costs no allocation.

/// A set of warnings of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Warnings(u8);

/// The words of the warnings, in the order in which a row lists them.
const WORDS: [&str; 2] = ["title_kept", "nul_dropped"];

impl Warnings {
    /// No warning.
    pub const NONE: Self = Self(0);
    /// Nothing would have been left of the title, so the trimmed original stands.
    pub const TITLE_KEPT: Self = Self(1);
    /// The text held U+0000, which PostgreSQL cannot store.
    pub const NUL_DROPPED: Self = Self(1 << 1);

    /// True where there is none.
    pub fn is_empty(self) -> bool {
        self == Self::NONE
    }

    /// True where all of `other` are in it.
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The words under which the warnings are counted and stored.
    pub fn words(self) -> impl Iterator<Item = &'static str> {
        WORDS
            .iter()
            .enumerate()
            .filter(move |(bit, _)| self.0 & (1 << bit) != 0)
            .map(|(_, word)| *word)
    }
}

impl std::ops::BitOr for Warnings {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl std::ops::BitOrAssign for Warnings {
    fn bitor_assign(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_lists_its_words_once_and_in_order() {
        let mut both = Warnings::NUL_DROPPED;
        both |= Warnings::TITLE_KEPT | Warnings::NUL_DROPPED;
        assert_eq!(both.words().collect::<Vec<_>>(), WORDS);
        assert!(both.contains(Warnings::TITLE_KEPT));
        assert!(!Warnings::TITLE_KEPT.contains(both));
        assert_eq!(Warnings::NONE.words().count(), 0);
    }
}
