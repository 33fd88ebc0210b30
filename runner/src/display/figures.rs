//! The words of one line of the progress.

use std::time::Duration;

use indicatif::{DecimalBytes, HumanCount};

use super::line::{Amount, CountedUnit, LineState, ShownLine};

/// The rate of a line, in units per second; `None` until there is one.
pub(super) fn rate(per_second: f64) -> Option<f64> {
    (per_second.is_finite() && per_second >= 0.05).then_some(per_second)
}

/// The time after which a rate is good enough to tell the time that is left, even if little is done.
const LONG: Duration = Duration::from_secs(30);

/// The time that is left at this rate. `None` at the beginning, because the first batches of all lanes come late and together.
pub(super) fn time_left(line: &ShownLine, rate: Option<f64>) -> Option<Duration> {
    let amount = line.amount.as_ref()?;
    let total = amount.own_total()?;
    if amount.done < total / 20 && line.elapsed < LONG {
        return None;
    }
    let left = total.saturating_sub(amount.done);
    #[allow(clippy::cast_precision_loss)] // a time in words needs few digits
    Duration::try_from_secs_f64(left as f64 / rate?).ok()
}

/// The words behind the name of a line.
pub(super) fn words(line: &ShownLine, rate: Option<f64>) -> String {
    match (line.state, &line.amount) {
        (LineState::Pending, _) => String::new(),
        (LineState::Done, None) => duration(line.elapsed),
        (LineState::Done, Some(amount)) => {
            format!(
                "{} in {}",
                count(amount.unit, amount.all_done()),
                duration(line.elapsed)
            )
        }
        (LineState::Working, None) => joined(&[&line.doing, &so_far(line.elapsed)]),
        (LineState::Working, Some(amount)) => {
            let rate_words = rate.map_or("–".to_owned(), |rate| per_second(amount.unit, rate));
            let left_words = match (amount.total, time_left(line, rate)) {
                (None, _) | (Some(_), Some(Duration::ZERO)) => String::new(),
                (Some(_), None) => "–".to_owned(),
                (Some(_), Some(time)) => left(time),
            };
            // As wide as the widest, so that the bars of all phases end at the same place.
            let figures = format!(
                "{}  {rate_words:>9}  {left_words:<11}",
                done_of_total(amount)
            );
            joined(&[&figures, &line.doing])
        }
    }
}

/// The line as a sentence of the log.
pub(super) fn sentence(line: &ShownLine, rate: Option<f64>) -> String {
    let mut parts = Vec::new();
    if let Some(amount) = &line.amount {
        parts.push(done_of_total(amount).trim_start().to_owned());
        parts.extend(rate.map(|rate| per_second(amount.unit, rate)));
        parts.extend(time_left(line, rate).map(left));
    }
    if !line.doing.is_empty() {
        parts.push(line.doing.clone());
    }
    parts.push(format!("{} so far", so_far(line.elapsed)));
    format!("{}: {}", line.name, parts.join(", "))
}

fn joined(parts: &[&str]) -> String {
    let parts = parts.iter().filter(|part| !part.is_empty());
    parts.copied().collect::<Vec<_>>().join("  ")
}

/// `  640,000 of 1,000,000 rows`, as wide as at the end.
fn done_of_total(amount: &Amount) -> String {
    let done = amount.all_done();
    let Some(total) = amount.total else {
        return count(amount.unit, done);
    };
    let (done, total) = match amount.unit {
        CountedUnit::Rows => (HumanCount(done).to_string(), count(amount.unit, total)),
        CountedUnit::Bytes => (count(amount.unit, done), count(amount.unit, total)),
    };
    let width = match amount.unit {
        CountedUnit::Rows => total.chars().take_while(|c| *c != ' ').count(),
        CountedUnit::Bytes => "999.99 MB".len(),
    };
    format!("{done:>width$} of {total}")
}

fn count(unit: CountedUnit, number: u64) -> String {
    match (unit, number) {
        (CountedUnit::Rows, 1) => "1 row".to_owned(),
        (CountedUnit::Rows, number) => format!("{} rows", HumanCount(number)),
        (CountedUnit::Bytes, number) => DecimalBytes(number).to_string(),
    }
}

/// A rate, with at most three digits that are not zero, because the others change too fast to be read.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a rate is positive and small
fn per_second(unit: CountedUnit, rate: f64) -> String {
    if rate < 10.0 && unit == CountedUnit::Rows {
        return format!("{rate:.1}/s");
    }
    let step = 10_f64.powi((rate.log10().floor() as i32 - 2).max(0));
    let rounded = ((rate / step).round() * step) as u64;
    match unit {
        CountedUnit::Rows => format!("{}/s", HumanCount(rounded)),
        CountedUnit::Bytes => format!("{}/s", DecimalBytes(rounded)),
    }
}

/// The time that is left, in words.
fn left(time: Duration) -> String {
    let is_partial = time.subsec_nanos() > 0;
    let whole = time.as_secs().saturating_add(is_partial.into());
    format!("{} left", duration(Duration::from_secs(whole)))
}

/// The time since the work began, in words. A tenth of a second would change too fast to be read.
fn so_far(time: Duration) -> String {
    duration(Duration::from_secs(time.as_secs()))
}

/// A duration in at most two units: `0.4 s`, `59 s`, `12 min`, `2 h 05 min`.
fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..10 if time.subsec_nanos() > 0 => format!("{:.1} s", time.as_secs_f64()),
        0..120 => format!("{seconds} s"),
        120..3_600 => format!("{} min", seconds.div_ceil(60)),
        3_600..172_800 => format!("{} h {:02} min", seconds / 3_600, seconds % 3_600 / 60),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(state: LineState, amount: impl Into<Option<Amount>>, seconds: u64) -> ShownLine {
        ShownLine {
            name: "data_saving".to_owned(),
            state,
            amount: amount.into(),
            doing: String::new(),
            elapsed: Duration::from_secs(seconds),
            is_lane: false,
        }
    }

    fn rows(before: u64, done: u64, total: u64) -> Amount {
        Amount {
            unit: CountedUnit::Rows,
            done,
            before,
            total: Some(total),
        }
    }

    #[test]
    fn a_line_has_rows_rate_and_time_left() {
        let working = line(LineState::Working, rows(0, 640_000, 1_000_000), 12);
        assert_eq!(
            words(&working, Some(52_310.0)),
            "  640,000 of 1,000,000 rows   52,300/s  7 s left   "
        );
        assert_eq!(
            sentence(&working, Some(52_310.0)),
            "data_saving: 640,000 of 1,000,000 rows, 52,300/s, 7 s left, 12 s so far"
        );
    }

    #[test]
    fn without_a_rate_there_is_no_time_left() {
        let begun = line(LineState::Working, rows(0, 0, 20_000), 0);
        for unknown in [0.0, f64::NAN, f64::INFINITY, 0.001] {
            assert_eq!(
                words(&begun, rate(unknown)),
                "     0 of 20,000 rows          –  –          "
            );
            assert_eq!(
                sentence(&begun, rate(unknown)),
                "data_saving: 0 of 20,000 rows, 0 s so far"
            );
        }
    }

    #[test]
    fn the_time_left_counts_only_what_this_attempt_does() {
        // An earlier attempt published 900 of 1,000 rows. This one has done 50 of its 100 rows, at 10 rows per second.
        let retried = line(LineState::Working, rows(900, 50, 1_000), 5);
        assert_eq!(
            words(&retried, Some(10.0)),
            "  950 of 1,000 rows       10/s  5 s left   "
        );
    }

    #[test]
    fn the_first_batch_does_not_tell_the_time_left() {
        let first = line(LineState::Working, rows(0, 20_000, 1_000_000), 5);
        assert_eq!(time_left(&first, Some(4_000.0)), None);
        let later = line(LineState::Working, rows(0, 20_000, 1_000_000), 30);
        assert_eq!(
            time_left(&later, Some(4_000.0)),
            Some(Duration::from_secs(245))
        );
    }

    #[test]
    fn when_all_rows_have_passed_nothing_is_left() {
        let over = line(LineState::Working, rows(0, 1_100, 1_000), 5);
        assert_eq!(
            words(&over, Some(10.0)),
            "1,000 of 1,000 rows       10/s             "
        );
    }

    #[test]
    fn work_without_a_count_says_what_it_does_and_how_long() {
        let mut planning = line(LineState::Working, None, 75);
        planning.doing = "comparing the raw rows with staging".to_owned();
        assert_eq!(
            words(&planning, None),
            "comparing the raw rows with staging  75 s"
        );
        planning.state = LineState::Done;
        assert_eq!(words(&planning, None), "75 s");
        assert_eq!(words(&line(LineState::Pending, None, 0), None), "");
        assert_eq!(
            words(&line(LineState::Done, rows(1, 9, 10), 3), None),
            "10 rows in 3 s"
        );
    }

    #[test]
    fn durations_and_rates_have_few_digits() {
        let text = |seconds| duration(Duration::from_secs_f64(seconds));
        assert_eq!(
            [0.43, 9.0, 59.9, 119.0, 121.0, 3_599.0, 3_700.0, 200_000.0].map(text),
            [
                "0.4 s",
                "9 s",
                "59 s",
                "119 s",
                "3 min",
                "60 min",
                "1 h 01 min",
                "2 days"
            ]
        );
        let rate = |rate| per_second(CountedUnit::Rows, rate);
        assert_eq!(
            [0.25, 9.96, 128.4, 1_234.0, 123_456.0].map(rate),
            ["0.2/s", "10.0/s", "128/s", "1,230/s", "123,000/s"]
        );
        assert_eq!(per_second(CountedUnit::Bytes, 3_456_789.0), "3.46 MB/s");
    }
}
