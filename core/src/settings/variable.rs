//! The names of settings in the environment.

/// The name of the layer of the environment.
pub(crate) const ENVIRONMENT: &str = "environment";

/// The variable of a setting: `phases.x.y` is `ETL_PHASES__X__Y`.
pub(crate) fn name_of(key: &str) -> String {
    format!("ETL_{}", key.replace('.', "__").to_ascii_uppercase())
}

/// The name of the layer of [`STANDARD_VARIABLES`].
pub(crate) const STANDARD_ENVIRONMENT: &str = "standard environment";

/// The variables that other programs read as well, with their settings. The `ETL_*` variable of a setting overrides them.
pub(crate) const STANDARD_VARIABLES: [(&str, &str); 5] = [
    ("openlineage.url", "OPENLINEAGE_URL"),
    ("openlineage.endpoint", "OPENLINEAGE_ENDPOINT"),
    ("openlineage.api_key", "OPENLINEAGE_API_KEY"),
    ("openlineage.namespace", "OPENLINEAGE_NAMESPACE"),
    ("openlineage.disabled", "OPENLINEAGE_DISABLED"),
];
