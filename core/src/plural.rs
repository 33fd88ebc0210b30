//! Numbers with their nouns, in the singular or in the plural.

use std::fmt::Display;

/// A number and its noun.
///
/// ```
/// use jobinsight_core::plural::counted;
/// assert_eq!(counted(1, "batch"), "1 batch");
/// assert_eq!(counted(2, "batch"), "2 batches");
/// assert_eq!(counted(0, "raw row"), "0 raw rows");
/// assert_eq!(counted(3, "process"), "3 processes");
/// ```
pub fn counted(number: impl Display, noun: &str) -> String {
    let number = number.to_string();
    if number == "1" {
        return format!("1 {noun}");
    }
    format!("{number} {}", plural(noun))
}

/// `is` for one, otherwise `are`.
///
/// ```
/// use jobinsight_core::plural::{are, counted};
/// let sentence = |n: u64| format!("{} {} rejected", counted(n, "row"), are(n));
/// assert_eq!(sentence(1), "1 row is rejected");
/// assert_eq!(sentence(2), "2 rows are rejected");
/// ```
pub fn are(number: impl Display) -> &'static str {
    if number.to_string() == "1" {
        "is"
    } else {
        "are"
    }
}

/// The plural of a noun.
///
/// ```
/// use jobinsight_core::plural::plural;
/// assert_eq!((plural("index"), plural("row")), ("indexes".to_owned(), "rows".to_owned()));
/// ```
pub fn plural(noun: &str) -> String {
    let has_hiss = ["s", "x", "ch", "sh"].iter().any(|end| noun.ends_with(end));
    format!("{noun}{}", if has_hiss { "es" } else { "s" })
}
