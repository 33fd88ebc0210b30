//! The version of Rust that the program needs. No crate in it may declare a newer one than `rust-version` in `Cargo.toml`.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;

use serde_json::Value;

use super::program::{PROGRAM, crates_in_tree, crates_of};
use crate::workspace::{cargo_output, metadata_of, packages, root};

/// The pages that name the versions.
const PAGES: [&str; 3] = ["README.md", "CONTRIBUTING.md", "docs/packages.md"];

/// The folders of the other workspaces. Each has a file Cargo.lock, for which cargo chooses crates by its `rust-version`.
const WORKSPACES: [&str; 2] = ["examples", "tests/fuzz"];

/// A version of Rust. `1.88` and `1.88.0` are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct RustVersion([u32; 3]);

impl RustVersion {
    fn parse(text: &str) -> Option<Self> {
        let mut numbers = [0; 3];
        let mut parts = text.split('.');
        for number in &mut numbers {
            match parts.next() {
                Some(part) => *number = part.parse().ok()?,
                None => break,
            }
        }
        parts.next().is_none().then_some(Self(numbers))
    }
}

impl fmt::Display for RustVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self([major, minor, patch]) = self;
        match patch {
            0 => write!(f, "{major}.{minor}"),
            _ => write!(f, "{major}.{minor}.{patch}"),
        }
    }
}

/// The version that each crate declares, by `name version`. A crate that declares none is not listed.
type Declared = BTreeMap<String, RustVersion>;

/// Checks the crates of the program on every system, with and without the download of PostgreSQL; the crates that only
/// developers build; the other workspaces; and the pages.
pub(crate) fn rust_version() -> Result<(), String> {
    let metadata = cargo_output(&["metadata", "--locked", "--format-version", "1"])?;
    let metadata: Value = serde_json::from_str(&metadata).map_err(|error| error.to_string())?;
    let declared = declared(&metadata);
    let program = packages(&metadata).find(|package| package["name"] == PROGRAM);
    let program = program.ok_or_else(|| format!("{PROGRAM} is not in the workspace"))?;
    let ours = read(&program["rust_version"], "rust-version")?;
    let download = &program["metadata"]["jobinsight"]["rust-version-of-download"];
    let download = read(download, "metadata.jobinsight.rust-version-of-download")?;

    let without_download = crates_of(&["--target", "all", "--no-default-features"])?;
    let mut wrong = newer(&declared, &without_download, ours);
    // The tests use the program with the feature `download`.
    let all = ["--workspace", "--edges", "all", "--target", "all"];
    wrong.extend(newer(&declared, &crates_in_tree(&all)?, download));
    for folder in WORKSPACES {
        for package in packages(&metadata_of(&root().join(folder))?) {
            if read(&package["rust_version"], folder)? != ours {
                wrong.push(format!("{folder} has another rust-version than {ours}"));
            }
        }
    }
    for page in PAGES {
        let text = fs::read_to_string(root().join(page));
        let text = text.map_err(|error| format!("{page}: {error}"))?;
        let named = named(&text);
        if named.is_empty() {
            wrong.push(format!("{page} does not name a version of Rust"));
        }
        let is_other = |version: &RustVersion| *version != ours && *version != download;
        let other = named.into_iter().filter(is_other);
        wrong.extend(other.map(|version| format!("{page} names Rust {version}")));
    }
    if wrong.is_empty() {
        eprintln!(
            "the program needs Rust {ours}, and Rust {download} with the download of PostgreSQL"
        );
        return Ok(());
    }
    Err(format!(
        "the program may need Rust {ours}, and Rust {download} with the download of PostgreSQL\n  {}",
        wrong.join("\n  ")
    ))
}

fn read(value: &Value, name: &str) -> Result<RustVersion, String> {
    let version = value.as_str().and_then(RustVersion::parse);
    version.ok_or_else(|| format!("{name} is not a version of Rust: {value}"))
}

fn declared(metadata: &Value) -> Declared {
    let read = |package: &Value| {
        let version = RustVersion::parse(package["rust_version"].as_str()?)?;
        let (name, of) = (package["name"].as_str()?, package["version"].as_str()?);
        Some((format!("{name} {of}"), version))
    };
    packages(metadata).filter_map(read).collect()
}

/// The crates that declare a newer version than `limit`, as sentences.
fn newer(declared: &Declared, crates: &[String], limit: RustVersion) -> Vec<String> {
    let newer = crates.iter().filter_map(|name| {
        let needs = declared.get(name).filter(|needs| **needs > limit)?;
        Some(format!("{name} needs Rust {needs}, and not {limit}"))
    });
    newer.collect()
}

/// The versions of Rust that a page names, such as `Rust 1.88`.
fn named(page: &str) -> Vec<RustVersion> {
    let numbers = page.split("Rust ").skip(1).filter_map(|rest| {
        let end = rest.find(|c: char| c != '.' && !c.is_ascii_digit());
        RustVersion::parse(rest[..end.unwrap_or(rest.len())].trim_end_matches('.'))
    });
    numbers.collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn version(text: &str) -> RustVersion {
        RustVersion::parse(text).unwrap()
    }

    #[test]
    fn versions_are_compared_as_numbers() {
        assert_eq!(version("1.88"), version("1.88.0"));
        assert!(version("1.9") < version("1.88"));
        assert!(version("1.88.1") > version("1.88"));
        assert!(version("2") > version("1.99"));
        for wrong in ["", "1.88.0.1", "1.x", "stable"] {
            assert_eq!(RustVersion::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_crate_that_needs_a_newer_rust_is_named_with_its_version() {
        let declared = declared(&json!({ "packages": [
            { "name": "old", "version": "1.0.0", "rust_version": "1.9" },
            { "name": "equal", "version": "2.0.0", "rust_version": "1.88.0" },
            { "name": "newer", "version": "3.0.0", "rust_version": "1.95" },
            { "name": "newer", "version": "2.9.0", "rust_version": "1.88" },
            { "name": "unused", "version": "4.0.0", "rust_version": "1.96" },
            { "name": "silent", "version": "5.0.0", "rust_version": null },
        ] }));
        let crates = [
            "equal 2.0.0",
            "newer 2.9.0",
            "newer 3.0.0",
            "old 1.0.0",
            "silent 5.0.0",
        ];
        let crates = crates.map(str::to_owned);
        let newer = newer(&declared, &crates, version("1.88"));
        assert_eq!(newer, ["newer 3.0.0 needs Rust 1.95, and not 1.88"]);
    }

    #[test]
    fn a_page_names_versions_within_and_at_the_end_of_a_sentence() {
        let page = "You need Rust 1.88 or newer. With the download: Rust 1.94.0. Rust is a language.\nRust 2.";
        assert_eq!(named(page), ["1.88", "1.94", "2"].map(version));
        assert_eq!(version("1.94.0").to_string(), "1.94");
        assert_eq!(version("1.94.1").to_string(), "1.94.1");
    }
}
