//! Checks the guides. Links must lead to existing pages, and examples must run. Each name in a guide must exist, and each
//! setting, flag and task must be in a guide.

mod book;
mod english;
mod examples;
mod faults;
pub(crate) mod generated;
mod jobinsight;
mod links;
mod mentions;
mod names;
mod page;
mod tasks;

use crate::workspace::{cargo, root};
use jobinsight::Jobinsight;
use page::Page;

/// Checks all pages; with `write`, writes the generated sections first.
pub(crate) fn check(write: bool) -> Result<(), String> {
    let mut wrong = sections(write)?;
    let root = root();
    let command = Jobinsight::of(&root);
    let pages = Page::all(&root)?;
    wrong.extend(links::check(&root, &pages));
    wrong.extend(book::check(&root)?);
    wrong.extend(names::check(&root, &pages, &command)?);
    wrong.extend(faults::check(&root, &pages)?);
    wrong.extend(english::check(&root)?);
    if wrong.is_empty() {
        wrong.extend(examples::check(&root, &pages, &command)?);
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(format!("\n  {}", wrong.join("\n  ")))
    }
}

/// Builds the command, and checks or writes the sections of the guides that are generated from it. Returns the sections that
/// differ.
pub(crate) fn sections(write: bool) -> Result<Vec<String>, String> {
    let mut build = vec!["build", "--package", "jobinsight-runner", "--bins"];
    build.extend(tasks::BUILD);
    cargo(&build, &[])?;
    let root = root();
    let mut wrong = Vec::new();
    let command = Jobinsight::of(&root);
    for section in generated::all(&root, &command)? {
        if write {
            section.write(&root)?;
        }
        wrong.extend(section.check(&root)?);
    }
    let schemas = generated::SchemaFiles::of(&root, &command)?;
    if write {
        schemas.write()?;
    }
    wrong.extend(schemas.check()?);
    for file in generated::WholeFile::all(&command)? {
        if write {
            file.write(&root)?;
        }
        wrong.extend(file.check(&root));
    }
    Ok(wrong)
}

/// Lists every sentence that is not plain English, as far as a program can find it.
pub(crate) fn english() -> Result<(), String> {
    let wrong = english::check(&root())?;
    if wrong.is_empty() {
        return Ok(());
    }
    Err(format!("{} places:\n  {}", wrong.len(), wrong.join("\n  ")))
}
