//! The measurements as tables in Markdown.

use std::fmt::Write;

use crate::kernels::FIELDS;
use crate::measurements::{
    COLD, COLD_FACTS, COLD_ONE, COMMIT, DAY, DUCKDB, EXPERT, FIRST_QUERY, FLOOR, HELP,
    Measurements, NEXT_DAY, NOTHING, POLARS, SCAN, SMALL, SMALL_NOTHING, SOME, TEN, WINDOW, median,
    paired, ratio,
};

/// The beginning of the table of the kernels.
pub(crate) const KERNELS: &str = "| kernels of data_processing, on one core |";

/// From this number of rows on, the fixed part of a run no longer matters, so the goals are stricter.
const LARGE: u64 = 1_000_000;

/// The goals, as multiples of floor A.
const GOALS: [(&str, f64); 4] = [(COLD, 1.0), (COLD_ONE, 1.8), (NOTHING, 0.2), (SOME, 0.3)];

impl Measurements {
    /// All tables.
    pub(crate) fn markdown(&self) -> String {
        format!(
            "{}{}{}",
            self.main_table(),
            self.comparisons(),
            self.kernel_table()
        )
    }

    /// Each measurement: the median of its wall time, the multiple of floor A, and the CPU time and memory of our process.
    fn main_table(&self) -> String {
        let mut out = String::from(
            "| what | raw rows | median | × floor A | goal | CPU of our process | × its wall | peak memory |\n|---|---:|---:|---:|---:|---:|---:|---:|\n",
        );
        for rows in self.sizes() {
            for name in [
                FLOOR, EXPERT, SCAN, COLD, COLD_ONE, COLD_FACTS, POLARS, DUCKDB, NOTHING, SOME,
                WINDOW, TEN, NEXT_DAY, DAY,
            ] {
                let Some(one) = self.find(rows, name) else {
                    continue;
                };
                let goal = GOALS.iter().find(|(goal, _)| *goal == name);
                let goal = goal.map_or(String::new(), |(_, goal)| format!("{goal:.1}"));
                let wall = one.median(|usage| usage.wall);
                let over_floor = self.over_floor(one);
                let _ = write!(
                    out,
                    "| {name} | {rows} | {wall:.2} s | {over_floor:.2} | {goal} |"
                );
                let cpu = one.median(|usage| usage.cpu);
                if cpu > 0.0 {
                    let peak = one.median(|usage| usage.peak_mb);
                    let _ = writeln!(out, " {cpu:.2} s | {:.2} | {peak:.0} MB |", cpu / wall);
                } else {
                    out.push_str(" | | |\n");
                }
            }
        }
        out
    }

    /// Measurements that the goals compare with one another.
    fn comparisons(&self) -> String {
        let mut out =
            String::from("\n| compared | raw rows | figure | goal |\n|---|---:|---:|---:|\n");
        let sizes = self.sizes();
        for &rows in &sizes {
            let mut line = |what: &str, figure: f64, goal: &str| {
                let _ = writeln!(out, "| {what} | {rows} | {figure:.2} | {goal} |");
            };
            if let (Some(one), Some(two)) = (self.find(rows, COLD_ONE), self.find(rows, COLD)) {
                line("one lane ÷ two lanes", ratio(one, two), "≥ 1.6");
            }
            if let (Some(with), Some(without)) =
                (self.find(rows, COLD_FACTS), self.find(rows, COLD))
            {
                line(
                    &format!("{COLD_FACTS} ÷ without"),
                    ratio(with, without),
                    "≤ 1.25",
                );
            }
            if let (Some(cold), Some(expert)) = (self.find(rows, COLD), self.find(rows, EXPERT)) {
                let goal = if rows < LARGE { "≤ 1.6" } else { "≤ 1.4" };
                line(
                    &format!("{COLD} ÷ expert's floor"),
                    ratio(cold, expert),
                    goal,
                );
            }
            if let (Some(day), Some(floor)) = (self.find(rows, DAY), self.find(rows, FLOOR)) {
                let goal = if rows < LARGE { "" } else { "≤ 0.15" };
                line(&format!("{DAY} ÷ floor A"), ratio(day, floor), goal);
            }
            let least = sizes[0];
            if let (Some(nothing), Some(smallest)) =
                (self.wall(rows, NOTHING), self.wall(least, NOTHING))
                && rows != least
            {
                line(
                    &format!("{NOTHING} ÷ the same at {least}"),
                    nothing / smallest,
                    "≤ 1.5",
                );
            }
            if let (Some(window), Some(smallest)) =
                (self.wall(rows, WINDOW), self.wall(least, WINDOW))
                && rows != least
            {
                line(
                    &format!("{WINDOW} ÷ the same at {least}"),
                    window / smallest,
                    "≤ 1.3",
                );
            }
            let (window, ten, scan) = (
                self.find(rows, WINDOW),
                self.find(rows, TEN),
                self.find(rows, SCAN),
            );
            if let (Some(window), Some(ten), Some(scan)) = (window, ten, scan) {
                let saved = paired([window, ten, scan], |[window, ten, scan]| {
                    (ten - window) / scan
                });
                line("what the window saves ÷ floor B", saved, "≤ 1.0");
            }
        }
        for (name, goal) in [
            (SMALL, "≤ 150 ms"),
            (SMALL_NOTHING, "≤ 60 ms"),
            (COMMIT, ""),
            (FIRST_QUERY, "≤ 50 ms"),
            (HELP, "≤ 10 ms"),
        ] {
            if let Some(wall) = self.wall(0, name) {
                let _ = writeln!(out, "| {name} | | {:.1} ms | {goal} |", wall * 1000.0);
            }
        }
        out
    }

    /// The kernels by themselves.
    pub(crate) fn kernel_table(&self) -> String {
        let kernels = &self.kernels;
        let mut out = format!(
            "\n{KERNELS} postings | rows a second | × the functions in Python | goal |\n|---|---:|---:|---:|---|\n",
        );
        // The functions in Python do all of the work, so a part of the work has no ratio to them.
        let (python, none) = (kernels.python.as_slice(), [].as_slice());
        let mut rows = vec![(
            "rules `standard`".to_owned(),
            &kernels.standard,
            python,
            "≥ 60 × Python",
        )];
        let kept = "rules `standard`, by a kernel that has read these texts before";
        rows.push((kept.to_owned(), &kernels.kept, none, ""));
        for ((name, _), seconds) in FIELDS.iter().zip(&kernels.fields) {
            rows.push((format!("only {name}"), seconds, none, ""));
        }
        let v1 = "rules `v1`, which produce the results of these functions".to_owned();
        rows.push((v1, &kernels.v1, python, ""));
        let functions = "the functions in Python".to_owned();
        rows.push((functions, &kernels.python, python, ""));
        for (name, seconds, python, goal) in rows {
            if seconds.is_empty() {
                continue;
            }
            let rounds = python.iter().zip(seconds);
            let ratio = median(rounds.map(|(python, ours)| python / ours).collect());
            let ratio = if ratio.is_finite() {
                format!("{ratio:.1}")
            } else {
                String::new()
            };
            #[allow(clippy::cast_precision_loss)] // a few thousand postings
            let speed = kernels.postings as f64 / median(seconds.clone()) / 1000.0;
            let _ = writeln!(
                out,
                "| {name} | {} | {speed:.0},000 | {ratio} | {goal} |",
                kernels.postings
            );
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::Usage;

    #[test]
    fn a_first_load_with_facts_is_compared_with_one_without_round_by_round() {
        let mut measured = Measurements::default();
        for (name, wall) in [
            (COLD, 2.0),
            (COLD_FACTS, 2.3),
            (COLD, 4.0),
            (COLD_FACTS, 4.8),
            (COLD, 2.0),
            (COLD_FACTS, 3.0),
        ] {
            let usage = Usage {
                wall,
                ..Usage::default()
            };
            measured.add(1000, name, usage);
        }
        let line = "| first load, two lanes, with job_facts ÷ without | 1000 | 1.20 | ≤ 1.25 |\n";
        let tables = measured.markdown();
        assert!(tables.contains(line), "{tables}");
        let row = "| first load, two lanes, with job_facts | 1000 | 3.00 s |";
        assert!(tables.contains(row), "{tables}");
    }
}
