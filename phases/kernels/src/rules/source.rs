//! The lines of a table, and where a rule is written.

pub use crate::tables::TableError;
use crate::tables::{RuleTable, TableLine};

/// The lines of a table, with their numbers from one, without comments and blank lines.
pub(crate) fn numbered(table: &str) -> impl Iterator<Item = (usize, &str)> {
    (1..)
        .zip(table.lines())
        .map(|(number, line)| (number, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

/// The cells of a line, trimmed.
pub(crate) fn cells(line: &str) -> impl Iterator<Item = &str> {
    line.split(" | ").map(str::trim)
}

/// The lines of one file of a table: the shipped lines, or lines of a user.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The name of the file or setting that an error shows.
    pub name: &'a str,
    /// The lines.
    pub text: &'a str,
}

impl<'a> Source<'a> {
    /// The rules of the lines, in order.
    pub(crate) fn rules(&self) -> impl Iterator<Item = RuleLine<'a>> + use<'a> {
        let Source { name, text } = *self;
        numbered(text).map(move |(line, text)| RuleLine {
            table: name,
            line,
            text,
        })
    }
}

impl Source<'static> {
    /// The shipped lines of a table.
    pub(crate) const fn of(table: &RuleTable) -> Self {
        Self {
            name: table.name,
            text: table.text,
        }
    }
}

/// The rules of several sources, in order.
pub(crate) fn rules<'a>(sources: &'a [Source<'a>]) -> impl Iterator<Item = RuleLine<'a>> {
    sources.iter().flat_map(Source::rules)
}

/// A line of a table, with its table and number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RuleLine<'a> {
    pub(crate) table: &'a str,
    pub(crate) line: usize,
    pub(crate) text: &'a str,
}

impl<'a> RuleLine<'a> {
    /// The cells between ` | `, trimmed.
    pub(crate) fn cells(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        cells(self.text)
    }

    /// An error about this line.
    pub(crate) fn error(&self, reason: impl Into<String>) -> TableError {
        TableError {
            table: self.table.to_owned(),
            line: self.line,
            reason: format!("{}: `{}`", reason.into(), self.text),
        }
    }
}

/// The place of a rule: the number of its table in the high byte, and the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Origin(u32);

/// The tables that rules were read from. They turn an [`Origin`] back into a line.
#[derive(Debug, Clone, Default)]
pub(crate) struct Origins(Vec<(Box<str>, Box<str>)>);

impl Origins {
    /// Adds the table whose rules are read next.
    pub(crate) fn add(&mut self, name: &str, text: &str) {
        self.0.push((name.into(), text.into()));
    }

    /// Adds the table with a name.
    pub(crate) fn add_of(&mut self, sources: &[Source<'_>], name: &str) {
        let text = sources.iter().find(|source| source.name == name);
        self.add(name, text.map_or("", |source| source.text));
    }

    /// Whether the table that was added last has a name.
    pub(crate) fn ends_with(&self, name: &str) -> bool {
        self.0.last().is_some_and(|(last, _)| **last == *name)
    }

    /// A line of the table that was added last.
    pub(crate) fn here(&self, line: usize) -> Origin {
        let table = u32::try_from(self.0.len().saturating_sub(1)).unwrap_or(u32::MAX);
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        Origin((table.min(0xFF) << 24) | line.min(0x00FF_FFFF))
    }

    /// The line of a rule.
    pub(crate) fn line(&self, origin: Origin) -> TableLine {
        let (table, line) = ((origin.0 >> 24) as usize, (origin.0 & 0x00FF_FFFF) as usize);
        let (name, text) = self.0.get(table).cloned().unwrap_or_default();
        let found = text.lines().nth(line.saturating_sub(1));
        TableLine {
            table: name.into(),
            line,
            text: found.unwrap_or_default().trim().to_owned(),
        }
    }
}
