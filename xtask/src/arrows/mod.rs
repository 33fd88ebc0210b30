//! Checks of the structure: which crate depends on which, which module imports which, and the shape of files.

mod crates;
mod cycles;
mod imports;
mod names;
mod numbers;
mod order;
mod paths;
mod shape;
mod source;
mod statements;
#[cfg(test)]
mod tests;

use std::path::Path;

use serde_json::Value;

pub(crate) use crates::group;
use imports::Import;
pub(crate) use numbers::numbers;
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
    report.wrong.extend(statements::check(root)?);
    for source in Source::all(root, metadata)? {
        let imports = source.imports();
        let (order, wrong) = Order::of(&source);
        let declared = order.is_some();
        let mut found = wrong;
        match order {
            Some(order) => found.extend(order.check(&source, &imports)),
            None if source.modules[0].children.len() > 1 => {
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
    let (long, misplaced) = shape::files(root)?;
    report.noted.extend(long);
    report.wrong.extend(misplaced);
    Ok(report)
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
