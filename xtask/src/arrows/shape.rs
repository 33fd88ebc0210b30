//! The shape of source files: their length, how modules with children are laid out, and names of types.

use std::collections::BTreeMap;
use std::path::Path;

use super::source::Source;
use crate::workspace;

/// The most lines of a `.rs` file.
const LONGEST: usize = 300;

/// Every `.rs` file that is too long, and every module with children that is not in `NAME/mod.rs`.
pub(super) fn files(root: &Path) -> Result<Vec<String>, String> {
    let mut wrong = Vec::new();
    for name in workspace::files(root, "*.rs")? {
        let text = std::fs::read_to_string(root.join(&name))
            .map_err(|error| format!("{name}: {error}"))?;
        let has_folder = root.join(name.trim_end_matches(".rs")).is_dir();
        wrong.extend(file_errors(&name, &text, has_folder));
    }
    Ok(wrong)
}

/// The errors of one file; `has_folder` says whether a folder with the name of the module is beside it.
fn file_errors(name: &str, text: &str, has_folder: bool) -> Vec<String> {
    let mut wrong = Vec::new();
    let lines = text.lines().count();
    if lines > LONGEST {
        wrong.push(format!(
            "{name} has {lines} lines; a file has at most {LONGEST}"
        ));
    }
    let declares = |line: &str| line.trim_end().ends_with(';') && line.contains("mod ");
    if has_folder && text.lines().any(declares) {
        let folder = name.trim_end_matches(".rs");
        wrong.push(format!(
            "{name} has child modules, so it belongs in {folder}/mod.rs"
        ));
    }
    wrong
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_file_and_a_module_outside_its_folder_are_errors() {
        let long = "\n".repeat(LONGEST + 1);
        assert_eq!(
            file_errors("x.rs", &long, false),
            ["x.rs has 301 lines; a file has at most 300"]
        );
        assert_eq!(file_errors("x.rs", &long[1..], false), [""; 0]);
        let parent = "pub mod child;\n";
        assert_eq!(
            file_errors("a/x.rs", parent, true),
            ["a/x.rs has child modules, so it belongs in a/x/mod.rs"]
        );
        assert_eq!(file_errors("a/x/mod.rs", parent, false), [""; 0]);
    }
}
