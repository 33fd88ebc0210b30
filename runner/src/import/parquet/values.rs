//! The text of a value. A value without a certain text is an error, so that its row is rejected.

use std::fmt::Write as _;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, Float16Type, Float32Type, Float64Type, Time32MillisecondType,
    Time32SecondType, Time64MicrosecondType, Time64NanosecondType, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
};
use arrow_array::{Array, ArrayRef};
use arrow_cast::display::{ArrayFormatter, FormatOptions};
use arrow_schema::{DataType, TimeUnit};
use jiff::SignedDuration;
use jiff::civil::{DateTime, Time};

use super::super::record::EXACT;
use super::meaning::Meaning;

/// Like [`EXACT`], for floating-point numbers of 32 and of 16 bits.
const EXACT_32: f64 = 16_777_216.0;
const EXACT_16: f64 = 2_048.0;

const DAY: i64 = 86_400;

/// The value of a row as text that PostgreSQL can convert; `None` is NULL. A nested value is JSON.
///
/// # Errors
/// The reason why the row is rejected.
pub(super) fn text(
    column: &ArrayRef,
    row: usize,
    meaning: &Meaning,
) -> Result<Option<String>, String> {
    if is_null(column, row) {
        return Ok(None);
    }
    if column.data_type().is_nested() {
        let mut json = String::new();
        write_json(&mut json, column, row, meaning)?;
        return Ok(Some(json));
    }
    if is_nan(column, row) {
        // Data frames write it for a missing value, so it is read like this word in a file of texts.
        return Ok(Some("NaN".to_owned()));
    }
    scalar(column, row, meaning).map(Some)
}

fn is_null(column: &ArrayRef, row: usize) -> bool {
    column.is_null(row) || *column.data_type() == DataType::Null
}

fn is_nan(column: &ArrayRef, row: usize) -> bool {
    match column.data_type() {
        DataType::Float16 => column.as_primitive::<Float16Type>().value(row).is_nan(),
        DataType::Float32 => column.as_primitive::<Float32Type>().value(row).is_nan(),
        DataType::Float64 => column.as_primitive::<Float64Type>().value(row).is_nan(),
        _ => false,
    }
}

fn scalar(column: &ArrayRef, row: usize, meaning: &Meaning) -> Result<String, String> {
    match column.data_type() {
        DataType::Binary => bytes(column.as_binary::<i32>().value(row), meaning),
        DataType::FixedSizeBinary(_) => bytes(column.as_fixed_size_binary().value(row), meaning),
        DataType::Float16 => float(
            column.as_primitive::<Float16Type>().value(row).to_f64(),
            EXACT_16,
            || shown(column, row),
        ),
        DataType::Float32 => float(
            column.as_primitive::<Float32Type>().value(row).into(),
            EXACT_32,
            || Ok(column.as_primitive::<Float32Type>().value(row).to_string()),
        ),
        DataType::Float64 => {
            let value = column.as_primitive::<Float64Type>().value(row);
            float(value, EXACT, || Ok(value.to_string()))
        }
        DataType::Date32 => date_time(
            i64::from(column.as_primitive::<Date32Type>().value(row)) * DAY,
            0,
        )
        .map(|time| time.date().to_string()),
        DataType::Date64 => {
            let time = date_time_of(column.as_primitive::<Date64Type>().value(row), 1_000)?;
            Ok(if time.time() == Time::midnight() {
                time.date().to_string()
            } else {
                time.to_string()
            })
        }
        DataType::Timestamp(unit, zone) => {
            let (value, units) = match unit {
                TimeUnit::Second => (column.as_primitive::<TimestampSecondType>().value(row), 1),
                TimeUnit::Millisecond => (
                    column.as_primitive::<TimestampMillisecondType>().value(row),
                    1_000,
                ),
                TimeUnit::Microsecond => (
                    column.as_primitive::<TimestampMicrosecondType>().value(row),
                    1_000_000,
                ),
                TimeUnit::Nanosecond => (
                    column.as_primitive::<TimestampNanosecondType>().value(row),
                    1_000_000_000,
                ),
            };
            // A value with a zone is a moment, whatever the zone is.
            let end = if zone.is_some() { "Z" } else { "" };
            Ok(format!("{}{end}", date_time_of(value, units)?))
        }
        DataType::Time32(_) | DataType::Time64(_) => time_of_day(column, row),
        DataType::Boolean
        | DataType::Decimal32(..)
        | DataType::Decimal64(..)
        | DataType::Decimal128(..)
        | DataType::Decimal256(..) => shown(column, row),
        kind if kind.is_integer() => shown(column, row),
        kind => Err(format!("a value of the type {kind} is not read")),
    }
}

/// The value as Arrow shows it. Used for types with one usual text.
fn shown(column: &ArrayRef, row: usize) -> Result<String, String> {
    let options = FormatOptions::default();
    ArrayFormatter::try_new(column, &options)
        .and_then(|formatter| formatter.value(row).try_to_string())
        .map_err(|source| source.to_string())
}

fn bytes(bytes: &[u8], meaning: &Meaning) -> Result<String, String> {
    match meaning {
        Meaning::Foreign(format) => Err(format!("the value is {format}, which is not read")),
        Meaning::Uuid => {
            let uuid = <[u8; 16]>::try_from(bytes).map_err(|_| "is not a UUID".to_owned())?;
            Ok(uuid::Uuid::from_bytes(uuid).to_string())
        }
        Meaning::Plain | Meaning::Parts(_) => std::str::from_utf8(bytes)
            .map(str::to_owned)
            .map_err(|problem| {
                let at = problem.valid_up_to();
                format!(
                    "the bytes are not a text in UTF-8 (byte {} of {})",
                    at + 1,
                    bytes.len()
                )
            }),
    }
}

/// A whole number has no fraction in its text, because it may be a key: `1828250`.
fn float(
    value: f64,
    exact: f64,
    shown: impl Fn() -> Result<String, String>,
) -> Result<String, String> {
    if !value.is_finite() {
        return Err(format!("{value} is not a value"));
    }
    if value.fract() != 0.0 {
        return shown();
    }
    if value.abs() >= exact {
        return Err(
            "the number is too large to be kept exactly; write it as an integer or a text"
                .to_owned(),
        );
    }
    // `abs`, because zero has a sign.
    let sign = if value < 0.0 { "-" } else { "" };
    Ok(format!("{sign}{:.0}", value.abs()))
}

fn date_time_of(value: i64, units: i64) -> Result<DateTime, String> {
    let nanoseconds = value.rem_euclid(units) * (1_000_000_000 / units);
    date_time(value.div_euclid(units), nanoseconds)
}

/// The time in UTC, from the seconds since 1970.
fn date_time(seconds: i64, nanoseconds: i64) -> Result<DateTime, String> {
    let outside = || "the time is outside the years 1 to 9999".to_owned();
    let nanoseconds = i32::try_from(nanoseconds).map_err(|_| outside())?;
    // The range of a `Timestamp` of jiff ends one day before the end of the year 9999.
    let time = DateTime::constant(1970, 1, 1, 0, 0, 0, 0)
        .checked_add(SignedDuration::new(seconds, nanoseconds))
        .map_err(|_| outside())?;
    if time.year() < 1 {
        return Err(outside());
    }
    Ok(time)
}

fn time_of_day(column: &ArrayRef, row: usize) -> Result<String, String> {
    let since_midnight = match column.data_type() {
        DataType::Time32(TimeUnit::Second) => {
            SignedDuration::from_secs(column.as_primitive::<Time32SecondType>().value(row).into())
        }
        DataType::Time32(_) => SignedDuration::from_millis(
            column
                .as_primitive::<Time32MillisecondType>()
                .value(row)
                .into(),
        ),
        DataType::Time64(TimeUnit::Microsecond) => {
            SignedDuration::from_micros(column.as_primitive::<Time64MicrosecondType>().value(row))
        }
        _ => SignedDuration::from_nanos(column.as_primitive::<Time64NanosecondType>().value(row)),
    };
    Time::midnight()
        .checked_add(since_midnight)
        .map(|time| time.to_string())
        .map_err(|_| "the value is not a time of the day".to_owned())
}

/// Writes a value as JSON. A number keeps all of its digits.
fn write_json(
    json: &mut String,
    column: &ArrayRef,
    row: usize,
    meaning: &Meaning,
) -> Result<(), String> {
    if is_null(column, row) {
        json.push_str("null");
        return Ok(());
    }
    let part = |at: usize| match meaning {
        Meaning::Parts(parts) => parts.get(at).unwrap_or(&Meaning::Plain),
        _ => &Meaning::Plain,
    };
    match column.data_type() {
        DataType::List(_) => write_list(json, &column.as_list::<i32>().value(row), part(0)),
        DataType::LargeList(_) => write_list(json, &column.as_list::<i64>().value(row), part(0)),
        DataType::FixedSizeList(..) => {
            write_list(json, &column.as_fixed_size_list().value(row), part(0))
        }
        DataType::Struct(fields) => {
            json.push('{');
            for (at, (field, column)) in fields.iter().zip(column.as_struct().columns()).enumerate()
            {
                separate(json, at);
                write_string(json, field.name());
                json.push(':');
                write_json(json, column, row, part(at))?;
            }
            json.push('}');
            Ok(())
        }
        DataType::Map(..) => {
            let entries = column.as_map().value(row);
            let (keys, values) = (entries.column(0), entries.column(1));
            let mut seen = Vec::with_capacity(entries.len());
            json.push('{');
            for entry in 0..entries.len() {
                let key = scalar(keys, entry, part(0))?;
                if seen.contains(&key) {
                    return Err(format!("the map has the key `{key}` twice"));
                }
                separate(json, entry);
                write_string(json, &key);
                json.push(':');
                write_json(json, values, entry, part(1))?;
                seen.push(key);
            }
            json.push('}');
            Ok(())
        }
        kind => {
            let text = scalar(column, row, meaning)?;
            if kind.is_numeric() || *kind == DataType::Boolean {
                json.push_str(&text);
            } else {
                write_string(json, &text);
            }
            Ok(())
        }
    }
}

fn write_list(json: &mut String, items: &ArrayRef, meaning: &Meaning) -> Result<(), String> {
    json.push('[');
    for item in 0..items.len() {
        separate(json, item);
        write_json(json, items, item, meaning)?;
    }
    json.push(']');
    Ok(())
}

fn separate(json: &mut String, at: usize) {
    if at > 0 {
        json.push(',');
    }
}

fn write_string(json: &mut String, text: &str) {
    let _ = write!(json, "{}", serde_json::Value::from(text));
}
