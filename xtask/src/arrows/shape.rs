//! The shape of source files: their length, how modules with children are laid out, and names of types.

use std::collections::BTreeMap;
use std::path::Path;

use super::source::Source;
use crate::workspace;

/// The most lines of a `.rs` file.
const LONGEST: usize = 300;

/// Every `.rs` file that is too long, and every module whose children are not beside it in `NAME/mod.rs`.
pub(super) fn files(root: &Path) -> Result<Vec<String>, String> {
    let mut wrong = Vec::new();
    for name in workspace::files(root, "*.rs")? {
        let text = std::fs::read_to_string(root.join(&name))
            .map_err(|error| format!("{name}: {error}"))?;
        let lines = text.lines().count();
        if lines > LONGEST {
            wrong.push(format!(
                "{name} has {lines} lines; a file has at most {LONGEST}"
            ));
        }
        let folder = name.trim_end_matches(".rs");
        let declares = text
            .lines()
            .any(|line| line.trim_end().ends_with(';') && line.contains("mod "));
        if declares && root.join(folder).is_dir() {
            wrong.push(format!(
                "{name} has child modules, so it belongs in {folder}/mod.rs"
            ));
        }
    }
    Ok(wrong)
}

/// Every name that two types of one crate share.
pub(super) fn type_names(source: &Source) -> Vec<String> {
    let mut places: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for module in &source.modules {
        for (name, line) in &module.types {
            places
                .entry(name)
                .or_default()
                .push(format!("{}:{line}", module.file));
        }
    }
    let shared = places.into_iter().filter(|(_, places)| places.len() > 1);
    shared
        .map(|(name, places)| {
            format!(
                "{} types are called `{name}`: {}",
                places.len(),
                places.join(", ")
            )
        })
        .collect()
}
