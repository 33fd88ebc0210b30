//! The source of each setting.

use figment::Source;
use serde_json::Value as Json;

use super::flags::COMMAND_LINE;
use super::keys::known_keys;
use super::recorded::RECORD;
use crate::settings::{
    ENVIRONMENT, STANDARD_ENVIRONMENT, STANDARD_VARIABLES, name_of, position, schema_of,
};
use crate::{Loaded, Settings};

/// The value of a setting, and its source.
#[derive(Debug, Clone, serde::Serialize, schemars::JsonSchema)]
pub struct Origin {
    /// The path of the setting.
    pub key: String,
    /// The value; secrets are hidden.
    pub value: Json,
    /// `default`, `environment ETL_…`, `file NAME`, or the flag.
    pub origin: String,
}

/// Every setting with its value and its source, sorted by name.
pub fn origins(loaded: &Loaded) -> Vec<Origin> {
    let schema = schema_of::<Settings>();
    known_keys()
        .into_iter()
        .map(|(key, default)| {
            let value = loaded
                .figment
                .find_value(&key)
                .ok()
                .and_then(|value| serde_json::to_value(value).ok())
                .unwrap_or(default);
            let value = match value {
                Json::String(text) if key == "database.url" => {
                    Json::String(crate::database::hide(&text))
                }
                Json::String(_) if is_secret(&schema, &key) => Json::String("(hidden)".to_owned()),
                other => other,
            };
            Origin {
                origin: origin(loaded, &key),
                key,
                value,
            }
        })
        .collect()
}

/// Whether the schema marks a setting as a secret.
fn is_secret(schema: &Json, key: &str) -> bool {
    let names = key.split('.');
    let property = names.fold(schema, |schema, name| &schema["properties"][name]);
    property["x-secret"] == true
}

fn origin(loaded: &Loaded, key: &str) -> String {
    let Some(metadata) = loaded.figment.find_metadata(key) else {
        return "default".into();
    };
    match (&metadata.source, &*metadata.name) {
        (_, ENVIRONMENT) => format!("environment {}", name_of(key)),
        (_, STANDARD_ENVIRONMENT) => {
            let known = STANDARD_VARIABLES.iter().find(|(known, _)| *known == key);
            format!("environment {}", known.map_or(key, |(_, name)| name))
        }
        (_, RECORD) => RECORD.to_owned(),
        (_, COMMAND_LINE) => {
            let flag = loaded
                .flags
                .iter()
                .find(|flag| flag.key == key)
                .map_or(COMMAND_LINE, |flag| flag.flag);
            format!("flag {flag}")
        }
        (Some(Source::File(path)), _) => {
            let text = std::fs::read_to_string(path).unwrap_or_default();
            let line = position::find(&text, key)
                .map(|(offset, _)| text[..offset].matches('\n').count() + 1);
            let name = loaded.file.as_deref().unwrap_or(path).display();
            line.map_or_else(
                || format!("file {name}"),
                |line| format!("file {name}:{line}"),
            )
        }
        _ => "default".into(),
    }
}
