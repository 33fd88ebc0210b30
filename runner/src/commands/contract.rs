//! `jobinsight contract`: files that describe the tables to other programs.

use jobinsight_core::Result;
use schemars::JsonSchema;
use serde::Serialize;

use crate::cli::args::{ContractCommand, ContractFile, Global, OutputFormat};
use crate::cli::io;
use crate::contract;

/// A file of `contract show`, as JSON.
#[derive(Serialize, JsonSchema)]
pub(super) struct ShownContract {
    /// The text of the file, in YAML.
    text: String,
}

pub(crate) fn contract(global: &Global, command: &ContractCommand) -> Result<u8> {
    let loaded = io::open(global, Vec::new())?;
    let ContractCommand::Show { file } = command;
    let text = match file {
        ContractFile::DbtSources => contract::sources(&loaded.settings)?,
        ContractFile::DbtModels => contract::models(&loaded.settings)?,
    };
    match global.format {
        OutputFormat::Json => io::print_json(&ShownContract { text }),
        OutputFormat::Text => io::print(&text),
    }
    Ok(0)
}
