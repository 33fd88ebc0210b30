//! The characters between two words of a text.

/// The characters between two words, as a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct WordGap(u16);

impl WordGap {
    pub(crate) const SPACE: Self = Self(1);
    pub(crate) const DASH: Self = Self(1 << 1);
    /// A dash with a space beside it.
    pub(crate) const SPACED_DASH: Self = Self(1 << 2);
    pub(crate) const SLASH: Self = Self(1 << 3);
    pub(crate) const COMMA: Self = Self(1 << 4);
    pub(crate) const BAR: Self = Self(1 << 5);
    pub(crate) const OPEN: Self = Self(1 << 6);
    pub(crate) const CLOSE: Self = Self(1 << 7);
    pub(crate) const PLUS: Self = Self(1 << 8);
    pub(crate) const LESS: Self = Self(1 << 9);
    /// Anything else, such as a full stop or `&`.
    pub(crate) const OTHER: Self = Self(1 << 10);

    /// The gaps at which a statement of a title ends.
    pub(crate) const END: Self =
        Self(Self::SPACED_DASH.0 | Self::SLASH.0 | Self::COMMA.0 | Self::BAR.0 | Self::CLOSE.0);
    /// The gaps inside which no phrase goes on.
    const NO_PHRASE: Self = Self(Self::COMMA.0 | Self::BAR.0 | Self::OPEN.0 | Self::CLOSE.0);

    pub(crate) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether a phrase may go on behind the gap.
    pub(crate) fn joins(self) -> bool {
        !self.has(Self::NO_PHRASE)
    }

    pub(crate) fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }

    pub(crate) fn of(c: char) -> Self {
        match c {
            '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' => Self::DASH,
            '/' | '\\' => Self::SLASH,
            ',' | ';' => Self::COMMA,
            '|' | '_' | '•' | '·' | '…' => Self::BAR,
            '(' | '[' | '{' | '【' | '（' => Self::OPEN,
            ')' | ']' | '}' | '】' | '）' => Self::CLOSE,
            '+' => Self::PLUS,
            '<' => Self::LESS,
            c if c.is_whitespace() => Self::SPACE,
            _ => Self::OTHER,
        }
    }
}
