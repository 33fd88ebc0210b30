//! The change that one rule made, for explanations.

use crate::tables::TableLine;

/// The change that one rule made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Step {
    /// The name of the rule.
    pub rule: String,
    /// The lines that matched, if the rule is in a table.
    pub lines: Vec<TableLine>,
    /// The text before: the field, or a part of it.
    pub before: String,
    /// The text after; empty if the rule dropped it.
    pub after: String,
}

impl Step {
    /// A step of a rule that is not in a table.
    pub(crate) fn new(
        rule: impl Into<String>,
        before: impl Into<String>,
        after: impl Into<String>,
    ) -> Self {
        Self {
            rule: rule.into(),
            lines: Vec::new(),
            before: before.into(),
            after: after.into(),
        }
    }

    /// Sets the lines of tables that matched.
    #[must_use]
    pub(crate) fn by(mut self, lines: Vec<TableLine>) -> Self {
        self.lines = lines;
        self
    }
}
