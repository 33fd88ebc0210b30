//! Values of figment, which reads the layers of the settings.

use figment::value::{Dict, Empty, Num, Tag, Value};
use serde_json::Value as Json;

/// Inserts a value at a dotted path.
pub(super) fn insert(dict: &mut Dict, path: &str, value: Value) {
    match path.split_once('.') {
        None => {
            dict.insert(path.to_owned(), value);
        }
        Some((head, rest)) => {
            let inner = dict
                .entry(head.to_owned())
                .or_insert_with(|| Value::Dict(Tag::Default, Dict::new()));
            if let Value::Dict(_, inner) = inner {
                insert(inner, rest, value);
            }
        }
    }
}

/// A JSON value as a value of figment.
pub(super) fn from_json(value: &Json) -> Value {
    match value {
        Json::Null => Value::Empty(Tag::Default, Empty::None),
        Json::Bool(value) => Value::from(*value),
        Json::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
            (Some(value), ..) => Value::from(value),
            (_, Some(value), _) => Value::from(value),
            (.., Some(value)) => Value::Num(Tag::Default, Num::F64(value)),
            _ => Value::Empty(Tag::Default, Empty::None),
        },
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(items) => Value::Array(Tag::Default, items.iter().map(from_json).collect()),
        Json::Object(items) => Value::Dict(
            Tag::Default,
            items
                .iter()
                .map(|(key, value)| (key.clone(), from_json(value)))
                .collect(),
        ),
    }
}
