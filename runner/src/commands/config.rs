//! `jobinsight config`: the settings and their schema.

use jobinsight_core::database::Target;
use jobinsight_core::{Loaded, Result, configuration};
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

/// The settings, and the address of the database. The address comes from the environment, and is not one of the settings.
pub(super) fn origins(loaded: &Loaded, target: Option<&Target>) -> Vec<configuration::Origin> {
    let mut origins = configuration::origins(loaded);
    if let Some(target) = target {
        origins.retain(|setting| setting.key != "database.url");
        origins.push(configuration::Origin {
            key: "database".into(),
            value: target.display().into(),
            origin: target.origin.to_string(),
        });
        origins.sort_by(|a, b| a.key.cmp(&b.key));
    }
    origins
}

fn show(global: &Global, origin: bool) -> Result<u8> {
    let loaded = io::open(global, Vec::new())?;
    let target = io::target(global, &loaded);
    let origins = origins(&loaded, target.as_ref().ok());
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
        let value = text::setting(&setting.value);
        let mut row = vec![setting.key, value];
        if origin {
            row.push(setting.origin);
        }
        table.add_row(row);
    }
    io::print_text(&format!("{table}\n"));
    Ok(0)
}
