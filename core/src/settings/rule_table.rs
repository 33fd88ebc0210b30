//! Rule tables, and the notation of their lines.

/// A table of rules: one rule per line, `#` before a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleTable {
    /// The name. A custom file that extends the table is `NAME.txt`.
    pub name: &'static str,
    /// The meaning of a line, and its syntax.
    pub about: &'static str,
    /// The lines that are compiled in.
    pub text: &'static str,
}

/// The lines of a table that are neither blank nor a comment (`#`), trimmed.
pub fn rule_lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The line that a custom line removes: `- LINE`.
pub fn removed_line(line: &str) -> Option<&str> {
    line.strip_prefix("- ").map(str::trim)
}
