//! The JSON schemas of the outputs: one file for each in `docs/schemas`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::docs::jobinsight::Jobinsight;

/// The folder of the schemas.
const FOLDER: &str = "docs/schemas";

/// The files of the schemas, as the command prints them.
pub(crate) struct SchemaFiles {
    folder: PathBuf,
    /// The text by the name of the file.
    texts: BTreeMap<String, String>,
}

impl SchemaFiles {
    pub(crate) fn of(root: &Path, command: &Jobinsight) -> Result<Self, String> {
        let schemas: BTreeMap<String, Value> = serde_json::from_str(&command.output(&["schemas"])?)
            .map_err(|error| error.to_string())?;
        let texts = schemas
            .into_iter()
            .map(|(name, schema)| (format!("{name}.json"), format!("{schema:#}\n")));
        Ok(Self {
            folder: root.join(FOLDER),
            texts: texts.collect(),
        })
    }

    /// Describes each file that differs from the code, is missing or is obsolete.
    pub(crate) fn check(&self) -> Result<Vec<String>, String> {
        let found = self.found()?;
        let names = found
            .keys()
            .chain(self.texts.keys().filter(|name| !found.contains_key(*name)));
        let wrong = names.filter(|name| found.get(*name) != self.texts.get(*name));
        Ok(wrong
            .map(|name| {
                format!(
                    "{FOLDER}/{name} differs from the code (cargo xtask docs --write writes it)"
                )
            })
            .collect())
    }

    /// Writes all files, and removes the obsolete files.
    pub(crate) fn write(&self) -> Result<(), String> {
        let failed = |error: std::io::Error| format!("{FOLDER}: {error}");
        fs::create_dir_all(&self.folder).map_err(failed)?;
        for name in self
            .found()?
            .keys()
            .filter(|name| !self.texts.contains_key(*name))
        {
            fs::remove_file(self.folder.join(name)).map_err(failed)?;
        }
        for (name, text) in &self.texts {
            fs::write(self.folder.join(name), text).map_err(failed)?;
        }
        Ok(())
    }

    /// The files in the folder.
    fn found(&self) -> Result<BTreeMap<String, String>, String> {
        let Ok(entries) = fs::read_dir(&self.folder) else {
            return Ok(BTreeMap::new());
        };
        let read = |entry: std::io::Result<fs::DirEntry>| -> std::io::Result<(String, String)> {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            Ok((name, fs::read_to_string(entry.path())?))
        };
        entries
            .map(read)
            .collect::<std::io::Result<_>>()
            .map_err(|error| format!("{FOLDER}: {error}"))
    }
}
