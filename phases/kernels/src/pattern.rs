//! Regular expressions that Rust and PostgreSQL both use.
//!
//! PostgreSQL prefers the longest match, and Rust the first one in the order of the pattern. So a pattern with groups must be
//! written so that both find the same text: no branch of an alternative may be the beginning of another one, unless what
//! follows decides. In a class, `[` and `]` have a backslash, because Rust would read `[` as a class within the class.

use std::borrow::Cow;
use std::sync::OnceLock;

use fancy_regex::{Captures, Regex};

/// A regular expression that Rust and PostgreSQL both use.
#[derive(Debug)]
pub struct Pattern {
    /// The name of the variable that has the pattern in our SQL files.
    pub name: &'static str,
    /// The pattern, in the syntax that both engines have.
    pub text: &'static str,
    /// The class of characters that a space in the pattern means.
    space: &'static str,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    pub(crate) const fn new(name: &'static str, text: &'static str) -> Self {
        Self {
            name,
            text,
            space: " ",
            compiled: OnceLock::new(),
        }
    }

    /// A pattern in which a space means a class of characters.
    pub(crate) const fn spaced(text: &'static str, space: &'static str) -> Self {
        Self {
            name: "",
            text,
            space,
            compiled: OnceLock::new(),
        }
    }

    /// The compiled pattern. A test compiles each pattern, so there is always one.
    fn regex(&self) -> Option<&Regex> {
        let compile = || Regex::new(&self.text.replace(' ', self.space)).ok();
        self.compiled.get_or_init(compile).as_ref()
    }

    pub(crate) fn is_match(&self, text: &str) -> bool {
        let found = self.regex().map(|regex| regex.is_match(text));
        matches!(found, Some(Ok(true)))
    }

    /// A text with every match replaced.
    pub(crate) fn replace_all<'t>(&self, text: &'t str, with: &str) -> Cow<'t, str> {
        self.regex()
            .map_or(Cow::Borrowed(text), |regex| regex.replace_all(text, with))
    }

    /// The groups of the first match.
    pub(crate) fn groups<'t>(&self, text: &'t str) -> Option<Groups<'t>> {
        self.regex()?.captures(text).ok()?.map(Groups)
    }
}

/// The groups of a match, with the numbers that SQL gives them: group 1 is the first one in brackets.
pub(crate) struct Groups<'t>(Captures<'t, str>);

impl<'t> Groups<'t> {
    /// The text of a group; `None` if it takes no part in the match.
    pub(crate) fn get(&self, group: usize) -> Option<&'t str> {
        self.0.get(group).map(|found| found.as_str())
    }
}

#[cfg(test)]
pub(crate) fn assert_compiled<'a>(patterns: impl IntoIterator<Item = &'a Pattern>) {
    for pattern in patterns {
        let compiled = Regex::new(&pattern.text.replace(' ', pattern.space));
        assert!(compiled.is_ok(), "{}: {compiled:?}", pattern.name);
    }
}
