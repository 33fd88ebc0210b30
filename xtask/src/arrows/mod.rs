//! Checks of the structure: which crate depends on which, which module imports which, and the shape of files.

mod crates;
mod cycles;
mod imports;
mod names;
mod order;
mod paths;
mod shape;
mod source;
#[cfg(test)]
mod tests;

use std::path::Path;

use serde_json::Value;

pub(crate) use crates::group;
use imports::Import;
use order::Order;
use source::Source;

/// The findings of the checks.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// Violations.
    pub(crate) wrong: Vec<String>,
    /// Findings that do not fail the check yet.
    pub(crate) noted: Vec<String>,
}

/// Checks the workspace.
pub(crate) fn check(root: &Path, metadata: &Value) -> Result<Report, String> {
    let mut report = Report::default();
    report.wrong.extend(crates::check(metadata));
    report.wrong.extend(names::check(root)?);
    for source in sources(root, metadata)? {
        let imports = source.imports();
        let (order, wrong) = Order::of(&source);
        let declared = order.is_some();
        let mut found = wrong;
        match order {
            Some(order) => found.extend(order.check(&source, &imports)),
            None if source.modules.len() > 1 => {
                found.push(format!(
                    "{} declares no `# Module order`",
                    source.modules[0].file
                ));
            }
            None => {}
        }
        found.extend(cycle_errors(&source, &imports));
        if declared {
            report.wrong.extend(found);
        } else {
            report.noted.extend(found);
        }
        report.noted.extend(shape::type_names(&source));
    }
    report.noted.extend(shape::files(root)?);
    Ok(report)
}

/// The crates of the workspace.
fn sources(root: &Path, metadata: &Value) -> Result<Vec<Source>, String> {
    let files = |name: &str| std::fs::read_to_string(root.join(name)).ok();
    let mut sources = Vec::new();
    for package in metadata["packages"].as_array().into_iter().flatten() {
        let manifest = package["manifest_path"].as_str().unwrap_or_default();
        let folder = Path::new(manifest).parent().unwrap_or(root);
        let folder = folder.strip_prefix(root).unwrap_or(folder);
        sources.extend(Source::read(&files, &folder.to_string_lossy())?);
    }
    Ok(sources)
}

/// The cycles of a crate that are longer than allowed, as sentences.
fn cycle_errors(source: &Source, imports: &[Import]) -> Vec<String> {
    // Rules, their compiler and their trace may refer to one another.
    let longest = if source.folder == "phases/data_processing" {
        3
    } else {
        1
    };
    let cycles = cycles::cycles(source, imports);
    let too_long = cycles.iter().filter(|cycle| cycle.files.len() > longest);
    too_long.map(ToString::to_string).collect()
}
