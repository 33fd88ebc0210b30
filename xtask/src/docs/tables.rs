//! Tables of the guides that are made from the code.

use std::fmt::Write;
use std::path::Path;

use serde_json::Value;

use super::Command;

/// A table: where it stands, and what it must hold.
pub(crate) struct Table {
    file: &'static str,
    /// It stands between `<!-- NAME:begin -->` and `<!-- NAME:end -->`.
    name: &'static str,
    text: String,
}

/// All of them.
pub(crate) fn all(command: &Command) -> Result<Vec<Table>, String> {
    let parse = |text: String| serde_json::from_str::<Value>(&text).map_err(|e| e.to_string());
    let schema = parse(command.say(&["config", "schema"])?)?;
    let codes = parse(command.say(&["explain", "--format", "json"])?)?;
    Ok(vec![
        Table {
            file: "docs/03-configuration.md",
            name: "settings",
            text: settings(&schema),
        },
        Table {
            file: "docs/04-troubleshooting.md",
            name: "codes",
            text: code_table(&codes),
        },
    ])
}

fn settings(schema: &Value) -> String {
    let mut text = String::from(
        "| setting, and its name in the environment | default | meaning |\n|---|---|---|\n",
    );
    let mut rows = Vec::new();
    leaves("", schema, &mut rows);
    // Settings of phases last; within a section in the order of their names.
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

/// Settings are what has no settings within.
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

/// What it says of itself, and what it may be.
fn meaning(setting: &Value) -> String {
    let told = setting["description"].as_str().unwrap_or_default();
    let mut text = told.replace('\n', " ").replace('|', "\\|");
    let allowed: Vec<String> = setting["oneOf"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| {
            let word = one["const"].as_str()?;
            let told = one["description"].as_str().unwrap_or_default();
            Some(format!(
                "`{word}`: {}",
                told.trim_end_matches('.').replace('\n', " ")
            ))
        })
        .collect();
    if !allowed.is_empty() {
        let _ = write!(text, " {}.", allowed.join("; "));
    }
    text
}

fn code_table(codes: &Value) -> String {
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

/// Every table that is another one now.
pub(crate) fn check(root: &Path, tables: &[Table]) -> Result<Vec<String>, String> {
    let mut wrong = Vec::new();
    for table in tables {
        let text = read(root, table)?;
        let (from, to) = place(&text, table)?;
        if text[from..to] == table.text {
            continue;
        }
        let old: Vec<&str> = text[from..to].lines().collect();
        let differing = table.text.lines().find(|line| !old.contains(line));
        wrong.push(format!(
            "{}: the table of {} is not what the code says (cargo xtask docs --write makes it anew): {}",
            table.file,
            table.name,
            differing.unwrap_or("it has lines that are no more")
        ));
    }
    Ok(wrong)
}

/// Writes them.
pub(crate) fn write(root: &Path, tables: &[Table]) -> Result<(), String> {
    for table in tables {
        let text = read(root, table)?;
        let (from, to) = place(&text, table)?;
        let text = format!("{}{}{}", &text[..from], table.text, &text[to..]);
        std::fs::write(root.join(table.file), text)
            .map_err(|error| format!("{}: {error}", table.file))?;
    }
    Ok(())
}

fn read(root: &Path, table: &Table) -> Result<String, String> {
    std::fs::read_to_string(root.join(table.file))
        .map_err(|error| format!("{}: {error}", table.file))
}

fn place(text: &str, table: &Table) -> Result<(usize, usize), String> {
    let begin = format!("<!-- {}:begin -->\n", table.name);
    let end = format!("<!-- {}:end -->", table.name);
    match (text.find(&begin), text.find(&end)) {
        (Some(from), Some(to)) if from < to => Ok((from + begin.len(), to)),
        _ => Err(format!("{} has no {begin}…{end}", table.file)),
    }
}
