//! A message in the form that its receiver expects.

use std::fmt::Write;

use jobinsight_core::advice;
use jobinsight_core::settings::{NotifyEvent, NotifyFormat};
use serde_json::{Value, json};

use crate::report::results::RunResults;

/// The version of the form `json`. It increases when a field is removed, or when its type or meaning changes.
const VERSION: u32 = 1;

/// The message about a run.
pub(super) fn write(format: NotifyFormat, event: NotifyEvent, results: &RunResults) -> Value {
    let title = title(event, results);
    let lines = lines(results);
    match format {
        NotifyFormat::Json => json!({
            "message_version": VERSION,
            "event": event,
            "title": title,
            "text": lines.join("\n"),
            "run": results,
        }),
        NotifyFormat::Slack => {
            json!({ "text": format!("*{}*\n{}", slack(&title), slack(&lines.join("\n"))) })
        }
        NotifyFormat::Teams => teams(&title, &lines),
    }
}

/// The message in one line.
fn title(event: NotifyEvent, results: &RunResults) -> String {
    let what = match event {
        NotifyEvent::Failure => "The run failed",
        NotifyEvent::Recovery => "The run succeeded again",
        NotifyEvent::Stale => "The crawl is old",
        NotifyEvent::Warning => "The run succeeded, and exceeded a limit",
    };
    let place = &results.place;
    format!("{what}: {} on {}", place.database, place.host)
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
