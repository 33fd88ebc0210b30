//! Decides whether a change of `Cargo.toml` or `Cargo.lock` only adds or removes crates of this workspace, as a new phase
//! does. Such a change does not affect how the other crates are built.

use std::collections::BTreeSet;

/// Whether two versions of the file differ only in crates of this workspace.
pub(super) fn only_members_differ(file: &str, old: &str, new: &str) -> bool {
    match file {
        "Cargo.toml" => without_phases(old) == without_phases(new),
        "Cargo.lock" => foreign(old) == foreign(new),
        _ => false,
    }
}

/// The lines of a manifest, except those that link a phase.
fn without_phases(manifest: &str) -> Vec<&str> {
    let is_phase =
        |line: &&str| line.starts_with("jobinsight-") && line.contains("{ path = \"phases/");
    manifest.lines().filter(|line| !is_phase(line)).collect()
}

/// The packages of a lock file that come from a registry, with their versions and dependencies.
fn foreign(lock: &str) -> BTreeSet<&str> {
    let packages = lock.split("\n\n").map(str::trim);
    packages
        .filter(|package| !package.starts_with("[[package]]") || package.contains("\nsource = "))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_phase_changes_only_members_and_a_new_version_changes_more() {
        let manifest =
            "[workspace]\nresolver = \"3\"\njobinsight-a = { path = \"phases/a\" }\nclap = \"4\"\n";
        let linked = manifest.replace("clap", "jobinsight-b = { path = \"phases/b\" }\nclap");
        assert!(only_members_differ("Cargo.toml", manifest, &linked));
        let other = manifest.replace("clap = \"4\"", "clap = \"5\"");
        assert!(!only_members_differ("Cargo.toml", manifest, &other));

        let lock = "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"0.1.0\"\n\n[[package]]\nname = \"clap\"\nversion = \"4.0.0\"\nsource = \"registry\"\n";
        let linked = lock.replace("\n\n[[package]]\nname = \"clap\"", "\n\n[[package]]\nname = \"b\"\nversion = \"0.1.0\"\ndependencies = [\n \"clap\",\n]\n\n[[package]]\nname = \"clap\"");
        assert!(only_members_differ("Cargo.lock", lock, &linked));
        assert!(!only_members_differ(
            "Cargo.lock",
            lock,
            &lock.replace("4.0.0", "4.0.1")
        ));
        assert!(!only_members_differ("clippy.toml", "", ""));
    }
}
