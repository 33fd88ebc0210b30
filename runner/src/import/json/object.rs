//! One JSON object, with all of its names.

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::import::record::Cause;

/// The names and values of an object in the order of the text. A map would lose a repeated name.
#[derive(Debug, PartialEq)]
pub(super) struct Object(pub(super) Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Object;

            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Object(fields))
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

/// The reason for which a text is not a record.
#[derive(Debug, PartialEq)]
pub(super) struct NotRecord {
    pub(super) cause: Cause,
    pub(super) reason: String,
    /// Whether the text ends too early.
    pub(super) is_cut: bool,
}

impl NotRecord {
    pub(super) fn new(cause: Cause, reason: impl Into<String>) -> Self {
        Self {
            cause,
            reason: reason.into(),
            is_cut: false,
        }
    }
}

/// Parses an object. `NaN`, which Python writes for a missing value, is read as null.
pub(super) fn parse(text: &[u8]) -> Result<Object, NotRecord> {
    if let Err(problem) = std::str::from_utf8(text) {
        let reason = format!("is not UTF-8: {problem}");
        return Err(NotRecord::new(Cause::NotText, reason));
    }
    let problem = match serde_json::from_slice(text) {
        Ok(object) => return Ok(object),
        Err(problem) => problem,
    };
    if let Ok(value) = serde_json::from_slice::<Value>(text) {
        let kind = match value {
            Value::Array(_) => "an array",
            Value::String(_) => "a string",
            Value::Number(_) => "a number",
            Value::Bool(_) => "a boolean",
            Value::Null | Value::Object(_) => "null",
        };
        let reason = format!("is JSON, but {kind} and not an object");
        return Err(NotRecord::new(Cause::NotObject, reason));
    }
    if let Some(object) = without_nan(text).and_then(|text| serde_json::from_slice(&text).ok()) {
        return Ok(object);
    }
    Err(NotRecord {
        is_cut: problem.is_eof(),
        ..NotRecord::new(Cause::NotJson, describe(&problem))
    })
}

/// The text with `null` for each `NaN` outside of strings. `None` if there is no `NaN`.
fn without_nan(text: &[u8]) -> Option<Vec<u8>> {
    let (mut out, mut at, mut is_string, mut is_changed) = (Vec::new(), 0, false, false);
    while at < text.len() {
        let rest = &text[at..];
        let (step, written) = match rest {
            [b'\\', _, ..] if is_string => (2, &rest[..2]),
            [b'N', b'a', b'N', ..] if !is_string => {
                is_changed = true;
                (3, &b"null"[..])
            }
            _ => {
                is_string ^= rest[0] == b'"';
                (1, &rest[..1])
            }
        };
        out.extend_from_slice(written);
        at += step;
    }
    is_changed.then_some(out)
}

/// Describes a problem without its line number, because the parser sees one record at a time and always counts from 1.
fn describe(problem: &serde_json::Error) -> String {
    let (line, column) = (problem.line(), problem.column());
    let whole = problem.to_string();
    let what = whole
        .strip_suffix(&format!(" at line {line} column {column}"))
        .unwrap_or(&whole);
    format!("is not JSON: {what} at column {column}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nan_is_null_outside_of_strings_only() {
        let object = parse(br#"{"a":NaN,"b":"NaN \" NaN","c":[NaN,1]}"#).unwrap();
        let text: Vec<String> = object
            .0
            .iter()
            .map(|(_, value)| value.to_string())
            .collect();
        assert_eq!(text, ["null", r#""NaN \" NaN""#, "[null,1]"]);
        for infinite in ["{\"a\":Infinity}", "{\"a\":-Infinity}", "{\"a\":NaN", "NaN"] {
            assert_eq!(
                parse(infinite.as_bytes()).unwrap_err().cause,
                Cause::NotJson,
                "{infinite}"
            );
        }
    }

    #[test]
    fn other_values_are_named() {
        for (text, kind) in [
            ("[1]", "an array"),
            ("\"a\"", "a string"),
            ("1", "a number"),
            ("null", "null"),
        ] {
            let problem = parse(text.as_bytes()).unwrap_err();
            assert_eq!(
                problem.reason,
                format!("is JSON, but {kind} and not an object")
            );
        }
    }
}
