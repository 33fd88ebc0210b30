//! The events of a run and of its phases.

use std::fmt;

use jobinsight_core::clock;
use serde_json::{Value, json};
use uuid::Uuid;

use super::facet::{EVENT_SCHEMA, Facets, producer};

/// The state that an event reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EventType {
    Start,
    Complete,
    Fail,
    Abort,
}

impl fmt::Display for EventType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Start => "START",
            Self::Complete => "COMPLETE",
            Self::Fail => "FAIL",
            Self::Abort => "ABORT",
        })
    }
}

/// A job, and one run of it.
pub(super) struct RunOfJob<'a> {
    pub(super) run: Uuid,
    pub(super) run_facets: Facets,
    pub(super) namespace: &'a str,
    pub(super) job: String,
    pub(super) job_facets: Facets,
}

impl RunOfJob<'_> {
    /// The event that reports this state now.
    pub(super) fn event(&self, state: EventType, inputs: &[Value], outputs: &[Value]) -> Value {
        json!({
            "eventType": state.to_string(),
            "eventTime": clock::now(),
            "producer": producer(),
            "schemaURL": EVENT_SCHEMA,
            "run": { "runId": self.run, "facets": self.run_facets },
            "job": {
                "namespace": self.namespace,
                "name": self.job,
                "facets": self.job_facets,
            },
            "inputs": inputs,
            "outputs": outputs,
        })
    }
}

/// The run of OpenLineage for an attempt. A run of OpenLineage ends once, so each retry is a new one. The id of the first attempt is
/// that of the run, and the others are derived from it (UUID version 5), so that every process knows them.
pub(super) fn id_of_attempt(run: Uuid, attempt: i32) -> Uuid {
    if attempt <= 1 {
        run
    } else {
        Uuid::new_v5(&run, format!("attempt {attempt}").as_bytes())
    }
}

/// The run of OpenLineage for a phase of an attempt.
pub(super) fn id_of_phase(attempt: Uuid, phase: &str) -> Uuid {
    Uuid::new_v5(&attempt, phase.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_attempt_and_every_phase_has_an_id_that_other_programs_can_compute() {
        let run: Uuid = "0190b3c4-0000-7000-8000-000000000001".parse().unwrap();
        assert_eq!(id_of_attempt(run, 1), run);
        // In Python: uuid.uuid5(uuid.UUID("0190b3c4-0000-7000-8000-000000000001"), "attempt 2")
        assert_eq!(
            id_of_attempt(run, 2).to_string(),
            "591b3820-6ba0-54d3-8098-25cd62e47777"
        );
        assert_eq!(
            id_of_phase(run, "data_saving").to_string(),
            "e6c553bd-8a97-5aef-a864-3a7fee2974e1"
        );
    }
}
