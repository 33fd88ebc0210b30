//! Parses a deadline under the rule set `standard`: the same steps as the SQL function `deadline_parts_standard`.

use super::date::named_date;
use super::patterns::{NAMED_DAY, OVER, POSTED, TIME_LEFT, TOMORROW};
use super::record::{Deadline, LARGEST_DAYS, LONGEST};
use crate::short_text::{folded, plain};

/// Minutes of a day.
const DAY: u32 = 24 * 60;

/// Parses a deadline.
pub(super) fn parse(text: &str) -> Deadline {
    if text.len() > LONGEST.into() {
        return Deadline::Unparsed;
    }
    let folded = folded(text);
    if folded.is_empty() {
        // An accent without a letter is not blank.
        return if plain(text).is_empty() {
            Deadline::Missing
        } else {
            Deadline::Unparsed
        };
    }
    read(&folded).unwrap_or(Deadline::Unparsed)
}

/// `None` if the text names neither a date nor a time that is left.
fn read(folded: &str) -> Option<Deadline> {
    // 1. A number of days. A number without a word means days.
    if folded.bytes().all(|c| c.is_ascii_digit()) {
        return left([None, Some(folded), None, None]);
    }
    // 2. A date, unless the text says when the posting was made.
    if POSTED.is_match(folded) {
        return None;
    }
    if let Some(date) = named_date(folded) {
        return Some(Deadline::Date(date));
    }
    // 3. Weeks, days, hours and minutes that are left, with words before and after them.
    if OVER.is_match(folded) {
        return None;
    }
    let parts = TIME_LEFT.groups(folded);
    let parts = parts.map(|parts| [1, 2, 3, 4].map(|part| parts.get(part)));
    if let Some(parts) = parts.filter(|parts| parts.iter().any(Option::is_some)) {
        return left(parts);
    }
    let is_named = !folded.contains(|c: char| c.is_ascii_digit()) && NAMED_DAY.is_match(folded);
    is_named.then(|| Deadline::EndOfDay {
        days: TOMORROW.is_match(folded).into(),
    })
}

/// The time that is left: weeks, days, hours and minutes. `None` if it is more than [`LARGEST_DAYS`] days.
fn left(parts: [Option<&str>; 4]) -> Option<Deadline> {
    let mut numbers = [0; 4];
    for ((number, part), digits) in numbers.iter_mut().zip(parts).zip([3, 4, 4, 5]) {
        let part = part.unwrap_or_default().trim_start_matches('0');
        if part.len() > digits {
            return None;
        }
        if !part.is_empty() {
            *number = part.parse().ok()?;
        }
    }
    let [weeks, days, hours, minutes] = numbers;
    let (days, minutes): (u32, u32) = (days + 7 * weeks, 60 * hours + minutes);
    (days * DAY + minutes <= LARGEST_DAYS * DAY).then_some(Deadline::Left {
        days: days.into(),
        minutes,
    })
}
