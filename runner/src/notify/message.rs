//! A message in the form that its receiver expects.

use std::fmt::Write;

use jobinsight_core::advice;
use jobinsight_core::settings::{NotifyEvent, NotifyFormat};
use serde_json::{Value, json};

use crate::report::place::RunPlace;
use crate::report::results::RunResults;

/// The version of the form `json`. It increases when a field is removed, or when its type or meaning changes.
const VERSION: u32 = 1;

/// A message, before it gets the form that its receiver expects.
pub(super) struct Message {
    event: Value,
    /// The message in one line.
    title: String,
    /// The lines below the title.
    lines: Vec<String>,
    /// The results of the run; null in a test.
    run: Value,
}

impl Message {
    /// The message about a run.
    pub(super) fn of_run(event: NotifyEvent, results: &RunResults) -> Self {
        Self {
            event: json!(event),
            title: title(event, results),
            lines: lines(results),
            run: json!(results),
        }
    }

    /// A message that only tests the receivers. Runs send messages about these events.
    pub(super) fn test(place: &RunPlace, events: &[NotifyEvent]) -> Self {
        let names: Vec<String> = events.iter().map(|event| word(*event)).collect();
        let sent = if names.is_empty() {
            "A run sends no message, because `notify.on` names no event.".to_owned()
        } else {
            format!("A run sends a message about: {}.", names.join(", "))
        };
        Self {
            event: json!("test"),
            title: format!("This is a test: {}", place_name(place)),
            lines: vec![
                format!(
                    "`{}` sent this message. Nothing has happened.",
                    advice::command("notify test")
                ),
                sent,
            ],
            run: Value::Null,
        }
    }

    /// The message in the form that a receiver expects.
    pub(super) fn write(&self, format: NotifyFormat) -> Value {
        let Self {
            event,
            title,
            lines,
            run,
        } = self;
        let text = lines.join("\n");
        match format {
            NotifyFormat::Json => json!({
                "message_version": VERSION,
                "event": event,
                "title": title,
                "text": text,
                "run": run,
            }),
            NotifyFormat::Slack => {
                json!({ "text": format!("*{}*\n{}", slack(title), slack(&text)) })
            }
            NotifyFormat::Teams => teams(title, lines),
        }
    }
}

/// The name of an event in the settings.
fn word(event: NotifyEvent) -> String {
    json!(event).as_str().unwrap_or_default().to_owned()
}

/// The database and the machine; only the machine if no database is known.
fn place_name(place: &RunPlace) -> String {
    let RunPlace { database, host, .. } = place;
    if database.is_empty() {
        return host.clone();
    }
    format!("{database} on {host}")
}

/// The message in one line.
fn title(event: NotifyEvent, results: &RunResults) -> String {
    let what = match event {
        NotifyEvent::Failure => "The run failed",
        NotifyEvent::Recovery => "The run succeeded again",
        NotifyEvent::Stale => "The crawl is old",
        NotifyEvent::Warning => "The run succeeded, and exceeded a limit",
    };
    format!("{what}: {}", place_name(&results.place))
}

/// The lines below the title.
fn lines(results: &RunResults) -> Vec<String> {
    let mut lines = Vec::new();
    match &results.error {
        Some(error) => {
            let mut line = error.code.clone();
            if let Some(phase) = &error.phase {
                let _ = write!(line, " in {phase}");
            }
            lines.push(format!("{line}: {}", error.message));
            lines.extend(error.help.as_ref().map(|help| format!("help: {help}")));
        }
        None => lines.push(results.message.clone()),
    }
    lines.extend(results.exceeded.iter().map(|limit| limit.message.clone()));
    lines.push(format!(
        "Run {}, attempt {}, {:.1} s: {}",
        results.run_id,
        results.attempt,
        results.stats.duration_seconds,
        advice::command(format!("runs show {}", results.run_id))
    ));
    lines
}

/// A text for Slack, which reads three signs as markup.
fn slack(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// An adaptive card for a workflow of Microsoft Teams. A text run shows its text as it is, without markup.
fn teams(title: &str, lines: &[String]) -> Value {
    let text = |text: &str, weight: &str| json!({ "type": "RichTextBlock", "inlines": [{ "type": "TextRun", "text": text, "weight": weight }] });
    let body: Vec<Value> = std::iter::once(text(title, "bolder"))
        .chain(lines.iter().map(|line| text(line, "default")))
        .collect();
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "body": body,
            }
        }]
    })
}
