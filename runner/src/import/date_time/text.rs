//! Parses the text of a date or a time.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;

const FORMS: &str =
    "is not a date or a time; write d/m/yyyy, yyyy-mm-dd or 2025-11-05T10:00:00+07:00";
const NUMBER: &str = "is a number and not a date: a time in seconds or milliseconds is not read; write 2025-11-05T10:00:00Z";
const SHORT_YEAR: &str = "has a year with two digits; write it with four";

/// The date and the time in a text, and its offset if it has one.
///
/// # Errors
/// Why the text is not read.
pub(super) fn parse(text: &str) -> Result<(DateTime, Option<Offset>), String> {
    let mut rest = Scanner(text.as_bytes());
    let (date, is_basic) = read_date(&mut rest)?;
    let day = date.ok_or_else(|| "is not a date of the calendar (d/m/yyyy)".to_owned())?;
    if rest.0.is_empty() {
        return Ok((day.at(0, 0, 0, 0), None));
    }
    let mut after = rest;
    let written = if after.eat(b"Tt ") {
        match read_time(&mut after, is_basic) {
            Some((time, extra)) => {
                rest = after;
                day.to_datetime(time)
                    .checked_add(extra)
                    .map_err(|_| FORMS.to_owned())?
            }
            None => day.at(0, 0, 0, 0),
        }
    } else {
        day.at(0, 0, 0, 0)
    };
    let offset = read_offset(&mut rest).ok_or(FORMS)?;
    Ok((written, offset))
}

/// A date, or `None` in its place if the calendar has no such date; and whether it has the basic form `yyyymmdd`.
fn read_date(rest: &mut Scanner<'_>) -> Result<(Option<Date>, bool), String> {
    let whole = rest.0;
    let first = rest.digits();
    if rest.0.is_empty() && !matches!(first.len(), 0 | 8) {
        return Err(NUMBER.to_owned());
    }
    if first.len() == 8 {
        let (year, month, day) = (&first[..4], &first[4..6], &first[6..]);
        return Ok((calendar(year, month, day), true));
    }
    let Some(separator) = rest.take(b"-/.") else {
        return Err(FORMS.to_owned());
    };
    let second = rest.digits();
    if !matches!(second.len(), 1 | 2) || !rest.eat(&[separator]) {
        let is_number = whole
            .iter()
            .all(|byte| byte.is_ascii_digit() || *byte == b'.');
        return Err(if is_number { NUMBER } else { FORMS }.to_owned());
    }
    let third = rest.digits();
    match (first.len(), third.len()) {
        (4, 1 | 2) => Ok((calendar(first, second, third), false)),
        (1 | 2, 4) => Ok((calendar(third, second, first), false)),
        (1 | 2, 1 | 2) => Err(SHORT_YEAR.to_owned()),
        _ => Err(FORMS.to_owned()),
    }
}

/// A time of the day, and what it is beyond: `24:00` is the next day, and a leap second the next minute.
fn read_time(rest: &mut Scanner<'_>, is_basic: bool) -> Option<(Time, SignedDuration)> {
    let first = rest.digits();
    let (hour, minute, second) = match first.len() {
        1 | 2 => {
            rest.eat(b":").then_some(())?;
            let minute = rest.digits();
            let second = if rest.eat(b":") { rest.digits() } else { b"00" };
            (first, minute, second)
        }
        4 if is_basic => (&first[..2], &first[2..], &b"00"[..]),
        6 if is_basic => (&first[..2], &first[2..4], &first[4..]),
        _ => return None,
    };
    if minute.len() != 2 || second.len() != 2 {
        return None;
    }
    let mut nanosecond = 0;
    if rest.eat(b".,") {
        let fraction = rest.digits();
        if fraction.is_empty() {
            return None;
        }
        let digits = fraction.iter().chain(std::iter::repeat(&b'0')).take(9);
        nanosecond = digits.fold(0, |sum, digit| sum * 10 + i32::from(digit - b'0'));
    }
    let (hour, minute, second) = (number(hour)?, number(minute)?, number(second)?);
    let time = |hour: i16, second: i16| {
        Time::new(
            i8::try_from(hour).ok()?,
            i8::try_from(minute).ok()?,
            i8::try_from(second).ok()?,
            nanosecond,
        )
        .ok()
    };
    match (hour, minute, second, nanosecond) {
        (24, 0, 0, 0) => Some((time(0, 0)?, SignedDuration::from_hours(24))),
        (_, _, 60, 0) => Some((time(hour, 59)?, SignedDuration::from_secs(1))),
        _ => Some((time(hour, second)?, SignedDuration::ZERO)),
    }
}

/// The offset at the end of a text, if it has one. `None` if the end is something else.
#[expect(
    clippy::option_option,
    reason = "the outer option is a text that is not read"
)]
fn read_offset(rest: &mut Scanner<'_>) -> Option<Option<Offset>> {
    rest.eat(b" ");
    if rest.0.is_empty() {
        return Some(None);
    }
    if ["Z", "UTC", "GMT"]
        .iter()
        .any(|zero| rest.0.eq_ignore_ascii_case(zero.as_bytes()))
    {
        return Some(Some(Offset::UTC));
    }
    let sign = if rest.take(b"+-")? == b'-' { -1 } else { 1 };
    let first = rest.digits();
    let (hour, minute, second) = match first.len() {
        1 | 2 if rest.eat(b":") => {
            let minute = rest.digits();
            let second = if rest.eat(b":") { rest.digits() } else { b"00" };
            (first, minute, second)
        }
        1 | 2 => (first, &b"00"[..], &b"00"[..]),
        4 => (&first[..2], &first[2..], &b"00"[..]),
        _ => return None,
    };
    let (hour, minute, second) = (
        i32::from(number(hour)?),
        i32::from(number(minute)?),
        i32::from(number(second)?),
    );
    if !rest.0.is_empty() || hour > 15 || minute > 59 || second > 59 {
        return None;
    }
    let seconds = sign * (hour * 3600 + minute * 60 + second);
    Some(Some(Offset::from_seconds(seconds).ok()?))
}

fn calendar(year: &[u8], month: &[u8], day: &[u8]) -> Option<Date> {
    let (year, month, day) = (number(year)?, number(month)?, number(day)?);
    if year == 0 {
        return None;
    }
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn number(digits: &[u8]) -> Option<i16> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// The part of a text that is not read yet.
#[derive(Clone, Copy)]
struct Scanner<'a>(&'a [u8]);

impl<'a> Scanner<'a> {
    fn digits(&mut self) -> &'a [u8] {
        let length = self.0.iter().take_while(|byte| byte.is_ascii_digit());
        let (digits, rest) = self.0.split_at(length.count());
        self.0 = rest;
        digits
    }

    /// The next byte, if it is one of `bytes`.
    fn take(&mut self, bytes: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        bytes.contains(first).then(|| {
            self.0 = rest;
            *first
        })
    }

    fn eat(&mut self, bytes: &[u8]) -> bool {
        self.take(bytes).is_some()
    }
}
