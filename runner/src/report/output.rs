//! The JSON of commands: each output is a type, and the type has a schema.

use jobinsight_core::EtlError;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;

use super::results::ErrorResult;

/// An output of a command in JSON. The list in `commands/schemas.rs` implements this trait, so no output is without a schema.
pub(crate) trait Output: Serialize + JsonSchema {}

/// The output of a command that ended with an error, unless it has results that contain the error.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ErrorOutput {
    /// Always false.
    success: bool,
    /// The problem in one sentence.
    message: String,
    /// The error.
    error: ErrorResult,
}

impl From<&EtlError> for ErrorOutput {
    fn from(error: &EtlError) -> Self {
        Self {
            success: false,
            message: error.message().to_owned(),
            error: error.into(),
        }
    }
}

/// The schema of a value that the ledger stores as JSON, or null. An earlier version of this program may have written it,
/// without the fields that came later.
pub(crate) fn stored<T: JsonSchema>(_: &mut SchemaGenerator) -> Schema {
    let settings = SchemaSettings::draft2020_12()
        .for_deserialize()
        .with(|settings| {
            settings.inline_subschemas = true;
            settings.meta_schema = None;
        });
    settings
        .into_generator()
        .into_root_schema_for::<Option<T>>()
}
