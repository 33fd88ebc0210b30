//! The settings that a run records, so that its retry uses them. Some of them decide the content of staging: a run with
//! other values of these cannot be joined, and its queue cannot be used.

use jobinsight_core::database::{Target, TargetOrigin};
use jobinsight_core::{Loaded, configuration};
use jobinsight_sql::scripts;
use serde_json::{Map, Value};

/// Recorded settings that decide which rows one run processes, and its clock. Another run may have other values and still
/// use the queue.
pub(crate) const RUN_KEYS: [&str; 5] = [
    "as_of",
    "batch_size",
    "limit",
    "only_unprocessed",
    RULES_PATH,
];

/// The key of the path of the custom rules. Their fingerprint is recorded as `rules_dir` and decides the content, because
/// two paths may contain the same tables.
pub(super) const RULES_PATH: &str = "rules_dir.path";

/// The key of the program that works on a run. Another program may have other rules and another schema, so it neither joins the
/// run nor uses its queue, and a retry by another program plans the work again.
pub(super) const PROGRAM: &str = "program";

/// The version of this program, with a digest of its SQL.
fn program() -> String {
    format!("{}+{}", env!("CARGO_PKG_VERSION"), scripts::digest())
}

/// Every setting that a run records, with its value.
pub(super) fn recorded(loaded: &Loaded) -> Value {
    let mark = loaded.settings.rules_mark();
    let tables = mark.map(|mark| ("rules_dir".to_owned(), mark.into()));
    let path = loaded.settings.rules_dir.as_deref().map(|path| {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        path.to_string_lossy().into_owned()
    });
    configuration::origins(loaded)
        .into_iter()
        .filter(|setting| is_recorded(&setting.key) && !has_password(&setting.value))
        .map(|setting| (setting.key, setting.value))
        .chain(tables)
        .chain([
            (RULES_PATH.to_owned(), path.into()),
            (PROGRAM.to_owned(), program().into()),
        ])
        .collect::<Map<_, _>>()
        .into()
}

/// Settings of the place, such as the address of the server, timeouts and lanes, are not recorded. Neither are the
/// conditions that a run must meet, because an operator who accepts less changes them for the retry.
fn is_recorded(key: &str) -> bool {
    RUN_KEYS.contains(&key)
        || ["rules", "pipeline"].contains(&key)
        || ["raw.", "staging.", "phases."]
            .iter()
            .any(|prefix| key.starts_with(prefix))
}

/// Whether the value is an address with a password. The ledger has no secrets.
fn has_password(value: &Value) -> bool {
    value
        .as_str()
        .and_then(|text| Target::parse(text, TargetOrigin::Setting).ok())
        .is_some_and(|target| target.password().is_some())
}

/// The names of the settings that differ between two records. A setting without a value is like a missing one.
pub(super) fn changed(then: Option<&Value>, now: &Value) -> Vec<String> {
    let empty = Map::new();
    let then = then.and_then(Value::as_object).unwrap_or(&empty);
    let now = now.as_object().unwrap_or(&empty);
    let mut keys: Vec<&String> = then.keys().chain(now.keys()).collect();
    keys.sort();
    keys.dedup();
    let value = |record: &Map<String, Value>, key: &str| {
        record.get(key).filter(|value| !value.is_null()).cloned()
    };
    keys.into_iter()
        .filter(|key| *key != RULES_PATH && value(then, key) != value(now, key))
        .cloned()
        .collect()
}

/// The settings that decide the content of staging and differ between two records.
pub(super) fn changed_content(then: Option<&Value>, now: &Value) -> Vec<String> {
    let mut keys = changed(then, now);
    keys.retain(|key| !RUN_KEYS.contains(&key.as_str()));
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_with_a_password_is_not_recorded() {
        let secret = |text: &str| has_password(&text.into());
        assert!(secret("postgresql://etl:s3cret@host/db"));
        assert!(secret("host=a user=b password=s3cret"));
        assert!(!secret("postgresql://etl@host/db"));
        assert!(!secret("standard"));
    }

    #[test]
    fn a_setting_without_a_value_is_like_a_missing_one() {
        let then = serde_json::json!({"rules": "v1", "limit": 5});
        let now = serde_json::json!({"rules": "v1", "limit": null, "batch_size": null});
        assert_eq!(changed(Some(&then), &now), ["limit"]);
        assert_eq!(changed_content(Some(&then), &now), [""; 0]);
    }
}
