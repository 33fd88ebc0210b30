//! The lanes of the last attempt in time: when each had a batch, and how many rows were published.

use std::collections::BTreeMap;

use jobinsight_core::{Result, Settings};
use jobinsight_sql::scripts::LIST_LANES;
use schemars::JsonSchema;
use serde::Serialize;
use tokio_postgres::Client;
use uuid::Uuid;

use super::figures::rounded;

/// The most batches that are read, the most lanes that a report has, and the most spans of a lane.
const BATCHES: usize = 20_000;
const LANES: usize = 24;
const SPANS: f64 = 240.0;
/// The steps of the throughput.
const STEPS: usize = 30;

/// The lanes of the last attempt.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct LaneFigures {
    /// The lanes, by name.
    lanes: Vec<LaneTime>,
    /// Lanes that are not in the list.
    other_lanes: u64,
    /// Batches that the lanes published.
    batches: u64,
    /// Rows of these batches.
    pub(super) rows: u64,
    /// Whether the attempt published more batches, which the report does not have.
    is_cut: bool,
    /// Length of a step of `throughput` in seconds; 0 if there is none.
    step_s: f64,
    /// Rows that were published in each step of time, from the begin of the attempt. Empty if there were fewer than two batches.
    pub(super) throughput: Vec<u64>,
}

/// A lane.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(super) struct LaneTime {
    /// The machine, the process and the number of the lane: `host/pid/0`.
    lane: String,
    /// Batches that the lane published.
    batches: u64,
    /// Rows of these batches.
    rows: u64,
    /// Time in which the lane had a batch, in seconds.
    busy_s: f64,
    /// When the lane had a batch. Spans with a short pause between them are joined.
    pub(super) spans: Vec<TimeSpan>,
}

/// A span of time.
#[derive(Debug, Clone, Copy, Serialize, JsonSchema)]
pub(super) struct TimeSpan {
    /// The begin, in seconds since the attempt began.
    pub(super) begins_s: f64,
    /// The end, in seconds since the attempt began.
    pub(super) ends_s: f64,
}

/// A batch that was published: its lane, its time in seconds since the attempt began, its rows.
struct PublishedBatch {
    lane: String,
    begin: f64,
    end: f64,
    rows: u64,
}

impl LaneFigures {
    /// Reads the batches that were claimed after `begin`, which is in seconds since 1970.
    pub(super) async fn read(
        client: &Client,
        settings: &Settings,
        run: Uuid,
        begin: f64,
    ) -> Result<Self> {
        let script = LIST_LANES.render(settings);
        let limit = i64::try_from(BATCHES + 1).unwrap_or(i64::MAX);
        let rows = client
            .query(script.sql(), &[&run, &limit])
            .await
            .map_err(|error| script.error(error, "reading the batches"))?;
        let batches = rows.iter().take(BATCHES).map(|row| PublishedBatch {
            lane: row.get(0),
            begin: row.get::<_, f64>(1) - begin,
            end: row.get::<_, f64>(2) - begin,
            rows: row.get::<_, i64>(3).cast_unsigned(),
        });
        // An earlier attempt claimed its batches before this one began.
        let batches: Vec<PublishedBatch> = batches.filter(|batch| batch.begin >= 0.0).collect();
        let mut found = Self::of(&batches);
        found.is_cut = rows.len() > BATCHES;
        Ok(found)
    }

    fn of(batches: &[PublishedBatch]) -> Self {
        let end = batches.iter().map(|batch| batch.end).fold(0.0, f64::max);
        let mut lanes: BTreeMap<&str, LaneTime> = BTreeMap::new();
        for batch in batches {
            let lane = lanes.entry(&batch.lane).or_insert_with(|| LaneTime {
                lane: batch.lane.clone(),
                ..LaneTime::default()
            });
            lane.add(batch, end / SPANS);
        }
        let all = lanes.len();
        let mut lanes: Vec<LaneTime> = lanes.into_values().take(LANES).collect();
        lanes.iter_mut().for_each(LaneTime::round);
        let (step_s, throughput) = throughput(batches, end);
        Self {
            other_lanes: (all - lanes.len()) as u64,
            batches: batches.len() as u64,
            rows: batches.iter().map(|batch| batch.rows).sum(),
            lanes,
            is_cut: false,
            step_s,
            throughput,
        }
    }

    /// The last end of a batch, in seconds since the attempt began.
    pub(super) fn last_end(&self) -> f64 {
        let spans = self.lanes.iter().flat_map(|lane| &lane.spans);
        spans.map(|span| span.ends_s).fold(0.0, f64::max)
    }

    /// The lanes.
    pub(super) fn each(&self) -> &[LaneTime] {
        &self.lanes
    }
}

impl LaneTime {
    /// Adds a batch. It extends the last span if the pause before it is shorter than `pause`.
    fn add(&mut self, batch: &PublishedBatch, pause: f64) {
        self.batches += 1;
        self.rows += batch.rows;
        self.busy_s += batch.end - batch.begin;
        match self.spans.last_mut() {
            Some(last) if batch.begin - last.ends_s < pause => {
                last.ends_s = last.ends_s.max(batch.end);
            }
            _ => self.spans.push(TimeSpan {
                begins_s: batch.begin,
                ends_s: batch.end,
            }),
        }
    }

    fn round(&mut self) {
        self.busy_s = rounded(self.busy_s, 3);
        for span in &mut self.spans {
            span.begins_s = rounded(span.begins_s, 3);
            span.ends_s = rounded(span.ends_s, 3);
        }
    }
}

/// The length of a step in seconds, and the rows that were published in each step.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss
)] // a small number of steps
fn throughput(batches: &[PublishedBatch], end: f64) -> (f64, Vec<u64>) {
    if batches.len() < 2 || end <= 0.0 {
        return (0.0, Vec::new());
    }
    let step = end / STEPS as f64;
    let mut rows = vec![0; STEPS];
    for batch in batches {
        let index = ((batch.end / step) as usize).min(STEPS - 1);
        rows[index] += batch.rows;
    }
    (rounded(step, 3), rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(lane: &str, begin: f64, end: f64) -> PublishedBatch {
        PublishedBatch {
            lane: lane.to_owned(),
            begin,
            end,
            rows: 10,
        }
    }

    #[test]
    fn batches_of_a_lane_are_joined_unless_there_is_a_pause() {
        let batches = [
            batch("h/1/0", 1.0, 2.0),
            batch("h/1/1", 1.0, 9.0),
            batch("h/1/0", 2.001, 3.0),
            batch("h/1/0", 6.0, 10.0),
        ];
        let found = LaneFigures::of(&batches);
        let spans: Vec<(f64, f64)> = found.lanes[0]
            .spans
            .iter()
            .map(|span| (span.begins_s, span.ends_s))
            .collect();
        assert_eq!(spans, [(1.0, 3.0), (6.0, 10.0)]);
        assert_eq!((found.batches, found.rows), (4, 40));
        assert_eq!(found.throughput.iter().sum::<u64>(), 40);
        assert_eq!(found.throughput[STEPS - 1], 10, "the last batch ends last");
    }

    #[test]
    fn a_long_run_has_few_spans() {
        let batches: Vec<PublishedBatch> = (0..10_000)
            .map(|n| batch("h/1/0", f64::from(n), f64::from(n) + 0.5))
            .collect();
        assert!(LaneFigures::of(&batches).lanes[0].spans.len() <= 240);
    }
}
