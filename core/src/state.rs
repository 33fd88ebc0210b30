//! States of runs, phases and batches, as the ledger stores them.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::EtlError;

macro_rules! states {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// All states.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in the ledger and in JSON.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = EtlError;

            fn from_str(word: &str) -> Result<Self, EtlError> {
                match word {
                    $($word => Ok(Self::$variant),)+
                    other => Err(EtlError::bug(format!(
                        concat!("`{}` is not a ", stringify!($name)), other
                    ))),
                }
            }
        }
    };
}

states! {
    /// The state of a run (`etl_runs.state`).
    RunState {
        /// Set when a run enters the ledger, and again by a retry. Next: any other state but `refused`.
        Running = "running",
        /// Set by the process that leads, when every phase ended well. Final.
        Done = "done",
        /// Set by the process that leads, when a phase failed or a signal came. Next: `running`, by a retry.
        Failed = "failed",
        /// Set by the next run, when this one ended without closing its entry. Next: `running`, by a retry.
        Abandoned = "abandoned",
        /// Set by a run that ended before it began, such as one with wrong settings. Final.
        Refused = "refused",
    }
}

states! {
    /// The state of a phase in one attempt of a run (`etl_phases.state`).
    #[derive(Default)]
    PhaseState {
        /// Set for all phases when an attempt begins. Next: `running` or `skipped`; `stopped` when the run ends before.
        #[default]
        Pending = "pending",
        /// Set when the phase, or the lanes that it works in, begin. Next: `done`, `failed` or `stopped`.
        Running = "running",
        /// Set when the phase, or the lanes that it works in, ended well. Final.
        Done = "done",
        /// Set for the phase whose error ended the run. Final.
        Failed = "failed",
        /// Set when flags exclude the phase, or when an earlier attempt completed it. Final.
        Skipped = "skipped",
        /// Set for the other phases that had not ended when the run failed. Final.
        Stopped = "stopped",
    }
}

states! {
    /// The state of a batch in the queue (`etl_batches.state`).
    BatchState {
        /// Set when the work is planned, and when a lane that was stopped returns its batch. Next: `claimed`, or
        /// `superseded` when a later run plans again.
        Queued = "queued",
        /// Set by the lane that works on it. Next: `done` or `failed`; `claimed` by another lane when the lease ends.
        Claimed = "claimed",
        /// Set in the transaction that publishes the rows. Final.
        Done = "done",
        /// Set by the lane whose phase failed for good. Next: `queued` or `claimed`, by a retry.
        Failed = "failed",
        /// Set when a later run planned the work again. Final.
        Superseded = "superseded",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<S>(all: &[S], as_str: fn(S) -> &'static str)
    where
        S: Copy + PartialEq + fmt::Debug + Serialize + FromStr<Err = EtlError>,
    {
        for state in all {
            assert_eq!(as_str(*state).parse::<S>().unwrap(), *state);
            assert_eq!(serde_json::to_value(state).unwrap(), as_str(*state));
        }
        assert!("nonsense".parse::<S>().is_err());
    }

    #[test]
    fn a_state_has_one_word_in_the_ledger_and_in_json() {
        check(RunState::ALL, RunState::as_str);
        check(PhaseState::ALL, PhaseState::as_str);
        check(BatchState::ALL, BatchState::as_str);
    }
}
