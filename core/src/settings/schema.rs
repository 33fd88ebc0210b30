//! The JSON schema of a settings struct. It is derived from the fields and their docs.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::Value;

/// The schema of one settings struct, without references.
pub(crate) fn schema_of<S: JsonSchema>() -> Value {
    let generator = SchemaSettings::draft2020_12()
        .with(|settings| settings.inline_subschemas = true)
        .into_generator();
    generator.into_root_schema_for::<S>().to_value()
}
