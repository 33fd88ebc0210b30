//! The names of settings in the environment.

/// The name of the layer of the environment.
pub(crate) const ENVIRONMENT: &str = "environment";

/// The variable of a setting: `phases.x.y` is `ETL_PHASES__X__Y`.
pub(crate) fn name_of(key: &str) -> String {
    format!("ETL_{}", key.replace('.', "__").to_ascii_uppercase())
}
