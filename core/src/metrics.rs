//! Measurement of phases. The context measures; a phase never measures itself.
//!
//! Busy time and CPU time are taken around each poll of a phase's future, and around each closure that the phase runs on
//! a blocking thread. CPU time is measured for the thread, because the CPU time of a process cannot be divided among lanes.
//! Memory is the resident set of the process, sampled while a phase works.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use sysinfo::{Pid, ProcessRefreshKind, ProcessesToUpdate, System};

/// The measurements of one phase in a run, over all lanes.
#[derive(Debug, Default)]
pub struct PhaseMetrics {
    /// Tries that began.
    pub calls: AtomicU64,
    /// Tries that failed and were repeated.
    pub retries: AtomicU64,
    /// Rows received.
    pub rows_in: AtomicU64,
    /// Rows returned.
    pub rows_out: AtomicU64,
    /// Rejected rows.
    pub rejected: AtomicU64,
    wall_ns: AtomicU64,
    busy_ns: AtomicU64,
    cpu_ns: AtomicU64,
    rss_before: AtomicU64,
    rss_after: AtomicU64,
    rss_peak: AtomicU64,
    active: Mutex<Active>,
}

/// The lanes in a phase, and what they do there.
#[derive(Debug, Default)]
struct Active {
    /// The lanes that are in the phase now.
    lanes: u32,
    /// When the first of these lanes came. `None` when no lane is in the phase.
    since: Option<Instant>,
    /// The time with at least one lane before that.
    before: Duration,
    /// The work that the phase says it does. `None` when no lane is in the phase.
    doing: Option<&'static str>,
}

impl PhaseMetrics {
    /// Time with at least one lane in the phase.
    pub fn elapsed(&self) -> Duration {
        self.active.lock().map_or(Duration::ZERO, |active| {
            active.before + active.since.map_or(Duration::ZERO, |since| since.elapsed())
        })
    }

    /// The work that the phase [says](crate::PhaseContext::doing) it does; `None` if it says nothing.
    pub fn doing(&self) -> Option<&'static str> {
        self.active.lock().ok().and_then(|active| active.doing)
    }

    pub(crate) fn set_doing(&self, work: &'static str) {
        if let Ok(mut active) = self.active.lock() {
            active.doing = Some(work);
        }
    }

    fn enter(&self) {
        if let Ok(mut active) = self.active.lock() {
            active.lanes += 1;
            active.since.get_or_insert_with(Instant::now);
        }
    }

    fn leave(&self) {
        if let Ok(mut active) = self.active.lock() {
            active.lanes = active.lanes.saturating_sub(1);
            if active.lanes == 0
                && let Some(since) = active.since.take()
            {
                active.before += since.elapsed();
                active.doing = None;
            }
        }
    }

    /// Wall time in the phase, added over lanes.
    pub fn wall(&self) -> Duration {
        Duration::from_nanos(self.wall_ns.load(Relaxed))
    }

    /// Time in which the phase worked and did not wait for the database, added over lanes.
    pub fn busy(&self) -> Duration {
        Duration::from_nanos(self.busy_ns.load(Relaxed))
    }

    /// CPU time of this process in the phase, added over lanes.
    pub fn cpu(&self) -> Duration {
        Duration::from_nanos(self.cpu_ns.load(Relaxed))
    }

    /// Resident bytes of the process: before the phase, after it, and the peak during it.
    pub fn memory(&self) -> (u64, u64, u64) {
        (
            self.rss_before.load(Relaxed),
            self.rss_after.load(Relaxed),
            self.rss_peak.load(Relaxed),
        )
    }

    fn work<T>(&self, work: impl FnOnce() -> T) -> T {
        let (start, cpu) = (Instant::now(), thread_cpu());
        let value = work();
        self.busy_ns.fetch_add(nanos(start.elapsed()), Relaxed);
        self.cpu_ns
            .fetch_add(nanos(thread_cpu().saturating_sub(cpu)), Relaxed);
        value
    }
}

/// The monitor of a run. It samples memory while phases work.
#[derive(Debug, Clone, Default)]
pub struct Monitor {
    watched: Arc<Mutex<Vec<Arc<PhaseMetrics>>>>,
}

impl Monitor {
    /// Starts a monitor. The sampler ends with the last handle.
    pub fn start() -> Self {
        let monitor = Self::default();
        let watched = Arc::downgrade(&monitor.watched);
        tokio::spawn(async move {
            let mut tick = tokio::time::interval(Duration::from_millis(50));
            loop {
                tick.tick().await;
                let Some(watched) = watched.upgrade() else {
                    break;
                };
                let rss = resident();
                for metrics in watched.lock().iter().flat_map(|list| list.iter()) {
                    if metrics.active.lock().is_ok_and(|active| active.lanes > 0) {
                        metrics.rss_peak.fetch_max(rss, Relaxed);
                    }
                }
            }
        });
        monitor
    }

    /// New metrics of a phase, sampled from now on.
    pub fn watch(&self) -> Arc<PhaseMetrics> {
        let metrics = Arc::new(PhaseMetrics::default());
        if let Ok(mut watched) = self.watched.lock() {
            watched.push(Arc::clone(&metrics));
        }
        metrics
    }
}

/// Runs and measures the future of a phase.
pub async fn measure<F: Future>(metrics: &PhaseMetrics, future: F) -> F::Output {
    let start = Instant::now();
    let before = resident();
    let _ = metrics
        .rss_before
        .compare_exchange(0, before, Relaxed, Relaxed);
    metrics.rss_peak.fetch_max(before, Relaxed);
    metrics.calls.fetch_add(1, Relaxed);
    let inside = Inside::new(metrics);
    let output = Measured {
        metrics,
        future: Box::pin(future),
    }
    .await;
    drop(inside);
    let after = resident();
    metrics.rss_after.store(after, Relaxed);
    metrics.rss_peak.fetch_max(after, Relaxed);
    metrics.wall_ns.fetch_add(nanos(start.elapsed()), Relaxed);
    output
}

/// Runs and measures a CPU-heavy closure outside the async threads. A panic of the closure continues here.
///
/// # Errors
/// The program ends.
pub async fn compute<T: Send + 'static>(
    metrics: &Arc<PhaseMetrics>,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, tokio::task::JoinError> {
    let metrics = Arc::clone(metrics);
    match tokio::task::spawn_blocking(move || metrics.work(work)).await {
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        ended => ended,
    }
}

/// Counts a lane as being in the phase, until its future ends or is dropped.
struct Inside<'a>(&'a PhaseMetrics);

impl<'a> Inside<'a> {
    fn new(metrics: &'a PhaseMetrics) -> Self {
        metrics.enter();
        Self(metrics)
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        self.0.leave();
    }
}

struct Measured<'a, F> {
    metrics: &'a PhaseMetrics,
    future: Pin<Box<F>>,
}

impl<F: Future> Future for Measured<'_, F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = &mut *self;
        this.metrics.work(|| this.future.as_mut().poll(cx))
    }
}

/// The resident set size of this process, in bytes.
pub fn resident() -> u64 {
    static SYSTEM: Mutex<Option<System>> = Mutex::new(None);
    let pid = Pid::from_u32(std::process::id());
    let Ok(mut slot) = SYSTEM.lock() else {
        return 0;
    };
    let system = slot.get_or_insert_with(System::new);
    system.refresh_processes_specifics(
        ProcessesToUpdate::Some(&[pid]),
        false,
        ProcessRefreshKind::nothing().with_memory().without_tasks(),
    );
    system.process(pid).map_or(0, sysinfo::Process::memory)
}

/// The CPU time of this thread. Other programs on the machine do not change it.
pub fn thread_cpu() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(
        u64::try_from(time.tv_sec).unwrap_or(0),
        u32::try_from(time.tv_nsec).unwrap_or(0),
    )
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn waiting_counts_as_wall_time_and_computing_as_cpu_time() {
        let metrics = Arc::new(PhaseMetrics::default());
        measure(&metrics, async {
            tokio::time::sleep(Duration::from_millis(60)).await;
            compute(&metrics, || {
                let start = thread_cpu();
                while thread_cpu() < start + Duration::from_millis(20) {
                    std::hint::spin_loop();
                }
            })
            .await
            .unwrap();
        })
        .await;
        assert!(metrics.wall() >= Duration::from_millis(80));
        assert!(metrics.elapsed() >= Duration::from_millis(80));
        assert!(metrics.cpu() >= Duration::from_millis(20));
        assert!(metrics.busy() < metrics.wall());
        let (before, after, peak) = metrics.memory();
        assert!(before > 0 && after > 0 && peak >= before.max(after));
    }
}
