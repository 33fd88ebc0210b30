//! The warnings: details of a row that a person should check.

/// A warning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Warning {
    /// The word that a row lists.
    pub word: &'static str,
    /// The column that the warning is about.
    pub field: &'static str,
}

/// The warnings, in the order in which a row lists them. Bit `n` of a [`Warnings`] is warning `n`.
pub const ALL: [Warning; 4] = [
    Warning {
        word: "title_kept",
        field: "title",
    },
    Warning {
        word: "nul_dropped",
        field: "location_detail",
    },
    Warning {
        word: "location_cut",
        field: "location",
    },
    Warning {
        word: "location_uncoded",
        field: "location",
    },
];

/// The set of the warnings of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Warnings(u8);

impl Warnings {
    /// No warning.
    pub const NONE: Self = Self(0);
    /// `title_kept`: the rules would drop the whole title, or all words that name the role, so the title stays.
    pub const TITLE_KEPT: Self = Self(1);
    /// `nul_dropped`: the text had U+0000, which PostgreSQL cannot store. Only a character reference of HTML can produce it.
    pub const NUL_DROPPED: Self = Self(1 << 1);
    /// `location_cut`: the places had more bytes than the index on `location` can store.
    pub const LOCATION_CUT: Self = Self(1 << 2);

    /// `location_uncoded`: a place is given, and no code was found.
    pub const LOCATION_UNCODED: Self = Self(1 << 3);

    /// The warnings of the set, in the order of [`ALL`].
    pub(crate) fn iter(self) -> impl Iterator<Item = Warning> {
        let all = ALL.into_iter().enumerate();
        all.filter(move |(bit, _)| self.0 & (1 << bit) != 0)
            .map(|(_, warning)| warning)
    }

    /// The words of the warnings as an array literal of PostgreSQL.
    pub(crate) fn literal(self) -> String {
        let words: Vec<&str> = self.iter().map(|warning| warning.word).collect();
        format!("{{{}}}", words.join(","))
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
    fn a_set_lists_each_warning_once_and_in_order() {
        let mut all = Warnings::NUL_DROPPED;
        all |= Warnings::LOCATION_CUT
            | Warnings::TITLE_KEPT
            | Warnings::LOCATION_UNCODED
            | Warnings::NUL_DROPPED;
        assert!(all.iter().eq(ALL));
        assert_eq!(
            all.literal(),
            "{title_kept,nul_dropped,location_cut,location_uncoded}"
        );
        assert_eq!(Warnings::NONE.literal(), "{}");
    }
}
