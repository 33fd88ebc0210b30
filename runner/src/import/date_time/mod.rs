//! Reads the dates and times of records. One rule holds for each file, server and session:
//!
//! | text | meaning |
//! |---|---|
//! | `2025-11-05`, `2025/11/05`, `20251105` | year, month, day |
//! | `05/11/2025`, `5-11-2025`, `05.11.2025` | day, month, year, as dates are written in Vietnam |
//! | `2025-11-05 10:00`, `05/11/2025 10:00:00.5`, `20251105T100000` | a date and a time of the day |
//! | `2025-11-05T10:00:00Z`, `2025-11-05 10:00:00+07:00`, `… UTC` | with an offset |
//!
//! A text without an offset has the time zone of the setting `import.time_zone`. A date is the beginning of its day. Every
//! other text is rejected: PostgreSQL would read some of them by its own settings (`05-Nov-25`), and others by the time of the
//! import (`now`).

mod text;

#[cfg(test)]
mod tests;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};

use self::text::parse;
use super::catalog::Placed;
use super::record::Record;

/// The type of a column of dates or times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TimeType {
    /// `timestamp with time zone`.
    Instant,
    /// `timestamp without time zone`: the time on a clock in the time zone of the import.
    Clock,
    /// `date`: the day in the time zone of the import.
    Day,
}

impl TimeType {
    /// The kind of a column, for the name of its type; `None` if it is not a type of dates or times.
    pub(super) fn of(name: &str) -> Option<Self> {
        match name {
            "timestamp with time zone" => Some(Self::Instant),
            "timestamp without time zone" => Some(Self::Clock),
            "date" => Some(Self::Day),
            _ => None,
        }
    }

    /// The text with the one meaning that every server reads in it.
    ///
    /// # Errors
    /// The reason why the text is rejected.
    pub(super) fn read(self, text: &str, zone: &TimeZone) -> Result<String, String> {
        let problem = |why: &str| format!("`{}` {why}", short(text));
        let (written, offset) = parse(text.trim()).map_err(|why| problem(&why))?;
        let outside = |_| problem("is outside the years 1 to 9999");
        let instant: Timestamp = match (self, offset) {
            (Self::Clock | Self::Day, None) => return Ok(self.show(written, None)),
            (Self::Instant, Some(offset)) => return Ok(self.show(written, Some(offset))),
            (Self::Clock | Self::Day, Some(offset)) => {
                offset.to_timestamp(written).map_err(outside)?
            }
            (Self::Instant, None) => {
                let time = zone.to_ambiguous_timestamp(written);
                // Most times have one offset. The last day of the year 9999 has one too, but the range of a
                // `Timestamp` ends before that day.
                if let AmbiguousOffset::Unambiguous { offset } = time.offset() {
                    return Ok(self.show(written, Some(offset)));
                }
                time.compatible().map_err(outside)?
            }
        };
        let offset = zone.to_offset(instant);
        let there = offset.to_datetime(instant);
        if there.year() < 1 {
            return Err(problem("is outside the years 1 to 9999"));
        }
        Ok(self.show(there, Some(offset)))
    }

    fn show(self, written: DateTime, offset: Option<Offset>) -> String {
        match (self, offset) {
            (Self::Day, _) => written.date().to_string(),
            (Self::Instant, Some(offset)) => format!("{written}{}", show_offset(offset)),
            (Self::Instant | Self::Clock, _) => written.to_string(),
        }
    }
}

/// The columns of a file that contain dates or times, and the time zone of texts without an offset.
pub(super) struct Times {
    columns: Vec<(usize, String, TimeType)>,
    zone: TimeZone,
}

impl Times {
    pub(super) fn new(columns: &[Placed], zone: TimeZone) -> Self {
        let columns = columns.iter().filter_map(|(at, column)| {
            Some((*at, column.name.clone(), TimeType::of(&column.kind)?))
        });
        Self {
            columns: columns.collect(),
            zone,
        }
    }

    /// Replaces each date and time of a record by a text that every server reads in the same way.
    ///
    /// # Errors
    /// The column, and the reason why its text is rejected.
    pub(super) fn read(&self, record: &mut Record) -> Result<(), String> {
        for (at, name, kind) in &self.columns {
            if let Some(text) = &mut record.values[*at] {
                *text = kind
                    .read(text, &self.zone)
                    .map_err(|reason| format!("{name}: {reason}"))?;
            }
        }
        Ok(())
    }
}

/// An offset with all of its seconds: before 1911, clocks in Vietnam had the offset +07:06:30.
fn show_offset(offset: Offset) -> String {
    let seconds = offset.seconds();
    let (sign, rest) = (if seconds < 0 { '-' } else { '+' }, seconds.abs());
    format!(
        "{sign}{:02}:{:02}:{:02}",
        rest / 3600,
        rest / 60 % 60,
        rest % 60
    )
}

fn short(text: &str) -> String {
    const SHOWN: usize = 40;
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}
