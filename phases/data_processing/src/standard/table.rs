//! Reading of tables.

use std::fmt;

use jobinsight_core::RuleTable;

/// The lines of a table without comments and blank ones, with their numbers from one.
pub(super) fn numbered(table: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..)
        .zip(table.lines())
        .map(|(number, line)| (number, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

/// The cells of a line, trimmed.
pub(super) fn cells(line: &str) -> impl Iterator<Item = &str> {
    line.split(" | ").map(str::trim)
}

/// Lines of a table: those that are compiled in, or more of a user.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Under which name they are spoken of in an error, such as a setting or a file.
    pub name: &'a str,
    /// The lines.
    pub text: &'a str,
}

impl Source<'static> {
    /// The lines that are compiled in.
    pub(super) const fn of(table: &RuleTable) -> Self {
        Self {
            name: table.name,
            text: table.text,
        }
    }
}

/// All rules of some sources, one after another.
pub(super) fn rules<'a>(sources: &'a [Source<'a>]) -> impl Iterator<Item = Rule<'a>> {
    sources.iter().flat_map(|source| {
        numbered(source.text).map(|(line, text)| Rule {
            table: source.name,
            line,
            text,
        })
    })
}

/// A line of a table, and where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule<'a> {
    table: &'a str,
    line: usize,
    pub(super) text: &'a str,
}

impl<'a> Rule<'a> {
    /// The cells between ` | `, trimmed.
    pub(super) fn cells(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        cells(self.text)
    }

    /// What is wrong with it.
    pub(super) fn error(&self, reason: impl Into<String>) -> TableError {
        TableError {
            table: self.table.to_owned(),
            line: self.line,
            reason: format!("{}: `{}`", reason.into(), self.text),
        }
    }
}

/// A line of a table that is no rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableError {
    /// The table's name.
    pub table: String,
    /// The line, counted from one.
    pub line: usize,
    /// What is wrong with it.
    pub reason: String,
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, line {}: {}", self.table, self.line, self.reason)
    }
}

impl std::error::Error for TableError {}
