//! The result of parsing a deadline, and the limits.

/// The bytes of a deadline that is read.
pub const LONGEST: u16 = 1000;

/// The largest number of days that may be left under the rule set `standard`.
pub const LARGEST_DAYS: u32 = 3650;

/// The numbers that the SQL functions use, each with the name of its variable.
pub fn numbers() -> [(&'static str, f64); 2] {
    [
        ("deadline_longest", LONGEST.into()),
        ("deadline_largest_days", LARGEST_DAYS.into()),
    ]
}

/// The meaning of a deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deadline {
    /// Nothing: the text is blank.
    Missing,
    /// The end of a day in Vietnam.
    Date(jiff::civil::Date),
    /// The time that is left after the crawl.
    Left {
        /// Days of 24 hours.
        days: i64,
        /// Minutes after them.
        minutes: u32,
    },
    /// The end of a day in Vietnam, counted from the day of the crawl.
    EndOfDay {
        /// 0 for today.
        days: i64,
    },
    /// The text cannot be parsed.
    Unparsed,
}

/// A detail of a deadline that a person should check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeadlineWarning {
    /// The text cannot be parsed, or it counts from a crawl whose time is missing.
    Unparsed,
}

impl DeadlineWarning {
    /// The word in the list of warnings.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unparsed => "deadline_unparsed",
        }
    }
}
