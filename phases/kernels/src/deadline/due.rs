//! Due dates, from a deadline and the time of the crawl: the SQL function `due_after`.

use jiff::{Span, Timestamp};

use super::date::{AHEAD, DAY, EPOCH, LAST_SECOND, SECOND, VIETNAM, end_of_day, in_utc_now};
use super::record::{Deadline, DeadlineWarning};

/// Microseconds of a minute.
const MINUTE: i64 = 60 * SECOND;

impl Deadline {
    /// The due date and the warning. Both times are in microseconds since 1970 in UTC.
    pub fn due_after(self, crawled_at: Option<i64>) -> (Option<i64>, Option<DeadlineWarning>) {
        let due = match self {
            Self::Missing => return (None, None),
            Self::Unparsed => None,
            Self::Date(date) => Some(end_of_day(date)),
            // Every day has 24 hours.
            Self::Left { days, minutes } => crawled_at.and_then(|crawled| {
                let days = days.checked_mul(DAY * SECOND)?;
                crawled
                    .checked_add(days)?
                    .checked_add(i64::from(minutes) * MINUTE)
            }),
            Self::EndOfDay { days } => crawled_at.and_then(|crawled| {
                let local = crawled.checked_add(offset(crawled))?;
                Some(end_of(local.div_euclid(DAY * SECOND) + days))
            }),
        };
        (due, due.is_none().then_some(DeadlineWarning::Unparsed))
    }
}

/// How far Vietnam was ahead of UTC at a moment, in microseconds. The time zone had other offsets before 1975.
fn offset(moment: i64) -> i64 {
    let known = Timestamp::from_microsecond(moment).ok();
    let seconds = known.map(|moment| i64::from(VIETNAM.to_offset(moment).seconds()));
    seconds.unwrap_or(AHEAD) * SECOND
}

/// The last second of a day in Vietnam, which is given in days since 1970.
fn end_of(day: i64) -> i64 {
    let span = Span::new().try_days(day).ok();
    match span.and_then(|span| EPOCH.checked_add(span).ok()) {
        Some(date) => end_of_day(date),
        // A year after 9999.
        None => in_utc_now(day.saturating_mul(DAY).saturating_add(LAST_SECOND)),
    }
}
