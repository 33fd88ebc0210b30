//! The settings that decide the content of staging. A run with other content settings cannot be joined, and its
//! retry plans the work again.

use jobinsight_core::{Loaded, configuration};

/// Every setting that decides the content, with its value.
pub(super) fn content_settings(loaded: &Loaded) -> serde_json::Value {
    // The fingerprint of the tables in rules_dir decides, because two paths may contain the same tables.
    let mark = loaded.settings.rules_mark();
    let tables = mark.map(|mark| ("rules_dir".to_owned(), mark.into()));
    configuration::origins(loaded)
        .into_iter()
        .filter(|setting| {
            ["rules", "pipeline"].contains(&setting.key.as_str())
                || ["raw.", "staging.", "phases."]
                    .iter()
                    .any(|prefix| setting.key.starts_with(prefix))
        })
        .map(|setting| (setting.key, setting.value))
        .chain(tables)
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// The names of the settings that differ between two runs.
pub(super) fn changed(then: Option<&serde_json::Value>, now: &serde_json::Value) -> Vec<String> {
    let empty = serde_json::Map::new();
    let then = then
        .and_then(serde_json::Value::as_object)
        .unwrap_or(&empty);
    let now = now.as_object().unwrap_or(&empty);
    let mut keys: Vec<&String> = then.keys().chain(now.keys()).collect();
    keys.sort();
    keys.dedup();
    keys.into_iter()
        .filter(|key| then.get(*key) != now.get(*key))
        .cloned()
        .collect()
}
