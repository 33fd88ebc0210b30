//! The tables of rules, and the changes of a user.

use std::fmt;

/// A table of rules: one rule on each line, `#` before a comment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RuleTable {
    /// The name.
    pub name: &'static str,
    /// The meaning of a line, and its syntax.
    pub about: &'static str,
    /// The lines that are compiled in.
    pub text: &'static str,
}

/// Declares a constant for each table, from the file `tables/NAME.txt` beside the file that calls the macro, and `TABLES` with all.
macro_rules! rule_tables {
    ($($name:ident, $file:literal: $about:literal;)*) => {
        $(pub(crate) const $name: $crate::RuleTable = $crate::RuleTable {
            name: $file,
            about: $about,
            text: include_str!(concat!("tables/", $file, ".txt")),
        };)*

        /// All tables.
        pub const TABLES: [$crate::RuleTable; [$($file),*].len()] = [$($name),*];
    };
}
pub(crate) use rule_tables;

/// A table that a user changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedTable {
    /// The name of the table.
    pub table: String,
    /// The name of the user's file, as an error shows it.
    pub file: String,
    /// The compiled lines. A line that the user removes is blank, so that the other lines keep their numbers.
    pub shipped: String,
    /// The lines that the user adds.
    pub added: String,
}

impl ChangedTable {
    /// Whether a change is about one of these tables.
    pub(crate) fn is_any_in(changed: &[Self], tables: &[RuleTable]) -> bool {
        let is_in = |own: &Self| tables.iter().any(|table| table.name == own.table);
        changed.iter().any(is_in)
    }

    /// Reads a file of a user for a table. A line `- LINE` removes a line of the table, and any other line is added. Blank lines
    /// and comments (`#`) are ignored.
    ///
    /// # Errors
    /// A line removes a line that the table does not have.
    pub fn read(table: &RuleTable, file: &str, text: &str) -> Result<Self, TableError> {
        // Some editors begin a text with a byte order mark.
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        let mut removed = Vec::new();
        let mut added = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let gone = line.trim().strip_prefix("- ").map(str::trim);
            // A removed line is blank, so that the other lines keep their numbers.
            added.push(if gone.is_some() { "" } else { line });
            let Some(gone) = gone else { continue };
            if !table.text.lines().any(|line| line.trim() == gone) {
                return Err(TableError {
                    table: file.to_owned(),
                    line: number,
                    reason: format!("{} has no line `{gone}`", table.name),
                });
            }
            removed.push(gone);
        }
        let shipped = table.text.lines().map(|line| {
            let is_removed = removed.contains(&line.trim());
            if is_removed { "" } else { line }
        });
        Ok(Self {
            table: table.name.to_owned(),
            file: file.to_owned(),
            shipped: shipped.collect::<Vec<_>>().join("\n"),
            added: added.join("\n"),
        })
    }
}

/// A line of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TableLine {
    /// The table, or the file of a user that extends it.
    pub table: String,
    /// The number of the line, from 1.
    pub line: usize,
    /// The text of the line.
    pub text: String,
}

/// A line of a table that is not a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableError {
    /// The table's name.
    pub table: String,
    /// The line, counted from one.
    pub line: usize,
    /// The reason.
    pub reason: String,
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, line {}: {}", self.table, self.line, self.reason)
    }
}

impl std::error::Error for TableError {}
