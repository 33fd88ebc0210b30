//! `jobinsight config`: the settings and their schema.

use jobinsight_core::{Result, configuration};
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::args::{ConfigCommand, Global, OutputFormat};
use crate::cli::io;
use crate::report::text;

/// The settings, as JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct SettingList {
    /// All settings, by name.
    settings: Vec<configuration::Origin>,
}

pub(crate) fn config(global: &Global, command: &ConfigCommand) -> Result<u8> {
    match command {
        ConfigCommand::Show { origin } => show(global, *origin),
        ConfigCommand::Schema => schema(),
    }
}

/// Prints the schema as a file for an editor: indented, in both formats.
fn schema() -> Result<u8> {
    // If two crates register the same name, that is an error here, too.
    jobinsight_core::registry::all()?;
    let schema = configuration::schema();
    io::print(&format!("{schema:#}\n"));
    Ok(0)
}

fn show(global: &Global, origin: bool) -> Result<u8> {
    let loaded = io::open(global, Vec::new())?;
    let mut origins = configuration::origins(&loaded);
    // The address of the database comes from the environment, and is not one of the settings.
    if let Ok(target) = io::target(global, &loaded) {
        origins.retain(|setting| setting.key != "database.url");
        origins.push(configuration::Origin {
            key: "database".into(),
            value: target.display().into(),
            origin: target.origin.to_string(),
        });
        origins.sort_by(|a, b| a.key.cmp(&b.key));
    }
    if global.format == OutputFormat::Json {
        io::print_json(&SettingList { settings: origins });
        return Ok(0);
    }
    let mut table = text::table(if origin {
        &["setting", "value", "from"]
    } else {
        &["setting", "value"]
    });
    for setting in origins {
        let value = match setting.value {
            serde_json::Value::Null => "(none)".to_owned(),
            serde_json::Value::String(text) => text,
            serde_json::Value::Array(items) => items
                .iter()
                .map(|item| {
                    item.as_str()
                        .map_or_else(|| item.to_string(), str::to_owned)
                })
                .collect::<Vec<_>>()
                .join(", "),
            other => other.to_string(),
        };
        let mut row = vec![setting.key, value];
        if origin {
            row.push(setting.origin);
        }
        table.add_row(row);
    }
    io::print_text(&format!("{table}\n"));
    Ok(0)
}
