//! Warns about a phase that blocks an async thread. Other lanes, heartbeats and timeouts share these threads, so a phase
//! must do long work in `PhaseContext::compute`.
//!
//! Each poll of a phase sets a mark and removes it. A separate thread looks at the marks, because the async threads may be
//! the ones that are blocked.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, LazyLock, Mutex, Once};
use std::time::{Duration, Instant};

/// The length of a poll after which the phase gets a warning.
const LONGEST_POLL: Duration = Duration::from_secs(10);

/// The zero of the times in marks.
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// The marks of the phases that are at work, one for each lane.
static MARKS: Mutex<Vec<Arc<Mark>>> = Mutex::new(Vec::new());

/// Does the work of a phase, and warns if one poll of it takes too long.
pub(super) async fn watched<F: Future>(phase: &'static str, lane: usize, work: F) -> F::Output {
    start_thread();
    let watched = Watched::begin(phase, lane);
    let mut work = pin!(work);
    poll_fn(|cx| {
        watched.0.poll_began.store(now(), Relaxed);
        let polled = work.as_mut().poll(cx);
        watched.0.poll_began.store(0, Relaxed);
        polled
    })
    .await
}

/// Whether a phase in a lane is being polled.
struct Mark {
    phase: &'static str,
    lane: usize,
    /// When the poll began, in milliseconds; 0 between two polls.
    poll_began: AtomicU64,
    /// The poll that the last warning was about.
    warned: AtomicU64,
}

impl Mark {
    /// Whether the poll takes too long, and no warning was about it yet.
    fn needs_warning(&self, now: u64) -> bool {
        let began = self.poll_began.load(Relaxed);
        let is_long =
            began != 0 && u128::from(now.saturating_sub(began)) >= LONGEST_POLL.as_millis();
        is_long && self.warned.swap(began, Relaxed) != began
    }
}

/// A mark in the list, until it is dropped.
struct Watched(Arc<Mark>);

impl Watched {
    fn begin(phase: &'static str, lane: usize) -> Self {
        let mark = Arc::new(Mark {
            phase,
            lane,
            poll_began: AtomicU64::new(0),
            warned: AtomicU64::new(0),
        });
        if let Ok(mut marks) = MARKS.lock() {
            marks.push(Arc::clone(&mark));
        }
        Self(mark)
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if let Ok(mut marks) = MARKS.lock() {
            marks.retain(|mark| !Arc::ptr_eq(mark, &self.0));
        }
    }
}

/// Milliseconds since the start, from 1.
fn now() -> u64 {
    u64::try_from(START.elapsed().as_millis()).unwrap_or(u64::MAX - 1) + 1
}

fn start_thread() {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        std::thread::spawn(|| {
            loop {
                std::thread::sleep(Duration::from_secs(1));
                let late: Vec<Arc<Mark>> = MARKS.lock().map_or_else(
                    |_| Vec::new(),
                    |marks| {
                        let now = now();
                        let late = marks.iter().filter(|mark| mark.needs_warning(now));
                        late.cloned().collect()
                    },
                );
                for mark in late {
                    warn(&mark);
                }
            }
        });
    });
}

fn warn(mark: &Mark) {
    tracing::warn!(
        phase = mark.phase,
        lane = mark.lane,
        "phase `{}` has blocked an async thread for {} s; long work belongs in PhaseContext::compute",
        mark.phase,
        LONGEST_POLL.as_secs()
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_poll_needs_one_warning() {
        let watched = Watched::begin("x", 0);
        let mark = &watched.0;
        assert!(!mark.needs_warning(1_000_000), "it is between two polls");
        mark.poll_began.store(5_000, Relaxed);
        assert!(!mark.needs_warning(14_999));
        assert!(mark.needs_warning(15_000));
        assert!(!mark.needs_warning(16_000), "there was a warning already");
        mark.poll_began.store(17_000, Relaxed);
        assert!(mark.needs_warning(27_000), "another poll");
    }
}
