//! Whether the run was good, and what to type first.

use jobinsight_core::state::RunState;
use jobinsight_core::{Code, advice};
use schemars::JsonSchema;
use serde::Serialize;

use super::flow::RowFlow;
use crate::ledger::{Queue, RunEntry};
use crate::report::results::{ErrorResult, RunResults};
use crate::report::text;

/// Whether the run was good, and what to type.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Verdict {
    /// The verdict in one word.
    pub(super) grade: Grade,
    /// The verdict in one sentence.
    pub(super) sentence: String,
    /// A summary of the run, or the error, in one sentence; null while the run works.
    message: Option<String>,
    /// The error; null if the run did not fail.
    error: Option<ErrorResult>,
    /// The limits of the section `warn` that the run exceeded.
    exceeded: Vec<String>,
    /// The commands to type, the most useful one first.
    next: Vec<NextCommand>,
    /// Notes that are not errors.
    notes: Vec<String>,
}

/// The verdict in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Grade {
    /// The run succeeded.
    Good,
    /// The run succeeded, and exceeded a limit.
    Warning,
    /// The run failed, was killed or was refused.
    Bad,
    /// The run is in progress.
    Running,
}

/// A command to type.
#[derive(Debug, Serialize, JsonSchema)]
struct NextCommand {
    /// The complete command.
    command: String,
    /// The purpose of the command.
    purpose: &'static str,
}

impl NextCommand {
    fn new(arguments: impl AsRef<str>, purpose: &'static str) -> Self {
        Self {
            command: advice::command(arguments),
            purpose,
        }
    }
}

/// The facts that a verdict depends on.
pub(super) struct Evidence<'a> {
    pub(super) run: &'a RunEntry,
    pub(super) results: Option<&'a RunResults>,
    /// Whether the ledger has results that this program cannot read.
    pub(super) is_unreadable: bool,
    pub(super) queue: &'a Queue,
    pub(super) flow: Option<&'a RowFlow>,
    /// The last run, if it is not this one.
    pub(super) later: Option<&'a RunEntry>,
    /// The active run, in words.
    pub(super) active: Option<&'a str>,
    /// Rejected rows as they are now.
    pub(super) rejected: u64,
    /// The sentence about a schema of another version.
    pub(super) schema: Option<String>,
}

impl Evidence<'_> {
    /// The verdict.
    pub(super) fn judge(self) -> Verdict {
        let exceeded: Vec<String> = self
            .results
            .iter()
            .flat_map(|results| &results.exceeded)
            .map(|limit| limit.message.clone())
            .collect();
        let grade = match self.run.state {
            RunState::Running => Grade::Running,
            RunState::Done if exceeded.is_empty() => Grade::Good,
            RunState::Done => Grade::Warning,
            RunState::Failed | RunState::Abandoned | RunState::Refused => Grade::Bad,
        };
        let sentence = match self.run.state {
            RunState::Running => "The run is in progress",
            RunState::Done if exceeded.is_empty() => "The run succeeded",
            RunState::Done => "The run succeeded, and exceeded a limit",
            RunState::Failed => "The run failed",
            RunState::Abandoned => "The run did not end, because its process was killed",
            RunState::Refused => "The run was refused before it began",
        };
        Verdict {
            grade,
            sentence: sentence.to_owned(),
            message: self.run.message.clone(),
            error: self.error(),
            next: self.next(),
            notes: self.notes(&exceeded),
            exceeded,
        }
    }

    /// The error with its help. A run without results has the fix of its code.
    fn error(&self) -> Option<ErrorResult> {
        let code = self.run.error_code.as_deref()?;
        let recorded = self.results.and_then(|results| results.error.clone());
        Some(recorded.unwrap_or_else(|| ErrorResult {
            code: code.to_owned(),
            phase: None,
            message: self.run.message.clone().unwrap_or_default(),
            help: Code::find(code).map(|code| code.fix().into_owned()),
        }))
    }

    fn next(&self) -> Vec<NextCommand> {
        let run = self.run.run_id;
        let mut next = Vec::new();
        if self.active.is_some() {
            next.push(NextCommand::new("status", "shows the run in progress"));
        } else if self.later.is_some() {
            next.push(NextCommand::new(
                "report",
                "writes the report of the last run",
            ));
        } else if self.queue.owed() > 0 {
            next.push(NextCommand::new(
                "retry",
                "resumes the run where it stopped",
            ));
        } else if self.run.state == RunState::Abandoned {
            next.push(NextCommand::new("run", "does the remaining work"));
        }
        if let Some(code) = &self.run.error_code {
            let explain = format!("explain {code}");
            next.push(NextCommand::new(explain, "explains the error"));
            next.push(NextCommand::new("doctor", "checks what a run needs"));
        }
        if self.rejected > 0 {
            next.push(NextCommand::new("rejects list", "lists the rejected rows"));
        }
        let show = format!("runs show {run}");
        next.push(NextCommand::new(
            show,
            "shows the phases, the processes and every change of state of this run",
        ));
        next
    }

    fn notes(&self, exceeded: &[String]) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(later) = self.later {
            notes.push(format!(
                "This is not the last run. The last run is {}, and its state is {}.",
                later.run_id, later.state
            ));
        }
        if let Some(active) = self.active {
            notes.push(format!(
                "A run is in progress, so the tables change: {active}"
            ));
        }
        if self.is_unreadable {
            notes.push(
                "The results were written by another version of this program, which this version cannot read. Figures of the results are missing."
                    .to_owned(),
            );
        }
        if self.flow.is_none() && self.run.state != RunState::Running {
            notes.push("The run has no plan, so it moved no rows.".to_owned());
        }
        if let Some(schema) = &self.schema {
            notes.push(format!("The staging schema has {schema}"));
        }
        let Some(results) = self.results else {
            return notes;
        };
        let other = text::other_programs(&self.queue.other_programs);
        let kept = text::kept_in_staging(results.kept_in_staging);
        notes.extend(other.lines().chain(kept.lines()).map(str::to_owned));
        // A limit that was exceeded is a note of the results, too.
        let results = results.notes.iter();
        notes.extend(results.filter(|note| !exceeded.contains(note)).cloned());
        notes
    }
}
