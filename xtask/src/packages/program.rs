//! The crates in the program.

use crate::workspace::cargo_output;

/// The crate of the program.
pub(super) const PROGRAM: &str = "jobinsight-runner";

/// The crates in the program with these features, each as `name version`, sorted.
pub(super) fn crates_of(features: &[&str]) -> Result<Vec<String>, String> {
    let program = ["--package", PROGRAM, "--edges", "normal,build"];
    crates_in_tree(&[&program, features].concat())
}

/// The crates that `cargo tree` lists with these arguments, each as `name version`, sorted.
pub(super) fn crates_in_tree(arguments: &[&str]) -> Result<Vec<String>, String> {
    let tree = ["tree", "--locked", "--prefix", "none", "--format", "{p}"];
    let tree = cargo_output(&[&tree, arguments].concat())?;
    let mut crates: Vec<String> = tree.lines().filter_map(name_and_version).collect();
    crates.sort();
    crates.dedup();
    Ok(crates)
}

/// Reads a line of `cargo tree`, such as `serde v1.0.0 (proc-macro)`.
fn name_and_version(line: &str) -> Option<String> {
    let mut words = line.split_whitespace();
    let (name, version) = (words.next()?, words.next()?);
    Some(format!("{name} {}", version.strip_prefix('v')?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_a_tree_has_a_name_and_a_version() {
        assert_eq!(
            name_and_version("async-trait v0.1.92 (proc-macro) (*)").as_deref(),
            Some("async-trait 0.1.92")
        );
        assert_eq!(name_and_version(""), None);
    }
}
