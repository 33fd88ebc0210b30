//! Finds the crates whose code reads a file that belongs to no crate, such as a test that compares a guide with the program.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::workspace::files;

/// The paths of files and folders that the sources of each crate name in strings, from the root of the workspace.
#[derive(Debug, Default)]
pub(super) struct Readers(BTreeMap<String, BTreeSet<String>>);

impl Readers {
    /// Reads the sources of crates: the folder of each crate, with a slash at the end, and its name. The crate `xtask` is left
    /// out, because the step that checks the guides executes its code.
    pub(super) fn of(root: &Path, crates: &[(String, String)]) -> Result<Self, String> {
        let sources = files(root, "*.rs")?;
        let mut readers = Self::default();
        for (folder, package) in crates.iter().filter(|(_, package)| package != "xtask") {
            for file in sources.iter().filter(|file| file.starts_with(folder)) {
                let text = std::fs::read_to_string(root.join(file)).unwrap_or_default();
                readers.add(package, folder, file, &text);
            }
        }
        Ok(readers)
    }

    /// Adds the paths in a source of a crate.
    pub(super) fn add(&mut self, package: &str, folder: &str, file: &str, source: &str) {
        let beside = file.rsplit_once('/').map_or("", |(beside, _)| beside);
        for line in source.lines() {
            let base = if line.contains("include_str!") {
                beside
            } else {
                folder
            };
            let paths = line.split('"').skip(1).filter_map(|text| path(text, base));
            self.0.entry(package.to_owned()).or_default().extend(paths);
        }
    }

    /// The crates that name this file, or a folder that contains it.
    pub(super) fn of_file(&self, file: &str) -> impl Iterator<Item = &str> {
        let has = move |path: &String| {
            let rest = file.strip_prefix(&**path);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let readers = self.0.iter();
        let readers = readers.filter(move |(_, paths)| paths.iter().any(has));
        readers.map(|(package, _)| &**package)
    }
}

/// The path in a string of a source: `../README.md` and `{}/../docs/contracts/{name}.yaml` begin at the base, and
/// `docs/upgrades.md` begins at the root. `None` if the string is not the path of a page or of a folder for users.
fn path(text: &str, base: &str) -> Option<String> {
    let text = text.trim_start_matches("{}").trim_start_matches('/');
    // A name that the program fills in may be each file of the folder.
    let text = match text.split_once('{') {
        Some((folder, _)) => &folder[..folder.rfind('/')?],
        None => text,
    };
    let mut parts: Vec<&str> = Vec::new();
    if text.starts_with("../") {
        parts.extend(base.split('/').filter(|part| !part.is_empty()));
    }
    for part in text.split('/') {
        if part == ".." {
            parts.pop()?;
        } else {
            parts.push(part);
        }
    }
    let is_page = is_page(text);
    let is_folder = parts.len() > 1 && ["docs", "deploy"].contains(&parts[0]);
    let is_path = (is_page || is_folder) && !text.contains(char::is_whitespace);
    is_path.then(|| parts.join("/"))
}

/// Whether a file is a page in Markdown.
pub(super) fn is_page(file: &str) -> bool {
    Path::new(file)
        .extension()
        .is_some_and(|end| end.eq_ignore_ascii_case("md"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_reads_the_files_and_the_folders_that_its_strings_name() {
        let mut readers = Readers::default();
        let suite = r#"
            let page = include_str!("../../../docs/migration.md");
            let readme = concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md");
            let contract = format!("{}/../docs/contracts/{name}.yaml", dir);
            let schemas = Path::new(dir).join("../docs/schemas");
            let folder = root.join("deploy/grafana");
            let help = "read docs/upgrades.md";
        "#;
        readers.add("suite", "tests/", "tests/tests/suite/a.rs", suite);
        let sql = r#"include_str!("../README.md")"#;
        readers.add("sql", "sql/", "sql/src/scripts.rs", sql);
        let of = |file| readers.of_file(file).collect::<Vec<_>>();
        for file in [
            "docs/migration.md",
            "README.md",
            "docs/contracts/raw.yaml",
            "docs/schemas/run.json",
            "deploy/grafana/jobinsight.json",
        ] {
            assert_eq!(of(file), ["suite"], "{file}");
        }
        assert_eq!(of("sql/README.md"), ["sql"]);
        for file in [
            "docs/upgrades.md",
            "docs/migration.md.txt",
            "deploy/grafana.json",
        ] {
            assert_eq!(of(file), [""; 0], "{file}");
        }
    }
}
