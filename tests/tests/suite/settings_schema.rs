//! The JSON schema of the settings file, which editors use.

use jobinsight_core::Settings;
use jobinsight_tests::jobinsight;
use serde_json::{Map, Value, json};

fn schema() -> Value {
    let output = jobinsight(&["config", "schema"], &[]).ok();
    serde_json::from_str(&output.stdout).unwrap()
}

/// Returns the reason why the schema does not allow a value. It knows the keywords of JSON Schema that our schema uses, and panics at
/// any other keyword, so that no keyword is ignored.
fn refused(schema: &Value, value: &Value, path: &str) -> Option<String> {
    for (word, wanted) in schema.as_object().expect("a schema is an object") {
        let why = match word.as_str() {
            "$schema" | "title" | "description" | "default" | "format" | "x-unit" | "x-secret"
            | "x-environment" => None,
            "type" => {
                let types = match wanted {
                    Value::Array(types) => types.clone(),
                    one => vec![one.clone()],
                };
                let is = |name: &Value| match name.as_str().unwrap() {
                    "null" => value.is_null(),
                    "boolean" => value.is_boolean(),
                    "string" => value.is_string(),
                    "number" => value.is_number(),
                    "integer" => value.is_u64() || value.is_i64(),
                    "array" => value.is_array(),
                    "object" => value.is_object(),
                    other => panic!("there is no type {other}"),
                };
                (!types.iter().any(is)).then(|| format!("{path} is not of type {wanted}"))
            }
            "minimum" => value
                .as_f64()
                .filter(|number| *number < wanted.as_f64().unwrap())
                .map(|_| format!("{path} is less than {wanted}")),
            "maximum" => value
                .as_f64()
                .filter(|number| *number > wanted.as_f64().unwrap())
                .map(|_| format!("{path} is more than {wanted}")),
            "const" => (value != wanted).then(|| format!("{path} is not {wanted}")),
            "oneOf" => {
                let all = wanted.as_array().unwrap();
                let fit = all
                    .iter()
                    .filter(|one| refused(one, value, path).is_none())
                    .count();
                (fit != 1).then(|| format!("{path} fits {fit} of {}", all.len()))
            }
            "items" => value
                .as_array()
                .into_iter()
                .flatten()
                .find_map(|item| refused(wanted, item, path)),
            "properties" => value
                .as_object()
                .into_iter()
                .flatten()
                .find_map(|(key, value)| {
                    refused(wanted.get(key)?, value, &format!("{path}.{key}"))
                }),
            "additionalProperties" => {
                assert_eq!(wanted, false);
                let known = schema["properties"].as_object();
                value
                    .as_object()
                    .into_iter()
                    .flatten()
                    .find(|(key, _)| known.is_none_or(|known| !known.contains_key(*key)))
                    .map(|(key, _)| format!("{path}.{key} is not known"))
            }
            other => panic!("{path}: the schema says {other}, which this test does not know"),
        };
        if why.is_some() {
            return why;
        }
    }
    None
}

/// The default settings.
fn defaults() -> Value {
    let mut all = serde_json::to_value(Settings::default()).unwrap();
    let output = jobinsight(&["phases", "--format", "json"], &[]).ok();
    let phases: Map<String, Value> = output.object()["phases"]
        .as_array()
        .unwrap()
        .iter()
        .map(|phase| {
            (
                phase["name"].as_str().unwrap().to_owned(),
                phase["settings"].clone(),
            )
        })
        .collect();
    all["phases"] = phases.into();
    all
}

#[test]
fn the_json_schema_accepts_the_default_settings() {
    let defaults = defaults();
    assert!(defaults["phases"]["sql_procedures"]["usd_vnd_rate"].is_number());
    assert_eq!(refused(&schema(), &defaults, ""), None);
    assert_eq!(refused(&schema(), &json!({}), ""), None);
}

#[test]
fn the_json_schema_rejects_what_the_command_rejects() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("my.toml");
    let shown = ["config", "show", "--config", file.to_str().unwrap()];
    for (settings, toml, why) in [
        (
            json!({ "batchsize": 5 }),
            "batchsize = 5",
            ".batchsize is not known",
        ),
        (
            json!({ "raw": { "tabel": "x" } }),
            "raw.tabel = 'x'",
            ".raw.tabel is not known",
        ),
        (
            json!({ "phases": { "data_savin": {} } }),
            "[phases.data_savin]",
            ".phases.data_savin is not known",
        ),
        (
            json!({ "phases": { "sql_procedures": { "usd_rate": 1 } } }),
            "phases.sql_procedures.usd_rate = 1",
            ".phases.sql_procedures.usd_rate is not known",
        ),
        (
            json!({ "max_workers": "many" }),
            "max_workers = 'many'",
            ".max_workers is not of type \"integer\"",
        ),
        (
            json!({ "timeout": -1 }),
            "timeout = -1",
            ".timeout is less than 1",
        ),
        (
            json!({ "rules": "v2" }),
            "rules = 'v2'",
            ".rules fits 0 of 2",
        ),
    ] {
        assert_eq!(refused(&schema(), &settings, "").as_deref(), Some(why));
        std::fs::write(&file, toml).unwrap();
        jobinsight(&shown, &[]).failed(2, "jobinsight::settings::");
    }
}
