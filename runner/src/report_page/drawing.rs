//! The pictures of the page, as numbers for the templates. A picture has the width 1000 and is stretched to the width of the
//! page, so labels are not part of it.

use serde::Serialize;

use super::figures::rounded;
use super::flow::RowFlow;
use super::history::{ComparedFigure, RunHistory};
use super::report::RunReport;
use jobinsight_core::state::RunState;

/// The width of every picture.
const WIDTH: f64 = 1000.0;
/// The height of the raw rows in the flow, the least height of a label, and the least height of a band.
const RAW: f64 = 180.0;
const LABEL: f64 = 48.0;
const BAND: f64 = 2.0;
/// The height of a sparkline.
const SPARK: f64 = 36.0;
/// The parts of the axis of time.
const TICKS: u8 = 4;

/// The pictures.
#[derive(Serialize)]
pub(super) struct Drawing {
    flow: Option<FlowPicture>,
    /// The bar of each phase; `None` if it has none.
    phases: Vec<Option<Bar>>,
    /// The bars of each lane.
    lanes: Vec<Vec<Bar>>,
    /// The times at the axis, in seconds.
    ticks: Vec<f64>,
    /// The columns of the throughput.
    throughput: Vec<Bar>,
    /// The sparkline of each figure.
    sparks: Vec<Spark>,
}

/// The flow of rows from the raw table to the results.
#[derive(Debug, Serialize)]
struct FlowPicture {
    height: f64,
    /// The place of the raw rows.
    top: f64,
    raw: f64,
    bands: Vec<Band>,
}

/// The rows with one result.
#[derive(Debug, Serialize)]
struct Band {
    /// The field of the flow.
    name: &'static str,
    path: String,
    /// The place and the height at the right end, and the height of the label.
    top: f64,
    height: f64,
    label: f64,
}

/// A bar from the left to the right, or a column from the bottom to the top.
#[derive(Debug, Serialize)]
struct Bar {
    from: f64,
    length: f64,
}

/// A small picture of one figure over the last runs.
#[derive(Debug, Serialize)]
struct Spark {
    width: f64,
    columns: Vec<SparkColumn>,
    /// The height of the median.
    median: Option<f64>,
}

/// One run in a sparkline.
#[derive(Debug, Serialize)]
struct SparkColumn {
    x: f64,
    /// The height; `None` if the run does not have the figure.
    height: Option<f64>,
    is_this: bool,
    is_good: bool,
}

impl Drawing {
    pub(super) fn of(report: &RunReport) -> Self {
        let seconds = report.attempt_s;
        let bar = |begin: f64, end: f64| {
            let scale = WIDTH / seconds.max(0.001);
            // A span that is too short to be seen is widened.
            let length = ((end - begin) * scale).max(2.0);
            Bar {
                from: rounded((begin * scale).min(WIDTH - length), 1),
                length: rounded(length, 1),
            }
        };
        let phases = report.phases.iter().map(|phase| {
            let begin = phase.begins_s?;
            Some(bar(begin, phase.ends_s.unwrap_or(seconds)))
        });
        let lanes = report.lanes.each().iter().map(|lane| {
            let spans = lane.spans.iter();
            spans.map(|span| bar(span.begins_s, span.ends_s)).collect()
        });
        let ticks = 0..=TICKS;
        Self {
            flow: report.flow.as_ref().and_then(flow),
            phases: phases.collect(),
            lanes: lanes.collect(),
            ticks: ticks
                .map(|tick| seconds * f64::from(tick) / f64::from(TICKS))
                .collect(),
            throughput: columns(&report.lanes.throughput),
            sparks: sparks(&report.history),
        }
    }
}

/// The flow; `None` if there are no raw rows.
#[allow(clippy::cast_precision_loss)] // counts of rows
fn flow(flow: &RowFlow) -> Option<FlowPicture> {
    let parts = [
        ("new", flow.new),
        ("updated", flow.updated),
        ("unchanged", flow.unchanged),
        ("rejected_now", flow.rejected_now),
        ("rejected_before", flow.rejected_before),
        ("left", flow.left),
        ("unprocessed", flow.unprocessed),
    ];
    let parts = parts.into_iter().filter(|(_, rows)| *rows > 0);
    let heights: Vec<(&'static str, f64)> = parts
        .map(|(name, rows)| (name, (RAW * rows as f64 / flow.raw.max(1) as f64).max(BAND)))
        .collect();
    let raw: f64 = heights.iter().map(|(_, height)| height).sum();
    let height: f64 = heights.iter().map(|(_, height)| height.max(LABEL)).sum();
    if heights.is_empty() {
        return None;
    }
    let top = (height - raw) / 2.0;
    let (mut left, mut right) = (top, 0.0);
    let mut bands = Vec::new();
    for (name, band) in heights {
        let label = band.max(LABEL);
        let to = right + (label - band) / 2.0;
        bands.push(Band {
            name,
            path: path(left, to, band),
            top: rounded(to, 1),
            height: rounded(band, 1),
            label: rounded(label, 1),
        });
        left += band;
        right += label;
    }
    Some(FlowPicture {
        height: rounded(height, 1),
        top: rounded(top, 1),
        raw: rounded(raw, 1),
        bands,
    })
}

/// The outline of a band of this height that leads from the left to the right.
fn path(from: f64, to: f64, height: f64) -> String {
    let half = WIDTH / 2.0;
    format!(
        "M0,{from:.1} C{half},{from:.1} {half},{to:.1} {WIDTH},{to:.1} V{below:.1} C{half},{below:.1} {half},{end:.1} 0,{end:.1} Z",
        below = to + height,
        end = from + height,
    )
}

#[allow(clippy::cast_precision_loss)] // counts of rows
fn columns(rows: &[u64]) -> Vec<Bar> {
    let most = rows.iter().copied().max().unwrap_or(0).max(1) as f64;
    let width = WIDTH / rows.len().max(1) as f64;
    rows.iter()
        .enumerate()
        .map(|(index, rows)| Bar {
            from: rounded(index as f64 * width, 1),
            length: rounded(*rows as f64 / most * 100.0, 1),
        })
        .collect()
}

fn sparks(history: &RunHistory) -> Vec<Spark> {
    let good: Vec<bool> = history
        .runs
        .iter()
        .map(|run| matches!(run.state, RunState::Done | RunState::Running))
        .collect();
    let figures = history.figures.iter();
    figures.map(|figure| spark(figure, &good)).collect()
}

#[allow(clippy::cast_precision_loss)] // at most 30 runs
fn spark(figure: &ComparedFigure, good: &[bool]) -> Spark {
    let values = figure.values.iter().copied().flatten();
    let most = values.chain(figure.median).fold(0.0, f64::max);
    let scale = |value: f64| rounded(value / most.max(f64::MIN_POSITIVE) * SPARK, 1);
    let last = figure.values.len().saturating_sub(1);
    let columns = figure
        .values
        .iter()
        .enumerate()
        .map(|(index, value)| SparkColumn {
            x: index as f64 * 10.0,
            height: value.map(|value| scale(value).max(1.0)),
            is_this: index == last,
            is_good: good.get(index).copied().unwrap_or(true),
        });
    Spark {
        width: figure.values.len() as f64 * 10.0,
        columns: columns.collect(),
        median: figure.median.map(scale),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bands_of_the_flow_fill_its_height_and_do_not_overlap() {
        let rows = RowFlow {
            raw: 1_000_000,
            new: 999_990,
            rejected_now: 3,
            unprocessed: 7,
            ..RowFlow::default()
        };
        let picture = flow(&rows).unwrap();
        let names: Vec<&str> = picture.bands.iter().map(|band| band.name).collect();
        assert_eq!(names, ["new", "rejected_now", "unprocessed"]);
        let labels: f64 = picture.bands.iter().map(|band| band.label).sum();
        assert!((labels - picture.height).abs() < 0.5);
        for pair in picture.bands.windows(2) {
            assert!(pair[0].top + pair[0].height <= pair[1].top);
            assert!(pair[1].height >= BAND, "a few rows can be seen");
        }
        assert!(flow(&RowFlow::default()).is_none());
    }
}
