//! The results of the checks of `jobinsight doctor`.

use jobinsight_core::EtlError;
use schemars::JsonSchema;
use serde::Serialize;

/// The result of one check.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Check {
    /// The subject of the check.
    pub(super) check: &'static str,
    /// The state of the subject.
    pub(super) state: CheckState,
    /// The result in words.
    pub(super) found: String,
    /// The command that fixes the problem; null if there is none.
    pub(super) help: Option<String>,
    #[serde(skip)]
    pub(super) exit: u8,
}

/// The state of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum CheckState {
    /// A run works.
    Ok,
    /// A run works, but something should be fixed.
    Warn,
    /// A run fails.
    Fail,
    /// The check was not possible.
    Skip,
}

impl CheckState {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
            Self::Skip => "skip",
        }
    }
}

/// All checks, in order.
#[derive(Debug, Default)]
pub(super) struct Checks(pub(super) Vec<Check>);

impl Checks {
    pub(super) fn ok(&mut self, check: &'static str, found: impl Into<String>) {
        self.add(check, CheckState::Ok, found.into(), None);
    }

    /// The check was not possible, for this reason.
    pub(super) fn skip(&mut self, check: &'static str, reason: &str) {
        self.add(
            check,
            CheckState::Skip,
            format!("not checked: {reason}"),
            None,
        );
    }

    pub(super) fn warn(&mut self, check: &'static str, found: impl Into<String>, help: &str) {
        self.add(check, CheckState::Warn, found.into(), Some(help));
    }

    pub(super) fn fail(&mut self, check: &'static str, error: &EtlError) {
        self.0.push(Check {
            check,
            state: CheckState::Fail,
            found: format!("{}: {}", error.code().name(), error.message()),
            help: Some(error.help_text().into_owned()),
            exit: error.kind().exit_code(),
        });
    }

    fn add(&mut self, check: &'static str, state: CheckState, found: String, help: Option<&str>) {
        self.0.push(Check {
            check,
            state,
            found,
            help: help.map(str::to_owned),
            exit: 0,
        });
    }
}
