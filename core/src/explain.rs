//! Explanation of one posting: the values that a phase received, the rules that changed them, the values that it
//! produced.

use std::pin::Pin;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::{Loaded, Result};

/// Explains what a phase does to one posting, without changing anything. `jobinsight explain-row` calls it.
pub type Explain =
    for<'a> fn(&'a Posting<'a>) -> Pin<Box<dyn Future<Output = Result<Story>> + Send + 'a>>;

/// The posting to explain.
#[derive(Clone, Copy)]
pub struct Posting<'a> {
    /// The columns of the raw row; for a posting from the command line, the texts by flag (`--title`).
    pub raw: &'a Map<String, Value>,
    /// The columns that earlier phases produced.
    pub made: &'a Map<String, Value>,
    /// All settings.
    pub loaded: &'a Loaded,
    /// The database, if there is one.
    pub client: Option<&'a tokio_postgres::Client>,
}

impl<'a> Posting<'a> {
    /// A column as text: the value from an earlier phase, else the value of the raw row.
    pub fn text(&self, column: &str) -> Option<&'a str> {
        let made = self.made.get(column);
        made.or_else(|| self.raw.get(column))?.as_str()
    }

    /// A column of the raw row; null if it is absent.
    pub fn raw(&self, column: &str) -> Value {
        self.raw.get(column).cloned().unwrap_or_default()
    }
}

/// The explanation of one phase.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct Story {
    /// The fields that the phase reads, in order.
    pub fields: Vec<Field>,
    /// Why the phase rejects the posting, if it does.
    pub rejected: Option<Rejected>,
    /// Further notes.
    pub notes: Vec<String>,
}

impl Story {
    /// An explanation of fields only.
    pub fn of(fields: impl IntoIterator<Item = Field>) -> Self {
        Self {
            fields: fields.into_iter().collect(),
            ..Self::default()
        }
    }
}

/// A field of the posting.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct Field {
    /// The column that the phase reads.
    pub field: &'static str,
    /// The value of that column.
    pub given: Value,
    /// The changes, in order.
    pub steps: Vec<Step>,
    /// The columns that the phase produced, with their values.
    pub made: Map<String, Value>,
    /// Warnings, such as `title_kept`.
    pub warnings: Vec<String>,
}

/// The change that one rule made.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
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
    pub fn new(
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
    pub fn by(mut self, lines: Vec<TableLine>) -> Self {
        self.lines = lines;
        self
    }
}

/// A line of a rule table.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TableLine {
    /// The table, or the custom file that extends it.
    pub table: String,
    /// The number of the line, from 1.
    pub line: usize,
    /// The text of the line.
    pub text: String,
}

/// Why a posting is rejected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Rejected {
    /// The column with the value that was refused.
    pub field: String,
    /// The reason, such as `title_missing`.
    pub reason: String,
}
