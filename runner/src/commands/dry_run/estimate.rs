//! The time that a run would take, from earlier runs.

use jobinsight_core::Result;
use jobinsight_core::plural::counted;
use jobinsight_core::settings::Settings;
use jobinsight_core::state::{PhaseState, RunState};
use schemars::JsonSchema;
use serde::Serialize;
use tokio_postgres::Client;

use crate::ledger::{self, RunEntry};
use crate::report::results::RunResults;
use crate::report::stats::median;

/// How many of the last runs are read.
const RUNS: i64 = 30;

/// A run is a basis only if it processed at most this many times as many rows, and at least this part of them. A small run
/// takes longer for each row, because some of its work does not depend on the number of rows.
const SIMILAR: u64 = 10;

/// The time that a run would take, as JSON.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub(super) struct Estimate {
    /// The time in seconds.
    pub(super) seconds: f64,
    /// The median of the rows that the earlier runs processed in one second; null if no row would be processed.
    pub(super) rows_per_second: Option<f64>,
    /// The number of earlier runs: successful runs with the same phases and a similar number of rows.
    pub(super) runs: usize,
}

impl Estimate {
    /// Reads the last runs. `None` without a ledger, or if no run is a basis.
    pub(super) async fn read(
        client: &Client,
        settings: &Settings,
        rows: u64,
        phases: &[&str],
    ) -> Result<Option<Self>> {
        if !ledger::exists(client, &settings.staging_schema()).await? {
            return Ok(None);
        }
        let runs = ledger::runs(client, settings, "", RUNS).await?;
        Ok(Self::of(rows, phases, &runs))
    }

    #[allow(clippy::cast_precision_loss)] // counts of rows
    fn of(rows: u64, phases: &[&str], runs: &[RunEntry]) -> Option<Self> {
        let basis: Vec<(u64, f64)> = runs
            .iter()
            .filter_map(|run| processed(run, phases))
            .filter(|(processed, _)| is_similar(rows, *processed))
            .collect();
        if rows == 0 {
            let seconds = median(basis.iter().map(|(_, seconds)| *seconds).collect())?;
            return Some(Self {
                seconds,
                rows_per_second: None,
                runs: basis.len(),
            });
        }
        let rates = basis.iter().map(|(rows, seconds)| *rows as f64 / seconds);
        let rate = median(rates.collect())?;
        Some(Self {
            seconds: thousandths(rows as f64 / rate),
            rows_per_second: Some(thousandths(rate)),
            runs: basis.len(),
        })
    }

    /// The estimate in a sentence.
    pub(super) fn sentence(estimate: Option<&Self>) -> String {
        let Some(estimate) = estimate else {
            return "The time cannot be estimated, because the ledger has no successful run with the same phases and a similar number of rows.\n".to_owned();
        };
        let rate = estimate.rows_per_second.map_or_else(String::new, |rate| {
            format!(" (median: {rate:.0} rows per second)")
        });
        format!(
            "The run would take {}, from {} with the same phases{rate}.\n",
            in_words(estimate.seconds),
            counted(estimate.runs, "run")
        )
    }
}

/// The rows and the seconds of a successful run with these phases. A retry shows the time of its last attempt and the rows of
/// all attempts, so it is not a basis.
fn processed(run: &RunEntry, phases: &[&str]) -> Option<(u64, f64)> {
    if run.state != RunState::Done || run.fills.is_some() || run.attempt != 1 {
        return None;
    }
    let results: RunResults = serde_json::from_value(run.results.clone()?).ok()?;
    let worked = results.phases.iter();
    let worked = worked.filter(|phase| phase.status == PhaseState::Done);
    let stats = &results.stats;
    let is_basis =
        worked.map(|phase| &*phase.name).eq(phases.iter().copied()) && stats.duration_seconds > 0.0;
    is_basis.then_some((stats.processed_records, stats.duration_seconds))
}

fn is_similar(rows: u64, processed: u64) -> bool {
    if rows == 0 || processed == 0 {
        return rows == processed;
    }
    processed <= rows.saturating_mul(SIMILAR) && rows <= processed.saturating_mul(SIMILAR)
}

fn thousandths(number: f64) -> f64 {
    (number * 1000.0).round() / 1000.0
}

/// A time, as exactly as an estimate can be.
fn in_words(seconds: f64) -> String {
    match seconds {
        ..1.0 => "less than 1 s".to_owned(),
        1.0..120.0 => format!("about {seconds:.0} s"),
        _ => format!("about {:.0} min", seconds / 60.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_of_another_size_is_not_similar() {
        for (rows, processed, similar) in [
            (0, 0, true),
            (0, 1, false),
            (1, 0, false),
            (100, 10, true),
            (100, 9, false),
            (100, 1000, true),
            (100, 1001, false),
        ] {
            assert_eq!(is_similar(rows, processed), similar, "{rows} {processed}");
        }
    }

    #[test]
    fn a_time_is_shown_as_exactly_as_an_estimate_can_be() {
        let words = [0.4, 1.0, 41.6, 119.0, 121.0, 3_600.0].map(in_words);
        let wanted = [
            "less than 1 s",
            "about 1 s",
            "about 42 s",
            "about 119 s",
            "about 2 min",
            "about 60 min",
        ];
        assert_eq!(words, wanted);
    }
}
