//! The paths of all settings.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use crate::{PhaseSpec, Settings};

/// The path of every setting with its default, including the linked phases.
pub(super) fn known_keys() -> BTreeMap<String, Json> {
    let mut known = BTreeMap::new();
    let common = serde_json::to_value(Settings::default()).unwrap_or_default();
    flatten("", &common, &mut known);
    for spec in inventory::iter::<PhaseSpec> {
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
