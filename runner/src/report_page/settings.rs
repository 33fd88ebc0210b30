//! The settings, where each comes from, and the values that the run recorded.

use jobinsight_core::configuration::Origin;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

/// A setting.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct ReportedSetting {
    /// The value as it is now and its origin; secrets are hidden.
    #[serde(flatten)]
    setting: Origin,
    /// The value that the run recorded, if it differs; otherwise null. A run records the settings that decide the content of staging.
    of_run: Option<Value>,
}

/// The settings as they are now, with the differing values of the run.
pub(super) fn with_recorded(
    settings: Vec<Origin>,
    recorded: Option<&Value>,
) -> Vec<ReportedSetting> {
    settings
        .into_iter()
        .map(|setting| {
            // The path of the custom rules is recorded as their fingerprint.
            let value = recorded
                .and_then(|recorded| recorded.get(&setting.key))
                .filter(|_| setting.key != "rules_dir");
            ReportedSetting {
                of_run: value.filter(|value| **value != setting.value).cloned(),
                setting,
            }
        })
        .collect()
}
