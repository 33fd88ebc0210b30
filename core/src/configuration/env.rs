//! Settings from `ETL_*` environment variables.

use std::collections::BTreeMap;

use figment::value::{Dict, Map, Value};
use figment::{Error, Metadata, Profile, Provider};
use serde_json::Value as Json;

use super::keys::known_keys;
use super::values::insert;
use crate::settings::{ENVIRONMENT, EnvNote, STANDARD_ENVIRONMENT, STANDARD_VARIABLES, name_of};
use crate::spelling::nearest;

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
                    let nearest =
                        nearest(&name, names.keys().map(String::as_str)).map(String::from);
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

/// The variables that other programs read as well. An empty variable counts as absent.
pub(super) struct StandardEnv(Vec<(&'static str, String)>);

impl StandardEnv {
    pub(super) fn read(variables: &[(String, String)]) -> Self {
        let value = |name| {
            let set = variables.iter().find(|(set, _)| set == name)?;
            (!set.1.is_empty()).then(|| set.1.clone())
        };
        let set = STANDARD_VARIABLES.into_iter();
        Self(
            set.filter_map(|(key, name)| Some((key, value(name)?)))
                .collect(),
        )
    }
}

impl Provider for StandardEnv {
    fn metadata(&self) -> Metadata {
        Metadata::named(STANDARD_ENVIRONMENT).interpolater(|_, keys| {
            let key = keys.join(".");
            let known = STANDARD_VARIABLES.iter().find(|(known, _)| *known == key);
            known.map_or(key.clone(), |(_, name)| (*name).to_owned())
        })
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        let mut dict = Dict::new();
        let known = known_keys();
        for (key, text) in &self.0 {
            // Other programs read every word but `true` as false. It is not an error, because the variable is theirs as well.
            let value = match known.get(*key) {
                Some(Json::Bool(_)) => Value::from(text.eq_ignore_ascii_case("true")),
                _ => Value::from(text.as_str()),
            };
            insert(&mut dict, key, value);
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
