//! Reads files of labels.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value};

use super::kind::Kind;

/// A line of a file of labels.
#[derive(Debug)]
pub(super) struct Label {
    /// The keys of the raw postings that the label fills.
    pub(super) keys: Vec<String>,
    pub(super) values: Map<String, Value>,
}

impl Label {
    /// The raw postings of the label, as rows of `raw_jobs` in JSON.
    pub(super) fn postings(&self, kind: Kind) -> impl Iterator<Item = Value> {
        self.keys.iter().zip(kind.postings()).map(|(key, columns)| {
            let mut row = Map::new();
            row.insert("job_id".to_owned(), key.as_str().into());
            row.insert("title".to_owned(), "Kế Toán".into());
            for (label, column) in *columns {
                let value = self.values.get(*label).cloned().unwrap_or_default();
                row.insert((*column).to_owned(), value_of(column, value));
            }
            Value::Object(row)
        })
    }

    /// A value of the label; NULL if the label has no such key.
    pub(super) fn value(&self, key: &str) -> &Value {
        self.values.get(key).unwrap_or(&Value::Null)
    }

    /// Whether the label says what this field should be.
    pub(super) fn has(&self, key: &str) -> bool {
        self.values.contains_key(key)
    }

    /// Whether the labeller was not sure.
    pub(super) fn is_unsure(&self) -> bool {
        self.value("unsure") == true
    }
}

/// The value of a raw column. Skills are a JSON text in the labels, as in a crawled file, and an empty text is NULL.
fn value_of(column: &str, value: Value) -> Value {
    match (column, value.as_str()) {
        ("skills", Some(text)) => serde_json::from_str(text).unwrap_or_default(),
        _ => value,
    }
}

/// Reads a file. `file_no` is part of the keys, so that the postings of several files have different keys.
///
/// # Errors
/// The file cannot be read, a line is not a label of this kind, or the file has no label.
pub(super) fn read(kind: Kind, path: &Path, file_no: usize) -> Result<Vec<Label>, String> {
    let shown = path.display();
    let text = fs::read_to_string(path).map_err(|error| format!("{shown}: {error}"))?;
    let mut labels = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        if text.trim().is_empty() {
            continue;
        }
        let values: Map<String, Value> = serde_json::from_str(text)
            .map_err(|error| format!("{shown}, line {line}: not a label: {error}"))?;
        let inputs = kind.postings().iter().flat_map(|columns| columns.iter());
        let mut inputs = inputs.map(|(label, _)| *label);
        if let Some(missing) = inputs.find(|label| !values.contains_key(*label)) {
            let kind = kind.word();
            return Err(format!(
                "{shown}, line {line}: not a label of {kind}: no \"{missing}\""
            ));
        }
        let keys = (0..kind.postings().len()).map(|part| format!("{file_no}-{line}-{part}"));
        labels.push(Label {
            keys: keys.collect(),
            values,
        });
    }
    if labels.is_empty() {
        return Err(format!("{shown} has no label"));
    }
    Ok(labels)
}
