//! Times as texts.

use std::time::{Duration, SystemTime};

use crate::{EtlError, Result, codes};

/// Reads a time such as `2026-01-15T08:00:00+07:00`.
///
/// # Errors
/// `jobinsight::settings::invalid` when the text is not an RFC 3339 time.
pub fn parse(text: &str) -> Result<SystemTime> {
    text.parse::<jiff::Timestamp>()
        .and_then(SystemTime::try_from)
        .map_err(|error| {
            EtlError::new(
                codes::SETTINGS_INVALID,
                format!("as_of = \"{text}\" is not a time: {error}"),
            )
            .help("write it as 2026-01-15T08:00:00+07:00")
        })
}

/// The time zone with a name of the IANA database.
///
/// # Errors
/// `jobinsight::settings::invalid` when no time zone has the name.
pub fn time_zone(name: &str) -> Result<jiff::tz::TimeZone> {
    jiff::tz::TimeZone::get(name).map_err(|_| {
        EtlError::new(
            codes::SETTINGS_INVALID,
            format!("import.time_zone = \"{name}\" is not a time zone"),
        )
        .help("allowed: a name of the IANA database, such as Asia/Ho_Chi_Minh or UTC (environment: ETL_IMPORT__TIME_ZONE)")
    })
}

/// Reads a length of time of at least one minute, such as `36h` or `2d`.
pub fn parse_age(text: &str) -> Option<Duration> {
    parse_length(text).filter(|length| *length >= Duration::from_secs(60))
}

/// Reads a length of time, such as `90s`, `1h 30m` or `2d`.
pub fn parse_length(text: &str) -> Option<Duration> {
    let span: jiff::Span = text.parse().ok()?;
    let days = jiff::SpanRelativeTo::days_are_24_hours();
    Duration::try_from(span.to_duration(days).ok()?).ok()
}

/// The present time in RFC 3339, UTC, to the microsecond, which is the precision of PostgreSQL.
pub fn now() -> String {
    let now = jiff::Timestamp::now();
    now.round(jiff::Unit::Microsecond)
        .unwrap_or(now)
        .to_string()
}

/// A time in RFC 3339, UTC, to the second.
pub fn format(time: SystemTime) -> String {
    jiff::Timestamp::try_from(time)
        .ok()
        .and_then(|time| time.round(jiff::Unit::Second).ok())
        .map_or_else(|| "?".to_owned(), |time| time.to_string())
}
