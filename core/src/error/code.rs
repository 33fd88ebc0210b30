//! Error codes: constants with a name, a kind, a meaning and a fix.

use std::borrow::Cow;

use super::kind::Kind;
use crate::advice;

/// An error code. [`codes!`](crate::codes!) declares and registers one; an
/// [`EtlError`](crate::EtlError) is built from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    name: &'static str,
    kind: Kind,
    meaning: &'static str,
    fix: &'static str,
}

inventory::collect!(Code);

impl Code {
    /// A code, to be declared with [`codes!`](crate::codes!).
    pub const fn new(
        name: &'static str,
        kind: Kind,
        meaning: &'static str,
        fix: &'static str,
    ) -> Self {
        Self {
            name,
            kind,
            meaning,
            fix,
        }
    }

    /// The stable name, such as `jobinsight::contract::missing_column`.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The kind, which decides the exit code and whether the work is repeated.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The meaning: one or more sentences that say when the error is raised.
    pub const fn meaning(&self) -> &'static str {
        self.meaning
    }

    /// The fix, with complete commands. An error without a specific help shows it.
    pub fn fix(&self) -> Cow<'static, str> {
        advice::complete(self.fix)
    }

    /// The last part of the name: `missing_column`.
    pub fn short_name(&self) -> &'static str {
        self.name.rsplit("::").next().unwrap_or(self.name)
    }

    /// The code with this name, or the first code that ends with it.
    pub fn find(name: &str) -> Option<&'static Self> {
        Self::named(name).or_else(|| sorted().into_iter().find(|code| code.short_name() == name))
    }

    /// The code of exactly that name.
    pub fn named(name: &str) -> Option<&'static Self> {
        inventory::iter::<Self>
            .into_iter()
            .find(|code| code.name == name)
    }
}

/// All codes of the linked crates, sorted by name.
pub(crate) fn sorted() -> Vec<&'static Code> {
    let mut codes: Vec<_> = inventory::iter::<Code>.into_iter().collect();
    codes.sort_by_key(|code| code.name);
    codes
}

/// Declares error codes and registers them, so that `jobinsight explain` and the table of guide 4 list them. A crate
/// does so once, in a file `codes.rs`. A phase outside this repository does the same under another prefix.
///
/// In a fix, `{jobinsight ARGUMENTS}` is a command. It is shown complete, with the name of the program and the options that
/// were typed: see [`advice`](crate::advice).
///
/// ```
/// use jobinsight_core::{Code, EtlError, Kind};
///
/// jobinsight_core::codes! {
///     NO_MODEL: Operator = "acme::language::no_model",
///         "The language model is not on this machine.",
///         fix: "download it: acme-model fetch; then: {jobinsight retry}";
/// }
///
/// let error = EtlError::new(NO_MODEL, "model `vi-2` is not in /models");
/// assert_eq!((error.code(), error.kind()), (NO_MODEL, Kind::Operator));
/// assert_eq!(error.help_text(), "download it: acme-model fetch; then: jobinsight retry");
/// assert_eq!(Code::find("no_model"), Some(&NO_MODEL));
/// ```
#[macro_export]
macro_rules! codes {
    ($($vis:vis $constant:ident: $kind:ident = $name:literal, $meaning:literal, fix: $fix:literal;)+) => { $(
        #[doc = $meaning]
        $vis const $constant: $crate::Code =
            $crate::Code::new($name, $crate::Kind::$kind, $meaning, $fix);
        // A copy of the constant is registered, so that the compiler warns about a constant that nothing raises.
        $crate::inventory::submit! { $crate::Code::new($name, $crate::Kind::$kind, $meaning, $fix) }
    )+ };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_name_has_three_parts_and_each_text_says_something() {
        for code in sorted() {
            let parts: Vec<&str> = code.name.split("::").collect();
            let plain = |part: &&str| {
                !part.is_empty()
                    && part
                        .chars()
                        .all(|c| c.is_ascii_lowercase() || c == '_' || c.is_ascii_digit())
            };
            assert!(parts.len() == 3 && parts.iter().all(plain), "{}", code.name);
            assert!(code.meaning.ends_with('.'), "{}", code.name);
            assert!(
                !code.fix.is_empty() && !code.fix.ends_with('.'),
                "{}",
                code.name
            );
        }
    }

    #[test]
    fn a_code_is_found_by_its_name_or_by_the_last_part() {
        let by_name = Code::find("jobinsight::database::disk_full").unwrap();
        assert_eq!(Code::find("disk_full"), Some(by_name));
        assert_eq!(Code::named("disk_full"), None);
        assert_eq!(by_name.kind(), Kind::Server);
    }
}
