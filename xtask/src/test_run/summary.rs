//! The end of a test run: the time of each step and program, and what failed.

use std::fmt::Write;
use std::time::Duration;

use super::record::Ended;

/// A program that took this long has a line in the summary.
const LONG: Duration = Duration::from_secs(1);

/// The result of a test run.
#[derive(Debug, Default)]
pub(super) struct Summary {
    /// How long the programs took to build.
    pub(super) build: Duration,
    /// How many programs were to run.
    pub(super) programs: usize,
    /// The programs that ended.
    pub(super) ended: Vec<Ended>,
    /// How long the tests in the documentation took, and whether they passed; `None` if they were not selected.
    pub(super) documentation: Option<(Duration, bool)>,
}

impl Summary {
    /// Each step and each long program with its time.
    pub(super) fn describe(&self) -> String {
        let mut lines = Vec::new();
        if self.programs > 0 {
            let all = self.ended.iter().map(|ended| ended.time).sum();
            let count = format!("{} of {} test programs", self.ended.len(), self.programs);
            lines.push((self.build, "building the tests".to_owned()));
            lines.push((all, count));
        }
        let is_shown = |ended: &&Ended| ended.time >= LONG || !ended.is_ok;
        let shown = self.ended.iter().filter(is_shown);
        lines
            .extend(shown.map(|ended| (ended.time, format!("  {}: {}", ended.name, ended.counts))));
        let documentation = self.documentation.iter();
        lines.extend(
            documentation.map(|(time, _)| (*time, "tests in the documentation".to_owned())),
        );
        let mut text = String::new();
        for (time, name) in lines {
            let _ = writeln!(text, "{:>8.1} s  {name}", time.as_secs_f64());
        }
        text
    }

    /// The programs and tests that failed; `None` if none did.
    pub(super) fn failure(&self) -> Option<String> {
        let failed: Vec<&Ended> = self.ended.iter().filter(|ended| !ended.is_ok).collect();
        let mut parts = Vec::new();
        if !failed.is_empty() {
            parts.push(format!(
                "{} of {} test programs failed",
                failed.len(),
                self.programs
            ));
        }
        for ended in failed {
            parts.push(format!(
                "  cargo xtask test {}: {}",
                ended.name, ended.counts
            ));
            parts.extend(ended.failed.iter().map(|test| format!("    {test}")));
        }
        if let Some((_, false)) = self.documentation {
            parts.push("tests in the documentation failed: cargo xtask test --doc".to_owned());
        }
        (!parts.is_empty()).then(|| parts.join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ended(name: &str, seconds: u64, failed: &[&str]) -> Ended {
        Ended {
            name: name.to_owned(),
            time: Duration::from_secs(seconds),
            is_ok: failed.is_empty(),
            counts: format!("5 passed, {} failed", failed.len()),
            failed: failed.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    #[test]
    fn every_failed_program_is_named_with_its_tests() {
        let mut summary = Summary {
            build: Duration::from_millis(1500),
            programs: 4,
            ended: vec![
                ended("-p a --lib", 0, &["x"]),
                ended("-p b --lib", 0, &[]),
                ended("-p c --test d", 9, &["y::z", "w"]),
            ],
            documentation: Some((Duration::from_secs(2), false)),
        };
        assert_eq!(
            summary.failure().unwrap().lines().collect::<Vec<_>>(),
            [
                "2 of 4 test programs failed",
                "  cargo xtask test -p a --lib: 5 passed, 1 failed",
                "    x",
                "  cargo xtask test -p c --test d: 5 passed, 2 failed",
                "    y::z",
                "    w",
                "tests in the documentation failed: cargo xtask test --doc",
            ]
        );
        assert_eq!(
            summary.describe().lines().collect::<Vec<_>>(),
            [
                "     1.5 s  building the tests",
                "     9.0 s  3 of 4 test programs",
                "     0.0 s    -p a --lib: 5 passed, 1 failed",
                "     9.0 s    -p c --test d: 5 passed, 2 failed",
                "     2.0 s  tests in the documentation",
            ]
        );
        summary.ended.truncate(1);
        summary.ended[0].is_ok = true;
        summary.documentation = Some((Duration::ZERO, true));
        assert_eq!(summary.failure(), None);
    }
}
