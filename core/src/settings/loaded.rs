//! Settings that were read, with the layers that they come from.

use std::path::PathBuf;

use figment::Figment;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::{Settings, explain, limits::check, position, schema_of};
use crate::{EtlError, Result};

/// A setting given on the command line.
#[derive(Debug, Clone)]
pub struct Flag {
    /// The path of the setting.
    pub key: &'static str,
    /// The value.
    pub value: Json,
    /// The flag, as a user types it.
    pub flag: &'static str,
}

/// An `ETL_*` variable that is not a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvNote {
    /// The variable.
    pub name: String,
    /// The most similar variable that is a setting.
    pub nearest: Option<String>,
}

/// All settings, and the source of each.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The common settings.
    pub settings: Settings,
    /// `ETL_*` variables that are not settings.
    pub notes: Vec<EnvNote>,
    /// The file that was read, if there is one.
    pub file: Option<PathBuf>,
    /// The layers: defaults, file, environment, flags.
    pub(crate) figment: Figment,
    /// The settings given on the command line.
    pub(crate) flags: Vec<Flag>,
}

impl Loaded {
    /// Whether a flag set this setting.
    pub fn is_typed(&self, key: &str) -> bool {
        self.flags.iter().any(|flag| flag.key == key)
    }

    /// The settings of one phase.
    ///
    /// # Errors
    /// A usage error with the file, the line and the most similar key.
    pub fn phase<S>(&self, name: &str) -> Result<S>
    where
        S: DeserializeOwned + Serialize + Default + JsonSchema,
    {
        let prefix = format!("phases.{name}");
        if self.figment.find_value(&prefix).is_err() {
            return Ok(S::default());
        }
        let text = self.text();
        let schema = schema_of::<S>();
        let settings = self.figment.focus(&prefix).extract().map_err(|error| {
            let (file, text) = (self.file.as_deref(), text.as_deref());
            explain(&error, &prefix, &schema, file, text)
        })?;
        check(&format!("{prefix}."), &schema, &settings)
            .map_err(|refused| self.mark(refused.error, &refused.key))?;
        Ok(settings)
    }

    /// Adds the file and the line to an error about the setting `key`, if its value comes from the settings file.
    #[must_use]
    pub fn mark(&self, error: EtlError, key: &str) -> EtlError {
        let (file, text) = (self.file.as_deref(), self.text());
        position::mark_source(error, &self.figment, file, text.as_deref(), key)
    }

    fn text(&self) -> Option<String> {
        let file = self.file.as_deref()?;
        std::fs::read_to_string(file).ok()
    }
}
