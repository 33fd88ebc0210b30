//! The JSON schema of the whole settings file, for editors and for guide 3.

use serde_json::{Map, Value, json};

use crate::settings::{name_of, schema_of};
use crate::{Settings, registry};

/// The schema of the settings file, including the linked phases. Each setting has its name in the environment
/// (`x-environment`), and its unit if it has one (`x-unit`).
pub fn schema() -> Value {
    let mut whole = schema_of::<Settings>();
    let phases: Map<String, Value> = registry::all()
        .into_iter()
        .flatten()
        .map(|spec| {
            let mut schema = spec.schema();
            schema["description"] = spec.about.into();
            if let Some(schema) = schema.as_object_mut() {
                schema.remove("$schema");
                schema.remove("title");
            }
            (spec.name.to_owned(), schema)
        })
        .collect();
    whole["title"] = "jobinsight.toml".into();
    whole["properties"]["phases"] = json!({
        "description": "The settings of the phases",
        "type": "object",
        "additionalProperties": false,
        "properties": phases,
    });
    name("", &mut whole);
    whole
}

/// Adds the name in the environment to each setting.
fn name(prefix: &str, schema: &mut Value) {
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else {
        return;
    };
    for (key, property) in properties {
        let path = format!("{prefix}{key}");
        if property["type"] == "object" {
            name(&format!("{path}."), property);
        } else {
            property["x-environment"] = name_of(&path).into();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::configuration::keys::known_keys;

    fn leaves(prefix: &str, schema: &Value, into: &mut Vec<String>) {
        for (key, property) in schema["properties"].as_object().into_iter().flatten() {
            let path = format!("{prefix}{key}");
            if property["type"] == "object" {
                leaves(&format!("{path}."), property, into);
            } else {
                let told = property["description"].as_str().unwrap_or_default();
                assert!(!told.is_empty(), "{path} has no description");
                into.push(path);
            }
        }
    }

    #[test]
    fn every_setting_is_in_the_schema_with_a_description() {
        let schema = schema();
        let mut paths = Vec::new();
        leaves("", &schema, &mut paths);
        paths.sort();
        let known: Vec<String> = known_keys().into_keys().collect();
        assert_eq!(paths, known);
        let timeout = &schema["properties"]["timeout"];
        assert_eq!(
            (&timeout["x-unit"], &timeout["default"]),
            (&json!("seconds"), &json!(600))
        );
        assert_eq!(timeout["x-environment"], "ETL_TIMEOUT");
    }
}
