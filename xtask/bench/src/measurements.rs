//! The measurements of a bench: their names, their rounds, and figures over the rounds.

use crate::kernels::Kernels;
use crate::process::Usage;

pub(crate) const FLOOR: &str =
    "floor A: INSERT … SELECT, 16 columns, key and 4 indexes, nothing transformed";
pub(crate) const EXPERT: &str =
    "expert's floor: the key only, two sessions insert, then two sessions create the 4 indexes";
pub(crate) const POLARS: &str = "Polars with ADBC: title, company and place only";
pub(crate) const DUCKDB: &str = "DuckDB with ADBC: title, company and place only";
pub(crate) const SCAN: &str = "floor B: two narrow columns of raw and staging compared";
pub(crate) const COLD: &str = "first load, two lanes";
pub(crate) const COLD_ONE: &str = "first load, one lane";
pub(crate) const COLD_FACTS: &str = "first load, two lanes, with job_facts";
pub(crate) const NOTHING: &str = "nothing new";
pub(crate) const SOME: &str = "1 % new or changed";
pub(crate) const TEN: &str = "10,000 new rows";
pub(crate) const WINDOW: &str = "10,000 new rows, window of 10 days";
pub(crate) const NEXT_DAY: &str = "a day later, nothing new: time_remaining is refreshed";
pub(crate) const DAY: &str =
    "a day later, 10,000 new and 2,000 changed rows: time_remaining is refreshed";
pub(crate) const SMALL: &str = "first run of 383 postings";
pub(crate) const SMALL_NOTHING: &str = "nothing new in 383 postings";
pub(crate) const COMMIT: &str = "one commit of this server";
pub(crate) const HELP: &str = "--help";
pub(crate) const FIRST_QUERY: &str = "start to first query";

/// One thing that was measured, with a value for each round.
#[derive(Debug, Clone)]
pub(crate) struct Measurement {
    pub(crate) rows: u64,
    pub(crate) name: &'static str,
    pub(crate) rounds: Vec<Usage>,
}

/// All measurements.
#[derive(Debug, Clone, Default)]
pub(crate) struct Measurements {
    /// The number of postings whose shapes the generated rows take.
    pub(crate) shapes: usize,
    /// The version of the server.
    pub(crate) server: String,
    pub(crate) all: Vec<Measurement>,
    pub(crate) kernels: Kernels,
}

impl Measurements {
    /// Adds a round, and prints it.
    pub(crate) fn add(&mut self, rows: u64, name: &'static str, usage: Usage) {
        let known = self
            .all
            .iter_mut()
            .find(|one| one.rows == rows && one.name == name);
        match known {
            Some(one) => one.rounds.push(usage),
            None => self.all.push(Measurement {
                rows,
                name,
                rounds: vec![usage],
            }),
        }
        eprintln!(
            "{rows:>9} rows  {:>8.3} s  cpu {:>7.3} s  peak {:>5.0} MB  {name}",
            usage.wall, usage.cpu, usage.peak_mb
        );
    }

    pub(crate) fn find(&self, rows: u64, name: &str) -> Option<&Measurement> {
        self.all
            .iter()
            .find(|one| one.rows == rows && one.name == name)
    }

    /// The median wall time of a measurement.
    pub(crate) fn wall(&self, rows: u64, name: &str) -> Option<f64> {
        self.find(rows, name)
            .map(|one| one.median(|usage| usage.wall))
    }

    /// The wall time of a measurement as a multiple of floor A.
    pub(crate) fn over_floor(&self, one: &Measurement) -> f64 {
        self.find(one.rows, FLOOR)
            .map_or(f64::NAN, |floor| ratio(one, floor))
    }

    /// The sizes of the raw table, in order.
    pub(crate) fn sizes(&self) -> Vec<u64> {
        let mut sizes: Vec<u64> = self
            .all
            .iter()
            .map(|one| one.rows)
            .filter(|rows| *rows > 0)
            .collect();
        sizes.dedup();
        sizes
    }
}

impl Measurement {
    /// The median over the rounds of one figure.
    pub(crate) fn median(&self, figure: fn(&Usage) -> f64) -> f64 {
        median(self.rounds.iter().map(figure).collect())
    }
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => values[middle],
        _ => f64::midpoint(values[middle - 1], values[middle]),
    }
}

/// The median of a figure that is computed from the wall times of one round. The speed of a machine may change from round
/// to round, but it is the same for all measurements of a round.
pub(crate) fn paired<const N: usize>(
    all: [&Measurement; N],
    figure: impl Fn([f64; N]) -> f64,
) -> f64 {
    let rounds = all.iter().map(|one| one.rounds.len()).min().unwrap_or(0);
    let figures = (0..rounds).map(|round| figure(all.map(|one| one.rounds[round].wall)));
    median(figures.collect())
}

/// The wall time of one measurement as a multiple of another's.
pub(crate) fn ratio(one: &Measurement, other: &Measurement) -> f64 {
    paired([one, other], |[one, other]| one / other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_the_median_of_the_ratios_of_the_rounds() {
        let measured = |walls: [f64; 3]| Measurement {
            rows: 1,
            name: COLD,
            rounds: walls
                .map(|wall| Usage {
                    wall,
                    ..Usage::default()
                })
                .to_vec(),
        };
        // The machine became four times as slow after the first round.
        let (one, two) = (measured([3.0, 16.0, 14.0]), measured([2.0, 8.0, 8.0]));
        assert!((ratio(&one, &two) - 1.75).abs() < 1e-9);
    }
}
