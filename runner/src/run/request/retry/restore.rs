//! The settings of a retry: those that the run recorded.
//!
//! 1. A flag of the retry overrides a recorded value. The work is then planned again.
//! 2. A recorded value overrides the environment and the settings file, because they may have changed since the run, and
//!    nobody would notice that the rest of the rows has other rules.
//! 3. Settings that a run does not record come from the environment and the file as always.
//!
//! Each difference is a note of the retry.

use std::collections::BTreeMap;

use jobinsight_core::{EtlError, Loaded, Result, advice, configuration};
use serde_json::{Map, Value};

use super::super::content_settings::{PROGRAM, RULES_PATH, changed, recorded};
use crate::codes;

/// The settings of a retry.
pub(super) struct Restored {
    pub(super) loaded: Loaded,
    /// The settings that differ from the recorded ones.
    pub(super) changed: Vec<String>,
    pub(super) notes: Vec<String>,
}

/// Replaces settings by those that the run recorded.
pub(super) fn restore(
    loaded: &Loaded,
    record: Option<&Value>,
    current_settings: bool,
) -> Result<Restored> {
    let empty = Map::new();
    let values = record.and_then(Value::as_object).unwrap_or(&empty);
    if current_settings {
        return Ok(Restored {
            loaded: loaded.clone(),
            changed: changed(record, &recorded(loaded)),
            notes: Vec::new(),
        });
    }
    let wanted = wanted(loaded, values);
    let notes = notes(loaded, &wanted);
    let restored = configuration::with_recorded(loaded, &wanted)?;
    let changed = changed(record, &recorded(&restored));
    if changed.iter().any(|key| key == "rules_dir")
        && values.contains_key(RULES_PATH)
        && !loaded.is_typed("rules")
    {
        return Err(EtlError::new(
            codes::RUN_DIFFERS,
            "the custom rules in rules_dir have changed since the run",
        )
        .help(format!(
            "restore the files; or use them as they are now: {}",
            advice::command("retry --current-settings")
        )));
    }
    Ok(Restored {
        loaded: restored,
        changed,
        notes,
    })
}

/// The recorded settings, by their paths.
fn wanted(loaded: &Loaded, values: &Map<String, Value>) -> BTreeMap<String, Value> {
    let mut wanted: BTreeMap<String, Value> = values
        .iter()
        .filter(|(key, _)| !["rules_dir", RULES_PATH, PROGRAM].contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    // The same tables may have another path on this machine.
    let mark = loaded.settings.custom_rules.digest().map(Value::from);
    let has_tables = mark.is_some() && values.get("rules_dir") == mark.as_ref();
    if let Some(path) = values.get(RULES_PATH)
        && !has_tables
    {
        wanted.insert("rules_dir".to_owned(), path.clone());
    }
    wanted
}

/// Says which recorded values replace others, and which a flag replaces.
fn notes(loaded: &Loaded, wanted: &BTreeMap<String, Value>) -> Vec<String> {
    let settings = configuration::origins(loaded).into_iter();
    let differing = settings.filter_map(|setting| {
        let value = wanted.get(&setting.key)?;
        (*value != setting.value).then_some((setting, value))
    });
    differing
        .map(|(setting, value)| {
            let recorded = match value {
                Value::Null => format!("no {}", setting.key),
                value => format!("{} = {value}", setting.key),
            };
            if loaded.is_typed(&setting.key) {
                format!("the run recorded {recorded}; this retry uses {} from the {}", setting.value, setting.origin)
            } else if setting.origin == "default" {
                format!("this retry uses {recorded}, which the run recorded")
            } else {
                format!("this retry uses {recorded}, which the run recorded; the value in {} is not used", setting.origin)
            }
        })
        .collect()
}
