//! The phases of the last attempt in time. All times come from the clock of the server, and are seconds since the attempt began.

use jobinsight_core::state::PhaseState;
use schemars::JsonSchema;
use serde::Serialize;

use super::figures::rounded;
use crate::ledger::{Event, PhaseEntry};
use crate::report::metrics::epoch;
use crate::report::results::PhaseResult;

/// A phase of the last attempt.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(super) struct PhaseFigures {
    /// The name.
    pub(super) name: String,
    /// The state.
    pub(super) state: PhaseState,
    /// Why the phase was skipped; null if it was not.
    why: Option<String>,
    /// When it began, in seconds since the attempt began; null if it did not begin.
    pub(super) begins_s: Option<f64>,
    /// When it ended, in seconds since the attempt began; null if it has no end.
    pub(super) ends_s: Option<f64>,
    /// Time in which at least one lane worked on the phase, in seconds; null if it has no results.
    duration_s: Option<f64>,
    /// Time in which the process worked for the phase and did not wait, in seconds, added over lanes; null if it has no results.
    busy_s: Option<f64>,
    /// CPU time of the process for the phase, in seconds; null if it has no results.
    cpu_s: Option<f64>,
    /// Rows that the phase received; null if it has no results.
    rows_in: Option<u64>,
    /// Rows that the phase passed on; null if it has no results.
    rows_out: Option<u64>,
    /// Rejected rows; null if it has no results.
    rejected: Option<u64>,
    /// Retries after a conflict or a lost connection; null if it has no results.
    retries: Option<u64>,
    /// `rows_out` for each second of `duration_s`; null if there were none.
    rows_per_second: Option<f64>,
    /// Largest resident memory of the process during the phase, in MB; null if it has no results.
    pub(super) rss_peak_mb: Option<f64>,
}

/// The phases of an attempt, and its time.
#[derive(Debug, Default)]
pub(super) struct AttemptTime {
    pub(super) phases: Vec<PhaseFigures>,
    /// When the attempt began, in seconds since 1970.
    pub(super) begin: f64,
}

impl AttemptTime {
    /// The phases of this attempt. A phase whose start is not in the ledger began its duration before its end: a first run has
    /// no ledger while it creates the schema.
    pub(super) fn of(attempt: i32, phases: &[PhaseEntry], events: &[Event]) -> Self {
        let events: Vec<(&Event, f64)> = events
            .iter()
            .filter(|event| event.attempt == attempt)
            .filter_map(|event| Some((event, epoch(&event.at)?)))
            .collect();
        let at = |name: &str, is: &dyn Fn(&str) -> bool| {
            let found = events
                .iter()
                .find(|(event, _)| event.phase.as_deref() == Some(name) && is(&event.event));
            found.map(|(_, at)| *at)
        };
        let mut found: Vec<PhaseFigures> = phases
            .iter()
            .filter(|phase| phase.attempt == attempt)
            .map(figures)
            .collect();
        for phase in &mut found {
            let ended =
                |event: &str| ["phase done", "phase failed", "phase stopped"].contains(&event);
            let started = at(&phase.name, &|event| event == "phase running");
            // A phase that was stopped before it began has no start.
            let end = at(&phase.name, &ended);
            let is_worked = started.is_some() || phase.duration_s.is_some_and(|time| time > 0.0);
            phase.ends_s = end.filter(|_| is_worked);
            phase.begins_s = started.or_else(|| Some(phase.ends_s? - phase.duration_s?));
        }
        let starts = found.iter().filter_map(|phase| phase.begins_s);
        let begin = starts
            .chain(events.iter().map(|(_, at)| *at))
            .reduce(f64::min)
            .unwrap_or_default();
        for phase in &mut found {
            for time in [&mut phase.begins_s, &mut phase.ends_s] {
                *time = time.map(|time| rounded(time - begin, 3));
            }
        }
        Self {
            phases: found,
            begin,
        }
    }

    /// The last end of a phase, in seconds since the attempt began.
    pub(super) fn last_end(&self) -> f64 {
        let ends = self.phases.iter().filter_map(|phase| phase.ends_s);
        ends.fold(0.0, f64::max)
    }

    /// The largest memory of all phases.
    pub(super) fn peak_memory(&self) -> Option<f64> {
        let peaks = self.phases.iter().filter_map(|phase| phase.rss_peak_mb);
        peaks.reduce(f64::max).filter(|peak| *peak > 0.0)
    }
}

#[allow(clippy::cast_precision_loss)] // counts of rows
fn figures(phase: &PhaseEntry) -> PhaseFigures {
    // An entry of an incompatible version has no figures.
    let results: Option<PhaseResult> = phase
        .results
        .clone()
        .and_then(|results| serde_json::from_value(results).ok());
    let results = results.filter(|_| {
        !matches!(
            phase.state,
            PhaseState::Pending | PhaseState::Running | PhaseState::Skipped
        )
    });
    let of = |value: fn(&PhaseResult) -> f64| results.as_ref().map(value);
    let rows = |value: fn(&PhaseResult) -> u64| results.as_ref().map(value);
    let rate = results
        .as_ref()
        .filter(|phase| phase.duration_s > 0.0 && phase.rows_out > 0);
    PhaseFigures {
        name: phase.phase.clone(),
        state: phase.state,
        why: phase.why.clone(),
        begins_s: None,
        ends_s: None,
        duration_s: of(|phase| phase.duration_s),
        busy_s: of(|phase| phase.busy_s),
        cpu_s: of(|phase| phase.cpu_s),
        rows_in: rows(|phase| phase.rows_in),
        rows_out: rows(|phase| phase.rows_out),
        rejected: rows(|phase| phase.rejected),
        retries: rows(|phase| phase.retries),
        rows_per_second: rate.map(|phase| rounded(phase.rows_out as f64 / phase.duration_s, 0)),
        rss_peak_mb: of(|phase| phase.rss_peak_mb),
    }
}
