//! The lines of the JSON log: the fields of the event and, unless it has them itself, `run_id`, `phase` and `batch`.

use std::fmt;

use serde_json::{Map, Value};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::{Format, Json, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::log_context;

/// Writes an event as one JSON object.
pub(super) struct JsonLine(Format<Json>);

impl JsonLine {
    pub(super) fn new() -> Self {
        let format = Format::default().json().flatten_event(true);
        Self(format.with_target(false))
    }
}

impl<S, N> FormatEvent<S, N> for JsonLine
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = String::new();
        self.0
            .format_event(context, Writer::new(&mut line), event)?;
        let Ok(mut fields) = serde_json::from_str::<Map<String, Value>>(&line) else {
            return writer.write_str(&line);
        };
        let (phase, batch) = log_context::at_work();
        let more = [
            ("run_id", log_context::run().map(Value::from)),
            ("phase", phase.map(Value::from)),
            ("batch", batch.map(Value::from)),
        ];
        for (key, value) in more {
            if let Some(value) = value {
                fields.entry(key).or_insert(value);
            }
        }
        writeln!(writer, "{}", Value::Object(fields))
    }
}
