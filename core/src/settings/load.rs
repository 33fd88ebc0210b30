//! Putting the layers together, and saying where each value came from.

use std::path::{Path, PathBuf};

use figment::error::{Actual, Kind as FigmentKind};
use figment::providers::{Format, Serialized, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Error, Figment, Metadata, Profile, Provider, Source};
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use super::env::{Env, EnvNote, from_json, insert, known_keys, name_of};
use super::{OwnRules, Settings, place};
use crate::{EtlError, Kind, Result, registry};

/// A setting given on the command line.
#[derive(Debug, Clone)]
pub struct Flag {
    /// The setting's path.
    pub key: &'static str,
    /// Its value.
    pub value: Json,
    /// The flag as it is typed.
    pub flag: &'static str,
}

/// All settings, and where each came from.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// Settings that are not a phase's own.
    pub settings: Settings,
    /// `ETL_*` variables that are no setting.
    pub notes: Vec<EnvNote>,
    /// The file that was read, if any.
    pub file: Option<PathBuf>,
    figment: Figment,
    flags: Vec<Flag>,
}

/// A setting's value and where it came from.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Origin {
    /// The setting's path.
    pub key: String,
    /// Its value; secrets are hidden.
    pub value: Json,
    /// `default`, `environment ETL_…`, `file NAME`, or the flag.
    pub origin: String,
}

struct Flags(Vec<Flag>);

impl Provider for Flags {
    fn metadata(&self) -> Metadata {
        Metadata::named("command line")
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        let mut dict = Dict::new();
        for flag in &self.0 {
            insert(&mut dict, flag.key, from_json(&flag.value));
        }
        Ok(Profile::Default.collect(dict))
    }
}

/// Reads all layers. `file` is a file that was named; without one, `jobinsight.toml` is read where it is there.
///
/// # Errors
/// A usage error with the file, the line and the nearest right key; a named file that is not there.
pub fn load(
    file: Option<&Path>,
    variables: impl Iterator<Item = (String, String)>,
    flags: Vec<Flag>,
) -> Result<Loaded> {
    let file = match file {
        Some(file) if !file.is_file() => {
            return Err(EtlError::new(
                Kind::Usage,
                "jobinsight::settings::no_file",
                format!("the settings file {} is not there", file.display()),
            )
            .help("check --config or JOBINSIGHT_CONFIG"));
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
        settings.own_rules = OwnRules::read(dir).map_err(|error| {
            // A line that is wrong is shown in its own file.
            let is_line = error.stable_code() == "jobinsight::rules::bad_line";
            let set_here = figment
                .find_metadata("rules_dir")
                .is_some_and(|metadata| matches!(metadata.source, Some(Source::File(_))));
            if is_line || !set_here {
                return error;
            }
            place::mark(error, file.as_deref(), text.as_deref(), "rules_dir")
        })?;
    }
    let loaded = Loaded {
        settings,
        notes,
        file,
        figment,
        flags,
    };
    // Of phases outside the list, too: a mistake in their settings would else wait for the day they are listed.
    for spec in registry::all()? {
        spec.read(&loaded)?;
    }
    Ok(loaded)
}

/// Whether each `[phases.NAME]` is a table of a phase that is linked.
fn check_sections(figment: &Figment, file: Option<&Path>, text: Option<&str>) -> Result<()> {
    let Ok(phases) = figment.find_value("phases") else {
        return Ok(());
    };
    let no_table = |key: &str, value: &Value, help: &str| {
        let error = EtlError::new(
            Kind::Usage,
            "jobinsight::settings::invalid",
            format!(
                "{key} = {} is not allowed: it must be a table",
                show(&value.to_actual())
            ),
        );
        Err(place::mark(error.help(help), file, text, key))
    };
    let Value::Dict(_, sections) = &phases else {
        return no_table(
            "phases",
            &phases,
            "the settings of a phase stand in [phases.NAME]",
        );
    };
    let linked: Vec<&str> = registry::all()?.iter().map(|spec| spec.name).collect();
    let Some(unknown) = sections
        .keys()
        .find(|name| !linked.contains(&name.as_str()))
    else {
        return match sections.iter().find(|(_, value)| value.as_dict().is_none()) {
            Some((name, value)) => no_table(
                &format!("phases.{name}"),
                value,
                "`jobinsight phases` shows the settings of each",
            ),
            None => Ok(()),
        };
    };
    let nearest = registry::nearest(unknown, linked.iter().copied());
    let error = EtlError::new(
        Kind::Usage,
        "jobinsight::settings::unknown_phase",
        format!("[phases.{unknown}] names no phase that is linked"),
    )
    .help(match nearest {
        Some(nearest) => format!("did you mean [phases.{nearest}]? `jobinsight phases` lists them"),
        None => "`jobinsight phases` lists those that are".to_owned(),
    });
    Err(place::mark(error, file, text, &format!("phases.{unknown}")))
}

/// figment's error in our voice, with the line of the file.
fn explain(error: &Error, prefix: &str, file: Option<&Path>, text: Option<&str>) -> EtlError {
    let mut path: Vec<String> = prefix
        .split('.')
        .filter(|part| !part.is_empty())
        .map(String::from)
        .collect();
    path.extend(error.path.iter().cloned());
    let in_env = error
        .metadata
        .as_ref()
        .is_some_and(|metadata| metadata.name == "environment");
    let (key, error) = match &error.kind {
        FigmentKind::UnknownField(field, expected) => {
            if path.last() != Some(field) {
                path.push(field.clone());
            }
            let key = path.join(".");
            let nearest = registry::nearest(field, expected.iter().copied());
            let help = match nearest {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => format!("known here: {}", expected.join(", ")),
            };
            let error = EtlError::new(
                Kind::Usage,
                "jobinsight::settings::unknown_key",
                format!("there is no setting `{key}`"),
            );
            (key, error.help(help))
        }
        other => {
            let key = path.join(".");
            let what = match other {
                FigmentKind::InvalidType(actual, expected)
                | FigmentKind::InvalidValue(actual, expected) => {
                    format!(
                        "{key} = {} is not allowed: it must be {}",
                        show(actual),
                        wanted(&key, expected)
                    )
                }
                other if key.is_empty() => other.to_string(),
                other => format!("{key}: {other}"),
            };
            let place = if in_env {
                format!(", set by {}", name_of(&key))
            } else {
                String::new()
            };
            let error = EtlError::new(
                Kind::Usage,
                "jobinsight::settings::invalid",
                format!("{what}{place}"),
            );
            (key.clone(), error.help(allowed(&key)))
        }
    };
    if in_env {
        error
    } else {
        place::mark(error, file, text, &key)
    }
}

fn show(actual: &Actual) -> String {
    match actual {
        Actual::Str(text) => format!("\"{text}\""),
        Actual::Unsigned(number) => number.to_string(),
        Actual::Signed(number) => number.to_string(),
        Actual::Float(number) => number.to_string(),
        Actual::Bool(value) => value.to_string(),
        other => other.to_string(),
    }
}

fn wanted(key: &str, expected: &str) -> String {
    match (key, expected) {
        (_, "u32" | "u64" | "a u32" | "a u64") => "a whole number, 1 or more".to_owned(),
        (_, "f64") => "a number".to_owned(),
        (_, other) => other.to_owned(),
    }
}

fn allowed(key: &str) -> String {
    let allowed = match key {
        "batch_size" => "1 or more rows; leave it out to process everything",
        "max_workers" => "1 to 64 lanes",
        "timeout" | "lock_timeout" | "statement_timeout" => "1 or more seconds",
        "integrity_threshold" => "0.0 to 1.0",
        "rules" => "standard, v1",
        "only_unprocessed" => "true, false",
        "log_format" => "text, json",
        _ => return "`jobinsight config show --origin` shows every setting, its value and where it came from".into(),
    };
    format!("allowed: {allowed}")
}

impl Loaded {
    /// The settings of one phase.
    ///
    /// # Errors
    /// A usage error with the file, the line and the nearest right key.
    pub fn phase<S: DeserializeOwned + Default>(&self, name: &str) -> Result<S> {
        let prefix = format!("phases.{name}");
        if self.figment.find_value(&prefix).is_err() {
            return Ok(S::default());
        }
        let text = self
            .file
            .as_deref()
            .and_then(|file| std::fs::read_to_string(file).ok());
        self.figment
            .focus(&prefix)
            .extract()
            .map_err(|error| explain(&error, &prefix, self.file.as_deref(), text.as_deref()))
    }

    /// Every setting with its value and where it came from, in the order of their names.
    pub fn origins(&self) -> Vec<Origin> {
        known_keys()
            .into_iter()
            .map(|(key, default)| {
                let value = self
                    .figment
                    .find_value(&key)
                    .ok()
                    .and_then(|value| serde_json::to_value(value).ok())
                    .unwrap_or(default);
                let value = match value {
                    Json::String(text) if key == "database.url" => {
                        Json::String(crate::database::hide(&text))
                    }
                    other => other,
                };
                Origin {
                    origin: self.origin(&key),
                    key,
                    value,
                }
            })
            .collect()
    }

    fn origin(&self, key: &str) -> String {
        let Some(metadata) = self.figment.find_metadata(key) else {
            return "default".into();
        };
        match (&metadata.source, &*metadata.name) {
            (_, "environment") => format!("environment {}", name_of(key)),
            (_, "command line") => {
                let flag = self
                    .flags
                    .iter()
                    .find(|flag| flag.key == key)
                    .map_or("command line", |flag| flag.flag);
                format!("flag {flag}")
            }
            (Some(Source::File(path)), _) => {
                let text = std::fs::read_to_string(path).unwrap_or_default();
                let line = place::find(&text, key)
                    .map(|(offset, _)| text[..offset].matches('\n').count() + 1);
                let name = self.file.as_deref().unwrap_or(path).display();
                line.map_or_else(
                    || format!("file {name}"),
                    |line| format!("file {name}:{line}"),
                )
            }
            _ => "default".into(),
        }
    }
}
