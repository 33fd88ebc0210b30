//! The lines of the JSON log: the fields of the event and, unless it has them itself, `run_id`, `phase` and `batch`.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tracing::{Event, Subscriber};
use tracing_subscriber::fmt::format::{Format, Json, Writer};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::log_context;

/// A line of the log.
#[derive(Serialize, Deserialize, JsonSchema)]
pub(crate) struct LogLine {
    /// The time, in RFC 3339.
    #[schemars(extend("format" = "date-time"))]
    timestamp: String,
    /// `ERROR`, `WARN`, `INFO`, `DEBUG` or `TRACE`.
    level: String,
    /// The event in words; absent if only its fields describe it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    /// The run; absent if the process has no run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    run_id: Option<String>,
    /// The phase; absent if the event is not about a phase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phase: Option<String>,
    /// The number of the batch; absent if the event is not about a batch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    batch: Option<i64>,
    /// More fields of the event.
    #[serde(flatten)]
    fields: Map<String, Value>,
}

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
        let mut text = String::new();
        self.0
            .format_event(context, Writer::new(&mut text), event)?;
        let Ok(mut line) = serde_json::from_str::<LogLine>(&text) else {
            return writer.write_str(&text);
        };
        let (phase, batch) = log_context::at_work();
        line.run_id = line.run_id.or_else(log_context::run);
        line.phase = line.phase.or_else(|| phase.map(str::to_owned));
        line.batch = line.batch.or(batch);
        let text = serde_json::to_string(&line).map_err(|_| fmt::Error)?;
        writeln!(writer, "{text}")
    }
}
