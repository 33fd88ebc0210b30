//! The time that is left to apply, in words: the SQL function `time_remaining`.

use super::date::{DAY, SECOND};

/// The text after the due date.
pub const OVER: &str = "Đã hết thời gian ứng tuyển";
/// The words before the number.
pub const BEFORE: &str = "Còn ";
/// The words after the unit.
pub const AFTER: &str = " để ứng tuyển";
/// The units, each with its seconds. The first one that fits at least once is used.
pub const UNITS: [(&str, f64); 4] = [
    ("ngày", 86_400.0),
    ("giờ", 3_600.0),
    ("phút", 60.0),
    ("giây", 1.0),
];

/// The time that is left to apply at a moment: whole days; below one day, hours; below one hour, minutes; below one minute,
/// seconds. Both times are in microseconds since 1970 in UTC.
///
/// ```
/// use jobinsight_kernels::deadline::time_remaining;
/// assert_eq!(time_remaining(90_000_000, 0), "Còn 1 phút để ứng tuyển");
/// assert_eq!(time_remaining(1, 0), "Còn 1 giây để ứng tuyển"); // the last second is not over yet
/// assert_eq!(time_remaining(0, 0), "Đã hết thời gian ứng tuyển");
/// ```
pub fn time_remaining(due_date: i64, as_of: i64) -> String {
    if due_date <= as_of {
        return OVER.to_owned();
    }
    let seconds = seconds_between(due_date, as_of).max(1.0);
    let unit = UNITS.iter().find(|(_, length)| seconds >= *length);
    let (unit, length) = unit.unwrap_or(&UNITS[3]);
    format!("{BEFORE}{} {unit}{AFTER}", (seconds / length).floor())
}

/// The seconds of a span of time as PostgreSQL computes them: a floating-point number, which rounds the microseconds of a span
/// of centuries.
#[expect(
    clippy::cast_precision_loss,
    reason = "the rounding of PostgreSQL is repeated"
)]
fn seconds_between(due_date: i64, as_of: i64) -> f64 {
    let span = i128::from(due_date) - i128::from(as_of);
    let day = i128::from(DAY * SECOND);
    (span % day) as f64 / SECOND as f64 + DAY as f64 * (span / day) as f64
}
