//! Whole columns of deadlines: Arrow in, Arrow out.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::builder::{StringBuilder, TimestampMicrosecondBuilder};
use arrow_array::{Array, ArrayRef, RecordBatch, StringArray, TimestampMicrosecondArray};
use arrow_schema::{ArrowError, DataType, Field, Schema, TimeUnit};

use super::parser::read;
use super::record::DeadlineWarning;
use super::remaining::time_remaining;
use crate::RuleSet;

/// The time zone of the due dates.
const UTC: &str = "UTC";

/// The columns that [`parse`] returns. They have the names of the columns of `staging_jobs`, except `deadline_warning`: in `staging_jobs`,
/// this word is an item of the list `warnings`.
pub fn schema() -> Schema {
    let time = DataType::Timestamp(TimeUnit::Microsecond, Some(UTC.into()));
    Schema::new(vec![
        Field::new("due_date", time, true),
        Field::new("time_remaining", DataType::Utf8, true),
        Field::new("deadline_warning", DataType::Utf8, true),
    ])
}

/// Parses a column of deadlines. `crawled_at` has the time of each crawl, and `now` is the moment for `time_remaining`, in
/// microseconds since 1970 in UTC. Each distinct text is parsed once.
///
/// # Errors
/// The columns have different lengths.
pub fn parse(
    deadlines: &StringArray,
    crawled_at: &TimestampMicrosecondArray,
    now: i64,
    rules: RuleSet,
) -> Result<RecordBatch, ArrowError> {
    let rows = deadlines.len();
    if crawled_at.len() != rows {
        let message = "the columns of deadlines and of crawl times have different lengths";
        return Err(ArrowError::InvalidArgumentError(message.to_owned()));
    }
    let mut known = HashMap::new();
    let mut due_dates = TimestampMicrosecondBuilder::with_capacity(rows).with_timezone(UTC);
    let mut remaining = StringBuilder::with_capacity(rows, rows * 32);
    let mut warnings = StringBuilder::new();
    for (text, crawled_at) in deadlines.iter().zip(crawled_at) {
        let text = text.unwrap_or_default();
        let deadline = *known.entry(text).or_insert_with(|| read(text, rules));
        let (due, warning) = deadline.due_after(crawled_at);
        due_dates.append_option(due);
        remaining.append_option(due.map(|due| time_remaining(due, now)));
        warnings.append_option(warning.map(DeadlineWarning::word));
    }
    let columns: Vec<ArrayRef> = vec![
        Arc::new(due_dates.finish()),
        Arc::new(remaining.finish()),
        Arc::new(warnings.finish()),
    ];
    RecordBatch::try_new(Arc::new(schema()), columns)
}
