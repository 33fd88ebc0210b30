//! What a phase tells of one posting: what it was given, which rules did what to it, what it makes of it.

use std::pin::Pin;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{Loaded, Result};

/// Tells what a phase does to one posting, without changing anything: `jobinsight explain-row` asks.
pub type Explain =
    for<'a> fn(&'a Posting<'a>) -> Pin<Box<dyn Future<Output = Result<Story>> + Send + 'a>>;

/// The posting that a phase is asked about.
#[derive(Clone, Copy)]
pub struct Posting<'a> {
    /// The columns of its raw row; of a posting that is given by hand, its texts by the flags that gave them (`--title`).
    pub raw: &'a Map<String, Value>,
    /// The columns that the phases before make of it.
    pub made: &'a Map<String, Value>,
    /// All settings.
    pub loaded: &'a Loaded,
    /// The database, where there is one.
    pub client: Option<&'a tokio_postgres::Client>,
}

impl<'a> Posting<'a> {
    /// A column as a text: what a phase before made of it, else what the raw row holds.
    pub fn text(&self, column: &str) -> Option<&'a str> {
        let made = self.made.get(column);
        made.or_else(|| self.raw.get(column))?.as_str()
    }

    /// A column of the raw row; nothing where it is not given.
    pub fn raw(&self, column: &str) -> Value {
        self.raw.get(column).cloned().unwrap_or_default()
    }
}

/// What a phase tells.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Story {
    /// The fields that it reads, one after another.
    pub fields: Vec<Field>,
    /// Why it keeps the posting out.
    pub rejected: Option<Rejected>,
    /// What else is worth knowing.
    pub notes: Vec<String>,
}

impl Story {
    /// That of some fields, and nothing else.
    pub fn of(fields: impl IntoIterator<Item = Field>) -> Self {
        Self {
            fields: fields.into_iter().collect(),
            ..Self::default()
        }
    }
}

/// A field of the posting.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Field {
    /// The column that is read.
    pub field: &'static str,
    /// What it holds.
    pub given: Value,
    /// What was done to it, in order.
    pub steps: Vec<Step>,
    /// The columns that came out, with what they hold.
    pub made: Map<String, Value>,
    /// Words for what a person should look at.
    pub warnings: Vec<String>,
}

/// What one rule did.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Step {
    /// The rule.
    pub rule: String,
    /// Where a table holds it, the lines that matched.
    pub lines: Vec<TableLine>,
    /// What it was applied to: the field, or a stretch of it.
    pub before: String,
    /// What it made of that; nothing where it was dropped.
    pub after: String,
}

impl Step {
    /// A step of a rule that stands in no table.
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

    /// The lines of tables that matched.
    #[must_use]
    pub fn by(mut self, lines: Vec<TableLine>) -> Self {
        self.lines = lines;
        self
    }
}

/// A line of a table of rules.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct TableLine {
    /// The table, or the file of a user that extends it.
    pub table: String,
    /// The line, from 1.
    pub line: usize,
    /// What it says.
    pub text: String,
}

/// Why a posting is kept out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rejected {
    /// The column at fault.
    pub field: String,
    /// Such as `title_missing`.
    pub reason: String,
}
