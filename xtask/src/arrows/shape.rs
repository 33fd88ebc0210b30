//! The shape of source files: their length, how modules with children are laid out, and names of types.

use std::collections::BTreeMap;
use std::path::Path;

use super::source::Source;
use crate::workspace;

/// The most lines of a `.rs` or `.sql` file.
const LONGEST: usize = 300;

/// Every file that is too long, and every module with children that is not in `NAME/mod.rs`.
pub(super) fn files(root: &Path) -> Result<Vec<String>, String> {
    let mut wrong = Vec::new();
    for pattern in ["*.rs", "*.sql"] {
        for name in workspace::files(root, pattern)? {
            let text = std::fs::read_to_string(root.join(&name))
                .map_err(|error| format!("{name}: {error}"))?;
            let has_folder = root.join(name.trim_end_matches(".rs")).is_dir();
            wrong.extend(too_long(&name, &text));
            wrong.extend(outside_folder(&name, &text, has_folder));
        }
    }
    Ok(wrong)
}

/// The error of a file with too many lines.
fn too_long(name: &str, text: &str) -> Option<String> {
    let lines = text.lines().count();
    (lines > LONGEST).then(|| format!("{name} has {lines} lines; a file has at most {LONGEST}"))
}

/// The error of a module with children outside its folder; `has_folder` says whether the folder is beside the file.
fn outside_folder(name: &str, text: &str, has_folder: bool) -> Option<String> {
    let declares = |line: &str| line.trim_end().ends_with(';') && line.contains("mod ");
    let folder = name.trim_end_matches(".rs");
    (has_folder && text.lines().any(declares))
        .then(|| format!("{name} has child modules, so it belongs in {folder}/mod.rs"))
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
            too_long("x.rs", &long).unwrap(),
            "x.rs has 301 lines; a file has at most 300"
        );
        assert_eq!(too_long("x.rs", &long[1..]), None);
        let (parent, expected) = (
            "pub mod child;\n",
            "a/x.rs has child modules, so it belongs in a/x/mod.rs",
        );
        assert_eq!(outside_folder("a/x.rs", parent, true).unwrap(), expected);
        assert_eq!(outside_folder("a/x/mod.rs", parent, false), None);
    }
}
