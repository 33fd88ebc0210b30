//! The forms in which users get the program, and what they want to know about the crates in it.

mod crates;
mod deb;
mod deny;
mod deploy;
mod sbom;
mod tool;

pub(crate) use crates::{package, without_download};
pub(crate) use deb::deb;
pub(crate) use deny::deny;
pub(crate) use deploy::lint;
pub(crate) use sbom::sbom;

use crate::workspace::cargo_output;

/// The crate of the program.
const PROGRAM: &str = "jobinsight-runner";

/// The checks that are fast enough for each change.
pub(crate) fn check() -> Result<(), String> {
    package(false)?;
    deny()?;
    lint()?;
    without_download()?;
    sbom()?;
    deb(false, std::env::var_os("CI").is_some())
}

/// The crates in the program with these features, each as `name version`, sorted.
fn crates_of(features: &[&str]) -> Result<Vec<String>, String> {
    let tree = [
        "tree",
        "--locked",
        "--package",
        PROGRAM,
        "--edges",
        "normal,build",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ];
    let tree = cargo_output(&[&tree, features].concat())?;
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
