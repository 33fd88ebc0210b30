//! The rule sets.

/// A rule set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RuleSet {
    /// The rules of this project.
    #[default]
    Standard,
    /// The results of the Python pipeline, including its defects, for a comparison row by row.
    V1,
}
