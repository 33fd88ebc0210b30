//! The source of each setting.

use figment::Source;
use serde_json::Value as Json;

use super::env::{ENVIRONMENT, known_keys, name_of};
use super::load::COMMAND_LINE;
use super::{Loaded, position};

/// The value of a setting, and its source.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Origin {
    /// The path of the setting.
    pub key: String,
    /// The value; secrets are hidden.
    pub value: Json,
    /// `default`, `environment ETL_…`, `file NAME`, or the flag.
    pub origin: String,
}

impl Loaded {
    /// Every setting with its value and its source, sorted by name.
    pub fn origins(&self) -> Vec<Origin> {
        known_keys()
            .into_iter()
            .map(|(key, default)| {
                let value = self
                    .figment
                    .find_value(&key)
                    .ok()
                    .and_then(|value| serde_json::to_value(value).ok())
                    .unwrap_or(default);
                let value = match value {
                    Json::String(text) if key == "database.url" => {
                        Json::String(crate::database::hide(&text))
                    }
                    other => other,
                };
                Origin {
                    origin: self.origin(&key),
                    key,
                    value,
                }
            })
            .collect()
    }

    fn origin(&self, key: &str) -> String {
        let Some(metadata) = self.figment.find_metadata(key) else {
            return "default".into();
        };
        match (&metadata.source, &*metadata.name) {
            (_, ENVIRONMENT) => format!("environment {}", name_of(key)),
            (_, COMMAND_LINE) => {
                let flag = self
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
                let name = self.file.as_deref().unwrap_or(path).display();
                line.map_or_else(
                    || format!("file {name}"),
                    |line| format!("file {name}:{line}"),
                )
            }
            _ => "default".into(),
        }
    }
}
