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
pub enum Value {
    /// A number, for `:name`.
    Number(i64),
    /// A condition, for `\if :name`.
    Flag(bool),
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}
