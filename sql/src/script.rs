//! An SQL file, and the values of its variables.

/// An SQL file.
#[derive(Debug, Clone, Copy)]
pub struct Script {
    /// The path in the project.
    pub name: &'static str,
    /// The text.
    pub text: &'static str,
}

impl Script {
    /// A script from its name and text.
    pub const fn new(name: &'static str, text: &'static str) -> Self {
        Self { name, text }
    }
}

/// A value that the caller sets for a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    /// A number, for `:name`.
    Number(i64),
    /// A condition, for `\if :name`.
    Flag(bool),
    /// The quoted name of a table, for `:"name"`.
    Table(&'a str),
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Value<'_> {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}
