//! The parsers of both rule sets.

use super::patterns::V1_DAYS;
use super::record::{Deadline, LONGEST};
use super::standard;
use crate::RuleSet;
use crate::short_text::plain;

/// Parses a deadline. A missing deadline is an empty text.
pub fn read(text: &str, rules: RuleSet) -> Deadline {
    match rules {
        RuleSet::Standard => standard::parse(text),
        RuleSet::V1 => read_v1(text),
    }
}

/// The Python pipeline cast the text to an interval of days. Here a whole number with a sign is accepted. A fraction of a day,
/// and a text on which the Python pipeline failed, is unparsed.
fn read_v1(text: &str) -> Deadline {
    if text.len() > LONGEST.into() {
        return Deadline::Unparsed;
    }
    let number = V1_DAYS.groups(text);
    let days = number.and_then(|number| number.get(1)?.parse().ok());
    match days {
        Some(days) => Deadline::Left { days, minutes: 0 },
        None if plain(text).is_empty() => Deadline::Missing,
        None => Deadline::Unparsed,
    }
}
