//! Decides whether the end of a run is worth a message.

use jobinsight_core::settings::NotifyEvent;
use jobinsight_core::state::RunState;

use crate::codes;
use crate::report::results::{CRAWL_AGE, RunResults};

/// How the run or the attempt before this one ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PreviousEnd {
    /// The run succeeded, or there was none.
    Succeeded,
    /// The run failed, was killed or was refused.
    Failed,
}

impl PreviousEnd {
    pub(super) fn of(state: RunState) -> Self {
        match state {
            RunState::Done => Self::Succeeded,
            RunState::Running | RunState::Failed | RunState::Abandoned | RunState::Refused => {
                Self::Failed
            }
        }
    }
}

/// The event of a run that ended; `None` if nothing happened that a person must know.
pub(super) fn of(results: &RunResults, earlier: PreviousEnd) -> Option<NotifyEvent> {
    if let Some(error) = &results.error {
        // The run in progress sends its own message.
        let locked = codes::RUN_LOCKED.name();
        let stale = codes::QUALITY_STALE_CRAWL.name();
        return match &*error.code {
            code if code == locked => None,
            code if code == stale => Some(NotifyEvent::Stale),
            _ => Some(NotifyEvent::Failure),
        };
    }
    // A fill says nothing about the data of today.
    if results.fills.is_some() {
        return None;
    }
    let is_stale = results
        .exceeded
        .iter()
        .any(|limit| limit.setting == CRAWL_AGE);
    match earlier {
        PreviousEnd::Failed => Some(NotifyEvent::Recovery),
        PreviousEnd::Succeeded if is_stale => Some(NotifyEvent::Stale),
        PreviousEnd::Succeeded if !results.exceeded.is_empty() => Some(NotifyEvent::Warning),
        PreviousEnd::Succeeded => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::results::{ErrorResult, ExceededLimit};

    fn failed(code: &str) -> RunResults {
        RunResults {
            error: Some(ErrorResult {
                code: code.to_owned(),
                phase: None,
                message: String::new(),
                help: None,
            }),
            ..RunResults::default()
        }
    }

    fn exceeding(settings: &[&str]) -> RunResults {
        let exceeded = settings.iter().map(|setting| ExceededLimit {
            setting: (*setting).to_owned(),
            message: String::new(),
        });
        RunResults {
            success: true,
            exceeded: exceeded.collect(),
            ..RunResults::default()
        }
    }

    #[test]
    fn each_end_of_a_run_has_at_most_one_event() {
        let (good, bad) = (PreviousEnd::Succeeded, PreviousEnd::Failed);
        let memory = "warn.memory_mb";
        for (results, earlier, event) in [
            (exceeding(&[]), good, None),
            (exceeding(&[]), bad, Some(NotifyEvent::Recovery)),
            (exceeding(&[memory]), good, Some(NotifyEvent::Warning)),
            (
                exceeding(&[memory, CRAWL_AGE]),
                good,
                Some(NotifyEvent::Stale),
            ),
            (exceeding(&[memory]), bad, Some(NotifyEvent::Recovery)),
            (failed("jobinsight::run::locked"), good, None),
            (
                failed("jobinsight::quality::stale_crawl"),
                good,
                Some(NotifyEvent::Stale),
            ),
            (
                failed("jobinsight::quality::integrity"),
                bad,
                Some(NotifyEvent::Failure),
            ),
        ] {
            assert_eq!(of(&results, earlier), event, "{results:?}");
        }
    }
}
