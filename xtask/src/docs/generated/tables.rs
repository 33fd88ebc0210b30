//! The tables of settings and error codes.

use std::fmt::Write;

use serde_json::Value;

/// The table of settings, from their JSON schema.
pub(super) fn settings(schema: &Value) -> String {
    let mut text = String::from(
        "| setting, and its name in the environment | default | meaning |\n|---|---|---|\n",
    );
    let mut rows = Vec::new();
    leaves("", schema, &mut rows);
    // Settings of phases come last; within a section, the order is that of names.
    rows.sort_by_key(|(path, _)| {
        (
            path.starts_with("phases."),
            path.contains('.'),
            path.clone(),
        )
    });
    for (path, setting) in rows {
        let word = |key: &str| setting[key].as_str().unwrap_or_default().to_owned();
        let unit = word("x-unit");
        let unit = match &setting["default"] {
            _ if unit.is_empty() => unit,
            Value::Null => format!(" ({unit})"),
            _ => format!(" {unit}"),
        };
        let _ = writeln!(
            text,
            "| `{path}`<br>`{}` | {}{unit} | {} |",
            word("x-environment"),
            default(&setting["default"]),
            meaning(&setting)
        );
    }
    text
}

/// Collects the properties that contain no other properties. These are the settings.
fn leaves(prefix: &str, schema: &Value, rows: &mut Vec<(String, Value)>) {
    for (key, property) in schema["properties"].as_object().into_iter().flatten() {
        let path = format!("{prefix}{key}");
        if property["type"] == "object" {
            leaves(&format!("{path}."), property, rows);
        } else {
            rows.push((path, property.clone()));
        }
    }
}

fn default(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::String(text) => format!("`{text}`"),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(default).collect();
            items.join(", ")
        }
        other => format!("`{other}`"),
    }
}

/// The description of a setting, and the values that it may have.
fn meaning(setting: &Value) -> String {
    let description = setting["description"].as_str().unwrap_or_default();
    let mut text = description.replace('\n', " ").replace('|', "\\|");
    let allowed: Vec<String> = setting["oneOf"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| {
            let word = one["const"].as_str()?;
            let meaning = one["description"].as_str().unwrap_or_default();
            Some(format!(
                "`{word}`: {}",
                meaning.trim_end_matches('.').replace('\n', " ")
            ))
        })
        .collect();
    if !allowed.is_empty() {
        let _ = write!(text, " {}.", allowed.join("; "));
    }
    if let Some(range) = range(setting) {
        let _ = write!(text, " Allowed: {range}.");
    }
    text
}

/// The range of a number, unless it only says that the number is not negative.
fn range(setting: &Value) -> Option<String> {
    match (&setting["minimum"], &setting["maximum"]) {
        (Value::Null, Value::Null) => None,
        (least, Value::Null) if least.as_f64() == Some(0.0) => None,
        (least, Value::Null) => Some(format!("{least} or more")),
        (least, most) => Some(format!("{least} to {most}")),
    }
}

/// The table of error codes, from `jobinsight explain --format json`.
pub(super) fn codes(codes: &Value) -> String {
    let mut text =
        String::from("| code | exit | what it means | what to do |\n|---|---|---|---|\n");
    for code in codes["codes"].as_array().into_iter().flatten() {
        let word = |key: &str| code[key].as_str().unwrap_or_default().replace('|', "\\|");
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} |",
            word("code"),
            word("exit"),
            word("means"),
            word("mend")
        );
    }
    text
}
