//! Medians and ratios: as a table for a terminal, as Markdown and as a plot for the guide.

use std::fmt::Write;
use std::path::Path;

use crate::process::Took;
use crate::scenario::{
    COLD, COLD_ONE, FIRST_QUERY, FLOOR, HELP, Measured, NEXT_DAY, NOTHING, Report, SCAN, SOME, TEN,
    WINDOW,
};
use crate::server::OPTIONS;

/// How the table of the kernels begins.
const KERNELS: &str = "| kernels of data_processing, on one core |";
/// Between these lines of the guide stands what the bench wrote.
const BEGIN: &str = "<!-- written by cargo xtask bench --write -->";
const END: &str = "<!-- end of what cargo xtask bench wrote -->";

/// The least and the goal that issue 4 names, as shares of floor A.
const GOALS: [(&str, f64); 4] = [(COLD, 1.0), (COLD_ONE, 1.8), (NOTHING, 0.2), (SOME, 0.3)];

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}

fn of(one: &Measured, get: fn(&Took) -> f64) -> f64 {
    median(one.took.iter().map(get).collect())
}

/// The median of what each round's figures come to: a machine whose speed drifts from round to round is the same for both.
fn paired<const N: usize>(all: [&Measured; N], figure: impl Fn([f64; N]) -> f64) -> f64 {
    let rounds = all.iter().map(|one| one.took.len()).min().unwrap_or(0);
    median(
        (0..rounds)
            .map(|round| figure(all.map(|one| one.took[round].wall)))
            .collect(),
    )
}

fn ratio(one: &Measured, other: &Measured) -> f64 {
    paired([one, other], |[one, other]| one / other)
}

impl Report {
    fn find(&self, rows: u64, name: &str) -> Option<&Measured> {
        self.measured
            .iter()
            .find(|one| one.rows == rows && one.name == name)
    }

    fn over_floor(&self, one: &Measured) -> f64 {
        self.find(one.rows, FLOOR)
            .map_or(f64::NAN, |floor| ratio(one, floor))
    }

    fn sizes(&self) -> Vec<u64> {
        let mut sizes: Vec<u64> = self
            .measured
            .iter()
            .map(|one| one.rows)
            .filter(|rows| *rows > 0)
            .collect();
        sizes.dedup();
        sizes
    }

    /// A row of the table: what, rows, median of the wall time, its ratio to floor A, CPU and memory of our process.
    pub(crate) fn markdown(&self) -> String {
        let mut out = String::from(
            "| what | raw rows | median | × floor A | goal | CPU of our process | × its wall | peak memory |\n|---|---:|---:|---:|---:|---:|---:|---:|\n",
        );
        for rows in self.sizes() {
            for name in [
                FLOOR, SCAN, COLD, COLD_ONE, NOTHING, SOME, WINDOW, TEN, NEXT_DAY,
            ] {
                let Some(one) = self.find(rows, name) else {
                    continue;
                };
                let (wall, cpu, peak) = (
                    of(one, |took| took.wall),
                    of(one, |took| took.cpu),
                    of(one, |took| took.peak_mb),
                );
                let goal = GOALS
                    .iter()
                    .find(|(goal, _)| *goal == name)
                    .map_or(String::new(), |(_, goal)| format!("{goal:.1}"));
                let _ = write!(
                    out,
                    "| {name} | {rows} | {wall:.2} s | {:.2} | {goal} |",
                    self.over_floor(one)
                );
                if cpu > 0.0 {
                    let _ = writeln!(out, " {cpu:.2} s | {:.2} | {peak:.0} MB |", cpu / wall);
                } else {
                    out.push_str(" | | |\n");
                }
            }
        }
        out.push_str(&self.comparisons());
        out
    }

    /// What the goals compare with one another.
    fn comparisons(&self) -> String {
        let mut out =
            String::from("\n| compared | raw rows | figure | goal |\n|---|---:|---:|---:|\n");
        let wall = |rows, name| self.find(rows, name).map(|one| of(one, |took| took.wall));
        let sizes = self.sizes();
        for &rows in &sizes {
            if let (Some(one), Some(two)) = (self.find(rows, COLD_ONE), self.find(rows, COLD)) {
                let _ = writeln!(
                    out,
                    "| one lane ÷ two lanes | {rows} | {:.2} | ≥ 1.6 |",
                    ratio(one, two)
                );
            }
            let window = wall(rows, WINDOW);
            if let (Some(window), Some(least)) = (window, wall(sizes[0], WINDOW))
                && rows != sizes[0]
            {
                let _ = writeln!(
                    out,
                    "| {WINDOW} ÷ the same at {} | {rows} | {:.2} | ≤ 1.3 |",
                    sizes[0],
                    window / least
                );
            }
            if let (Some(window), Some(ten), Some(scan)) = (
                self.find(rows, WINDOW),
                self.find(rows, TEN),
                self.find(rows, SCAN),
            ) {
                let _ = writeln!(
                    out,
                    "| what the window saves ÷ floor B | {rows} | {:.2} | ≤ 1.0 |",
                    paired([window, ten, scan], |[window, ten, scan]| (ten - window)
                        / scan)
                );
            }
        }
        for (name, goal) in [(FIRST_QUERY, 50), (HELP, 10)] {
            if let Some(wall) = wall(0, name) {
                let _ = writeln!(out, "| {name} | | {:.1} ms | ≤ {goal} ms |", wall * 1000.0);
            }
        }
        out.push_str(&self.kernels());
        out
    }

    /// The kernels by themselves.
    pub(crate) fn kernels(&self) -> String {
        let made = &self.kernels;
        let mut out = format!(
            "\n{KERNELS} postings | rows a second | × the functions in Python | goal |\n|---|---:|---:|---:|---|\n",
        );
        for (name, seconds, goal) in [
            (
                "rules `standard`",
                &made.standard,
                "≥ 1,500,000 rows a second, ≥ 60 × Python",
            ),
            (
                "rules `v1`, which give what those functions gave",
                &made.v1,
                "",
            ),
            ("the functions in Python", &made.python, ""),
        ] {
            if seconds.is_empty() {
                continue;
            }
            let rounds = made.python.iter().zip(seconds);
            let ratio = median(rounds.map(|(python, ours)| python / ours).collect());
            let seconds = median(seconds.clone());
            #[allow(clippy::cast_precision_loss)] // a few thousand postings
            let speed = made.postings as f64 / seconds / 1000.0;
            let ratio = if ratio.is_finite() {
                format!("{ratio:.1}")
            } else {
                String::new()
            };
            let _ = writeln!(
                out,
                "| {name} | {} | {speed:.0},000 | {ratio} | {goal} |",
                made.postings
            );
        }
        out
    }

    /// Bars of ratios, a group a size, with a line at floor A.
    pub(crate) fn svg(&self) -> String {
        let names = [COLD, COLD_ONE, NOTHING, SOME, WINDOW, TEN, NEXT_DAY];
        let bars: Vec<(String, f64)> = self
            .sizes()
            .iter()
            .flat_map(|rows| {
                names.iter().filter_map(move |name| {
                    let one = self.find(*rows, name)?;
                    Some((format!("{rows} rows: {name}"), self.over_floor(one)))
                })
            })
            .collect();
        let (left, unit, height) = (420.0, 300.0, 22.0);
        let longest = bars.iter().map(|(_, ratio)| *ratio).fold(1.0, f64::max);
        #[allow(clippy::cast_precision_loss)] // a few bars
        let bottom = 40.0 + bars.len() as f64 * height;
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{:.0}\" height=\"{:.0}\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n<text x=\"10\" y=\"18\" font-weight=\"bold\">Wall time of the pipeline, as a share of PostgreSQL's own INSERT … SELECT of the same rows</text>\n",
            left + unit * longest + 70.0,
            bottom + 14.0
        );
        for (index, (label, ratio)) in bars.iter().enumerate() {
            #[allow(clippy::cast_precision_loss)] // a few bars
            let top = 30.0 + index as f64 * height;
            let colour = if *ratio <= 1.0 { "#2f7d5b" } else { "#b5651d" };
            let _ = writeln!(
                out,
                "<text x=\"{:.0}\" y=\"{:.0}\" text-anchor=\"end\">{label}</text><rect x=\"{left}\" y=\"{top:.0}\" width=\"{:.1}\" height=\"16\" fill=\"{colour}\"/><text x=\"{:.1}\" y=\"{:.0}\">{ratio:.2}</text>",
                left - 6.0,
                top + 13.0,
                ratio * unit,
                left + ratio * unit + 5.0,
                top + 13.0
            );
        }
        let _ = writeln!(
            out,
            "<line x1=\"{0}\" x2=\"{0}\" y1=\"26\" y2=\"{bottom}\" stroke=\"#444\" stroke-dasharray=\"4 3\"/>\n</svg>",
            left + unit
        );
        out
    }

    /// Puts table and plot into guide 2.
    pub(crate) fn write(&self, root: &Path) -> Result<(), String> {
        let rounds = self
            .measured
            .iter()
            .filter(|one| one.rows > 0)
            .map(|one| one.took.len())
            .max()
            .unwrap_or(0);
        let made = format!(
            "{BEGIN}\n{}\n![The same as bars](bench.svg)\n\n{rounds} rounds, each in turn (above 1,000,000 rows once); times are medians, and ratios of one size medians of the rounds' own ratios; rows in the shapes of {} postings; {}, {}; {} processors.\n",
            self.markdown(),
            self.shapes,
            self.server,
            OPTIONS.join(", "),
            std::thread::available_parallelism().map_or(0, std::num::NonZero::get)
        );
        replace(root, BEGIN, END, &made)?;
        std::fs::write(root.join("docs/bench.svg"), self.svg()).map_err(|error| error.to_string())
    }

    /// Puts the table of the kernels into guide 2, in place of the one that stands there.
    pub(crate) fn write_kernels(&self, root: &Path) -> Result<(), String> {
        replace(root, KERNELS, "\n\n", self.kernels().trim())
    }
}

/// Puts a text into guide 2, in place of what stands from a mark on and before another.
fn replace(root: &Path, begin: &str, end: &str, made: &str) -> Result<(), String> {
    let guide = root.join("docs/02-implementation-and-performance.md");
    let text =
        std::fs::read_to_string(&guide).map_err(|error| format!("{}: {error}", guide.display()))?;
    let from = text.find(begin);
    let stretch = from.and_then(|from| Some((from, from + text[from..].find(end)?)));
    let Some((from, to)) = stretch else {
        return Err(format!(
            "{} has no place for it: {begin} … {end}",
            guide.display()
        ));
    };
    let text = format!("{}{made}{}", &text[..from], &text[to..]);
    std::fs::write(&guide, text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_that_of_the_usual_round() {
        let measured = |walls: [f64; 3]| Measured {
            rows: 1,
            name: COLD,
            took: walls
                .map(|wall| Took {
                    wall,
                    ..Took::default()
                })
                .to_vec(),
        };
        // The machine became four times as slow after the first round.
        let (one, two) = (measured([3.0, 16.0, 14.0]), measured([2.0, 8.0, 8.0]));
        assert!((ratio(&one, &two) - 1.75).abs() < 1e-9);
    }
}
