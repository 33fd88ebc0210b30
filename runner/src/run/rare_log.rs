//! Decides when a wait for the server is logged: at the first failure, and then ever more rarely.

use std::time::{Duration, Instant};

/// The first interval between two log lines. It doubles after each.
const FIRST: Duration = Duration::from_secs(2);
/// The longest interval.
const LONGEST: Duration = Duration::from_secs(60);

/// The log lines about one wait.
pub(crate) struct RareLog {
    began: Instant,
    /// The next line, and the interval after it.
    next: (Duration, Duration),
}

impl RareLog {
    pub(crate) fn new() -> Self {
        Self {
            began: Instant::now(),
            next: (Duration::ZERO, FIRST),
        }
    }

    /// The time since the wait began.
    pub(crate) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// Whether a failure that happens now is logged.
    pub(crate) fn is_due(&mut self) -> bool {
        self.is_due_at(self.began.elapsed())
    }

    fn is_due_at(&mut self, elapsed: Duration) -> bool {
        let (due, interval) = self.next;
        if elapsed < due {
            return false;
        }
        self.next = (elapsed + interval, (interval * 2).min(LONGEST));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_each_second_is_logged_rarely() {
        let mut log = RareLog::new();
        let logged: Vec<u64> = (0..=300)
            .filter(|second| log.is_due_at(Duration::from_secs(*second)))
            .collect();
        assert_eq!(logged, [0, 2, 6, 14, 30, 62, 122, 182, 242]);
    }
}
