//! Reads the settings: default, file, environment, flags.

use std::path::{Path, PathBuf};

use figment::providers::{Format, Serialized, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Error, Figment, Metadata, Profile, Provider, Source};
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::env::{Env, EnvNote, from_json, insert};
use super::explain::{explain, show_value};
use super::{CustomRules, Settings, check, position, schema_of};
use crate::{EtlError, Result, codes, registry};

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

/// All settings, and the source of each.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The common settings.
    pub settings: Settings,
    /// `ETL_*` variables that are not settings.
    pub notes: Vec<EnvNote>,
    /// The file that was read, if there is one.
    pub file: Option<PathBuf>,
    pub(super) figment: Figment,
    pub(super) flags: Vec<Flag>,
}

/// The name of the layer of flags.
pub(super) const COMMAND_LINE: &str = "command line";

struct Flags(Vec<Flag>);

impl Provider for Flags {
    fn metadata(&self) -> Metadata {
        Metadata::named(COMMAND_LINE)
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        let mut dict = Dict::new();
        for flag in &self.0 {
            insert(&mut dict, flag.key, from_json(&flag.value));
        }
        Ok(Profile::Default.collect(dict))
    }
}

/// Reads all layers. Without `file`, `jobinsight.toml` is read if it exists.
///
/// # Errors
/// A usage error with the file, the line and the most similar key; a named file that does not exist.
pub fn load(
    file: Option<&Path>,
    variables: impl Iterator<Item = (String, String)>,
    flags: Vec<Flag>,
) -> Result<Loaded> {
    let file = match file {
        Some(file) if !file.is_file() => {
            return Err(EtlError::new(
                codes::SETTINGS_NO_FILE,
                format!("the settings file {} does not exist", file.display()),
            ));
        }
        Some(file) => Some(file.to_path_buf()),
        None => Some(PathBuf::from("jobinsight.toml")).filter(|file| file.is_file()),
    };
    let env = Env::read(variables);
    let notes = env.notes.clone();
    let mut figment = Figment::from(Serialized::defaults(Settings::default()));
    for spec in registry::all()? {
        figment = figment.merge(Serialized::default(
            &format!("phases.{}", spec.name),
            spec.defaults(),
        ));
    }
    if let Some(file) = &file {
        figment = figment.merge(Toml::file_exact(file));
    }
    figment = figment.merge(env).merge(Flags(flags.clone()));

    let text = file
        .as_deref()
        .and_then(|file| std::fs::read_to_string(file).ok());
    check_sections(&figment, file.as_deref(), text.as_deref())?;
    let mut settings: Settings = figment
        .extract()
        .map_err(|error| explain(&error, "", file.as_deref(), text.as_deref()))?;
    settings.validate()?;
    if let Some(dir) = &settings.rules_dir {
        settings.custom_rules = CustomRules::read(dir).map_err(|error| {
            // A wrong line is shown in its own file.
            let is_line = error.code() == codes::RULES_BAD_LINE;
            let set_here = figment
                .find_metadata("rules_dir")
                .is_some_and(|metadata| matches!(metadata.source, Some(Source::File(_))));
            if is_line || !set_here {
                return error;
            }
            position::mark(error, file.as_deref(), text.as_deref(), "rules_dir")
        })?;
    }
    let loaded = Loaded {
        settings,
        notes,
        file,
        figment,
        flags,
    };
    // Phases outside the pipeline, too: otherwise a mistake in their settings would show only when they are added.
    for spec in registry::all()? {
        spec.read(&loaded)?;
    }
    Ok(loaded)
}

/// Checks that each `[phases.NAME]` is a table, and belongs to a linked phase.
fn check_sections(figment: &Figment, file: Option<&Path>, text: Option<&str>) -> Result<()> {
    let Ok(phases) = figment.find_value("phases") else {
        return Ok(());
    };
    let not_a_table = |key: &str, value: &Value, help: &str| {
        let error = EtlError::new(
            codes::SETTINGS_INVALID,
            format!(
                "{key} = {} is not allowed: it must be a table",
                show_value(&value.to_actual())
            ),
        );
        Err(position::mark(error.help(help), file, text, key))
    };
    let Value::Dict(_, sections) = &phases else {
        return not_a_table(
            "phases",
            &phases,
            "the settings of a phase are in a section [phases.NAME]",
        );
    };
    let linked: Vec<&str> = registry::all()?.iter().map(|spec| spec.name).collect();
    let Some(unknown) = sections
        .keys()
        .find(|name| !linked.contains(&name.as_str()))
    else {
        return match sections.iter().find(|(_, value)| value.as_dict().is_none()) {
            Some((name, value)) => not_a_table(
                &format!("phases.{name}"),
                value,
                "`jobinsight phases` shows the settings of each",
            ),
            None => Ok(()),
        };
    };
    let nearest = registry::nearest(unknown, linked.iter().copied());
    let error = EtlError::new(
        codes::SETTINGS_UNKNOWN_PHASE,
        format!("[phases.{unknown}] names a phase that is not linked"),
    );
    let error = match nearest {
        Some(nearest) => error.help(format!(
            "did you mean [phases.{nearest}]? `jobinsight phases` lists the linked phases"
        )),
        None => error,
    };
    Err(position::mark(
        error,
        file,
        text,
        &format!("phases.{unknown}"),
    ))
}

impl Loaded {
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
        let text = self
            .file
            .as_deref()
            .and_then(|file| std::fs::read_to_string(file).ok());
        let settings = self
            .figment
            .focus(&prefix)
            .extract()
            .map_err(|error| explain(&error, &prefix, self.file.as_deref(), text.as_deref()))?;
        check(&format!("{prefix}."), &schema_of::<S>(), &settings)?;
        Ok(settings)
    }
}
