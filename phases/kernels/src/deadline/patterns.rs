//! The patterns of deadlines. The SQL functions in `sql/functions/deadline.sql` get them from here.
//!
//! They are matched with a folded text, see [`crate::short_text::folded`]. Words may be before a date and after it, but no sign
//! or digit may be beside it.

use crate::pattern::Pattern;

/// The words before a date.
macro_rules! before {
    () => {
        "^(?:[^0-9]*[^-+.,/0-9])?"
    };
}

/// The words after a date.
macro_rules! after {
    () => {
        "(?![-+.,/0-9a-z]*[0-9])[^0-9]*$"
    };
}

/// The English months. [`MONTHS`] has their beginnings.
macro_rules! months {
    () => {
        concat!(
            "(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?",
            "|nov(?:ember)?|dec(?:ember)?)"
        )
    };
}

/// The first three letters of each month.
pub const MONTHS: &str = "janfebmaraprmayjunjulaugsepoctnovdec";

/// d/m/yyyy, d-m-yyyy, d.m.yyyy. The separators are equal. 1 day; 2, 3 or 4 month; 5 year.
pub static DAY_FIRST: Pattern = Pattern::new(
    "deadline_day_first",
    concat!(
        before!(),
        "([0-9]{1,2})(?:/([0-9]{1,2})/|-([0-9]{1,2})-|[.]([0-9]{1,2})[.])([0-9]{4})",
        after!()
    ),
);

/// yyyy-mm-dd, yyyy/mm/dd, and the same with a time, whose day is the day that is written. 1 year; 2 or 3 month; 4 day.
pub static YEAR_FIRST: Pattern = Pattern::new(
    "deadline_year_first",
    concat!(
        before!(),
        "([0-9]{4})(?:-([0-9]{1,2})-|/([0-9]{1,2})/)([0-9]{1,2})",
        "(?:[t ] ?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?(?: ?(?:z|utc|gmt|[-+][0-9]{2}(?::?[0-9]{2})?))?)?",
        after!()
    ),
);

/// "31 tháng 12 năm 2025". 1 day, 2 month, 3 year.
pub static VIETNAMESE: Pattern = Pattern::new(
    "deadline_vietnamese",
    concat!(
        before!(),
        "([0-9]{1,2}) thang ([0-9]{1,2})(?:,| nam)? ?([0-9]{4})",
        after!()
    ),
);

/// "31 Dec 2025". 1 day, 2 month, 3 year.
pub static DAY_MONTH: Pattern = Pattern::new(
    "deadline_day_month",
    concat!(
        before!(),
        "([0-9]{1,2})(?:st|nd|rd|th)?[ -]",
        months!(),
        "[.,]?[ -]([0-9]{4})",
        after!()
    ),
);

/// "December 31, 2025". 1 month, 2 day, 3 year.
pub static MONTH_DAY: Pattern = Pattern::new(
    "deadline_month_day",
    concat!(
        "^(?:[^0-9]*[^a-z0-9])?",
        months!(),
        "[.]? ([0-9]{1,2})(?:st|nd|rd|th)?,? ([0-9]{4})",
        after!()
    ),
);

/// A text that says when the posting was made.
pub static POSTED: Pattern = Pattern::new(
    "deadline_posted",
    "(?<![a-z])(?:ngay dang|dang (?:ngay|luc|hom|tin)|posted|published|created|cap nhat|updated)(?![a-z])",
);

/// A text about a time that is over.
pub static OVER: Pattern = Pattern::new(
    "deadline_over",
    "(?<![a-z])(?:truoc|ago|da (?:het|qua|dong)|qua han|expired|closed)(?![a-z])",
);

/// The time that is left, with words before and after it. 1 weeks, 2 days, 3 hours, 4 minutes.
pub static TIME_LEFT: Pattern = Pattern::new(
    "deadline_time_left",
    concat!(
        "^(?:[^0-9]*[^-+.,/0-9 ] ?)?(?:([0-9]+) ?(?:tuan|weeks?)(?![a-z])[ ,:]*(?:va |and )?)?",
        "(?:([0-9]+) ?(?:ngay|days?|d)(?![a-z])[ ,:]*(?:va |and )?)?",
        "(?:([0-9]+) ?(?:gio|tieng|hours?|hrs?|h)(?![a-z])[ ,:]*(?:va |and )?)?",
        "(?:([0-9]+) ?(?:phut|minutes?|mins?)(?![a-z]))?[^0-9]*$"
    ),
);

/// Today or tomorrow.
pub static NAMED_DAY: Pattern = Pattern::new(
    "deadline_named_day",
    "(?<![a-z])(?:hom nay|today|ngay mai|tomorrow)(?![a-z])",
);

/// Tomorrow.
pub static TOMORROW: Pattern = Pattern::new(
    "deadline_tomorrow",
    "(?<![a-z])(?:ngay mai|tomorrow)(?![a-z])",
);

/// A number of days under the rule set `v1`.
pub static V1_DAYS: Pattern = Pattern::new("python_days", "^ *([+-]?[0-9]{1,7}) *$");

/// All patterns.
pub static PATTERNS: [&Pattern; 11] = [
    &DAY_FIRST,
    &YEAR_FIRST,
    &VIETNAMESE,
    &DAY_MONTH,
    &MONTH_DAY,
    &POSTED,
    &OVER,
    &TIME_LEFT,
    &NAMED_DAY,
    &TOMORROW,
    &V1_DAYS,
];
