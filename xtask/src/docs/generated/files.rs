//! Whole files that the command prints, as `cargo xtask docs --write` writes them.

use std::fs;
use std::path::Path;

use crate::docs::jobinsight::Jobinsight;

/// The files, each with the arguments of the command that prints it.
const FILES: [(&str, &[&str]); 4] = [
    ("docs/contracts/raw_jobs.yaml", &["contract", "show", "raw"]),
    (
        "docs/contracts/staging_jobs.yaml",
        &["contract", "show", "staging"],
    ),
    (
        "deploy/dbt/models/sources.yml",
        &["contract", "show", "dbt-sources"],
    ),
    (
        "deploy/dbt/models/models.yml",
        &["contract", "show", "dbt-models"],
    ),
];

/// A generated file.
pub(crate) struct WholeFile {
    path: &'static str,
    text: String,
}

impl WholeFile {
    /// All generated files.
    pub(crate) fn all(command: &Jobinsight) -> Result<Vec<Self>, String> {
        let printed = FILES.iter().map(|(path, args)| {
            let text = command.output(args)?;
            Ok(Self { path, text })
        });
        printed.collect()
    }

    /// Says that the file differs from the code; `None` if it does not.
    pub(crate) fn check(&self, root: &Path) -> Option<String> {
        let found = fs::read_to_string(root.join(self.path)).ok();
        (found.as_ref() != Some(&self.text)).then(|| {
            format!(
                "{} differs from the code (cargo xtask docs --write writes it)",
                self.path
            )
        })
    }

    /// Writes the file.
    pub(crate) fn write(&self, root: &Path) -> Result<(), String> {
        fs::write(root.join(self.path), &self.text)
            .map_err(|error| format!("{}: {error}", self.path))
    }
}
