//! A diagram of the default pipeline: its phases, the resources and columns that each needs and produces, and the tables
//! that each reads and writes.

use std::fmt::Write;
use std::path::Path;

use serde_json::Value;

use super::scripts::{Scripts, Tables};

/// The file whose scripts close a batch, in the transaction of the phase that saves it.
const COMMIT: &str = "runner/src/ledger/batches.rs";

/// The file whose scripts claim a batch and find its rows, for the phase that loads it.
const LOADING: &str = "sql/src/queue.rs";

/// A phase as the diagram shows it.
#[derive(Default)]
struct PhaseBox {
    name: String,
    /// `once a run`, or the input and the output of the phase.
    role: &'static str,
    in_lane: bool,
    needs: Vec<String>,
    produces: Vec<String>,
    drops: Vec<String>,
    tables: Tables,
}

/// The diagram as a block of Mermaid.
pub(super) fn draw(root: &Path, phases: &Value) -> Result<String, String> {
    let boxes = boxes(root, phases)?;
    let mut text = String::from(
        "```mermaid\n%%{init: {\"flowchart\": {\"wrappingWidth\": 460}}}%%\nflowchart TB\n",
    );
    let mut in_lane = false;
    for (number, phase) in boxes.iter().enumerate() {
        if phase.in_lane != in_lane {
            in_lane = phase.in_lane;
            text.push_str(if in_lane {
                "    subgraph lane[\" \"]\n"
            } else {
                "    end\n"
            });
        }
        let _ = writeln!(text, "    p{number}[\"{}\"]", label(phase));
    }
    if in_lane {
        text.push_str("    end\n");
    }
    for (number, pair) in boxes.windows(2).enumerate() {
        let [from, to] = pair else { continue };
        let mut lines = Vec::new();
        if !from.produces.is_empty() {
            lines.push(from.produces.join(", "));
        }
        if !from.drops.is_empty() {
            lines.push(format!("without {}", from.drops.join(", ")));
        }
        if to.in_lane && !from.in_lane {
            lines.push("for max_workers lanes side by side".to_owned());
        }
        let arrow = if lines.is_empty() {
            "-->".to_owned()
        } else {
            format!("-->|\"{}\"|", lines.join("<br>"))
        };
        let _ = writeln!(text, "    p{number} {arrow} p{}", number + 1);
    }
    text.push_str("```\n");
    Ok(text)
}

fn label(phase: &PhaseBox) -> String {
    let mut text = format!("<b>{}</b> ({})", phase.name, phase.role);
    let mut line = |verb: &str, words: &[String]| {
        if !words.is_empty() {
            let _ = write!(text, "<br>{verb} {}", words.join(", "));
        }
    };
    line("needs", &phase.needs);
    // A phase that writes a table usually reads it too, so a table that it also writes is not listed here.
    let reads: Vec<String> = phase
        .tables
        .reads
        .difference(&phase.tables.writes)
        .cloned()
        .collect();
    let writes: Vec<String> = phase.tables.writes.iter().cloned().collect();
    // The phase that creates the schema names every table.
    if writes.iter().any(|table| table == "etl_scripts") {
        line("creates all", &[format!("{} tables", writes.len())]);
    } else {
        line("reads", &reads);
        line("writes", &writes);
    }
    text
}

/// The phases of the default pipeline, in order.
fn boxes(root: &Path, phases: &Value) -> Result<Vec<PhaseBox>, String> {
    let scripts = Scripts::read(root)?;
    let commit = scripts.of(&root.join(COMMIT))?;
    let loading = scripts.of(&root.join(LOADING))?;
    let mut boxes = Vec::new();
    for phase in phases["phases"].as_array().into_iter().flatten() {
        if phase["place"].is_null() {
            continue;
        }
        let name = phase["name"].as_str().unwrap_or_default();
        let role = phase["role"].as_str().unwrap_or_default();
        let mut tables = scripts.of(&root.join("phases").join(name).join("src"))?;
        match role {
            "load" => tables.add(&loading),
            "save" => tables.add(&commit),
            _ => {}
        }
        let words = |key: &str| -> Vec<String> {
            let words = phase[key]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str);
            words
                .map(|word| word.trim_start_matches("batch.").to_owned())
                .collect()
        };
        boxes.push(PhaseBox {
            name: name.to_owned(),
            role: match role {
                "once" => "once a run",
                "load" => "queue → batch",
                "process" => "batch → batch",
                _ => "batch → committed",
            },
            in_lane: role != "once",
            needs: words("needs"),
            produces: words("gives"),
            drops: words("drops"),
            tables,
        });
    }
    if boxes.is_empty() {
        return Err("`jobinsight phases` shows no phase of the pipeline".to_owned());
    }
    Ok(boxes)
}
