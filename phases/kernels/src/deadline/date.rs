//! The dates that deadlines name.

use jiff::civil;
use jiff::tz::TimeZone;

use super::patterns::{DAY_FIRST, DAY_MONTH, MONTH_DAY, MONTHS, VIETNAMESE, YEAR_FIRST};
use crate::pattern::{Groups, Pattern};

/// The time zone of the postings.
pub(super) static VIETNAM: TimeZone = jiff::tz::get!("Asia/Ho_Chi_Minh");

/// Microseconds of a second.
pub(super) const SECOND: i64 = 1_000_000;
/// Seconds of a day.
pub(super) const DAY: i64 = 24 * 60 * 60;

/// The seconds that Vietnam has been ahead of UTC since 1975.
pub(super) const AHEAD: i64 = 7 * 60 * 60;

/// The first day of the timestamps.
pub(super) const EPOCH: civil::Date = civil::Date::constant(1970, 1, 1);

/// The last second of a day.
pub(super) const LAST_SECOND: i64 = DAY - 1;

/// The date that a folded deadline names. Day before month, always, except in yyyy-mm-dd and in the English "Dec 31, 2025".
/// `None` if it names no date, or a date that does not exist.
pub(super) fn named_date(folded: &str) -> Option<civil::Date> {
    // The first form that matches decides.
    let number = |groups: &Groups<'_>, group| groups.get(group)?.parse::<i16>().ok();
    let month = |groups: &Groups<'_>, group| month_number(groups.get(group)?);
    let find = |pattern: &'static Pattern| pattern.groups(folded);
    let (day, month, year) = if let Some(m) = find(&DAY_FIRST) {
        let month = number(&m, 2).or(number(&m, 3)).or(number(&m, 4));
        (number(&m, 1), month, number(&m, 5))
    } else if let Some(m) = find(&YEAR_FIRST) {
        let month = number(&m, 2).or(number(&m, 3));
        (number(&m, 4), month, number(&m, 1))
    } else if let Some(m) = find(&VIETNAMESE) {
        (number(&m, 1), number(&m, 2), number(&m, 3))
    } else if let Some(m) = find(&DAY_MONTH) {
        (number(&m, 1), month(&m, 2), number(&m, 3))
    } else {
        let m = find(&MONTH_DAY)?;
        (number(&m, 2), month(&m, 1), number(&m, 3))
    };
    let (month, day) = (i8::try_from(month?).ok()?, i8::try_from(day?).ok()?);
    let date = civil::Date::new(year?, month, day).ok()?;
    (date.year() >= 1).then_some(date)
}

/// The number of an English month.
fn month_number(name: &str) -> Option<i16> {
    let at = MONTHS.find(name.get(..3)?)? / 3;
    i16::try_from(at + 1).ok()
}

/// The last second of a date in Vietnam, in microseconds since 1970 in UTC.
pub(super) fn end_of_day(date: civil::Date) -> i64 {
    // Where the clocks were changed in that second, PostgreSQL takes the later of two times.
    let local = date.at(23, 59, 59, 0);
    match VIETNAM.to_ambiguous_timestamp(local).later() {
        Ok(moment) => moment.as_microsecond(),
        // The last two days of the year 9999.
        Err(_) => in_utc_now(date.duration_since(EPOCH).as_secs() + LAST_SECOND),
    }
}

/// The moment of a local time since 1975, which is given in seconds since 1970.
pub(super) fn in_utc_now(local: i64) -> i64 {
    local.saturating_sub(AHEAD).saturating_mul(SECOND)
}
