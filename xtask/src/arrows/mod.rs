//! Checks of the structure: which crate depends on which, which module imports which, and the shape of files.

mod advice;
mod crates;
mod cycles;
mod imports;
mod items;
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
pub(crate) use numbers::numbers;
use order::Order;
use source::Source;

use crate::workspace;

/// The workspace of the examples, which uses the crates as a project outside this repository does.
const EXAMPLES: &str = "examples";

/// Checks the workspace and the examples. Returns every violation, as a sentence.
pub(crate) fn check(root: &Path, metadata: &Value) -> Result<Vec<String>, String> {
    let mut wrong = crates::check(metadata);
    wrong.extend(names::check(root)?);
    wrong.extend(advice::check(root)?);
    wrong.extend(statements::check(root)?);
    wrong.extend(shape::files(root)?);
    let examples = workspace::metadata_of(&root.join(EXAMPLES))?;
    for metadata in [metadata, &examples] {
        let sources = Source::all(root, metadata)?;
        wrong.extend(sources.iter().flat_map(structure));
    }
    Ok(wrong)
}

/// The violations in one crate: its module order, import cycles, types that share a name.
fn structure(source: &Source) -> Vec<String> {
    let imports = source.imports();
    let mut wrong = Order::check(source, &imports);
    let cycles = cycles::cycles(source, &imports);
    wrong.extend(cycles.iter().map(ToString::to_string));
    wrong.extend(shape::type_names(source));
    wrong
}
