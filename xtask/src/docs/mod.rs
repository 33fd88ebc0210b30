//! Whether the guides tell the truth: links lead somewhere, examples run, what is named exists, what exists is named.

mod book;
mod english;
mod examples;
mod faults;
mod links;
mod names;
mod page;
pub(crate) mod pictures;
mod tables;
mod tasks;

use std::path::Path;

use crate::steps::{cargo, root};
use page::Page;

/// Checks all pages; with `write`, what is made from the code is written first.
pub(crate) fn docs(write: bool) -> Result<(), String> {
    let mut build = vec!["build", "--package", "jobinsight-runner", "--bins"];
    build.extend(tasks::BUILD);
    cargo(&build, &[])?;
    let root = root();
    let command = Command::of(&root);
    let tables = tables::all(&command)?;
    let pictures = pictures::all(&root, &command)?;
    if write {
        tables::write(&root, &tables)?;
        pictures::write(&root, &pictures)?;
    }
    let pages = Page::all(&root)?;
    let mut wrong = tables::check(&root, &tables)?;
    wrong.extend(pictures::check(&root, &pictures));
    wrong.extend(links::check(&root, &pages));
    wrong.extend(book::check(&root)?);
    wrong.extend(names::check(&root, &pages, &command)?);
    wrong.extend(faults::check(&root, &pages)?);
    if wrong.is_empty() {
        wrong.extend(examples::check(&root, &pages, &command)?);
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(format!("\n  {}", wrong.join("\n  ")))
    }
}

/// Lists every place that is not plain English, as far as a program can find it.
pub(crate) fn english() -> Result<(), String> {
    let wrong = english::check(&root())?;
    if wrong.is_empty() {
        return Ok(());
    }
    Err(format!("{} places:\n  {}", wrong.len(), wrong.join("\n  ")))
}

/// The command as it was built.
pub(crate) struct Command {
    folder: std::path::PathBuf,
}

impl Command {
    fn of(root: &Path) -> Self {
        let target = std::env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| root.join("target"), std::path::PathBuf::from);
        Self {
            folder: target.join("debug"),
        }
    }

    /// What it says to these words.
    fn say(&self, args: &[&str]) -> Result<String, String> {
        let output = std::process::Command::new(self.folder.join("jobinsight"))
            .args(args)
            .current_dir(std::env::temp_dir())
            .output()
            .map_err(|error| format!("jobinsight can't be run: {error}"))?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            Err(format!(
                "jobinsight {}: {}",
                args.join(" "),
                String::from_utf8_lossy(&output.stderr)
            ))
        }
    }
}
