//! The sections of the guides that are generated from the code: tables, and diagrams in Mermaid's language. And whole files.

mod crates;
mod files;
mod pipeline;
mod schemas;
mod scripts;
mod section;
mod tables;

use std::path::Path;

use serde_json::Value;

use super::jobinsight::Jobinsight;
use crate::workspace::metadata_of;
pub(super) use files::WholeFile;
pub(super) use schemas::SchemaFiles;
pub(crate) use section::Section;

/// The guide that shows the diagrams.
const ARCHITECTURE: &str = "docs/01-system-architecture.md";

/// All generated sections.
pub(super) fn all(root: &Path, command: &Jobinsight) -> Result<Vec<Section>, String> {
    let json = |args: &[&str]| -> Result<Value, String> {
        serde_json::from_str(&command.output(args)?).map_err(|error| error.to_string())
    };
    Ok(vec![
        Section {
            file: "docs/03-configuration.md",
            name: "settings",
            text: tables::settings(&json(&["config", "schema"])?),
        },
        Section {
            file: "docs/04-troubleshooting.md",
            name: "codes",
            text: tables::codes(&json(&["explain", "--format", "json"])?),
        },
        crates(root)?,
        Section {
            file: ARCHITECTURE,
            name: "pipeline",
            text: pipeline::draw(root, &json(&["phases", "--format", "json"])?)?,
        },
    ])
}

/// The diagram of the crates, which needs no command that is built.
pub(crate) fn crates(root: &Path) -> Result<Section, String> {
    Ok(Section {
        file: ARCHITECTURE,
        name: "crates",
        text: crates::draw(&metadata_of(root)?),
    })
}
