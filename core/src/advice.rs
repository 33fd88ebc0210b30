//! The commands in advice: a help or a message that says what to type contains the complete command.
//!
//! The complete command is what a user can paste into a shell: the program as it was called, the global options that were
//! typed, the command and its arguments. The program sets its [`Invocation`] once, when it has read its command line. Until
//! then, and in tests of phases, the program is `jobinsight` without options.
//!
//! Example: after `./acme-etl --config acme.toml run --rules v1`, `command("run --join")` returns
//! `./acme-etl --config acme.toml run --join --rules v1`.

use std::borrow::Cow;
use std::sync::OnceLock;

static INVOCATION: OnceLock<Invocation> = OnceLock::new();

/// The name of the program when nothing is known about its command line.
const PROGRAM: &str = "jobinsight";

/// The beginning of a command in the fix of a code: see [`codes!`](crate::codes!).
const BEGIN: &str = "{jobinsight ";

/// How this process was called.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Invocation {
    /// The program, as it was called.
    pub program: String,
    /// The global options that were typed, without secrets, quoted for a shell: `--config 'my settings.toml'`.
    pub global: Vec<String>,
    /// The settings of a run that were typed. Advice to type `run` repeats them, because a run with other settings would
    /// process every row again.
    pub run: Vec<RunOption>,
    /// The options that were typed at `retry`. Advice to type `retry` repeats them, because a retry without them would use
    /// the settings that its run recorded.
    pub retry: Vec<RunOption>,
    /// The arguments of a command that is not a run and can be typed again after a failure. The fix of a code names it in
    /// place of `retry`, because `retry` resumes runs only.
    pub again: Option<String>,
}

/// An option of the command `run` or `retry` that was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunOption {
    /// The option, with its value, quoted for a shell: `--rules v1`.
    pub text: String,
    /// If advice contains one of these options, it does not repeat this option.
    pub excluded_by: Vec<&'static str>,
}

impl Invocation {
    /// The complete command with these arguments. The arguments are words of a shell: see [`quoted`].
    ///
    /// ```
    /// use jobinsight_core::advice::Invocation;
    /// let called = Invocation { program: "./acme-etl".into(), global: vec!["--config a.toml".into()], ..Default::default() };
    /// assert_eq!(called.command("retry"), "./acme-etl --config a.toml retry");
    /// ```
    pub fn command(&self, arguments: &str) -> String {
        let mut words: Vec<&str> = vec![&self.program];
        words.extend(self.global.iter().map(String::as_str));
        words.push(arguments);
        let typed = match arguments.split(' ').next() {
            Some("run") => self.run.as_slice(),
            Some("retry") => &self.retry,
            _ => &[],
        };
        let has = |flag: &&str| arguments.split([' ', '=']).any(|word| word == *flag);
        let repeated = typed
            .iter()
            .filter(|option| !option.excluded_by.iter().any(has));
        words.extend(repeated.map(|option| option.text.as_str()));
        words.join(" ")
    }

    /// The command to type after a failure.
    fn command_again(&self) -> String {
        self.command(self.again.as_deref().unwrap_or("retry"))
    }

    /// Completes each `{jobinsight ARGUMENTS}` of a fix.
    fn complete<'a>(&self, fix: &'a str) -> Cow<'a, str> {
        let Some((before, rest)) = fix.split_once(BEGIN) else {
            return Cow::Borrowed(fix);
        };
        let Some((arguments, after)) = rest.split_once('}') else {
            return Cow::Borrowed(fix);
        };
        let command = match arguments {
            "retry" => self.command_again(),
            _ => self.command(arguments),
        };
        Cow::Owned(format!("{before}{command}{}", self.complete(after)))
    }
}

/// Sets how this process was called. Only the first call has an effect.
pub fn set(invocation: Invocation) {
    let _ = INVOCATION.set(invocation);
}

/// The complete command with these arguments, for advice.
///
/// ```
/// use jobinsight_core::advice::{command, quoted};
/// assert_eq!(command("retry"), "jobinsight retry");
/// assert_eq!(command(format!("rejects show {}", quoted("a b"))), "jobinsight rejects show 'a b'");
/// ```
pub fn command(arguments: impl AsRef<str>) -> String {
    invocation().command(arguments.as_ref())
}

/// The complete command to type after a failure: the import, the demo or the dry run that was
/// typed, otherwise `retry`.
///
/// ```
/// assert_eq!(jobinsight_core::advice::command_again(), "jobinsight retry");
/// ```
pub fn command_again() -> String {
    invocation().command_again()
}

/// Completes the commands of a fix: see [`codes!`](crate::codes!).
pub(crate) fn complete(fix: &str) -> Cow<'_, str> {
    invocation().complete(fix)
}

fn invocation() -> &'static Invocation {
    static DEFAULT: OnceLock<Invocation> = OnceLock::new();
    INVOCATION.get().unwrap_or_else(|| {
        DEFAULT.get_or_init(|| Invocation {
            program: PROGRAM.to_owned(),
            ..Invocation::default()
        })
    })
}

/// A word as a shell reads it: in single quotes if it has characters that a shell would change.
///
/// ```
/// use jobinsight_core::advice::quoted;
/// assert_eq!(quoted("a.toml"), "a.toml");
/// assert_eq!(quoted("it's"), r"'it'\''s'");
/// ```
pub fn quoted(word: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "@%+=:,./_-".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return Cow::Borrowed(word);
    }
    Cow::Owned(format!("'{}'", word.replace('\'', r"'\''")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn called() -> Invocation {
        let option = |text: &str, excluded_by: &[&'static str]| RunOption {
            text: text.to_owned(),
            excluded_by: excluded_by.to_vec(),
        };
        Invocation {
            program: "./acme-etl".to_owned(),
            global: vec!["--config 'my file.toml'".to_owned()],
            run: vec![
                option("--rules v1", &["--rules"]),
                option("--only-unprocessed=true", &["--only-unprocessed", "--fill"]),
            ],
            ..Invocation::default()
        }
    }

    #[test]
    fn a_fix_gets_the_program_and_the_options_that_were_typed() {
        assert_eq!(
            called()
                .complete("free space; then: {jobinsight retry}; or {jobinsight rules show TABLE}"),
            "free space; then: ./acme-etl --config 'my file.toml' retry; or ./acme-etl --config 'my file.toml' rules show TABLE"
        );
        assert_eq!(called().complete("read {this}"), "read {this}");
    }

    #[test]
    fn a_fix_names_the_command_that_failed_if_it_is_not_a_run() {
        let import = Invocation {
            again: Some("import a.csv".to_owned()),
            ..called()
        };
        assert_eq!(
            import.complete("free space; then: {jobinsight retry}; or {jobinsight doctor}"),
            "free space; then: ./acme-etl --config 'my file.toml' import a.csv; or ./acme-etl --config 'my file.toml' doctor"
        );
    }

    #[test]
    fn advice_to_run_repeats_the_settings_that_were_typed() {
        let tail = |arguments: &str| {
            called().command(arguments)["./acme-etl --config 'my file.toml' ".len()..].to_owned()
        };
        assert_eq!(tail("run"), "run --rules v1 --only-unprocessed=true");
        assert_eq!(
            tail("run --only-unprocessed=false"),
            "run --only-unprocessed=false --rules v1"
        );
        assert_eq!(
            tail("run --fill seniority"),
            "run --fill seniority --rules v1"
        );
        assert_eq!(tail("retry"), "retry", "a retry uses the recorded settings");
        assert_eq!(tail("runs list"), "runs list");
    }

    #[test]
    fn advice_to_retry_repeats_what_was_typed_at_the_retry() {
        let typed = called().run;
        let called = Invocation {
            program: "etl".to_owned(),
            retry: typed,
            ..Invocation::default()
        };
        assert_eq!(
            called.command("retry 01ab"),
            "etl retry 01ab --rules v1 --only-unprocessed=true"
        );
        assert_eq!(called.command("run"), "etl run");
    }
}
