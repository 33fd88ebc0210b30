//! Settings from `ETL_*` environment variables.

use std::collections::BTreeMap;

use figment::value::{Dict, Empty, Map, Num, Tag, Value};
use figment::{Error, Metadata, Profile, Provider};
use serde_json::Value as Json;

use crate::{Settings, registry};

/// An `ETL_*` variable that is not a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvNote {
    /// The variable.
    pub name: String,
    /// The most similar variable that is a setting.
    pub nearest: Option<String>,
}

/// The path of every setting with its default, including the linked phases.
pub fn known_keys() -> BTreeMap<String, Json> {
    let mut known = BTreeMap::new();
    let common = serde_json::to_value(Settings::default()).unwrap_or_default();
    flatten("", &common, &mut known);
    for spec in crate::inventory::iter::<crate::PhaseSpec> {
        flatten(
            &format!("phases.{}.", spec.name),
            &spec.defaults(),
            &mut known,
        );
    }
    known
}

fn flatten(prefix: &str, value: &Json, into: &mut BTreeMap<String, Json>) {
    for (key, value) in value.as_object().into_iter().flatten() {
        let path = format!("{prefix}{key}");
        match value {
            Json::Object(_) => flatten(&format!("{path}."), value, into),
            _ => {
                into.insert(path, value.clone());
            }
        }
    }
}

/// The name of the layer of the environment.
pub(super) const ENVIRONMENT: &str = "environment";

/// The variable of a setting: `phases.x.y` is `ETL_PHASES__X__Y`.
pub(super) fn name_of(key: &str) -> String {
    format!("ETL_{}", key.replace('.', "__").to_ascii_uppercase())
}

/// The environment: known variables become settings, unknown ones become notes.
pub(super) struct Env {
    values: BTreeMap<String, String>,
    pub(super) notes: Vec<EnvNote>,
}

impl Env {
    pub(super) fn read(variables: impl Iterator<Item = (String, String)>) -> Self {
        let names: BTreeMap<String, String> = known_keys()
            .into_keys()
            .map(|key| (name_of(&key), key))
            .collect();
        let mut env = Self {
            values: BTreeMap::new(),
            notes: Vec::new(),
        };
        for (name, value) in variables.filter(|(name, _)| name.starts_with("ETL_")) {
            match names.get(&name) {
                Some(_) if value.is_empty() => {}
                Some(key) => {
                    env.values.insert(key.clone(), value);
                }
                None => {
                    let nearest = registry::nearest(&name, names.keys().map(String::as_str))
                        .map(String::from);
                    env.notes.push(EnvNote { name, nearest });
                }
            }
        }
        env
    }
}

impl Provider for Env {
    fn metadata(&self) -> Metadata {
        Metadata::named(ENVIRONMENT).interpolater(|_, keys| name_of(&keys.join(".")))
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        let mut dict = Dict::new();
        for (key, text) in &self.values {
            insert(&mut dict, key, parse(key, text));
        }
        Ok(Profile::Default.collect(dict))
    }
}

/// Parses a value. A setting of type text stays a text, even if it looks like a number.
fn parse(key: &str, text: &str) -> Value {
    let default = known_keys().remove(key).unwrap_or(Json::Null);
    let list = default.is_array();
    match default {
        Json::String(_) => Value::from(text),
        _ if list && !text.trim_start().starts_with('[') => Value::from(
            text.split(',')
                .map(|item| item.trim().to_owned())
                .collect::<Vec<_>>(),
        ),
        _ => match text.trim().parse::<Value>() {
            Ok(Value::String(..)) | Err(_) => Value::from(text),
            Ok(value) => value,
        },
    }
}

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
