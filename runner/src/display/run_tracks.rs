//! The counters of a run in progress. The lanes add to them, and the display reads them.

use std::sync::atomic::{AtomicI64, AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant};

use jobinsight_core::metrics::PhaseMetrics;

use super::line::{Amount, CountedUnit, LineState, ShownLine, Tracked};

/// The progress of a run: its phases in order, and its lanes.
pub(crate) struct RunTracks {
    phases: Vec<PhaseTrack>,
    lanes: Vec<LaneTrack>,
}

impl RunTracks {
    pub(crate) fn new(phases: Vec<PhaseTrack>, lanes: u32) -> Self {
        Self {
            phases,
            lanes: (0..lanes).map(|_| LaneTrack::default()).collect(),
        }
    }

    /// The track of a phase; `None` if the phase does not work in this run.
    pub(crate) fn phase(&self, name: &str) -> Option<&PhaseTrack> {
        self.phases.iter().find(|phase| phase.name == name)
    }

    /// A lane begins to work in a phase. A batch that is not loaded yet has no number.
    pub(crate) fn enter(&self, lane: usize, phase: &str, batch: Option<i64>) {
        let place = self.phases.iter().position(|track| track.name == phase);
        if let (Some(lane), Some(place)) = (self.lanes.get(lane), place) {
            lane.batch.store(batch.unwrap_or_default(), Relaxed);
            lane.since.store(milliseconds(), Relaxed);
            lane.phase.store(place + 1, Relaxed);
        }
    }

    /// A lane has no work any more.
    pub(crate) fn leave(&self, lane: usize) {
        if let Some(lane) = self.lanes.get(lane) {
            lane.phase.store(0, Relaxed);
        }
    }
}

impl Tracked for RunTracks {
    fn lines(&self, has_lanes: bool) -> Vec<ShownLine> {
        let mut lines: Vec<ShownLine> = self.phases.iter().map(PhaseTrack::line).collect();
        if has_lanes {
            let tracks = self.lanes.iter().enumerate();
            lines.extend(tracks.map(|(number, lane)| lane.line(number, &self.phases)));
        }
        lines
    }
}

/// The progress of one phase.
pub(crate) struct PhaseTrack {
    name: &'static str,
    about: &'static str,
    metrics: Arc<PhaseMetrics>,
    /// Planned rows of this process whose batches have passed the phase.
    passed: AtomicU64,
    part: Mutex<PhasePart>,
    /// More about what the phase does, from a query.
    detail: Mutex<Option<String>>,
}

/// The part of its work that a phase does.
#[derive(Debug, Clone, Copy)]
enum PhasePart {
    Waiting,
    /// The phase works once.
    Once {
        began: Instant,
    },
    /// Lanes carry rows through it. A process that joined a run does not know its share of them.
    Rows {
        began: Instant,
        before: u64,
        planned: Option<u64>,
    },
    /// All rows have passed it, and it completes its work.
    Finishing {
        began: Instant,
        rows: Amount,
    },
    /// The phase is done. Without rows, it did not count them.
    Done {
        took: Duration,
        rows: Option<Amount>,
    },
}

impl PhaseTrack {
    pub(crate) fn new(
        name: &'static str,
        about: &'static str,
        metrics: &Arc<PhaseMetrics>,
    ) -> Self {
        Self {
            name,
            about,
            metrics: Arc::clone(metrics),
            passed: AtomicU64::new(0),
            part: Mutex::new(PhasePart::Waiting),
            detail: Mutex::default(),
        }
    }

    /// The phase begins its work, which it does once.
    pub(crate) fn begin_once(&self) {
        let began = Instant::now();
        self.set(PhasePart::Once { began });
    }

    /// Lanes begin to carry rows through the phase. `before` rows of the planned rows are published already.
    pub(crate) fn begin_rows(&self, before: u64, planned: Option<u64>) {
        let began = Instant::now();
        self.set(PhasePart::Rows {
            began,
            before,
            planned,
        });
    }

    /// The batch of these rows has passed the phase.
    pub(crate) fn pass(&self, rows: u64) {
        self.passed.fetch_add(rows, Relaxed);
    }

    /// All rows have passed the phase, and it begins to complete its work.
    pub(crate) fn begin_finishing(&self) {
        if let PhasePart::Rows {
            before, planned, ..
        } = self.part()
        {
            let (began, rows) = (Instant::now(), self.rows(before, planned));
            self.set(PhasePart::Finishing { began, rows });
        }
    }

    /// The phase is done.
    pub(crate) fn end(&self) {
        let (took, rows) = match self.part() {
            PhasePart::Once { began } => (began.elapsed(), None),
            PhasePart::Rows {
                before, planned, ..
            } => (self.metrics.elapsed(), Some(self.rows(before, planned))),
            PhasePart::Finishing { rows, .. } => (self.metrics.elapsed(), Some(rows)),
            PhasePart::Waiting | PhasePart::Done { .. } => return,
        };
        self.set(PhasePart::Done { took, rows });
    }

    /// Says more about what the phase does.
    pub(crate) fn set_detail(&self, text: Option<String>) {
        if let Ok(mut detail) = self.detail.lock() {
            *detail = text;
        }
    }

    fn part(&self) -> PhasePart {
        self.part.lock().map_or(PhasePart::Waiting, |part| *part)
    }

    fn set(&self, next: PhasePart) {
        if let Ok(mut part) = self.part.lock() {
            *part = next;
        }
    }

    fn rows(&self, before: u64, planned: Option<u64>) -> Amount {
        Amount {
            unit: CountedUnit::Rows,
            done: self.passed.load(Relaxed),
            before,
            total: planned,
        }
    }

    /// The work of the phase, in words.
    fn doing(&self, otherwise: &str) -> String {
        let doing = self.metrics.doing().unwrap_or(otherwise);
        let detail = self.detail.lock().ok().and_then(|detail| detail.clone());
        match detail {
            Some(detail) => format!("{doing}: {detail}"),
            None => doing.to_owned(),
        }
    }

    fn line(&self) -> ShownLine {
        let (state, amount, doing, elapsed) = match self.part() {
            PhasePart::Waiting => (LineState::Pending, None, String::new(), Duration::ZERO),
            PhasePart::Once { began } => {
                let doing = self.doing(self.about);
                (LineState::Working, None, doing, began.elapsed())
            }
            PhasePart::Rows {
                began,
                before,
                planned,
            } => {
                let (rows, doing) = (self.rows(before, planned), self.doing(""));
                (LineState::Working, Some(rows), doing, began.elapsed())
            }
            PhasePart::Finishing { began, .. } => {
                let doing = self.doing("completing the work");
                (LineState::Working, None, doing, began.elapsed())
            }
            PhasePart::Done { took, rows } => (LineState::Done, rows, String::new(), took),
        };
        ShownLine {
            name: self.name.to_owned(),
            state,
            amount,
            doing,
            elapsed,
            is_lane: false,
        }
    }
}

/// The batch that a lane carries, and the phase in which the batch is.
#[derive(Debug, Default)]
struct LaneTrack {
    /// The number of the batch; 0 while the lane claims one.
    batch: AtomicI64,
    /// The place of the phase among the phases of the run, from 1; 0 if the lane has no work.
    phase: AtomicUsize,
    /// When the batch came into the phase, in milliseconds.
    since: AtomicU64,
}

impl LaneTrack {
    fn line(&self, number: usize, phases: &[PhaseTrack]) -> ShownLine {
        let phase = self.phase.load(Relaxed).checked_sub(1);
        let phase = phase.and_then(|place| phases.get(place));
        let since = milliseconds().saturating_sub(self.since.load(Relaxed));
        let doing = match (phase, self.batch.load(Relaxed)) {
            (None, _) => String::new(),
            (Some(phase), 0) => phase.name.to_owned(),
            (Some(phase), batch) => format!("batch {batch} in {}", phase.name),
        };
        ShownLine {
            name: format!("lane {number}"),
            state: match phase {
                Some(_) => LineState::Working,
                None => LineState::Pending,
            },
            amount: None,
            doing,
            elapsed: Duration::from_millis(since),
            is_lane: true,
        }
    }
}

/// The milliseconds since this function was called first.
fn milliseconds() -> u64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    u64::try_from(START.elapsed().as_millis()).unwrap_or(u64::MAX)
}
