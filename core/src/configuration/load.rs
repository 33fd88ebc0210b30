//! Reads the settings: default, file, environment, flags.

use crate::advice;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Format, Serialized, Toml};
use figment::value::Value;
use serde_json::Value as Json;

use super::env::{Env, StandardEnv};
use super::flags::Flags;
use super::keys::known_keys;
use super::recorded::RecordLayer;
use crate::settings::{
    CustomRules, EnvNote, Flag, RuleTable, explain, position, schema_of, show_value,
};
use crate::spelling::{is_typo, nearest};
use crate::{EtlError, Loaded, Result, Settings, codes, registry};

/// Reads all layers. Without `file`, `jobinsight.toml` is read if it exists.
///
/// # Errors
/// A usage error with the file, the line and the most similar key; a named file that does not exist.
pub fn load(
    file: Option<&Path>,
    variables: impl Iterator<Item = (String, String)>,
    flags: Vec<Flag>,
) -> Result<Loaded> {
    let file = settings_file(file)?;
    let variables: Vec<(String, String)> = variables.collect();
    let standard = StandardEnv::read(&variables);
    let env = Env::read(variables.into_iter());
    let notes = env.notes.clone();
    let mut figment = Figment::from(Serialized::defaults(Settings::default()));
    let phases = registry::all()?;
    for spec in &phases {
        figment = figment.merge(Serialized::default(
            &format!("phases.{}", spec.name),
            spec.defaults(),
        ));
    }
    if let Some(file) = &file {
        figment = figment.merge(Toml::file_exact(file));
    }
    figment = figment
        .merge(standard)
        .merge(env)
        .merge(Flags(flags.clone()));

    let text = text_of(file.as_deref());
    check_syntax(file.as_deref(), text.as_deref())?;
    check_sections(&figment, file.as_deref(), text.as_deref())?;
    let loaded = extract(figment, file, notes, flags)?;
    refuse_typos(&loaded)?;
    Ok(loaded)
}

/// Refuses a misspelled variable, unless `strict_env` is `false`. Without it, a run could write to a schema that nobody
/// meant.
fn refuse_typos(loaded: &Loaded) -> Result<()> {
    let typo = loaded.notes.iter().find_map(|note| {
        let nearest = note.nearest.as_ref()?;
        is_typo(&note.name, nearest).then_some((&note.name, nearest))
    });
    match typo {
        Some((name, nearest)) if loaded.settings.strict_env => Err(EtlError::new(
            codes::SETTINGS_UNKNOWN_VARIABLE,
            format!("the environment variable {name} is not a setting"),
        )
        .help(format!(
            "did you mean {nearest}? If {name} belongs to another program: ETL_STRICT_ENV=false"
        ))),
        _ => Ok(()),
    }
}

/// Refuses a file that is not TOML, with the line.
fn check_syntax(file: Option<&Path>, text: Option<&str>) -> Result<()> {
    let (Some(file), Some(text)) = (file, text) else {
        return Ok(());
    };
    let Err(error) = text.parse::<toml::Table>() else {
        return Ok(());
    };
    let span = error.span().unwrap_or_default();
    let line = text[..span.start.min(text.len())].matches('\n').count() + 1;
    let name = file.display().to_string();
    Err(EtlError::new(
        codes::SETTINGS_INVALID,
        format!("{name}, line {line}, is not TOML: {}", error.message()),
    )
    .help("correct the line; a text is written in quotes: rules = \"v1\"")
    .at(&name, text, span.start, span.len(), "here"))
}

/// The settings with the values that an earlier run recorded, by their paths. A flag overrides a recorded value, which
/// overrides the environment and the file. Paths that are not settings of this program are ignored.
///
/// # Errors
/// A usage error, if this program does not allow a recorded value.
pub fn with_recorded(loaded: &Loaded, recorded: &BTreeMap<String, Json>) -> Result<Loaded> {
    let known = known_keys();
    let recorded = recorded.iter().filter(|(key, _)| known.contains_key(*key));
    let layer = RecordLayer(
        recorded
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect(),
    );
    let figment = loaded.figment.clone();
    let figment = figment.merge(layer).merge(Flags(loaded.flags.clone()));
    extract(
        figment,
        loaded.file.clone(),
        loaded.notes.clone(),
        loaded.flags.clone(),
    )
}

fn text_of(file: Option<&Path>) -> Option<String> {
    file.and_then(|file| std::fs::read_to_string(file).ok())
}

/// Reads and checks the settings of all layers.
fn extract(
    figment: Figment,
    file: Option<PathBuf>,
    notes: Vec<EnvNote>,
    flags: Vec<Flag>,
) -> Result<Loaded> {
    let text = text_of(file.as_deref());
    let phases = registry::all()?;
    let mut settings: Settings = figment.extract().map_err(|error| {
        let schema = schema_of::<Settings>();
        explain(&error, "", &schema, file.as_deref(), text.as_deref())
    })?;
    settings.validate().map_err(|refused| {
        let (file, text) = (file.as_deref(), text.as_deref());
        position::mark_source(refused.error, &figment, file, text, &refused.key)
    })?;
    if let Some(dir) = &settings.rules_dir {
        let tables: Vec<&RuleTable> = phases.iter().flat_map(|spec| spec.tables).collect();
        settings.custom_rules = CustomRules::read(dir, &tables)
            .map_err(|error| mark_rules_dir(error, &figment, file.as_deref(), text.as_deref()))?;
    }
    let loaded = Loaded {
        settings,
        notes,
        file,
        figment,
        flags,
    };
    // The phases outside the pipeline are included, because a mistake in their settings would otherwise show only when
    // somebody adds them to the pipeline.
    for spec in &phases {
        spec.read(&loaded)?;
    }
    Ok(loaded)
}

/// The settings file: the named one, else `jobinsight.toml` if it exists.
fn settings_file(named: Option<&Path>) -> Result<Option<PathBuf>> {
    match named {
        Some(file) if !file.is_file() => Err(EtlError::new(
            codes::SETTINGS_NO_FILE,
            format!("the settings file {} does not exist", file.display()),
        )),
        Some(file) => Ok(Some(file.to_path_buf())),
        None => Ok(Some(PathBuf::from("jobinsight.toml")).filter(|file| file.is_file())),
    }
}

/// Adds the line of `rules_dir` to an error about the custom rules, if the settings file sets it. A wrong line of a rule
/// is already shown in the file of the rules.
fn mark_rules_dir(
    error: EtlError,
    figment: &Figment,
    file: Option<&Path>,
    text: Option<&str>,
) -> EtlError {
    if error.code() == codes::RULES_BAD_LINE {
        error
    } else {
        position::mark_source(error, figment, file, text, "rules_dir")
    }
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
                &format!("`{}` shows the settings of each", advice::command("phases")),
            ),
            None => Ok(()),
        };
    };
    let nearest = nearest(unknown, linked.iter().copied());
    let error = EtlError::new(
        codes::SETTINGS_UNKNOWN_PHASE,
        format!("[phases.{unknown}] names a phase that is not linked"),
    );
    let error = match nearest {
        Some(nearest) => error.help(format!(
            "did you mean [phases.{nearest}]? `{}` lists the linked phases",
            advice::command("phases")
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
